"""The second reading: block tokens that still hold text get their inline tokens, each with its line."""

from collections.abc import Iterable

from mistune import InlineParser

from stream.markdown import images, links
from stream.markdown.compilation import Compilation
from stream.markdown.tokens import Token, walk

_WHITE = " \r\n\t\f"
_LINE_ENDS = ("softbreak", "linebreak")


def read(tokens: Iterable[Token], inline: InlineParser, env: dict[str, object], compilation: Compilation) -> None:
    """Turn every `text` into `children`."""
    for token in tokens:
        outer = compilation.line
        compilation.line = token.setdefault("line", outer)
        if "text" in token:
            token["children"] = inline(token.pop("text").strip(_WHITE), env)
            _number_lines(token)
        else:
            read(token.get("children", ()), inline, env, compilation)
        compilation.line = outer


def _number_lines(block: Token) -> None:
    line = block["line"]
    for token in walk(block["children"]):
        token["line"] = line
        line += token["type"] in _LINE_ENDS


def check(tokens: list[Token], compilation: Compilation) -> list[tuple[int, str]]:
    """Settle pictures and links; the addresses of the links, with their lines."""
    for token in list(walk(tokens)):
        if token["type"] == "image":
            images.check(token, token.get("line", 1), compilation)
        elif token["type"] == "link":
            links.check(token, token.get("line", 1), compilation)
    return [(token["line"], token["attrs"]["url"]) for token in walk(tokens) if token["type"] == "link"]
