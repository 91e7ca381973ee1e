"""The outline beside a lesson: the lessons of its course with the learner's state in each, on pages and after acts."""

import re

from given import lesson

LESSON = "/en/lessons/dial"


def outline(page: str) -> str:
    """The outline of a page or of an answer to htmx."""
    found = re.search(r'<nav id="outline".*?</nav>', page, re.DOTALL)
    assert found is not None
    return found[0]


def items(page: str) -> dict[str, str]:
    """Address -> the list item."""
    return {
        re.findall(r'href="([^"]*)"', item)[0]: item for item in re.findall(r"<li .*?</li>", outline(page), re.DOTALL)
    }


def test_an_outline_says_what_is_done_and_what_is_begun_and_where_one_is(member):
    before = items(member.get(LESSON).text)
    assert 'class="new here"' in before[LESSON]
    assert 'aria-current="page"' in before[LESSON]
    assert "(not begun)" in before[LESSON]
    answer = member.post(f"{LESSON}/complete", htmx=True).text
    assert 'data-hx-swap-oob="outerMorph"' in outline(answer)
    assert items(answer) == items(member.get(LESSON).text)
    assert 'class="done here"' in items(answer)[LESSON]
    assert "(done)" in items(answer)[LESSON]
    others = [item for address, item in items(answer).items() if address != LESSON]
    assert others
    assert not [item for item in others if " here" in item or "aria-current" in item]
    assert re.search(r'<progress class="meter" value="1" max="\d+"', outline(answer))


def test_an_outline_is_in_the_language_of_its_page_and_says_which_titles_are_not(lessons, member):
    lesson(lessons, "bits", 9, languages=("en",), title='"Bits & <b>bytes</b>"')
    bits = items(member.get("/ko/lessons/dial").text)["/ko/lessons/bits"]
    assert '<span><span lang="en">Bits &amp; &lt;b&gt;bytes&lt;/b&gt;</span><span' in bits
    bits = items(member.get(LESSON).text)["/en/lessons/bits"]
    assert "<span>Bits &amp; &lt;b&gt;bytes&lt;/b&gt;<span" in bits
