"""What browsers send as their learner's acts: any text, any JSON, and events that are nearly right."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import given as world
from hypothesis import strategies as st
from routes import contents
from sqlalchemy import select
from strategies import RULEBOOK
from targets import Law, Site, Target, site
from werkzeug.test import TestResponse

from stream.db import reading
from stream.exercises.models import attempts as attempts_table
from stream.ledger.standing import Standing
from stream.progress import audit
from stream.progress.models import events

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
LESSONS = ("encoder", "dial", "seeds")
TYPES = ["lesson.opened", "lesson.completed", "lesson.reopened", "exercise.attempted", "exercise.passed"]
TYPES += ["course.finished", "xp.adjusted", "achievement.unlocked", "review.answered", "report.resolved", "x", ""]
SUBJECTS = [*LESSONS, *(f"{slug}/dial" for slug in LESSONS), "gone", "dial/", "/dial", "dial/gone", "dials", "../dial"]
TIMES = ["2026-01-01T00:00:00Z", "2026-01-02T09:30:00+09:00", "2025-12-31T23:59:59.999999-11:00", "1970-01-01", "now"]
TIMES += ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2026-W01-1", "20260101T000000Z", "2026-13-01"]
TIMES += ["2020-01-01T00:00:00+14:00", "2026-03-29T02:30:00", "2026-01-01T00:00:00+23:59", "2026-01-01T00:00:00"]
DAYS = ["2026-01-01", "2025-12-31", "2026-01-02", "9999-12-31", "0001-01-01", "20260101", "2026-W01-1", ""]
DAYS += ["٢٠٢٦-01-01"]
TIMES += ["2019-12-31T23:59:59Z", "2999-01-01T00:00:00Z"]
IDS = ["device-event-1", "device-event-2", "device-event-3", "a" * 64, "a" * 65, "merged-device-event-1", "short", ""]
IDS += ["report-12345678", "rules-12345678", "0" * 8 + "-0000-5000-8000-" + "0" * 12, "device-event-1\n", "가" * 8]
ANSWERS = ["five", "다섯", "six", "", " ", "a" * 10_001, "\0", "\ud800", "FIVE!", "1"]
WHOLE = ["", "null", "{}", "[", "[[]]", "[" * 5000, "[" + "9" * 5000 + "]", '[{"id": NaN}]', "\ufeff[]", "[1e999]"]
WHOLE += ["\0"]
WHOLE += ["[" + "{}," * 2000 + "{}]", '[{"a":' * 2000, '[{"id":1,"id":2}]', '["\\ud800"]', "[true]", "0", '"[]"']

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


def mostly(values: list[str]) -> st.SearchStrategy[Any]:
    """One of these; seldom anything else."""
    return st.sampled_from(values) | st.sampled_from(values) | st.sampled_from(values) | anything


data = st.fixed_dictionaries(
    {},
    optional={
        "answer": mostly(ANSWERS),
        "choice": st.lists(st.sampled_from(["1", "2", "3"]) | anything, max_size=4) | anything,
        "language": mostly(["en", "ko", "fr", ""]),
        "revision": mostly(["0" * 12, "f" * 12, "x"]),
        "xp": anything,
        "passed": anything,
        "v": anything,
    },
)
near = st.fixed_dictionaries(
    {"id": mostly(IDS), "type": mostly(TYPES), "subject": mostly(SUBJECTS), "at": mostly(TIMES)},
    optional={"day": mostly(DAYS), "data": data | data | anything, "xp": anything, "learner_id": anything},
)
right = st.fixed_dictionaries(
    {
        "id": st.integers(1, 9).map(lambda number: f"device-event-{number}"),
        "type": st.sampled_from(TYPES[:5]),
        "subject": st.sampled_from(SUBJECTS[:6]),
        "at": st.sampled_from(TIMES),
        "data": data,
    }
)
attempts = st.fixed_dictionaries(
    {
        "id": st.sampled_from(IDS[:3]),
        "type": st.just("exercise.attempted"),
        "subject": st.just("dial/dial"),
        "at": st.sampled_from(TIMES),
        "data": st.fixed_dictionaries({"answer": mostly(ANSWERS)}, optional={"choice": anything}),
    }
)
lists = st.lists(right | attempts | near | anything, max_size=12)
uploads = lists.map(json.dumps) | lists.map(json.dumps) | st.sampled_from(WHOLE) | anything.map(json.dumps) | st.text()
storable = uploads.map(lambda text: text.encode("utf-8", "surrogatepass"))
PAGES = ["", "/en/", "/en/lessons/dial", "/ko/lessons/dial", "/en/me", "//evil.example/en/", "/en/standing"]
PAGES += ["/en/\\", "\0"]


def xp_of(standing: Standing) -> int:
    """What the rules give for what stands in a standing without reviews and corrections."""
    amounts = RULEBOOK.amounts
    return (
        amounts["lesson.completed"] * len(standing.completions)
        + amounts["exercise.passed"] * len(standing.passed)
        + amounts["course.finished"] * len(standing.finished)
    )


def require_sound(place: Site, member: world.Visitor) -> None:
    """Chains and standings hold; only lessons and exercises that are there, and only XP that the rules give."""
    standing = member.standing()
    assert standing.xp == xp_of(standing)
    assert set(standing.completions) | set(standing.opened) <= set(LESSONS)
    assert set(standing.passed) | set(standing.failed) <= {f"{slug}/dial" for slug in LESSONS}
    assert set(standing.finished) <= {"dials"}
    with place.app.app_context(), reading() as connection:
        assert all(answer.strip() for (answer,) in connection.execute(select(attempts_table.c.answer)))
        assert [str(fault) for _, found in audit.faults_in(connection) for fault in found] == []
        recorded = select(events.c.type, events.c.subject, events.c.occurred_at, events.c.recorded_at)
        for kind, subject, occurred, recorded_at in connection.execute(recorded):
            assert kind in TYPES
            assert "adjusted" not in kind
            assert "2020-01-01T" <= occurred <= recorded_at, (kind, subject, occurred)


@contextmanager
def merging(folder: Path) -> Iterator[Law]:
    """Whatever is sent to an account: the ledger verifies, XP is what the rules give, and sent twice counts once."""
    with site(folder) as place:

        def merged(member: world.Visitor, sent: bytes) -> TestResponse:
            form = {"csrf_token": member.token, "events": sent}
            return place.ask(
                member.client, "/en/events", "POST", data=urlencode(form), content_type=FORM, headers=[("Accept", JSON)]
            )

        def law(sent: bytes) -> None:
            member = place.member()
            first = merged(member, sent)
            assert first.status_code in (200, 422)
            require_sound(place, member)
            before, again = contents(place.app), merged(member, sent)
            assert (again.status_code, contents(place.app)) == (first.status_code, before)
            if first.status_code == 200:
                assert first.json is not None
                assert again.json is not None
                assert (again.json["new"], again.json["xp"]) == (0, 0)
                assert first.json["xp"] == member.standing().xp
            for page in ("/en/me", "/en/me/ledger", "/en/lessons/dial"):
                assert place.ask(member.client, page).status_code == 200

        yield law


@contextmanager
def showing(folder: Path) -> Iterator[Law]:
    """Whatever a browser asks to be shown: an answer, and nothing stored."""
    with site(folder) as place:
        before, visitor = contents(place.app), place.app.test_client()

        def law(sent: tuple[bytes, str, bool]) -> None:
            events, page, htmx = sent
            headers = {"HX-Request": "true"} if htmx else {}
            form = urlencode({"events": events, "page": page.encode("utf-8", "surrogatepass")})
            answer = place.ask(visitor, "/en/standing", "POST", data=form, content_type=FORM, headers=headers)
            assert answer.status_code in (200, 404, 422)
            assert contents(place.app) == before

        yield law


DEVICE_EVENTS = Target("device_events", storable, merging)
STANDINGS = Target("standings", st.tuples(storable, st.sampled_from(PAGES) | st.text(), st.booleans()), showing)
