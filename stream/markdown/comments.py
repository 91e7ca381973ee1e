"""Comments: a small part of Markdown → safe HTML, a plain excerpt, and who is mentioned; never fails, never takes long.

Knows text only: who is a member is asked through `known`. What is too much to read as
Markdown is shown as it was typed.
"""

from dataclasses import dataclass

from mistune.util import escape

from stream.markdown import sanitise
from stream.markdown.addresses import is_external
from stream.markdown.characters import FORBIDDEN, LONG_BLANKS, NEWLINE, is_visible, usable
from stream.markdown.comment_html import HTML
from stream.markdown.comment_parser import MAX_LENGTH, TooMuch, read
from stream.markdown.mentions import Known, Mentions
from stream.markdown.tokens import plain, walk

VERSION = 1  # of the HTML made here: kept beside it, so that what an older version made can be made anew
MAX_BYTES = 200_000  # of HTML
MAX_EXCERPT = 300


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment that was read; `html` may be shown as it is."""

    html: str
    plain: str  # one line, for excerpts
    links: int  # to other hosts
    mentions: tuple[str, ...]  # what stands after each @, in order, once each; a Korean particle may be part of it
    is_plain: bool = False  # shown as it was typed, because reading it as Markdown took too long or made too much
    is_empty: bool = False  # nothing of it is to be seen


def _nobody(run: str) -> str | None:
    return None


def compile_comment(text: str, known: Known = _nobody) -> Comment:
    """Read any text. `known` gets what stands after an @ and says which beginning of it is a member's name."""
    text = usable(text)
    try:
        return _compiled(text, known)
    except (TooMuch, RecursionError):
        lines = escape(text.strip(), quote=False).replace("\n", "<br>\n")
        return Comment(
            sanitise.clean_comment(f"<p>{lines}</p>"), _excerpt(" ".join(text.split())), 0, (), is_plain=True
        )


def problem_with(text: str) -> str | None:
    """What is wrong with a comment: "characters", "empty", "too-long", "long-blanks" or nothing."""
    return problem_as_typed(text) or ("empty" if compile_comment(text).is_empty else None)


def problem_as_typed(text: str) -> str | None:
    """The same, of a text that is still to be read: then it may be empty all the same."""
    text = NEWLINE.sub("\n", text)
    if FORBIDDEN.search(text):
        return "characters"
    if not is_visible(text):
        return "empty"
    if len(text) > MAX_LENGTH:
        return "too-long"
    if LONG_BLANKS.search(text):
        return "long-blanks"
    return None


def _compiled(text: str, known: Known) -> Comment:
    tokens = read(text)
    words = FORBIDDEN.sub("\ufffd", plain(tokens))
    mentions = Mentions(known)
    tokens = mentions.marked(tokens)
    cleaned = sanitise.clean_comment(HTML.all(tokens)).strip()
    if len(cleaned.encode()) > MAX_BYTES:
        raise TooMuch
    links = sum(token["type"] == "link" and is_external(token["attrs"]["url"]) for token in walk(tokens))
    return Comment(cleaned, _excerpt(words), links, tuple(mentions.found), is_empty=not is_visible(words))


def _excerpt(text: str) -> str:
    if len(text) <= MAX_EXCERPT:
        return text
    start = text[: MAX_EXCERPT - 1]
    words = text[:MAX_EXCERPT].rpartition(" ")[0]
    return (words if len(words) > MAX_EXCERPT // 2 else start).rstrip() + "…"
