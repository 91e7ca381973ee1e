"""The second gate: only the elements, attributes and classes that our own renderers write get through.

It must hold alone: whatever HTML it is given, nothing that runs, no address of another host but in links, and no id
that belongs to another part of the page comes out. `clean` is for lessons, `clean_comment` for what learners write;
nothing else calls the sanitiser.
"""

import re
from collections.abc import Callable
from html import escape

import nh3

from stream.markdown import addresses, blocks, code, headings, math

_CLASSES = {
    "a": {"anchor", "external", "footnote-back"},
    "details": {"more"},
    "div": {
        "callout",
        "persona",
        "note",
        "tip",
        "warning",
        "compare",
        "card",
        "wrong",
        "right",
        "code",
        "math",
        "scroll",
    }
    | {"accent-stream", "accent-spark", "accent-good"},
    "figure": {"figure"},
    "li": {"task"},
    "p": {"eyebrow", "card-title"},
    "section": {"footnotes"},
    "span": {"visually-hidden", *code.CLASSES},
    "sup": {"footnote-ref"},
    "td": {"align-left", "align-center", "align-right"},
    "th": {"align-left", "align-center", "align-right"},
}
_ATTRIBUTES = {
    "*": {"id", "lang"},
    "a": {"href", "title", "aria-label"},
    "code": {"class"},
    "details": {"open"},
    "div": {"aria-label", "data-language"},
    "img": {"src", "alt", "title"},
    "input": {"checked"},
    "ol": {"start"},
    "section": {"aria-label"},
    "math": {*math.ATTRIBUTES},
    **{tag: {*math.ATTRIBUTES} for tag in math.ELEMENTS if tag != "math"},
}
_VALUES = {
    "a": {"rel": {"noopener"}},
    "div": {"role": {"note", "region"}, "tabindex": {"0"}},
    "input": {"type": {"checkbox"}},
    "img": {"loading": {"lazy"}, "decoding": {"async"}},
    "pre": {"tabindex": {"0"}},
    "section": {"role": {"doc-endnotes"}},
    "th": {"scope": {"col"}},
}
_TAGS = {
    *"a blockquote br code del details div em figcaption figure h2 h3 h4 h5 h6 hr img input label li ol".split(),
    *"p pre rp rt ruby section span strong summary sup table tbody td th thead tr ul".split(),
    *math.ELEMENTS,
}
_DROPPED = {"script", "style", "template", "iframe", "noscript", "xmp", "noembed", "noframes"}
_COMMENT_TAGS = {*"p br em strong del code pre blockquote ul ol li a hr span".split()}
_COMMENT_ATTRIBUTES = {
    "*": set[str](),  # said, because nh3 lets `title` and `lang` through if it is not
    "a": {"href"},
    "code": {"class"},
    "ol": {"start"},
}
_IDS = re.compile(r"fn-[0-9]+|fnref-[0-9]+(-[0-9]+)?|" + blocks.ID.pattern)
_LANGUAGE_CLASS = re.compile(r"language-[\w+#.-]{1,40}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_NAME = re.compile(r"[\w+#. -]{1,40}")
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
_MATH_VALUE = re.compile(r"[\w.%+-]{1,40}")
_ROUNDS = 4


def clean(html: str) -> str:
    """What of a lesson may be shown."""
    return _until_stable(_LESSONS.clean, html)


def clean_comment(html: str) -> str:
    """What of a comment may be shown: no ids, no pictures, and only links that vouch for nothing."""
    return _until_stable(_COMMENTS.clean, html)


def _until_stable(clean_once: Callable[[str], str], html: str) -> str:
    """Parsing can move elements, so it goes on until nothing changes: twice is once."""
    for _ in range(_ROUNDS):
        cleaned = clean_once(html)
        if cleaned == html:
            return html
        html = cleaned
    return escape(html, quote=False) if clean_once(html) != html else html


def _filtered(tag: str, name: str, value: str) -> str | None:
    return value if _is_allowed(tag, name, value) else None


def _is_allowed(tag: str, name: str, value: str) -> bool:
    if name == "id":
        return bool(_IDS.fullmatch(value)) or (tag in _HEADINGS and headings.is_free_name(value))
    if name in ("href", "src"):
        return addresses.may_link(value) if name == "href" else addresses.may_show(value)
    if tag in math.ELEMENTS and name != "lang":
        return bool(_MATH_VALUE.fullmatch(value))
    pattern = _PATTERNS.get((tag, name)) or _PATTERNS.get(("*", name))
    return pattern is None or bool(pattern.fullmatch(value))


_PATTERNS = {
    ("code", "class"): _LANGUAGE_CLASS,
    ("div", "data-language"): _NAME,
    ("ol", "start"): re.compile("[0-9]{1,9}"),
    ("*", "lang"): _LANGUAGE,
}
# Made once: reading these rules takes seventy times as long as cleaning a short text.
_LESSONS = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_DROPPED,
    attributes=_ATTRIBUTES,
    tag_attribute_values=_VALUES,
    allowed_classes=_CLASSES,
    set_tag_attribute_values={"input": {"disabled": ""}},  # one only: nh3 adds them in no fixed order
    attribute_filter=_filtered,
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)
_COMMENTS = nh3.Cleaner(
    tags=_COMMENT_TAGS,
    clean_content_tags=_DROPPED,
    attributes=_COMMENT_ATTRIBUTES,
    tag_attribute_values={"span": {"class": {"mention"}}},
    attribute_filter=_filtered,
    url_schemes={"http", "https", "mailto"},
    link_rel="ugc nofollow noopener",
)
