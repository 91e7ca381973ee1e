"""Addresses that stand in a comment as they are: links, without the particle or full stop that follows."""

import re
from re import Match

from mistune import InlineParser
from mistune.core import InlineState
from mistune.util import escape_url

from stream.markdown.tokens import text_token

ADDRESS = r"(?<![A-Za-z0-9])(?i:https?://)(?=[^\W_])[^\s<>\"`\[\]\\\u2018-\u201f\u2026\u3000-\u303f\uff00-\uffef]+"
_PARTICLE = re.compile(
    "(?<=[A-Za-z0-9/*_~])(?:은|는|이|가|을|를|의|도|만|와|과|로|으로|에|에서|에는|에서는|에도|까지|부터|처럼|랑|이랑|이나"
    "|보다|라고|이라고|라는|이라는|입니다|이에요|예요|이야|야|요|님)$"
)
_AFTER_ADDRESS = "?!.,:;*_~'"


def parse_address(inline: InlineParser, m: Match[str], state: InlineState) -> int | None:
    """A link to the address, and where it ends; none to a scheme alone."""
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
