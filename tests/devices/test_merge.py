"""A device's acts come into the account exactly once, with their own times."""

import json
from datetime import timedelta
from itertools import islice

import pytest
from given import Visitor
from test_standing_of_a_device import act

from stream.clock import now
from stream.ledger.history import event_ids
from stream.progress import audit


def merge(member: Visitor, *acts: object):
    member.get("/en/")
    form = {"events": json.dumps(acts), "csrf_token": member.token}
    return member.client.post("/en/events", data=form, headers={"Accept": "application/json"})


def test_union_without_double_xp(member):
    for slug in ("encoder", "dial"):
        member.post(f"/en/lessons/{slug}/complete")
    answer = merge(member, act("lesson.completed", "dial", 1), act("lesson.completed", "seeds", 2))
    assert answer.json["refused"] == []
    assert (answer.json["new"], answer.json["known"]) == (2, 0)
    assert set(member.standing().completions) == {"encoder", "dial", "seeds"}
    assert member.standing().xp == 3 * 40 + 100  # and the course is finished
    again = merge(member, act("lesson.completed", "dial", 1), act("lesson.completed", "seeds", 2))
    assert (again.json["new"], again.json["known"], again.json["xp"]) == (0, 2, 0)
    assert member.standing().xp == 3 * 40 + 100


def test_original_times_are_kept(member):
    merge(member, act("lesson.completed", "dial", minutes_ago=3 * 24 * 60))
    age = now() - member.standing().completions["dial"].at
    assert timedelta(days=2, hours=23) < age < timedelta(days=3, hours=1)
    assert now() - member.standing().achievements["first-light"] > timedelta(days=2)


def test_what_is_refused_is_listed_with_the_reason(member):
    answer = merge(member, act("lesson.completed", "gone", 5), act("lesson.completed", "dial", 6))
    assert answer.json["new"] == 1
    assert answer.json["refused"] == [
        {"id": "device-event-0005", "code": "unknown-lesson", "why": "There is no such lesson here."}
    ]


@pytest.mark.parametrize("odd", ["<b>\ud800", {"a": [1]}, 7, "\x00" * 90])
def test_an_odd_id_is_listed_too(member, odd):
    member.get("/en/")
    page = member.post("/en/events", events=json.dumps([{**act("lesson.completed", "gone"), "id": odd}]))
    assert page.status_code == 200
    assert "Not taken" in page.text


def made_here(first: str) -> list[str]:
    """Ids that the site gives to what follows from the act `first`."""
    return list(islice(event_ids(first), 1, 3))


def test_ids_that_the_site_makes_itself_are_refused(member):
    last = act("lesson.completed", "dial", 1, minutes_ago=5)
    for taken in (f"merged-{last['id']}", *made_here(f"merged-{last['id']}"), *made_here("my-next-act")):
        answer = merge(member, {**act("lesson.completed", "seeds"), "id": taken}, last)
        assert [each["code"] for each in answer.json["refused"]] == ["bad-id"]
    member.post("/en/lessons/dial/complete", event_id=made_here("my-next-act")[0])
    assert member.post("/en/lessons/seeds/complete", event_id="my-next-act").status_code == 303
    assert set(member.standing().completions) == {"dial", "seeds"}


def test_without_scripts_the_answer_is_a_page(member):
    member.get("/en/")
    page = member.post("/en/events", events=json.dumps([act("lesson.completed", "dial"), act("x", "dial", 2)]))
    assert "1 act was added." in page.text
    assert "There is no such kind of act." in page.text


def tried(number: int, minutes_ago: int, answer: str) -> dict[str, object]:
    return act("exercise.attempted", "dial/dial", number, minutes_ago, answer=answer)


def test_what_was_answered_comes_along(member):
    acts = [tried(1, 90, "six & a <half>"), tried(2, 80, "five")]
    for _ in range(2):
        merge(member, *acts)
        page = member.get("/en/lessons/dial").text
        assert page.index("six &amp; a &lt;half&gt;") < page.index("<q>five</q>")
        assert "2 attempts" in page


def test_the_latest_answer_stands_in_the_form_wherever_it_was_given(member):
    member.post("/en/lessons/dial/exercise", exercise="dial", answer="seven", do="attempt")
    merge(member, tried(1, 90, "six"))
    assert 'name="answer" autocomplete="off" autocapitalize="off" spellcheck="false" value="seven"' in (
        member.get("/en/lessons/dial").text
    )


@pytest.mark.parametrize("odd", ["six \ud800", "six \x00"])
def test_an_answer_that_no_table_can_hold_is_kept_as_far_as_it_can_be(member, odd):
    assert merge(member, tried(1, 90, odd)).json["new"] == 1
    assert "six" in member.get("/en/lessons/dial").text


def test_a_live_completion_and_the_device_agree(member):
    merge(member, act("lesson.completed", "dial", minutes_ago=30))
    member.get("/en/lessons/dial")
    member.post("/en/lessons/dial/reopen")
    assert "dial" not in member.standing().completions
    merge(member, act("lesson.completed", "dial", 2, minutes_ago=20))
    assert "dial" not in member.standing().completions
    assert member.standing().xp == 0


def test_the_ledger_verifies_and_rebuilds_after_merging(app, member):
    merge(member, act("lesson.reopened", "dial", 1, 10), act("lesson.completed", "seeds", 2, 90))
    merge(member, act("lesson.completed", "dial", 3, 50), act("exercise.attempted", "dial/dial", 4, 5, answer="five"))
    with app.app_context():
        assert [str(fault) for _, found in audit.faults() for fault in found] == []
        list(audit.rebuild())
        assert [str(fault) for _, found in audit.faults() for fault in found] == []
    assert member.get("/en/me/ledger").status_code == 200


def test_nobody_merges_into_somebody_elses_account(member, other):
    merge(other, act("lesson.completed", "dial"))
    assert member.standing().xp == 0


def test_it_needs_an_account_and_the_token(app, member):
    visitor = Visitor(app)
    assert visitor.client.post("/en/events", data={"events": "[]"}).status_code in (302, 303, 400)
    assert member.client.post("/en/events", data={"events": "[]"}).status_code == 400


def test_an_id_that_somebody_else_used_is_still_ones_own(member, other):
    merge(other, act("lesson.completed", "dial"))
    assert merge(member, act("lesson.completed", "dial")).json["new"] == 1


def test_a_year_of_long_answers_comes_in_one_merge(member):
    acts = [tried(number, 3000 - number, "long" * 700) for number in range(1, 601)]
    assert merge(member, *acts).json["new"] == 600
