"""What Lighthouse says of the pages that most readers see, as sent by the real server: `python -m benchmarks.lighthouse
[PART OF A NAME]`. Exit code 0 only where all four scores are 100. Needs `node`, `npm` and Chromium.

Performance depends on what else the machine does: where it is not 100, the median of three counts.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.served import MemberKeys, Served, finished, new_site, row, serving, with_members

ROOT = Path(__file__).parent.parent
TOOLS, PLACE = ROOT / "benchmarks" / "tools", ROOT / ".tools" / "lighthouse"
CHROMIUM = "/usr/bin/chromium"
# The browser is to ask nobody but the site.
CHROME_FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-extensions", "--disable-default-apps", "--no-pings",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")  # fmt: skip
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
PAGES = {"home": "/{}/", "lesson": "/{}/lessons/guidance-is-a-dial", "profile": "/{}/me", "sign-in": "/{}/sign-in"}
FORMS = {"mobile": (), "desktop": ("--preset=desktop",)}
TRIES = 3


@dataclass(frozen=True, slots=True)
class Report:
    """What one run says: scores from 0 to 100, and the audits that took something off."""

    scores: dict[str, int]
    faults: tuple[str, ...]

    @property
    def is_full(self) -> bool:
        """Whether nothing is taken off."""
        return all(score == 100 for score in self.scores.values())


def main(arguments: Sequence[str]) -> int:
    """Measure; exit code 0 only where everything is 100."""
    _install()
    wanted = arguments[0] if arguments else ""
    with tempfile.TemporaryDirectory() as folder:
        app = new_site(Path(folder))
        (member,) = with_members(app, 1)
        finished(app)
        with serving(Path(folder)) as served:
            print(row("page", *CATEGORIES, "what took something off"), row(*["---"] * 6), sep="\n", flush=True)
            found = [_measured(served, member, *page) for page in _pages() if wanted in page[0]]
    return 0 if all(report.is_full for report in found) else 1


def _install() -> None:
    """Lighthouse as locked, when it is first wanted and when the lock has changed."""
    lock = TOOLS / "package-lock.json"
    if not (PLACE / lock.name).exists() or (PLACE / lock.name).read_bytes() != lock.read_bytes():
        PLACE.mkdir(parents=True, exist_ok=True)
        shutil.copy(TOOLS / "package.json", PLACE)
        quiet = ["--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        shutil.copy(lock, PLACE)
        try:
            subprocess.run(["npm", "ci", *quiet], cwd=PLACE, check=True)
        except BaseException:
            (PLACE / lock.name).unlink()
            raise


def _pages() -> Iterator[tuple[str, str, Sequence[str], bool]]:
    for form, options in FORMS.items():
        for page, path in PAGES.items():
            for language in ("en", "ko"):
                yield f"{page}, {language}, {form}", path.format(language), options, page == "profile"


def _measured(served: Served, member: MemberKeys, name: str, path: str, options: Sequence[str], is_own: bool) -> Report:
    """The first report where it is full, else the medians of three."""
    address = f"http://127.0.0.1:{served.address[1]}{path}"
    reports: list[Report] = []
    while len(reports) < TRIES and not (reports and reports[-1].is_full):
        reports.append(_run(address, [*options, *(_cookie(member) if is_own else ())]))
    found = reports[-1]
    if not found.is_full:
        scores = {key: int(median(each.scores[key] for each in reports)) for key in CATEGORIES}
        found = Report(scores, found.faults)
    print(row(name, *found.scores.values(), "; ".join(found.faults)), flush=True)
    return found


def _cookie(member: MemberKeys) -> list[str]:
    return [f"--extra-headers={json.dumps({'Cookie': member.cookie})}"]


def _run(address: str, options: Sequence[str]) -> Report:
    command = ["node", str(PLACE / "node_modules/lighthouse/cli/index.js"), address, "--quiet", "--output=json",
               "--no-enable-error-reporting", f"--only-categories={','.join(CATEGORIES)}",
               f"--chrome-flags={_quoted(CHROME_FLAGS)}", *options]  # fmt: skip
    run = subprocess.run(command, env={**os.environ, "CHROME_PATH": CHROMIUM}, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return _read(json.loads(run.stdout))


def _quoted(flags: Sequence[str]) -> str:
    return " ".join(f'"{flag}"' if " " in flag else flag for flag in flags)


def _read(said: dict[str, Any]) -> Report:
    assert not said.get("runtimeError"), said["runtimeError"]
    categories = said["categories"]
    weighty = {each["id"] for key in CATEGORIES for each in categories[key]["auditRefs"] if each["weight"] > 0}
    low = [each for each in said["audits"].values() if each["id"] in weighty and (each["score"] or 0) < 1]
    faults = (f"{each['id']} {each.get('displayValue', '')}".strip() for each in low if each["score"] is not None)
    return Report({key: round(100 * categories[key]["score"]) for key in CATEGORIES}, tuple(faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
