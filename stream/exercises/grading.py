"""Whether an answer is right. Pure: an exercise and an answer in, a verdict out."""

from dataclasses import dataclass
from typing import Literal

from stream.markdown.answers import matches
from stream.markdown.document import Exercise

LONGEST = 10_000  # characters of a text answer

Verdict = Literal["right", "wrong", "empty", "too-long"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was sent: a text, or the keys of the chosen options."""

    text: str = ""
    chosen: frozenset[str] = frozenset()

    def stored(self) -> str:
        """As one text, for the table of attempts."""
        return ",".join(sorted(self.chosen)) if self.chosen else self.text


def answer_from(stored: str, exercise: Exercise) -> Answer:
    """The answer that `Answer.stored` wrote."""
    if exercise.kind == "choice":
        return Answer(chosen=frozenset(filter(None, stored.split(","))))
    return Answer(stored)


def grade(exercise: Exercise, answer: Answer) -> Verdict:
    """The verdict; an empty answer is no attempt, except where saying "I did it" is the answer."""
    if len(answer.text) > LONGEST:
        return "too-long"
    match exercise.kind:
        case "self-check":
            return "right"
        case "text":
            return "right" if answer.text.strip() else "empty"
        case "short":
            return _grade_short(exercise, answer.text)
        case "choice":
            return _grade_choice(exercise, answer.chosen)


def _grade_short(exercise: Exercise, text: str) -> Verdict:
    if not text.strip():
        return "empty"
    return "right" if matches(text, exercise.answers) else "wrong"


def _grade_choice(exercise: Exercise, chosen: frozenset[str]) -> Verdict:
    if not chosen:
        return "empty"
    return "right" if chosen == {option.key for option in exercise.options if option.correct} else "wrong"
