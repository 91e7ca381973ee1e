"""What tests read on the pages of those who run the site."""

import re
from html import unescape


def numbers(page: str) -> dict[str, tuple[str, str, bool]]:
    """Key → value, address of the list, whether somebody should look."""
    cards = re.findall(r'<li id="([a-z]+)"( class="wants")?>(.*?)</li>', page, re.DOTALL)
    found = {}
    for key, wants, inside in cards:
        href = re.search(r'<a href="([^"]+)"', inside)
        value = re.search(r"<b>(.*?)</b>", inside)
        assert value is not None
        found[key] = (unescape(value[1]), href[1] if href else "", bool(wants))
    return found
