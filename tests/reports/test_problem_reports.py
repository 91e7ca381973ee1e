"""Problem reports: from everybody, kept whatever happens, settled with an answer, once in the ledger."""

import dataclasses
import re

import given
import pytest
from given import Visitor

FORM = "/en/report?lesson=dial"


def send(someone: Visitor, **form):
    someone.get(FORM)
    return someone.post("/en/report", **{"lesson": "dial", "category": "typo", "body": "teh", **form})


def reference_in(answer) -> str:
    return re.search(r"/report/([0-9A-Z-]+)", answer.location)[1]


def settle(moderator: Visitor, reference: str, do: str, answer: str = ""):
    moderator.get("/en/admin/reports")
    return moderator.post(f"/en/admin/reports/{reference}", do=do, answer=answer)


def test_a_visitor_reports_and_gets_a_reference(visitor, moderator):
    answer = send(visitor, contact="a@example.org", place="two-guesses")
    assert answer.status_code == 303
    assert reference_in(answer) in visitor.get(answer.location).text
    queue = moderator.get("/en/admin/reports").text
    for words in (reference_in(answer), "teh", "a@example.org", "Two guesses", "revision", "English"):
        assert words in queue


def test_whoever_has_the_reference_sees_the_state_but_not_the_text(visitor, app):
    address = send(visitor, body="My private words").location.partition("?")[0]
    page = Visitor(app).get(address).text
    assert ">open<" in page
    assert "My private words" not in page


def test_an_empty_report_keeps_what_was_typed(visitor):
    answer = send(visitor, body=" ", contact="a@example.org")
    assert answer.status_code == 422
    assert "Write what is wrong." in answer.text
    assert 'value="a@example.org"' in answer.text
    assert 'value="typo" id="category" checked' in answer.text.replace("  ", " ")


def test_the_sixth_report_within_the_hour_is_too_many_and_its_text_kept(visitor):
    for number in range(5):
        assert send(visitor, body=f"Number {number}").status_code == 303
    visitor.get("/ko/report?lesson=dial")
    answer = visitor.post("/ko/report", lesson="dial", category="typo", body="여섯 번째")
    assert answer.status_code == 429
    assert "여섯 번째</textarea>" in answer.text
    assert "쓴 글은 여기 그대로 있어요" in answer.text
    assert int(answer.headers["Retry-After"]) > 60


def test_what_fills_every_field_is_refused_and_told_why(visitor, moderator):
    answer = send(visitor, homepage="https://example.org")
    assert answer.status_code == 422
    assert "A field that people do not see was filled in" in answer.text
    assert "Nothing to settle." in moderator.get("/en/admin/reports").text


def test_a_form_that_was_open_for_too_long_keeps_its_text(visitor):
    answer = send(visitor, csrf_token="stale", body="Still here")
    assert answer.status_code == 422
    assert "Still here</textarea>" in answer.text


def test_sent_twice_is_one_report(visitor, moderator):
    first, second = (send(visitor, post_id="the-same-form") for _ in range(2))
    assert reference_in(first) == reference_in(second)


def test_a_fixed_report_is_told_and_earns_sharp_eye_once(member, moderator):
    reference = reference_in(send(member))
    assert settle(moderator, reference, "fixed", "Thank you!").status_code == 303
    assert settle(moderator, reference, "fixed").status_code == 409
    assert "sharp-eye" in member.standing().achievements
    assert member.unread() == 1
    page = member.get(f"/en/report/{reference}").text
    assert ">fixed<" in page
    assert "Thank you!" in page
    assert member.get("/en/me/ledger").text.count(reference) <= 1


def test_a_declined_report_needs_an_answer_and_earns_nothing(member, moderator):
    reference = reference_in(send(member))
    refused = settle(moderator, reference, "declined")
    assert refused.status_code == 422
    settle(moderator, reference, "declined", "It is meant so.")
    assert member.standing().achievements == {}
    assert "It is meant so." in member.get("/en/me/reports").text or "declined" in member.get("/en/me/reports").text


def test_the_act_is_written_down(member, moderator):
    reference = reference_in(send(member))
    settle(moderator, reference, "declined", "No.")
    assert f"report {reference}" in moderator.get("/en/admin/record").text


@pytest.mark.parametrize("lesson", ["nothing-here", "../x"])
def test_a_report_about_no_lesson_is_not_found(visitor, lesson):
    visitor.get("/en/report")
    assert visitor.post("/en/report", lesson=lesson, category="typo", body="x").status_code == 404


def test_a_report_may_be_about_the_site(visitor, moderator):
    visitor.get("/en/report")
    assert visitor.post("/en/report", category="other", body="The site is slow").status_code == 303
    assert "The site is slow" in moderator.get("/en/admin/reports").text


def test_only_moderators_settle(member, other):
    reference = reference_in(send(member))
    other.get("/en/")
    assert other.post(f"/en/admin/reports/{reference}", do="fixed").status_code == 404


def test_a_blocked_member_cannot_report(app, member, moderator):
    number = member.comment("Spam")
    moderator.get("/en/admin/comments")
    moderator.post(f"/en/comments/{number}/moderate", do="block", why="spam")
    answer = send(member)
    assert answer.status_code == 422
    assert "blocked" in answer.text


def test_every_lesson_leads_to_the_form(visitor):
    assert 'href="/en/report?lesson=dial"' in visitor.get("/en/lessons/dial").text
    assert given.TOKEN.search(visitor.get(FORM).text)


def test_with_very_many_open_reports_the_oldest_is_on_the_list(app, visitor, moderator):
    app.config["STREAM"] = dataclasses.replace(app.config["STREAM"], report_limit="1000 per hour")
    for number in range(55):
        send(visitor, body=f"Report number {number:02}")
    assert "Report number 00" in moderator.get("/en/admin/reports").text
