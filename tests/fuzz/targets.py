"""What is fuzzed: a place where any input goes in, the inputs, and the law that must hold for each of them.

The tests try few inputs of each target; `python -m benchmarks.fuzz` tries them for as long as one likes.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import process_time
from typing import Any

import given as world
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, settings
from hypothesis import given as for_all
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from stream.accounts import passwords
from stream.factory import create_app
from stream.maintenance.service import initialise, migrate
from stream.settings import load_settings

Law = Callable[[Any], None]  # an input, tried; raises AssertionError where the law does not hold
LONGEST = 5.0  # seconds of work that one small input may cost
UNLIMITED = dict.fromkeys(("act_limit", "comment_limit", "report_limit", "sign_in_limit", "address_limit"),
                          "1000000 per second")  # fmt: skip
PHASES = [phase for phase in Phase if phase is not Phase.explain]  # which costs many more requests
LIGHT = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)  # argon2 is slow on purpose


@dataclass(frozen=True, slots=True)
class Target:
    """`opened` makes the place in a folder and gives the law that is asked there of every input."""

    name: str
    inputs: st.SearchStrategy[Any]
    opened: Callable[[Path], AbstractContextManager[Law]]

    def hold(self, folder: Path, examples: int) -> None:
        """Ask the law of so many inputs; raises what the smallest one raises for which it does not hold."""
        with self.opened(folder) as law:

            def held(example: Any) -> None:
                begun = process_time()
                law(example)
                assert process_time() - begun < LONGEST, "that took too long"

            held.__name__ = held.__qualname__ = f"held_{self.name}"  # what Hypothesis remembers failures by
            patient = settings(
                max_examples=examples, deadline=None, phases=PHASES, suppress_health_check=[*HealthCheck]
            )
            patient(for_all(self.inputs)(held))()


class Said(logging.Handler):
    """The faults that stand in the log. One that nobody was told of is a fault all the same."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Remember it."""
        self._records.append(record)

    def forget(self) -> None:
        """What was said until now is another's."""
        self._records = []

    def require_nothing(self) -> None:
        """Raises AssertionError because of the first one, with where it happened."""
        if self._records:
            _, error, _ = self._records[0].exc_info or (None, None, None)
            raise AssertionError(self._records[0].getMessage()) from error


class Site:
    """A site that is asked without a server. Each request comes from another address: limits are no matter here."""

    def __init__(self, app: Flask, said: Said) -> None:
        self.app = app
        self.said = said
        self._numbers = count(1)

    def number(self) -> int:
        """One that was not given before."""
        return next(self._numbers)

    def ask(self, client: FlaskClient, path: str, method: str = "GET", **sent: Any) -> TestResponse:
        """The answer, which is no fault: none that is told, and none in the log."""
        number = self.number()
        client.environ_base["REMOTE_ADDR"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        self.said.forget()
        answer = client.open(path, method=method, buffered=True, **sent)
        self.said.require_nothing()
        assert answer.status_code < 500, f"{method} {path}: {answer.status}"
        assert str(answer.headers).isascii(), f"{method} {path}: headers that cannot be sent"
        return answer

    def member(self, role: str = "member") -> world.Visitor:
        """A new member, signed in."""
        someone = world.Visitor(self.app)
        number = self.number()
        someone.client.environ_base["REMOTE_ADDR"] = f"11.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        someone.sign_up(f"member-{number}")
        if role != "member":
            world.role(self.app, someone.username, role)  # type: ignore[arg-type]
            someone.get("/en/")
        return someone


@contextmanager
def site(folder: Path, **settings: Any) -> Iterator[Site]:
    """A new site in `folder` with three lessons."""
    places = {"instance": folder / "instance", "lessons": world.site_files(folder / "lessons")}
    for number, slug in enumerate(("encoder", "dial", "seeds"), start=1):
        world.lesson(places["lessons"], slug, number)
    list(initialise(load_settings({}, **places), sample=False))
    app, said, usual = create_app(load_settings({}, **places, **UNLIMITED, **settings)), Said(), passwords._hasher
    passwords._hasher = LIGHT
    logging.getLogger().addHandler(said)
    try:
        with app.app_context():
            migrate()
        yield Site(app, said)
    finally:
        logging.getLogger().removeHandler(said)
        passwords._hasher = usual
        world.close(app)
