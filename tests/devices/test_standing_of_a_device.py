"""The site says what a device's acts amount to, stores nothing, and believes nothing."""

import json
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from given import Visitor
from sqlalchemy import func, select

from stream.clock import now
from stream.db import reading
from stream.progress.models import events

ADDRESS = "/en/standing"


def act(kind: str, subject: str, number: int = 1, minutes_ago: int = 60, **data: object) -> dict[str, object]:
    """An event as a device keeps it."""
    at = now() - timedelta(minutes=minutes_ago)
    return {"id": f"device-event-{number:04}", "type": kind, "subject": subject, "at": at.isoformat(),
            "day": at.date().isoformat(), "data": data}  # fmt: skip


def sent(visitor: Visitor, *acts: object, **more: str):
    return visitor.client.post(ADDRESS, data={"events": json.dumps(acts), **more})


def xp(answer) -> int:
    return int(re.search(r'data-xp="(-?\d+)"', answer.text)[1])


def stored(app) -> int:
    with app.app_context(), reading() as connection:
        return connection.execute(select(func.count()).select_from(events)).scalar_one()


def test_two_completions_and_a_pass(app, visitor):
    answer = sent(
        visitor,
        act("lesson.completed", "dial", 1),
        act("lesson.completed", "seeds", 2),
        act("exercise.attempted", "dial/dial", 3, answer="five"),
    )
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith("{#") or 'id="standing"' in answer.text
    assert xp(answer) == 40 + 40 + 20
    assert stored(app) == 0
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_the_answer_is_graded_here_whatever_the_device_says(visitor):
    wrong = act("exercise.passed", "dial/dial", 1, answer="six", passed=True, xp=5000)
    assert xp(sent(visitor, wrong)) == 0


def test_the_same_act_twice_counts_once(visitor):
    assert xp(sent(visitor, act("lesson.completed", "dial"), act("lesson.completed", "dial"))) == 40
    assert xp(sent(visitor, act("lesson.completed", "dial", 1), act("lesson.completed", "dial", 2))) == 40


def test_taking_back_takes_back(visitor):
    undone = act("lesson.reopened", "dial", 2, minutes_ago=5)
    assert xp(sent(visitor, undone, act("lesson.completed", "dial", 1))) == 0


HOSTILE = [
    "", "nonsense", "{}", "null", "17", '"x"', "[[[[[[", "[" * 100_000, json.dumps([{}] * 2_001),
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_list_of_events_is_refused_in_words(visitor, text):
    answer = visitor.client.post(ADDRESS, data={"events": text})
    assert answer.status_code == 422
    assert "failure" in answer.text


BAD = [
    None, 7, "x", [], {}, {"id": "short"}, act("lesson.completed", "no-such-lesson"), act("xp.adjusted", "xp"),
    act("report.resolved", "r"), act("achievement.unlocked", "century"), act("course.finished", "dials"),
    {**act("lesson.completed", "dial"), "at": "soon"}, {**act("lesson.completed", "dial"), "id": "<script>alert(1)"},
    {**act("lesson.completed", "dial"), "at": 10**30}, {**act("lesson.completed", "dial"), "subject": {"a": 1}},
    {**act("lesson.completed", "dial"), "type": "lesson.completed\u0000"},
    act("exercise.passed", "dial/none", answer="x"),
    act("exercise.passed", "dial/dial", answer=[1]), act("exercise.passed", "dial/dial", choice="x"),
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_one_bad_event_spoils_nothing(visitor, bad):
    assert xp(sent(visitor, bad, act("lesson.completed", "seeds", 77))) == 40


def test_the_future_is_now_and_a_wrong_day_is_put_right(visitor):
    soon = {**act("lesson.completed", "dial"), "at": "2999-01-01T00:00:00+00:00", "day": "1970-01-01", "data": 3}
    assert xp(sent(visitor, soon)) == 40


def test_too_much_for_a_request_is_refused(visitor):
    answer = visitor.client.post(ADDRESS, data={"events": "x" * 1_100_000})
    assert answer.status_code == 413


def test_a_page_is_shown_for_the_device(visitor):
    done = [act("lesson.completed", "encoder", 1), act("lesson.completed", "dial", 2)]
    lesson = sent(visitor, *done, page="/en/lessons/dial").text
    assert lesson.count('<li class="done') == 2
    assert "Take it back" in lesson
    home = sent(visitor, *done, page="/en/").text
    assert "seeds in en" in re.search(r"<h1>(.*?)</h1>", home)[1]
    achievements = sent(visitor, *done, page="/en/achievements").text
    assert "First Light" in achievements
    assert "this is what is kept on this device" in achievements
    assert "this shows the start" not in achievements
    assert "Once you start" not in home


@pytest.mark.parametrize(
    "page", ["/en/me/ledger", "/en/admin/", "/ko/", "//evil.example", "/nothing", "https://x.example/en/"]
)
def test_no_other_page_is(visitor, page):
    assert sent(visitor, act("lesson.completed", "dial"), page=page).status_code == 404


def test_a_lesson_page_is_the_same_bytes_for_everybody_without_an_account(app):
    first, second = Visitor(app), Visitor(app)
    sent(first, act("lesson.completed", "dial"))
    assert first.get("/en/lessons/dial").data == second.get("/en/lessons/dial").data
    assert "Set-Cookie" not in first.get("/en/lessons/dial").headers


def test_the_same_question_is_answered_from_what_is_kept_as_long_as_it_is_true(app, visitor, member, lessons, wait):
    done = act("lesson.completed", "dial")
    assert [xp(sent(visitor, done)) for _ in range(4)] == [40] * 4
    assert len(app.wsgi_app) == 1
    as_scripts_say = "application/x-www-form-urlencoded;charset=UTF-8"
    for _ in range(3):
        visitor.client.post(ADDRESS, data=urlencode({"events": json.dumps([done])}), content_type=as_scripts_say)
    assert len(app.wsgi_app) == 2
    assert xp(sent(visitor)) == 0
    rules = lessons / "rulebook.toml"
    rules.write_text(rules.read_text("utf-8").replace('"lesson.completed" = 40', '"lesson.completed" = 50'), "utf-8")
    assert xp(sent(visitor, done)) == 50
    file = next(lessons.glob("*/*dial.en.md"))
    for text in file.parent.glob("*dial.*.md"):
        text.unlink()
    assert xp(sent(visitor, done)) == 0
    kept = len(app.wsgi_app)
    sent(member, act("lesson.completed", "seeds"))  # to somebody with an account it is a question of its own
    assert len(app.wsgi_app) == kept


def test_a_page_of_another_site_gets_no_answer_kept_or_not(visitor):
    form = {"events": json.dumps([act("lesson.completed", "dial")])}
    for headers in ({}, {}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        status = visitor.client.post(ADDRESS, data=form, headers=headers).status_code
        assert status == (403 if headers else 200)
