"""A comment's tokens → HTML."""

import re

from mistune.util import escape, unescape

from stream.markdown import html
from stream.markdown.characters import FORBIDDEN
from stream.markdown.tokens import Token

_REL = "ugc nofollow noopener"
_LANGUAGE = re.compile(r"[\w+#.-]{1,40}")


def _text(page: html.Html, token: Token) -> str:
    """Entities may stand for characters that nobody may type."""
    return escape(FORBIDDEN.sub("\ufffd", unescape(token["raw"])), quote=False)


def _link(page: html.Html, token: Token) -> str:
    return f"<a{html.attributes(href=token['attrs']['url'], rel=_REL)}>{page.inside(token)}</a>"


def _mention(page: html.Html, token: Token) -> str:
    return f'<span class="mention">@{escape(token["raw"], quote=False)}</span>'


def _code(page: html.Html, token: Token) -> str:
    words = token.get("attrs", {}).get("info", "").casefold().split()
    language = words[0] if words and _LANGUAGE.fullmatch(words[0]) else ""
    class_ = html.attributes(class_=f"language-{language}" if language else None)
    return f"<pre><code{class_}>{escape(token['raw'], quote=False)}</code></pre>\n"


HTML = html.Html({**html.RENDERERS, "text": _text, "link": _link, "mention": _mention, "block_code": _code})
