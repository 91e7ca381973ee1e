"""Answering an exercise: checked on the server, kept, and its XP given once."""

import given
import pytest

LESSON = "/en/lessons/dial"
ANSWER = {"exercise": "dial", "do": "attempt"}


def test_a_right_answer_earns_twenty_once(member: given.Visitor) -> None:
    for _ in range(2):
        member.post(f"{LESSON}/exercise", answer="five", **ANSWER)
    assert member.standing().xp == 20


@pytest.mark.parametrize("answer", ["Five", " FIVE. ", "다섯", "ｆｉｖｅ"])
def test_variants_case_width_and_punctuation_do_not_matter(member: given.Visitor, answer: str) -> None:
    member.post(f"{LESSON}/exercise", answer=answer, **ANSWER)
    assert member.standing().xp == 20


def test_a_wrong_answer_costs_nothing_and_may_be_repeated(member: given.Visitor) -> None:
    for _ in range(5):
        assert "Not yet" in member.post(f"{LESSON}/exercise", htmx=True, answer="six", **ANSWER).text
    answer = member.post(f"{LESSON}/exercise", htmx=True, answer="five", **ANSWER)
    assert "6 attempts" in answer.text
    assert "second-wind" in member.standing().achievements


def test_the_answers_are_not_in_the_page_before_an_attempt(member: given.Visitor) -> None:
    page = member.get(LESSON).text
    assert "At five." not in page
    assert "다섯" not in page


def test_the_model_answer_shows_after_an_attempt(member: given.Visitor) -> None:
    member.post(f"{LESSON}/exercise", answer="six", **ANSWER)
    assert "At five." in member.get(LESSON).text


def test_an_empty_answer_is_told_in_words_and_is_no_attempt(member: given.Visitor) -> None:
    answer = member.post(f"{LESSON}/exercise", htmx=True, answer=" ", **ANSWER)
    assert answer.status_code == 422
    assert "Write an answer first" in answer.text
    assert member.standing().attempts == {}


def test_a_text_that_is_too_long_is_kept(member: given.Visitor) -> None:
    answer = member.post(f"{LESSON}/exercise", answer="x" * 10_001, **ANSWER)
    assert answer.status_code == 422
    assert "x" * 10_001 in answer.text


def test_without_javascript_a_member_comes_back_to_the_exercise(member: given.Visitor) -> None:
    answer = member.post(f"{LESSON}/exercise", answer="five", **ANSWER)
    assert (answer.status_code, answer.location) == (303, f"{LESSON}#exercise-dial")
    assert "Right." in member.get(LESSON).text


def test_a_replayed_answer_is_one_attempt(member: given.Visitor) -> None:
    for _ in range(3):
        member.post(f"{LESSON}/exercise", answer="six", event_id="same-answer-1", **ANSWER)
    assert "1 attempt<" in member.get(LESSON).text


def test_a_visitor_gets_feedback_and_nothing_is_stored(visitor: given.Visitor) -> None:
    answer = visitor.post(f"{LESSON}/exercise", answer="five", **ANSWER)
    assert answer.status_code == 200
    assert "Right." in answer.text
    assert "Sign in to keep it" in answer.text


def test_a_note_is_kept_beside_the_exercise_without_an_attempt(member: given.Visitor) -> None:
    member.post(f"{LESSON}/exercise", answer="my note", exercise="dial", do="save")
    assert "my note" in member.get(LESSON).text
    assert member.standing().attempts == {}


def test_an_exercise_that_is_gone_is_told(member: given.Visitor) -> None:
    answer = member.post(f"{LESSON}/exercise", answer="x", exercise="gone", do="attempt")
    assert answer.status_code == 404
    assert "no such exercise" in answer.text


def test_a_member_needs_the_token(member: given.Visitor) -> None:
    member.token = ""
    assert member.post(f"{LESSON}/exercise", answer="five", **ANSWER).status_code == 400
    assert member.standing().xp == 0


def test_another_member_sees_nothing_of_it(app, member: given.Visitor) -> None:  # type: ignore[no-untyped-def]
    member.post(f"{LESSON}/exercise", answer="my secret guess", **ANSWER)
    assert "my secret guess" not in given.Visitor(app).sign_up("jihoon").get(LESSON).text


def test_several_exercises_of_a_lesson_have_names_of_their_own(app, lessons) -> None:  # type: ignore[no-untyped-def]
    body = "".join(f":::{{exercise}} text\n:id: {key}\nWrite.\n:::\n\n" for key in ("first", "second"))
    given.lesson(lessons, "pair", 4, body=body)
    page = " ".join(given.Visitor(app).get("/en/lessons/pair").text.split())
    assert 'id="exercise-first-title">Exercise 1 ' in page
    assert 'id="exercise-second-title">Exercise 2 ' in page
