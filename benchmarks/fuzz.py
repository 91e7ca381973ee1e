"""The inputs of tests/fuzz for as long as one likes: `python -m benchmarks.fuzz [SECONDS] [PART OF A NAME]`.

Each target is tried for SECONDS (default 60) with inputs that no run has seen; the smallest one for which a law does
not hold is printed. Exit code 0 only where all laws held.
"""

import sys
import tempfile
import time
import traceback
from pathlib import Path

TESTS = Path(__file__).parent.parent / "tests"
sys.path[:0] = [str(TESTS), str(TESTS / "fuzz")]

from all_targets import TARGETS  # noqa: E402  # stands in the tests
from targets import Target  # noqa: E402

ROUND = 200  # inputs until the place is made anew


def main(seconds: float, part: str) -> int:
    """Every target whose name holds `part`."""
    chosen = [target for target in TARGETS if part in target.name]
    if not chosen:
        print(f"no target is called so; there are {', '.join(target.name for target in TARGETS)}")
        return 2
    held = [holds(target, seconds) for target in chosen]
    return 0 if all(held) else 1


def holds(target: Target, seconds: float) -> bool:
    """Whether the law of a target held for so long; prints how many inputs that were."""
    begun, tried = time.monotonic(), 0
    try:
        while time.monotonic() - begun < seconds:
            with tempfile.TemporaryDirectory() as folder:
                target.hold(Path(folder), ROUND)
            tried += ROUND
    except Exception:  # whatever an input led to is what is asked here
        traceback.print_exc(limit=-6)
        print(f"{target.name:>16}: does not hold, after some {tried:,} inputs", flush=True)
        return False
    print(f"{target.name:>16}: {tried:,} inputs in {time.monotonic() - begun:.0f} s", flush=True)
    return True


if __name__ == "__main__":
    words = sys.argv[1:]
    sys.exit(main(float(words[0]) if words else 60.0, words[1] if len(words) > 1 else ""))
