"""Search engines are told of what everybody may read, in the languages in which it is."""

from xml.etree import ElementTree

import given

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def addresses(visitor: given.Visitor) -> dict[str, set[str]]:
    """Address -> languages that its entry names."""
    answer = visitor.get("/sitemap.xml")
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    tree = ElementTree.fromstring(answer.data)
    return {
        url.find("s:loc", NAMES).text.partition("localhost")[2]: {
            link.get("hreflang") for link in url.findall("x:link", NAMES)
        }
        for url in tree.findall("s:url", NAMES)
    }


def test_it_names_every_page_in_each_language_it_has(lessons, visitor):
    given.lesson(lessons, "only-korean", 7, languages=("ko",))
    found = addresses(visitor)
    assert found["/en/"] == found["/en/lessons/dial"] == found["/ko/courses/dials"] == {"en", "ko"}
    assert found["/ko/lessons/only-korean"] == {"ko"}
    assert "/en/lessons/only-korean" not in found
    for address in found:
        assert visitor.get(address).status_code == 200


def test_it_names_nothing_that_is_in_no_list(lessons, visitor):
    given.lesson(lessons, "hidden", 7, status="draft")
    given.lesson(lessons, "old", 8, status="archived")
    assert not [address for address in addresses(visitor) if "hidden" in address or "old" in address]


def test_robots_are_led_to_it(visitor):
    assert "Sitemap: http://localhost/sitemap.xml" in visitor.get("/robots.txt").text
