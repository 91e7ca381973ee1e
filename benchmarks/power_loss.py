"""What a power cut could leave of the database: the server's writes and syncs are recorded while members act, the
states that a cut at any moment could leave are put together, and each is opened and examined.

What was synced is there. Of what was written since, each piece may be there, be lost, or be torn in sectors of 512
bytes, in any order. An act counts as answered from the moment on at which the server began to send its answer.
"""

import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import DatabaseError

from benchmarks.actors import Actor, acting
from benchmarks.served import Served, finished, new_site, serving, with_members
from stream.progress.audit import faults_in

ACTORS, ACTS = 3, 25
SECTOR = 512
FILES = ("stream.db", "stream.db-wal")  # the index beside them lives in memory only
Fate = Literal["lost", "kept", "mixed", "torn"]
FATES: tuple[Fate, ...] = ("lost", "kept", "mixed", "torn")
CALL = re.compile(r"^(?:\d+ +)?(\w+)\((\d+)<([^>]*)>(?:, ?(.*))?\) += (-?\d+)")
EVENT_ID = re.compile(rb"event_id=([0-9A-Za-z-]+)")


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes put into a file."""

    file: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    """A file made shorter."""

    file: str
    length: int


@dataclass(frozen=True, slots=True)
class Sync:
    """All that was done to a file before is on disk."""

    file: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to an act was sent."""

    event_id: str


Step = Write | Cut | Sync | Answered


@dataclass(slots=True)
class Findings:
    """What the states showed."""

    states: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether every state was whole."""
        return not (self.lost or self.doubled or self.damaged)


def recording(folder: Path, **settings: str) -> tuple[dict[str, bytes], list[Step]]:
    """The database files before, and what happened to them while members acted on a new site in `folder`."""
    app = new_site(folder)
    actors = [Actor(keys) for keys in with_members(app, ACTORS)]
    finished(app)
    files = {name: folder / "instance" / name for name in FILES}
    before = {name: file.read_bytes() for name, file in files.items() if file.exists()}
    log = folder / "calls"
    calls = "trace=pwrite64,ftruncate,fsync,fdatasync,unlink,recvfrom,sendto"
    strace = ("strace", "-f", "-y", "-xx", "-s", "100000", "-e", calls, "-o", str(log))
    with serving(folder, *strace, **settings) as served:
        for thread in acting(actors, served, 0, ACTS):
            thread.join()
        _kill_traced(served)
    assert not any(actor.surprises for actor in actors)
    return before, list(_steps(log))


def _kill_traced(served: Served) -> None:
    """End the server itself, at once: a clean stop would tidy up."""
    children = Path(f"/proc/{served.pid}/task/{served.pid}/children").read_text(encoding="ascii").split()
    subprocess.run(["kill", f"-{signal.SIGKILL.value}", *children], check=True)


def _steps(log: Path) -> Iterator[Step]:
    """What the recorded system calls did. Calls that were interrupted by others of other threads are put together."""
    asked: dict[str, str] = {}  # connection -> the act that came in on it
    for line in _whole_lines(log):
        found = CALL.match(line)
        if found is None or int(found[5]) < 0:
            continue
        call, place, rest = found[1], _unescaped(found[3]).decode(), found[4] or ""
        name = place.rpartition("/")[2]
        if call == "recvfrom" and (act := EVENT_ID.search(_bytes(rest))):
            asked[place] = act[1].decode()
        elif call == "sendto" and _bytes(rest).startswith(b"HTTP/1.1 303") and place in asked:
            yield Answered(asked.pop(place))
        elif name in FILES and call == "pwrite64":
            yield Write(name, int(rest.rpartition(", ")[2]), _bytes(rest))
        elif name in FILES and call == "ftruncate":
            yield Cut(name, int(rest))
        elif name in FILES and call in ("fsync", "fdatasync"):
            yield Sync(name)


def _whole_lines(log: Path) -> Iterator[str]:
    """A call counts at its end: what it did is certain only then."""
    begun: dict[str, str] = {}
    for line in log.read_text(encoding="ascii").splitlines():
        thread, _, rest = line.partition(" ")
        rest = rest.lstrip()
        if rest.endswith("<unfinished ...>"):
            begun[thread] = rest.removesuffix("<unfinished ...>").rstrip()
        elif rest.startswith("<... ") and thread in begun:
            yield begun.pop(thread) + rest.partition("resumed>")[2]
        else:
            yield rest


def _bytes(arguments: str) -> bytes:
    """The text that strace shows of a buffer, which it writes as \\xNN throughout."""
    return _unescaped(arguments.partition('"')[2].partition('"')[0])


def _unescaped(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", "")) if text.startswith("\\x") else text.encode()


def states(
    before: dict[str, bytes], steps: Sequence[Step], count: int, seed: int
) -> Iterator[tuple[dict[str, bytes], set[str], str]]:
    """So many states that a cut could leave: the files, the acts answered by then, and where and how it was cut."""
    dice = random.Random(seed)
    writing = [number for number, step in enumerate(steps) if not isinstance(step, Answered)]
    for _ in range(count):
        end, fate = dice.choice(writing) + dice.randint(0, 2), dice.choice(FATES)
        done = steps[:end]
        answered = {step.event_id for step in done if isinstance(step, Answered)}
        yield _left(before, done, fate, dice), answered, f"after step {end} of {len(steps)}, the rest {fate}"


def _left(before: dict[str, bytes], steps: Sequence[Step], fate: Fate, dice: random.Random) -> dict[str, bytes]:
    sure: dict[str, bytearray] = defaultdict(bytearray, {name: bytearray(data) for name, data in before.items()})
    pending: dict[str, list[Write | Cut]] = defaultdict(list)
    for step in steps:
        if isinstance(step, Sync):
            for change in pending.pop(step.file, []):
                _apply(sure[step.file], change)
        elif not isinstance(step, Answered):
            pending[step.file].append(step)
    for file, changes in pending.items():
        for change in _that_reached_the_disk(changes, fate, dice):
            _apply(sure[file], change)
    return {name: bytes(data) for name, data in sure.items()}


def _that_reached_the_disk(changes: list[Write | Cut], fate: Fate, dice: random.Random) -> list[Write | Cut]:
    if fate in ("lost", "kept"):
        return changes if fate == "kept" else []
    pieces = [piece for change in changes for piece in (_sectors(change) if fate == "torn" else [change])]
    kept = [piece for piece in pieces if dice.random() < 0.5]
    dice.shuffle(kept)
    return kept


def _sectors(change: Write | Cut) -> list[Write | Cut]:
    if isinstance(change, Cut):
        return [change]
    parts, at, data = list[Write | Cut](), change.offset, change.data
    while data:
        room = SECTOR - at % SECTOR
        parts.append(Write(change.file, at, data[:room]))
        at, data = at + room, data[room:]
    return parts


def _apply(content: bytearray, change: Write | Cut) -> None:
    if isinstance(change, Cut):
        del content[change.length :]
        return
    content.extend(b"\0" * (change.offset - len(content)))
    content[change.offset : change.offset + len(change.data)] = change.data


def examined(folder: Path, before: dict[str, bytes], steps: Sequence[Step], count: int, seed: int = 1) -> Findings:
    """Open so many states in `folder`, as the site would after the cut."""
    findings = Findings()
    place = folder / "state"
    for files, answered, how in states(before, steps, count, seed):
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        for name, content in files.items():
            (place / name).write_bytes(content)
        findings.states += 1
        _examine(place / FILES[0], answered, how, findings)
    return findings


def _examine(database: Path, answered: set[str], how: str, findings: Findings) -> None:
    engine = create_engine(f"sqlite:///{database}")
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=ON"))
    try:
        with engine.connect() as connection:
            whole = [row[0] for row in connection.execute(text("PRAGMA integrity_check"))]
            recorded = [row[0] for row in connection.execute(text("SELECT event_id FROM events"))]
            faults = [str(fault) for _, found in faults_in(connection) for fault in found]
    except DatabaseError as error:
        whole, recorded, faults = [str(error.orig)], [], []
    engine.dispose()
    findings.damaged += [f"{how}: {fault}" for fault in [*faults, *(line for line in whole if line != "ok")]]
    findings.lost += [f"{how}: {event_id}" for event_id in answered.difference(recorded)]
    findings.doubled += [f"{how}: {each}" for each in answered if recorded.count(each) > 1]


def main(count: int) -> int:
    """Run; exit code 0 only when nothing was lost, doubled or damaged in any state."""
    with tempfile.TemporaryDirectory() as folder:
        before, steps = recording(Path(folder))
        found = examined(Path(folder), before, steps, count)
    kinds = {kind.__name__: sum(isinstance(step, kind) for step in steps) for kind in (Write, Cut, Sync, Answered)}
    print(f"recorded: {', '.join(f'{number} × {name}' for name, number in kinds.items())}")
    print(f"{found.states} states: {len(found.lost)} lost, {len(found.doubled)} doubled, {len(found.damaged)} damaged")
    for line in [*found.lost, *found.doubled, *found.damaged][:10]:
        print(f"  {line}")
    return 0 if found.holds else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000))
