"""What is made of a comment's text: HTML and the members it names, or why it cannot be taken."""

from dataclasses import dataclass, field
from typing import Any

from stream.accounts.queries import Mentioned, mentioned_in
from stream.comments.writers import Unfit
from stream.markdown.comments import VERSION, Comment, compile_comment, problem_as_typed

MENTIONS = 10  # names looked up in one comment: calling everybody is no conversation


@dataclass(frozen=True, slots=True)
class Text:
    """A body with what was made of it."""

    body: str
    made: Comment
    mentioned: tuple[Mentioned, ...] = field(default=())


def checked(body: str) -> Text:
    """A text with what was made of it. Raises Unfit for one that cannot be taken."""
    if problem := problem_as_typed(body):
        raise Unfit(problem)
    made, mentioned = made_of(body)
    if made.is_empty:
        raise Unfit("empty")
    return Text(body, made, mentioned)


def made_of(body: str) -> tuple[Comment, tuple[Mentioned, ...]]:
    """A text rendered, with the members it names."""
    made = compile_comment(body)
    runs = made.mentions[:MENTIONS]
    found = mentioned_in(runs) if runs else {}
    if not found:
        return made, ()
    made = compile_comment(body, known=lambda run: found[run].written if run in found else None)
    return made, tuple({each.learner_id: each for each in found.values()}.values())


def written(text: Text) -> dict[str, Any]:
    """A text and what was made of it, as columns."""
    return {"body": text.body, "html": text.made.html, "plain": text.made.plain, "renderer": VERSION}
