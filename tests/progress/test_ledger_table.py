"""The table itself: append-only, checked, and enough to make every standing anew."""

import given
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from stream.db import is_sqlite, reading, write
from stream.progress import audit

LESSON = "/en/lessons/dial"


def standings(app: Flask) -> list[tuple[object, ...]]:
    """The projection, row by row."""
    with app.app_context(), reading() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT * FROM standings ORDER BY learner_id"))]


def faults(app: Flask) -> list[str]:
    """What `verify` finds."""
    with app.app_context():
        return [str(fault) for _, found in audit.faults() for fault in found]


def tamper(app: Flask, statement: str) -> None:
    """Change the database as somebody with sqlite3 and no respect would."""
    with app.app_context():
        write(lambda connection: [connection.execute(text(part)) for part in statement.split(";")])


def without_trigger(app: Flask, name: str) -> str:
    """How whoever tampers gets past the guard."""
    on_table = "" if is_sqlite(app.config["SQLALCHEMY_DATABASE_URI"]) else " ON events"
    return f"DROP TRIGGER {name}{on_table}"


@pytest.mark.parametrize("statement", ["UPDATE events SET xp = 4000", "DELETE FROM events"])
def test_events_cannot_be_changed_or_removed(app: Flask, member: given.Visitor, statement: str) -> None:
    member.post(f"{LESSON}/complete")
    with app.app_context(), pytest.raises(DatabaseError, match="append-only"):
        write(lambda connection: connection.execute(text(statement)))


def test_a_rebuild_gives_the_same_bytes(app: Flask, member: given.Visitor) -> None:
    given.Visitor(app).sign_up("jihoon").post("/ko/lessons/seeds/complete")
    member.post(f"{LESSON}/complete")
    member.post(f"{LESSON}/exercise", exercise="dial", answer="five", do="attempt")
    before = standings(app)
    with app.app_context():
        assert sum(audit.rebuild()) > 0
    assert standings(app) == before
    assert faults(app) == []


def test_a_hand_edited_event_is_named(app: Flask, member: given.Visitor) -> None:
    member.post(f"{LESSON}/complete")
    tamper(
        app, f"{without_trigger(app, 'events_no_update')}; UPDATE events SET xp = 4000 WHERE type = 'lesson.completed'"
    )
    found = faults(app)
    assert len(found) == 1
    assert found[0].startswith("event 2 of learner")


def test_a_cut_tail_is_noticed(app: Flask, member: given.Visitor) -> None:
    member.post(f"{LESSON}/complete")
    tail = "DELETE FROM events WHERE id = (SELECT max(id) FROM events)"
    tamper(app, f"{without_trigger(app, 'events_no_delete')}; {tail}")
    assert len(faults(app)) == 1


def test_a_wrong_standing_is_noticed_and_rebuilt(app: Flask, member: given.Visitor) -> None:
    member.post(f"{LESSON}/complete")
    tamper(app, """UPDATE standings SET state = replace(state, '40', '41')""")
    assert len(faults(app)) == 1
    with app.app_context():
        list(audit.rebuild())
    assert faults(app) == []


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of one learner, so that others can act between them."""
    monkeypatch.setattr(audit, "LEARNERS", 1)


@pytest.mark.usefixtures("one_by_one")
def test_learners_who_go_on_meanwhile_are_no_fault(app: Flask, member: given.Visitor, other: given.Visitor) -> None:
    everybody = (member, other)
    for each in everybody:
        each.post(f"{LESSON}/complete")
    with app.app_context():
        checking = audit.faults()
        found = [next(checking)]
    for each in everybody:
        each.post("/en/lessons/seeds/complete")
    with app.app_context():
        found += checking
    assert [fault for _, faults in found for fault in faults] == []


@pytest.mark.usefixtures("one_by_one")
def test_a_rebuild_that_is_stopped_leaves_everybody_their_standing(
    app: Flask, member: given.Visitor, other: given.Visitor
) -> None:
    everybody = (member, other)
    for each in everybody:
        each.post(f"{LESSON}/complete")
    with app.app_context():
        rebuilding = audit.rebuild()
        next(rebuilding)
    for each in everybody:
        each.post("/en/lessons/seeds/complete")
    rebuilding.close()
    assert len(standings(app)) == len(everybody)
    assert faults(app) == []


def test_a_standing_without_events_is_a_fault_and_a_rebuild_removes_it(app: Flask, member: given.Visitor) -> None:
    member.post(f"{LESSON}/complete")
    tamper(app, "INSERT INTO standings SELECT 'nobody', version, hash, state FROM standings")
    assert [fault.split(": ")[1:] for fault in faults(app)] == [audit.NO_EVENTS.split(": ")]
    with app.app_context():
        list(audit.rebuild())
    assert [row[0] for row in standings(app)] != ["nobody"]
    assert faults(app) == []
