"""Language marks: `lang` on runs of text in another language than the text around them.

Scripts tell the site's languages apart: Hangul is Korean, everything else is written in Latin letters. A Korean
sentence is full of single English words, so only three in a row count as English.
"""

import re

from stream.markdown.html import Html, Render, attributes
from stream.markdown.labels import label
from stream.markdown.tokens import Token, text_token

_HANGUL = "[\u1100-\u11ff\u3131-\u318e\ua960-\ua97c\uac00-\ud7a3]"
_KOREAN_RUN = re.compile(rf"{_HANGUL}+(?:[ ,.·]{{1,2}}{_HANGUL}+)*")
_WORD = r"[A-Za-z\u00c0-\u024f]+(?:['’-][A-Za-z\u00c0-\u024f]+)*"
_LATIN_RUN = re.compile(rf"(?<![\w'’-]){_WORD}(?:[,;:]?[ \n]{_WORD}){{2,}}(?![\w'’-])")
_UNMARKED = frozenset(("image", "unshown", "foreign"))


def mark(tokens: list[Token], language: str) -> None:
    """Wrap foreign runs, and put the words of labels in the language that is spoken where they stand."""
    for token in tokens:
        spoken = token.get("lang") or language
        if "label_key" in token:
            token["children"] = [text_token(label(spoken, token["label_key"]))]
        if "children" in token and token["type"] not in _UNMARKED:
            token["children"] = [piece for child in token["children"] for piece in _pieces(child, spoken)]
            mark(token["children"], spoken)


def _pieces(token: Token, language: str) -> list[Token]:
    if token["type"] != "text":
        return [token]
    foreign, pattern = ("en", _LATIN_RUN) if language.startswith("ko") else ("ko", _KOREAN_RUN)
    pieces, at = [], 0
    for found in pattern.finditer(token["raw"]):
        pieces.append({"type": "text", "raw": token["raw"][at : found.start()]})
        pieces.append({"type": "foreign", "lang": foreign, "children": [{"type": "text", "raw": found.group(0)}]})
        at = found.end()
    pieces.append({"type": "text", "raw": token["raw"][at:]})
    return [piece for piece in pieces if piece.get("raw") != ""]


def _render(html: Html, token: Token) -> str:
    return f"<span{attributes(lang=token['lang'])}>{html.inside(token)}</span>"


RENDERERS: dict[str, Render] = {"foreign": _render}
