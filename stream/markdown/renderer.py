"""Tokens to HTML: mistune's renderer with this site's tables, code, pictures, headings and directives.

Raw HTML is escaped here (the first gate); what leaves goes through `sanitise` (the second).
"""

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, Protocol
from urllib.parse import urlsplit

from mistune import HTMLRenderer, InlineParser
from mistune.core import BlockState

from stream.markdown import sanitise
from stream.markdown.blocks import slug
from stream.markdown.code import code_block
from stream.markdown.directives import callout, compare, details, figure, persona
from stream.markdown.directives.fence import Fence
from stream.markdown.document import Image
from stream.markdown.labels import label
from stream.markdown.languages import marked
from stream.markdown.mathematics import mathml
from stream.markdown.notes import Notes
from stream.markdown.plain import plain

Token = dict[str, Any]
DIRECTIVES = {
    "persona": persona,
    "note": callout,
    "tip": callout,
    "warning": callout,
    "details": details,
    "figure": figure,
    "compare": compare,
}
RELATIVE = re.compile(r"(?!/)(?!.*(?:^|/)\.\.(?:/|$))[^:\\?#]+")


class PersonaVoice(Protocol):
    """What is needed of a persona: words per language and a hue."""

    @property
    def name(self) -> Mapping[str, str]:
        """What it is called."""

    @property
    def label(self) -> Mapping[str, str]:
        """The line above its words."""

    @property
    def accent(self) -> str:
        """One of the site's hues."""


class LessonRenderer(HTMLRenderer):
    """Renders the tokens of one document."""

    def __init__(
        self,
        inline: InlineParser,
        language: str,
        personas: Mapping[str, PersonaVoice],
        image_url: str,
        state: BlockState,
    ) -> None:
        super().__init__(escape=True)
        self.language = language
        self.personas = personas
        self.notes = Notes()
        self._inline = inline
        self._image_url = image_url
        self._state = state
        self._heading = ""
        self._line = 1

    def inside(self, tokens: Iterable[Token], language: str | None = None) -> str:
        """HTML of tokens, in another language if one is given."""
        around, self.language = self.language, language or self.language
        try:
            return str(self.render_tokens(tokens, self._state))
        finally:
            self.language = around

    def inline(self, text: str) -> str:
        """HTML of a line of Markdown, such as a directive's title."""
        return self.inside(self._inline(text, self._state.env))

    def clean(self, html: str) -> str:
        """Through the second gate, with the ids that were given so far."""
        return sanitise.clean(html, self.notes.ids.given)

    def render_token(self, token: Token, state: BlockState) -> str:
        """HTML of one token; those that need more than their text are taken here."""
        self._line = token.get("line", self._line)
        match token["type"]:
            case "block_code":
                return self._code(token)
            case "directive":
                return self._directive(token["fence"], token["children"])
            case "heading":
                return self._heading_of(token)
            case "table":
                return self._table(token)
            case "paragraph" if _is_picture(token):
                return self._picture_alone(token)
            case "image":
                attrs = token["attrs"]
                return self.picture(attrs["url"], plain(token["children"]), self._line)
            case "task_list_item":
                return self._task(token)
            case _:
                return str(super().render_token(token, state))

    def text(self, text: str) -> str:
        """Text, its foreign runs marked with their language."""
        return marked(text, self.language)

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """A link; one that leaves the site is marked as such."""
        address = str(self.safe_url(url))
        leaves = ' class="external" rel="noopener"' if urlsplit(address).scheme in ("http", "https") else ""
        return f'<a href="{escape(address)}"{leaves}>{text}</a>'

    def block_math(self, latex: str) -> str:
        """A formula on a line of its own."""
        said = escape(" ".join(latex.split()))
        formula = self._math(latex, "block")
        return f'<div class="math scroll" tabindex="0" role="region" aria-label="{said}">{formula}</div>\n'

    def inline_math(self, latex: str) -> str:
        """A formula in a line."""
        return self._math(latex, "inline")

    def ruby(self, text: str, rt: str) -> str:
        """A reading above a word."""
        return f"<ruby>{escape(text)}<rp>(</rp><rt>{escape(rt)}</rt><rp>)</rp></ruby>"

    def strikethrough(self, text: str) -> str:
        """Text that no longer holds."""
        return f"<del>{text}</del>"

    def table_head(self, text: str) -> str:
        """The row of headers."""
        return f"<thead><tr>{text}</tr></thead>\n"

    def table_body(self, text: str) -> str:
        """The other rows."""
        return f"<tbody>\n{text}</tbody>\n"

    def table_row(self, text: str) -> str:
        """A row."""
        return f"<tr>{text}</tr>\n"

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        """A cell; aligned by class, because the page allows no style."""
        tag, scope = ("th", ' scope="col"') if head else ("td", "")
        aligned = f' class="align-{align}"' if align else ""
        return f"<{tag}{scope}{aligned}>{text}</{tag}>"

    def footnote_ref(self, key: str, index: int) -> str:
        """The mark of a footnote; its first use is where the note leads back to."""
        own = self.notes.ids.claim(f"footnote-ref-{index}")
        self.notes.ids.given.add(f"footnote-{index}")
        return f'<sup class="footnote-ref" id="{own}"><a href="#footnote-{index}">{index}</a></sup>'

    def footnotes(self, text: str) -> str:
        """All footnotes, at the end."""
        said = label("footnotes", self.language)
        return f'<div class="footnotes" role="group" aria-label="{said}"><ol>{text}</ol></div>\n'

    def footnote_item(self, text: str, key: str, index: int) -> str:
        """One footnote with its way back."""
        said = label("back", self.language)
        back = f' <a class="footnote-back" href="#footnote-ref-{index}" aria-label="{said}">↩</a>'
        body = text.rstrip()
        body = f"{body[:-4]}{back}</p>" if body.endswith("</p>") else body + back
        return f'<li id="footnote-{index}">{body}</li>\n'

    def picture(self, path: str, alt: str, line: int) -> str:
        """An image of the lesson's folder; anything from elsewhere is not shown."""
        if not RELATIVE.fullmatch(path):
            self.notes.problem(line, "remote-image", f"{path!r} is not a file beside the lesson")
            return escape(alt)
        if not alt.strip():
            self.notes.problem(line, "missing-alt", f"{path}: say in words what the picture shows")
        self.notes.images.append(Image(path, alt, line))
        source = escape(self._image_url + path)
        return f'<img src="{source}" alt="{escape(alt)}" loading="lazy" decoding="async">'

    def figure(self, picture: str, caption: str) -> str:
        """A picture on its own, with what is said of it."""
        said = f"<figcaption>{caption}</figcaption>" if caption else ""
        return f'<figure class="figure">{picture}{said}</figure>\n'

    def _directive(self, fence: Fence, children: list[Token]) -> str:
        if fence.name in compare.CARDS:
            return compare.render_card(self, fence, children)
        module = DIRECTIVES.get(fence.name)
        if module is None:
            self.notes.problem(fence.line, "unknown-directive", f"there is no directive {{{fence.name}}}")
            return self.inside(children)
        return str(module.render(self, fence, children))

    def _code(self, token: Token) -> str:
        language = (str(token.get("attrs", {}).get("info") or "").split() or [""])[0]
        html, known = code_block(token["raw"], language, label("code", self.language))
        if not known:
            self.notes.problem(self._line, "unknown-language", f"no colours for the language {language!r}", "warning")
        return html

    def _heading_of(self, token: Token) -> str:
        attrs, words = token["attrs"], plain(token["children"])
        level = min(max(attrs["level"], 2), 6)
        own = self.notes.ids.claim(attrs.get("id") or slug(words))
        token["given_id"], self._heading = own, words
        said = label("anchor", self.language).format(words)
        anchor = f'<a class="anchor" href="#{escape(own)}" aria-label="{escape(said)}">#</a>'
        return f'<h{level} id="{escape(own)}">{self.inside(token["children"])} {anchor}</h{level}>\n'

    def _table(self, token: Token) -> str:
        said = escape(self._heading or label("table", self.language))
        body = self.inside(token["children"])
        return f'<div class="scroll" tabindex="0" role="region" aria-label="{said}"><table>\n{body}</table></div>\n'

    def _task(self, token: Token) -> str:
        done = token["attrs"]["checked"]
        said, sign = label("done" if done else "open", self.language), "☑" if done else "☐"
        box = f'<span class="box" role="img" aria-label="{said}">{sign}</span> '
        return f'<li class="task{" done" if done else ""}">{box}{self.inside(token["children"])}</li>\n'

    def _picture_alone(self, token: Token) -> str:
        image = token["children"][0]
        attrs = image["attrs"]
        picture = self.picture(attrs["url"], plain(image["children"]), self._line)
        return self.figure(picture, self.inline(attrs.get("title") or ""))

    def _math(self, latex: str, display: str) -> str:
        found = mathml(latex, display)
        if found is None:
            self.notes.problem(self._line, "math", f"this formula cannot be read: {latex.strip()[:60]}")
            return f"<code>{escape(latex)}</code>"
        return found


def _is_picture(token: Token) -> bool:
    children = token["children"]
    return len(children) == 1 and children[0]["type"] == "image"
