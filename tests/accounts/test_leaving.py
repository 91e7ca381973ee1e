"""Deleting an account: nothing that leads to the person stays, and the ledger still adds up."""

import re
import sqlite3

import given
import pytest
from given import PASSWORD, Visitor
from sqlalchemy import inspect, select, table, text, update

from stream.accounts.models import User
from stream.clock import now
from stream.db import reading, write
from stream.mail import Mail, enqueue
from stream.mail.models import mail_log, mails
from stream.mail.queue import claim, settle
from stream.progress import audit

AT = now()
LESSON = "/en/lessons/dial"
MAIL = "minji.kim@example.org"


def leave(someone: Visitor, comments: str = "keep", **form):
    someone.get("/en/me/leave")
    typed = {"typed_name": someone.username, "leave_password": PASSWORD, "comments": comments, **form}
    return someone.post("/en/me/leave", **typed)


def with_mail(app, name: str) -> None:
    with app.app_context():
        write(lambda connection: connection.execute(update(User).where(User.username == name).values(mail=MAIL)))


def rows_with(app, *words: str) -> list[str]:
    """Every row of every table that holds one of the words, whatever its case."""
    found = []
    with app.app_context(), reading() as connection:
        for name in inspect(connection).get_table_names():
            for row in connection.execute(select(text("*")).select_from(table(name))):
                line = f"{name}: {tuple(row)}"
                found += [line for word in words if word.casefold() in line.casefold()]
    return found


def count(app, name: str, learner_id: str) -> int:
    query = text(f"SELECT count(*) FROM {name} WHERE learner_id = :learner_id")
    with app.app_context(), reading() as connection:
        return connection.execute(query, {"learner_id": learner_id}).scalar_one()


def learner_id_of(app, name: str) -> str:
    with app.app_context(), reading() as connection:
        return connection.execute(select(User.learner_id).where(User.username == name)).scalar_one()


def busy(app, member: Visitor, other: Visitor) -> dict[str, int]:
    """A member who left something everywhere, and another one who talked with them and about them."""
    with_mail(app, "minji")
    member.post(f"{LESSON}/complete")
    member.post(f"{LESSON}/exercise", exercise="dial", answer="a rare answer", do="attempt")
    member.post(f"{LESSON}/exercise", exercise="dial", answer="a rare note", do="note")
    mine = member.comment(f"Rare words. I am Minji, minji님, {MAIL}.")
    theirs = other.comment(f"Thanks, @minji님! And **@Minji**, or {MAIL}", parent=mine)
    answer = member.comment("Also rare, @jun.", parent=theirs)
    member.post(f"/en/comments/{theirs}/helpful", helpful="1")
    member.post(f"/en/comments/{theirs}/flag", why="minji says no")
    report = {"category": "typo", "body": "minji found it", "contact": MAIL}
    member.post("/en/report", lesson="dial", **report)
    return {"mine": mine, "theirs": theirs, "answer": answer}


@pytest.mark.parametrize("comments", ["keep", "remove"])
def test_no_row_of_any_table_holds_name_or_mail(app, member, other, comments):
    busy(app, member, other)
    assert len(rows_with(app, "minji", MAIL)) > 8
    assert leave(member, comments).status_code == 200
    assert rows_with(app, "minji", MAIL) == []
    assert bool(rows_with(app, "rare words", "also rare")) == (comments == "keep")


def test_nothing_but_the_ledger_is_kept_under_the_learner_id(app, member, other):
    busy(app, member, other)
    learner_id = learner_id_of(app, "minji")
    leave(member)
    with app.app_context(), reading() as connection:
        found = inspect(connection)
        keyed = [
            name
            for name in found.get_table_names()
            if "learner_id" in {column["name"] for column in found.get_columns(name)}
        ]
    assert {name for name in keyed if count(app, name, learner_id)} == {"events", "standings"}


@pytest.mark.parametrize("comments", ["keep", "remove"])
def test_every_chain_still_verifies(app, member, other, comments):
    busy(app, member, other)
    with app.app_context():
        before = audit.count_events()
        leave(member, comments)
        checked = list(audit.faults())
        assert sum(number for number, _ in checked) == before == audit.count_events()
        assert [fault for _, faults in checked for fault in faults] == []


@pytest.mark.sqlite
def test_the_file_forgets_too(app, settings, member, other):
    busy(app, member, other)
    leave(member, "remove")
    given.close(app)
    files = [each for each in settings.instance.rglob("*") if each.is_file() and is_sqlite_file(each)]
    assert "stream.db" in [path.name for path in files]
    for path in files:
        with sqlite3.connect(path) as connection:
            connection.execute("VACUUM")
        connection.close()
        bytes_of_file = path.read_bytes().lower()
        assert [word for word in ("minji", MAIL, "rare words") if word.encode() in bytes_of_file] == []


@pytest.mark.sqlite
def test_no_file_of_the_running_site_remembers(app, settings, member, other):
    busy(app, member, other)
    words = [word.encode() for word in ("minji", MAIL, "rare words")]
    files = [each for each in settings.instance.rglob("stream.db*") if each.is_file()]
    assert any(word in path.read_bytes().lower() for path in files for word in words)
    leave(member, "remove")
    assert [(path.name, word) for path in files for word in words if word in path.read_bytes().lower()] == []


def is_sqlite_file(path) -> bool:
    return path.read_bytes()[:15] == b"SQLite format 3"


def test_kept_comments_are_of_somebody_who_has_left(app, member, other):
    numbers = busy(app, member, other)
    leave(member, "keep")
    page = other.get(LESSON).text
    assert page.count("<bdi>somebody who has left</bdi>") >= 2
    assert "Rare words. I am …, …님, …." in page
    assert f'id="comment-{numbers["mine"]}"' in page
    by = re.findall(rf'<header id="comment-{numbers["mine"]}-by">.*?</header>', page, re.DOTALL)
    assert len(by) == 1
    assert "Lv " not in by[0], "their XP went with the name"


def test_removed_comments_leave_a_line_where_somebody_answered(app, member, other, visitor):
    numbers = busy(app, member, other)
    leave(member, "remove")
    page = visitor.get(LESSON).text
    shown = [int(number) for number in re.findall(r'id="comment-(\d+)"', page)]
    assert shown == [numbers["mine"], numbers["theirs"]]
    assert "Rare words" not in page


def test_others_keep_their_words_without_the_name(app, member, other, visitor):
    busy(app, member, other)
    leave(member)
    page = visitor.get(LESSON).text
    assert "Thanks, @…님! And <strong>@…</strong>, or …" in page


def test_others_who_are_called_nearly_so_stay(app, member, visitor):
    longer = Visitor(app).sign_up("minjiko")
    longer.comment("@minjiko @minji @minjikos @minjis minji")
    leave(member)
    page = visitor.get(LESSON).text
    called = '<span class="mention">@minjiko</span>'
    assert f"{called} @… {called}s @…s minji" in page


def test_mentions_of_others_stay_mentions(app, member, other, visitor):
    other.comment("@minji and @jun")
    leave(member)
    assert '@… and <span class="mention">@jun</span>' in visitor.get(LESSON).text


def test_feeds_do_not_show_the_name(app, member, other, visitor):
    busy(app, member, other)
    assert "minji" in visitor.get("/en/feed.xml").text
    leave(member)
    for address in ("/en/feed.xml", f"{LESSON}/feed.xml", LESSON, "/en/"):
        assert "minji" not in visitor.get(address).text.casefold()


def test_notifications_of_the_acts_and_words_go(app, member, other):
    busy(app, member, other)
    assert other.unread() > 0
    leave(member)
    assert other.unread() == 0


def test_an_open_edit_does_not_bring_the_name_back(app, member, other):
    number = other.comment("Thanks @minji")
    leave(member)
    other.get(f"/en/comments/{number}/edit")
    answer = other.post(f"/en/comments/{number}/edit", body="Thanks @minji!", comment=number, version=1)
    assert answer.status_code == 409
    assert rows_with(app, "thanks @minji") == []


def test_mails_go_with_what_servers_said_of_them(app, member):
    learner_id = learner_id_of(app, "minji")
    with app.app_context():
        from_now = given_mail(app, learner_id)
        leave(member)
        with reading() as connection:
            assert connection.execute(select(mails)).all() == connection.execute(select(mail_log)).all() == []
        write(lambda connection: settle(connection, from_now, "failed", f"no such user {MAIL}", AT))
    assert rows_with(app, MAIL) == []


def given_mail(app, learner_id: str):
    """A mail that a postman is carrying just now, after a first try that failed."""
    write(lambda connection: enqueue(connection, Mail("a", "digest", learner_id), AT))
    write(lambda connection: settle(connection, claim(connection, AT)[0], "deferred", f"later {MAIL}", AT))
    return write(lambda connection: claim(connection, AT + (AT - AT.replace(year=AT.year - 1))))[0]


def test_every_device_is_signed_out(app, member):
    phone = Visitor(app).sign_in("minji")
    answer = leave(member)
    assert "storage" in answer.headers["Clear-Site-Data"]
    for device in (member, phone):
        assert device.get("/en/me").location.startswith("/en/sign-in")


def test_the_password_works_no_more(app, member, visitor):
    leave(member)
    visitor.get("/en/sign-in")
    assert visitor.post("/en/sign-in", username="minji", password=PASSWORD).status_code == 422


def test_the_name_is_free_again_and_starts_at_zero(app, member):
    member.post(f"{LESSON}/complete")
    member.comment("Mine")
    leave(member)
    again = Visitor(app).sign_up("minji")
    assert again.standing().xp == 0
    assert "somebody who has left" in again.get(LESSON).text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"leave_password": "not the password"}, "leave_password"),
        ({"typed_name": "jun"}, "typed_name"),
        ({"typed_name": ""}, "typed_name"),
        ({"comments": "perhaps"}, "comments"),
    ],
)
def test_whatever_is_wrong_keeps_everything(app, member, other, wrong, field):
    busy(app, member, other)
    before = rows_with(app, "minji", MAIL, "rare")
    answer = leave(member, **wrong)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert PASSWORD not in answer.text
    assert rows_with(app, "minji", MAIL, "rare") == before


def test_guessing_the_password_ends(member):
    answers = [leave(member, leave_password=f"guess {number}").status_code for number in range(12)]
    assert (answers[0], answers[-1]) == (422, 429)


def test_the_name_may_be_typed_as_at_sign_in(member):
    assert leave(member, typed_name=" MinJi ").status_code == 200


def test_the_last_admin_cannot_leave(app, member, other):
    given.role(app, "minji", "admin")
    assert "only admin" in leave(member).text
    given.role(app, "jun", "admin")
    assert leave(member).status_code == 200
    assert "only admin" in leave(other).text


def test_what_a_moderator_did_stays_on_record(app, moderator, other, member):
    number = other.comment("Rude")
    moderator.get("/en/admin/comments")
    moderator.post(f"/en/comments/{number}/moderate", do="hide", why="rude")
    leave(moderator)
    assert rows_with(app, "haru") == []
    assert rows_with(app, f"comment:{number}") != []


def test_it_takes_the_form_and_a_member(member, visitor):
    assert member.post("/en/me/leave", csrf_token="forged").status_code == 400
    visitor.get("/en/sign-in")
    assert visitor.post("/en/me/leave").location.startswith("/en/sign-in")
    assert visitor.get("/en/me/leave").location.startswith("/en/sign-in")


def test_in_korean_it_can_be_read_too(app):
    someone = Visitor(app).sign_up("민지", "ko")
    assert "민지" in someone.get("/ko/me/leave").text
    someone.comment("민지입니다. 고민지역도 @민지야", language="ko")
    leave(someone)
    assert "…입니다. 고민지역도 @…야" in Visitor(app).get("/ko/lessons/dial").text
