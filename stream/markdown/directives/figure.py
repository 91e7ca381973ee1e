"""`{figure} images/file.svg`: a picture whose caption is the body; `:alt:` is required."""

from stream.markdown.compilation import Compilation
from stream.markdown.directives.directive import Directive, Written
from stream.markdown.images import image
from stream.markdown.tokens import Token


def _parse(written: Written, compilation: Compilation) -> Token:
    picture = image(written.argument, written.options.get("alt", "")) | {"line": written.line}
    caption = {"type": "caption", "children": _caption(written)}
    return {"type": "figure", "children": [picture, caption] if caption["children"] else [picture]}


def _caption(written: Written) -> list[Token]:
    """One paragraph is written without its tags."""
    blocks = written.blocks
    if len(blocks) == 1 and blocks[0]["type"] == "paragraph":
        return [blocks[0] | {"type": "block_text"}]
    return blocks


DIRECTIVES = (Directive("figure", _parse, frozenset({"alt"})),)
