"""A page told as what differs from one that the browser has: of a member's lesson, most is what everybody gets."""

import json
from difflib import SequenceMatcher


def changes(old: str, new: str) -> str:
    """JSON by which `old` becomes `new`: pieces to be joined by line breaks. Two numbers are lines of the old one, from
    the first up to before the second; a text is itself.
    """
    before, after = old.split("\n"), new.split("\n")
    pieces: list[tuple[int, int] | str] = []
    for kind, first, behind, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append((first, behind))
        elif start < end:
            pieces.append("\n".join(after[start:end]))
    return json.dumps(pieces, ensure_ascii=False, separators=(",", ":"))


def changed(old: str, told: str) -> str:
    """The new one, as service-worker.js puts it together."""
    lines = old.split("\n")
    return "\n".join(piece if isinstance(piece, str) else "\n".join(lines[slice(*piece)]) for piece in json.loads(told))
