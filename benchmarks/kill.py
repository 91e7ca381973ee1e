"""kill -9 of the server while members act, again and again: is every answered act there once, and does all verify?"""

import os
import random
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import create_engine, text

from benchmarks.actors import Actor, acting
from benchmarks.served import finished, new_site, serving, with_members
from stream.progress.audit import faults_in

ACTORS = 4


@dataclass(slots=True)
class Outcome:
    """What `rounds` of kills left behind."""

    answered: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    surprises: list[int] = field(default_factory=list)
    slowest_return: float = 0.0  # seconds from the start to the first answer

    @property
    def holds(self) -> bool:
        """Whether nothing was lost, doubled or damaged."""
        return not (self.lost or self.doubled or self.faults or self.surprises)


def killed(folder: Path, rounds: int, seed: int = 1) -> Outcome:
    """Kill the server of a new site in `folder` so often, each time after another number of answers."""
    app = new_site(folder)
    actors = [Actor(keys) for keys in with_members(app, ACTORS)]
    finished(app)
    outcome, dice = Outcome(), random.Random(seed)
    for round_ in range(rounds):
        begun = time.monotonic()
        with serving(folder) as served:
            served.page("/healthz")
            outcome.slowest_return = max(outcome.slowest_return, time.monotonic() - begun)
            enough = sum(len(actor.answered) for actor in actors) + dice.randint(5, 60)
            threads = acting(actors, served, round_)
            while sum(len(actor.answered) for actor in actors) < enough:
                threads[0].join(0.001)
            os.kill(served.pid, signal.SIGKILL)
            for thread in threads:
                thread.join()
    examine(folder / "instance" / "stream.db", actors, outcome)
    return outcome


def examine(database: Path, actors: list[Actor], outcome: Outcome) -> None:
    """Compare what was answered with what is recorded."""
    engine = create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        recorded: dict[str, int] = {}
        for (event_id,) in connection.execute(text("SELECT event_id FROM events")):
            recorded[event_id] = recorded.get(event_id, 0) + 1
        outcome.faults += [str(fault) for _, found in faults_in(connection) for fault in found]
        outcome.faults += [row[0] for row in connection.execute(text("PRAGMA integrity_check")) if row[0] != "ok"]
    engine.dispose()
    answered = [event_id for actor in actors for event_id in actor.answered]
    outcome.answered += len(answered)
    outcome.lost += [event_id for event_id in answered if event_id not in recorded]
    outcome.doubled += [event_id for event_id in answered if recorded.get(event_id, 0) > 1]
    outcome.surprises += [status for actor in actors for status in actor.surprises]


def main(rounds: int) -> int:
    """Run; exit code 0 only when nothing was lost, doubled or damaged."""
    with tempfile.TemporaryDirectory() as folder:
        found = killed(Path(folder), rounds)
    print(f"{rounds} kills, {found.answered:,} acts answered: {len(found.lost)} lost, {len(found.doubled)} doubled")
    print(f"faults: {len(found.faults)}, wrong answers: {len(found.surprises)}")
    print(f"back after {found.slowest_return:.1f} s at the latest, with the start of the program")
    return 0 if found.holds else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
