"""Comments: a small part of Markdown → safe HTML, a plain excerpt, and who is mentioned; never fails, never takes long.

Knows text only: who is a member is asked through `known`. What may be written here is less than in lessons: no
headings, pictures, tables, definitions or HTML. What is too much to read as Markdown is shown as it was typed.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from re import Match
from time import monotonic
from unicodedata import category

from mistune import InlineParser, Markdown
from mistune.block_parser import BlockParser
from mistune.core import BlockState, InlineState
from mistune.plugins.formatting import strikethrough
from mistune.util import escape, escape_url, unescape

from stream.markdown import html, sanitise
from stream.markdown.addresses import is_external, may_link
from stream.markdown.emphasis import cjk_emphasis
from stream.markdown.guard import MAX_BLANKS
from stream.markdown.lines import MAX_WITHIN
from stream.markdown.tokens import Token, plain, text_token, walk

VERSION = 1  # of the HTML made here: kept beside it, so that what an older version made can be made anew
MAX_LENGTH = 10_000
MAX_BYTES = 200_000  # of HTML
MAX_SECONDS = 1.0
MAX_EXCERPT = 300
MAX_MENTIONS = 50  # different ones; what follows stays text

_REL = "ugc nofollow noopener"
_MAX_NESTED = 10  # quotes and lists in each other, and emphasis and links in each other
_BLOCK_RULES = ["fenced_code", "thematic_break", "block_quote", "list", "blank_line"]
_NEVER = "(?!)"
_WHITE = " \r\n\t\f"
_BARE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")  # no address may hold one

_NEWLINE = re.compile("\r\n?")
_LONG_BLANKS = re.compile(rf"[^\S\n]{{{MAX_BLANKS + 1},}}")
_PLANE_ENDS = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_FORBIDDEN = re.compile(f"[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{_PLANE_ENDS}]")
_BLANK_SYMBOLS = frozenset("\u115f\u1160\u3164\uffa0\u2800")  # letters and signs by name only: Hangul fillers, Braille
_ESCAPED = {"@": "&#64;", "&": "&amp;"}
_LANGUAGE = re.compile(r"[\w+#.-]{1,40}")

_AUTO_LINK = r"<(?i:https?://|mailto:)[^<>\x00-\x20]*>"  # mistune's takes `<std::string>` for an address too
_ADDRESS = r"(?<![A-Za-z0-9])(?i:https?://)(?=[^\W_])[^\s<>\"`\[\]\\\u2018-\u201f\u2026\u3000-\u303f\uff00-\uffef]+"
_PARTICLE = re.compile(
    "(?<=[A-Za-z0-9/*_~])(?:은|는|이|가|을|를|의|도|만|와|과|로|으로|에|에서|에는|에서는|에도|까지|부터|처럼|랑|이랑|이나"
    "|보다|라고|이라고|라는|이라는|입니다|이에요|예요|이야|야|요|님)$"
)
_AFTER_ADDRESS = "?!.,:;*_~'"

Known = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment that was read; `html` may be shown as it is."""

    html: str
    plain: str  # one line, for excerpts
    links: int  # to other hosts
    mentions: tuple[str, ...]  # what stands after each @, in order, once each; a Korean particle may be part of it
    is_plain: bool = False  # shown as it was typed, because reading it as Markdown took too long or made too much


class _TooMuch(Exception):
    """Reading as Markdown takes too long or makes too much."""


def _nobody(run: str) -> str | None:
    return None


def compile_comment(text: str, known: Known = _nobody) -> Comment:
    """Read any text. `known` gets what stands after an @ and says which beginning of it is a member's name."""
    text = _usable(text)
    try:
        return _compiled(text, known)
    except (_TooMuch, RecursionError):
        lines = escape(text.strip(), quote=False).replace("\n", "<br>\n")
        return Comment(
            sanitise.clean_comment(f"<p>{lines}</p>"), _excerpt(" ".join(text.split())), 0, (), is_plain=True
        )


def problem_with(text: str) -> str | None:
    """What is wrong with a comment: "characters", "empty", "too-long", "long-blanks" or nothing."""
    text = _NEWLINE.sub("\n", text)
    if _FORBIDDEN.search(text):
        return "characters"
    if not _is_visible(text):
        return "empty"
    if len(text) > MAX_LENGTH:
        return "too-long"
    if _LONG_BLANKS.search(text):
        return "long-blanks"
    return None if _shows_something(text) else "empty"


def _shows_something(text: str) -> bool:
    try:
        return _is_visible(plain(_read(text)))
    except (_TooMuch, RecursionError):
        return True


def _is_visible(text: str) -> bool:
    return any(category(char)[0] in "LNPS" and char not in _BLANK_SYMBOLS for char in text)


def _usable(text: str) -> str:
    return _LONG_BLANKS.sub(" " * MAX_BLANKS, _FORBIDDEN.sub("\ufffd", _NEWLINE.sub("\n", text)))


def _compiled(text: str, known: Known) -> Comment:
    tokens = _read(text)
    words = _FORBIDDEN.sub("\ufffd", plain(tokens))
    mentions = _Mentions(known)
    tokens = mentions.marked(tokens)
    cleaned = sanitise.clean_comment(_HTML.all(tokens)).strip()
    if len(cleaned.encode()) > MAX_BYTES:
        raise _TooMuch
    links = sum(token["type"] == "link" and is_external(token["attrs"]["url"]) for token in walk(tokens))
    return Comment(cleaned, _excerpt(words), links, tuple(mentions.found))


def _excerpt(text: str) -> str:
    if len(text) <= MAX_EXCERPT:
        return text
    start = text[: MAX_EXCERPT - 1]
    words = text[:MAX_EXCERPT].rpartition(" ")[0]
    return (words if len(words) > MAX_EXCERPT // 2 else start).rstrip() + "…"


class _Blocks(BlockParser):
    """mistune's block parser with the few rules of a comment and a time limit."""

    def __init__(self) -> None:
        super().__init__(_BLOCK_RULES, _BLOCK_RULES, _MAX_NESTED)
        self.rules = _BLOCK_RULES
        for name in {*self.specification} - {*_BLOCK_RULES}:
            self.specification[name] = _NEVER  # what ends a list or a quote is looked up here, whatever the rules

    def parse_method(self, m: Match[str], state: BlockState) -> int | None:
        _check_time(state)
        depth = state.env["within"] = state.env.get("within", 0) + 1
        if depth > MAX_WITHIN:  # and not only when the stack is full, which depends on who calls
            raise _TooMuch
        end = super().parse_method(m, state)
        state.env["within"] = depth - 1
        return end


class _Inlines(InlineParser):
    """mistune's inline parser without HTML, with bare addresses and a time limit; each new line is a line break."""

    def __init__(self) -> None:
        super().__init__(hard_wrap=True, max_nested_level=_MAX_NESTED)
        self.rules.remove("inline_html")
        self.specification |= {"auto_link": _AUTO_LINK, "linebreak": r"(?:\\| *)\n\s*"}
        self.register("address", _ADDRESS, _parse_address, before="escape", start_chars=["h", "H"])

    def parse_method(self, m: Match[str], state: InlineState) -> int | None:
        _check_time(state)
        return super().parse_method(m, state)

    def parse_escape(self, m: Match[str], state: InlineState) -> int:
        """What is escaped begins no mention and no entity, whatever stands beside it."""
        text = re.sub(r"\\(.)", lambda escaped: _ESCAPED.get(escaped[1], escaped[1]), m.group(0))
        self.process_text(text, state, parse_emphasis=False)
        return m.end()


def _check_time(state: BlockState | InlineState) -> None:
    if monotonic() > state.env["deadline"]:
        raise _TooMuch


def _parse_address(inline: InlineParser, m: Match[str], state: InlineState) -> int | None:
    address = _without_what_follows(m.group(0))
    if address.casefold() in ("http://", "https://"):
        return None
    link = {"type": "link", "children": [text_token(address)], "attrs": {"url": escape_url(address)}}
    state.append_token({**link, "_autolink": address})
    return m.start() + len(address)


def _without_what_follows(address: str) -> str:
    """A bare address without the particle, brackets and full stops after it."""
    address = _PARTICLE.sub("", address).rstrip(_AFTER_ADDRESS)
    open_brackets = address.count(")") - address.count("(")
    while open_brackets > 0 and address.endswith(")"):
        address = address[:-1].rstrip(_AFTER_ADDRESS)
        open_brackets -= 1
    return address


def _parser() -> Markdown:
    md = Markdown(renderer=None, block=_Blocks(), inline=_Inlines())
    strikethrough(md)
    cjk_emphasis(md)
    return md


_PARSER = _parser()


def _read(text: str) -> list[Token]:
    if len(text) > MAX_LENGTH:
        raise _TooMuch
    state = BlockState()
    state.env["deadline"] = monotonic() + MAX_SECONDS
    state.process(text + "\n")
    _PARSER.block.parse(state)
    _read_inside(state.tokens, state)
    return _with_links(state.tokens)


def _read_inside(tokens: Iterable[Token], state: BlockState) -> None:
    for token in tokens:
        if "text" in token:
            _check_time(state)
            token["children"] = _PARSER.inline(token.pop("text").strip(_WHITE), state.env)
        else:
            _read_inside(token.get("children", ()), state)


def _with_links(tokens: Iterable[Token], inside_link: bool = False) -> list[Token]:
    """Pictures as links, and no link where none may lead or within another."""
    settled: list[Token] = []
    for token in tokens:
        if token["type"] in ("link", "image"):
            settled += _link_or_text(token, inside_link)
        elif "children" in token:
            settled.append({**token, "children": _with_links(token["children"], inside_link)})
        else:
            settled.append(token)
    return settled


def _link_or_text(token: Token, inside_link: bool) -> list[Token]:
    url = token["attrs"]["url"]
    words = _with_links(token["children"], inside_link=True)
    if not plain(words):
        words = [text_token(escape(url, quote=False))]
    leads = may_link(url) if token["type"] == "link" else is_external(url) and may_link(url)
    if inside_link or not url or not leads:
        return words
    return [{"type": "link", "children": words, "attrs": {"url": _BARE_PERCENT.sub("%25", url)}}]


class _Mentions:
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


def _text(page: html.Html, token: Token) -> str:
    """Entities may stand for characters that nobody may type."""
    return escape(_FORBIDDEN.sub("\ufffd", unescape(token["raw"])), quote=False)


def _link(page: html.Html, token: Token) -> str:
    return f"<a{html.attributes(href=token['attrs']['url'], rel=_REL)}>{page.inside(token)}</a>"


def _mention(page: html.Html, token: Token) -> str:
    return f'<span class="mention">@{escape(token["raw"], quote=False)}</span>'


def _code(page: html.Html, token: Token) -> str:
    words = token.get("attrs", {}).get("info", "").casefold().split()
    language = words[0] if words and _LANGUAGE.fullmatch(words[0]) else ""
    class_ = html.attributes(class_=f"language-{language}" if language else None)
    return f"<pre><code{class_}>{escape(token['raw'], quote=False)}</code></pre>\n"


_HTML = html.Html({**html.RENDERERS, "text": _text, "link": _link, "mention": _mention, "block_code": _code})
