"""When a learner's short answer equals one that the author accepts. Knows text only."""

from collections.abc import Iterable
from unicodedata import category, normalize


def matches(answer: str, accepted: Iterable[str]) -> bool:
    """Whether they are the same but for case, width, spaces and punctuation; an empty answer never is."""
    given = _folded(answer)
    return bool(given) and any(given == _folded(one) for one in accepted)


def _folded(text: str) -> str:
    """Letters, digits and symbols; the punctuation too when there is nothing else (an answer may be `...`)."""
    text = normalize("NFKC", normalize("NFKC", text).casefold())
    visible = [char for char in text if category(char)[0] not in "ZC"]
    return "".join(char for char in visible if category(char)[0] != "P") or "".join(visible)
