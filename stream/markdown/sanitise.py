"""The second gate: whatever the renderer made, only what is on these lists leaves. Holds alone, also for raw HTML.

Ids are let through only where the caller made them, so that no text can take the place of an element of the page.
"""

import re
from collections.abc import Collection

import nh3

TEXT_TAGS = frozenset(
    "a abbr b blockquote br code del div em h2 h3 h4 h5 h6 hr i img kbd li ol p pre q rp rt ruby s samp small span "
    "strong sub sup table tbody td th thead tr ul figure figcaption details summary section".split()
)
MATH_TAGS = frozenset(
    "math mrow mi mn mo ms mtext mspace msup msub msubsup mfrac msqrt mroot mover munder munderover mtable mtr mtd "
    "mstyle mpadded mphantom menclose mmultiscripts mprescripts none".split()
)
MATH_ATTRIBUTES = frozenset(
    "display displaystyle scriptlevel stretchy fence form separator lspace rspace mathvariant linethickness width "
    "height depth minsize maxsize symmetric largeop movablelimits accent accentunder columnalign rowspacing "
    "columnspacing columnlines rowlines notation".split()
)
CLASSES = frozenset(
    "callout persona note tip warning eyebrow accent-stream accent-spark accent-good more figure code scroll compare "
    "card card-title wrong right plain anchor external footnotes footnote-ref footnote-back task box done "
    "visually-hidden align-center align-right align-left math contains-task".split()
)
CODE_CLASS = re.compile(r"language-[\w+#.-]{1,30}|[a-z][a-z0-9]{0,2}")  # a fence's language, a Pygments token
LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})?")
ROLES = frozenset({"group", "img", "note", "region"})
ATTRIBUTES = {
    "*": {"class", "id", "lang", "role", "aria-label", "aria-hidden", "tabindex"},
    "a": {"href", "rel"},
    "img": {"src", "alt", "title", "loading", "decoding"},
    "ol": {"start"},
    "th": {"scope"},
    "details": {"open"},
    "div": {"data-language"},
    "math": {"xmlns"},
    **{tag: set(MATH_ATTRIBUTES) for tag in MATH_TAGS if tag != "math"},
}
ATTRIBUTES["math"] = {"xmlns", *MATH_ATTRIBUTES}


def clean(html: str, ids: Collection[str] = ()) -> str:
    """`html` with everything removed that a lesson has no business to hold. Doing it twice changes nothing."""

    def kept(tag: str, attribute: str, value: str) -> str | None:
        return _kept(tag, attribute, value, ids)

    return nh3.clean(
        html,
        tags=set(TEXT_TAGS | MATH_TAGS),
        clean_content_tags={"script", "style", "template", "noscript", "svg", "iframe", "object"},
        attributes=ATTRIBUTES,
        attribute_filter=kept,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )


def _kept(tag: str, attribute: str, value: str, ids: Collection[str]) -> str | None:
    """The value to keep of an attribute that is on the list, or None."""
    match attribute:
        case "class":
            return " ".join(name for name in value.split() if _is_class(tag, name)) or None
        case "id":
            return value if value in ids else None
        case "lang":
            return value if LANGUAGE.fullmatch(value) else None
        case "role":
            return value if value in ROLES else None
        case "rel":
            return value if value == "noopener" else None
        case "tabindex":
            return value if value == "0" else None
        case "src":
            return value if value.startswith("/") and not value.startswith("//") else None
        case _:
            return value


def _is_class(tag: str, name: str) -> bool:
    return name in CLASSES or (tag in ("span", "code") and CODE_CLASS.fullmatch(name) is not None)
