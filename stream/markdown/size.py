"""How much there is to read, counted in what readers of each script count in."""

import re

from stream.markdown.document import Size
from stream.markdown.tokens import Token, plain, walk

_SYLLABLE = re.compile("[\uac00-\ud7a3]")
_WORD = re.compile("[^\\W\\d_\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]+(?:['’-][^\\W\\d_\uac00-\ud7a3]+)*")
_UNREAD = frozenset(("block_code", "block_math"))


def size(tokens: list[Token]) -> Size:
    """Words and syllables of the prose, lines of the code."""
    texts = [plain([token]) for token in walk(tokens) if "children" not in token and token["type"] not in _UNREAD]
    prose = "\n".join(texts)
    code = sum(token["raw"].count("\n") for token in walk(tokens) if token["type"] == "block_code")
    return Size(words=len(_WORD.findall(prose)), syllables=len(_SYLLABLE.findall(prose)), code_lines=code)
