"""Review: due the day after, one at a time, at most ten XP a day, and only for who wants it."""

import re

from given import Visitor

REVIEW = "/en/review"


def learn(member: Visitor, slug: str = "dial") -> None:
    member.get(f"/en/lessons/{slug}")
    member.post(f"/en/lessons/{slug}/complete")


def item_on(page: str) -> str:
    found = re.search(r'name="item" value="([^"]+)"', page)
    return found[1] if found else ""


def answer(member: Visitor, **form: str):
    return member.post(REVIEW, item=item_on(member.get(REVIEW).text), **form)


def test_nothing_is_due_on_the_day_itself(member):
    learn(member)
    assert "Nothing is due today." in member.get(REVIEW).text
    assert "Review today</b>" not in member.get("/en/").text


def test_the_day_after_it_is_on_the_home_page(member, days_pass):
    learn(member)
    days_pass(1)
    assert "2 things to remember" in member.get("/en/").text
    assert "기억할 것 2개" in member.get("/ko/").text


def test_a_remembered_answer_gives_xp_and_goes_away(member, days_pass):
    learn(member)
    days_pass(1)
    before = member.standing().xp
    assert item_on(member.get(REVIEW).text) == "dial/dial"
    done = answer(member, answer="five")
    assert done.location.startswith("/en/review?answered=dial/dial&good=1")
    assert "Remembered." in member.get(done.location).text
    assert member.standing().xp == before + 2
    assert item_on(member.get(REVIEW).text) == "dial/takeaway-1"
    answer(member, remembered="yes")
    assert "Nothing is due today." in member.get(REVIEW).text


def test_a_slip_gives_nothing_and_comes_back_the_next_day(member, days_pass):
    learn(member)
    days_pass(1)
    before = member.standing().xp
    assert "Not yet." in member.get(answer(member, answer="nine").location).text
    answer(member, remembered="no")
    assert member.standing().xp == before
    days_pass(1)
    assert item_on(member.get(REVIEW).text) == "dial/dial"


def test_an_empty_answer_is_asked_again(member, days_pass):
    learn(member)
    days_pass(1)
    page = answer(member, answer=" ")
    assert page.status_code == 422
    assert "Choose or write an answer first." in page.text
    assert item_on(page.text) == "dial/dial"


def test_ten_xp_a_day_are_the_most(member, days_pass):
    for slug in ("encoder", "dial", "seeds"):
        learn(member, slug)
    days_pass(1)
    before = member.standing().xp
    for _ in range(6):
        page = member.get(REVIEW).text
        answer(member, **({"answer": "five"} if 'name="answer"' in page else {"remembered": "yes"}))
    assert member.standing().xp == before + 10


def test_an_item_that_is_not_due_counts_for_nothing(member, days_pass):
    learn(member)
    before = member.standing().xp
    assert member.post(REVIEW, item="dial/dial", answer="five").location == REVIEW
    days_pass(1)
    member.get(REVIEW)
    for _ in range(3):
        member.post(REVIEW, item="dial/dial", answer="five")
    assert member.standing().xp == before + 2
    assert member.post(REVIEW, item="no/such", answer="five").location == REVIEW


def test_whoever_does_not_want_reviews_hears_of_none(member, days_pass):
    learn(member)
    days_pass(1)
    member.get(REVIEW)
    member.post("/en/review/wanted", wanted="no")
    assert "things to remember" not in member.get("/en/").text
    assert "Reviews are switched off." in member.get(REVIEW).text
    member.post("/en/review/wanted", wanted="yes")
    assert "2 things to remember" in member.get("/en/").text


def test_the_answer_is_not_in_the_page_before_it_is_given(member, days_pass):
    learn(member)
    days_pass(1)
    assert "At five." not in member.get(REVIEW).text


def test_reviews_are_for_members(visitor):
    assert visitor.get(REVIEW).location.startswith("/en/sign-in")
