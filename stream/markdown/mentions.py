"""Who is mentioned in a comment. Knows no member: whose name it is, is asked through `known`."""

import re
from collections.abc import Callable, Iterable
from unicodedata import category

from stream.markdown.tokens import Token, text_token

MAX_MENTIONS = 50  # different ones; what follows stays text
Known = Callable[[str], str | None]


class Mentions:
    """Finds every @name outside links and code."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.found: dict[str, str] = {}  # what stands after the @, and the member's name it begins with, or ""

    def marked(self, tokens: Iterable[Token]) -> list[Token]:
        """The tokens, with members' names as tokens of their own."""
        marked: list[Token] = []
        for token in tokens:
            if token["type"] == "text":
                marked += self._pieces(token["raw"])
            elif "children" in token and token["type"] != "link":
                marked.append({**token, "children": self.marked(token["children"])})
            else:
                marked.append(token)
        return marked

    def _pieces(self, text: str) -> list[Token]:
        pieces, start = [], 0
        for at in _ats(text):
            name = self._name_in(_run(text, at + 1))
            if name:
                pieces += [text_token(text[start:at]), {"type": "mention", "raw": name}]
                start = at + 1 + len(name)
        return [piece for piece in [*pieces, text_token(text[start:])] if piece["raw"]]

    def _name_in(self, run: str) -> str:
        if run and run not in self.found and len(self.found) < MAX_MENTIONS:
            name = self.known(run) or ""
            self.found[run] = name if run.startswith(name) else ""
        return self.found.get(run, "")


def _ats(text: str) -> Iterable[int]:
    """Each @ that does not stand in an e-mail address, in an address or after another."""
    for found in re.finditer("@", text):
        before = text[found.start() - 1 : found.start()]
        if not before or not (_is_of_name(before) or before in "_-+%/@"):
            yield found.start()


def _run(text: str, start: int) -> str:
    """Everything from here on that could be part of a name."""
    end = start
    while end < len(text) and (_is_of_name(text[end]) or text[end] in "._-"):
        end += 1
    run = text[start:end].rstrip("._-")
    return run if run[:1].isalnum() else ""


def _is_of_name(char: str) -> bool:
    return char.isalnum() or category(char)[0] == "M"
