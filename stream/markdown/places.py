"""Where things may stand: exercises and takeaways leave the text; what is out of its place is said and laid open."""

from stream.markdown.compilation import Compilation
from stream.markdown.tokens import Token, walk

_LEAVING = ("exercise", "takeaways")
_BARE = {"heading": "misplaced-heading", "footnote_ref": "misplaced-footnote"}


def lay_open(tokens: list[Token], compilation: Compilation) -> None:
    """Directives outside the one they belong in become plain blocks. Bodies are still text."""
    for token in walk(tokens):
        _lay_open_one(token, compilation)
        if token["type"] in _LEAVING:
            _check_alone(token, compilation)


def _lay_open_one(token: Token, compilation: Compilation) -> None:
    if token.get("within"):
        message = f"{{{token['kind']}}} belongs inside {{{token['within']}}}"
        compilation.error(token["line"], "misplaced-directive", message)
        token["within"] = ""
        if token["type"] in ("hint", "answer"):
            token["type"], token["kind"] = "callout", "note"


def _check_alone(token: Token, compilation: Compilation) -> None:
    for inner in walk(token["children"]):
        if inner["type"] in _LEAVING:
            message = f"{{{inner['type']}}} cannot stand in {{{token['type']}}}"
            compilation.error(inner["line"], "misplaced-directive", message)


def take(tokens: list[Token], kind: str) -> list[Token]:
    """Cut the tokens of a kind out of the tree, wherever they stand, in reading order."""
    found: list[Token] = []
    for token in tokens:
        found += [token] if token["type"] == kind else []
        found += take(token.get("children", []), kind)
    tokens[:] = [token for token in tokens if token["type"] != kind]
    return found


def check_taken(tokens: list[Token], compilation: Compilation) -> None:
    """What is shown elsewhere on the page can hold neither sections nor notes of the lesson."""
    for token in walk(tokens):
        if token["type"] in _BARE:
            what = "a heading" if token["type"] == "heading" else "a footnote"
            line = token.get("line", 1)
            compilation.error(line, _BARE[token["type"]], f"{what} cannot stand in an exercise or in takeaways")
            _make_bare(token)


def _make_bare(token: Token) -> None:
    if token["type"] == "heading":
        token["type"] = "paragraph"
        token["children"] = [{"type": "strong", "children": token["children"]}]
    else:
        token["type"] = "text"
