"""Problems name the line that an author has to mend."""

import pytest
from compiling import compiled, problems_of

CHOICE = ":::{exercise} choice\nPick.\n\n"


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("a\n\n:::{nope}\nb\n:::", 3, "unknown-directive"),
        ("a\n\n:::{note}\nb", 3, "unclosed-directive"),
        ("a\n\n:::", 3, "stray-fence"),
        (":::{note}\n:::{tip}\nb\n:::", 1, "unclosed-directive"),
        ("::::{note}\n:::{tip}\nb\n::::", 2, "unclosed-directive"),
        (":::{note}\n:colour: red\nb\n:::", 2, "unknown-option"),
        (":::{note}\n\n- a\n\n  :::{nope}\n  :::\n:::", 5, "unknown-directive"),
        ("> a\n>\n> :::{nope}\n> :::", 3, "unknown-directive"),
        ("1. a\n2. b\n3.\n   ![](c.svg)", 4, "missing-alt"),
        (":::{persona} nobody\na\n:::", 1, "unknown-persona"),
        (":::{persona} pippa\n:lang: 한국어\na\n:::", 1, "bad-option"),
        (":::{details}\na\n:::", 1, "missing-title"),
        ("a\n\n:::{figure} a.svg\n:::", 3, "missing-alt"),
        ("a\nb ![](c.svg)", 2, "missing-alt"),
        ("a\n\n![b](https://example.org/c.png)", 3, "remote-image"),
        ("![b](/c.png)", 1, "remote-image"),
        ("![b](../c.png)", 1, "bad-image-path"),
        ("![b](%2e%2e/c.png)", 1, "bad-image-path"),
        ("a\n[b](javascript:c)", 2, "unsafe-link"),
        ("a\n\n[b](#nowhere)", 3, "unknown-anchor"),
        ("## a\n\n#### b", 3, "heading-gap"),
        ("### a", 1, "heading-gap"),
        ("a\n\n# b", 3, "h1-in-body"),
        ("## a {#x}\n\n## b {#x}", 3, "duplicate-id"),
        ("## a {#comments}", 1, "bad-anchor"),
        ("a\n\n```klingon\nb\n```", 3, "unknown-language"),
        ("a\n\n| b |\n| --- |\n| c |\n| $\\frac{$ |", 6, "bad-math"),
        ("a\n\n$$\nb", 3, "unclosed-math"),
        ("a\nb[^c]", 2, "unknown-footnote"),
        ("a\n\n[^c]: d", 3, "unused-footnote"),
        ("a[^c]\n\n[^c]: d\n[^c]: e", 4, "duplicate-footnote"),
        ("a[^c]\n\n[^c]:\n    ![](d.svg)", 4, "missing-alt"),
        (":::{compare}\n:::{wrong} a\nb\n:::\n:::", 1, "compare-cards"),
        (":::{compare}\n:::{wrong} a\n:::\nb\n:::{right} c\n:::\n:::", 4, "compare-content"),
        ("a\n\n:::{wrong} b\n:::", 3, "misplaced-directive"),
        ("a\n\n:::{hint}\nb\n:::", 3, "misplaced-directive"),
        (":::{takeaways}\nb\n:::", 1, "takeaways-list"),
        (":::{takeaways}\n- b\n\n  :::{exercise} text\n  c\n  :::\n:::", 4, "misplaced-directive"),
        ("::::{exercise} text\na\n\n:::{takeaways}\n- b\n:::\n::::", 4, "misplaced-directive"),
        ("a\n" + "b" + " " * 300 + "c", 2, "long-blanks"),
    ],
)
def test_a_mistake_is_found_on_its_line(text, line, code):
    assert (line, code) in problems_of(text)


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        (":::{exercise} riddle\na\n:::", 1, "unknown-kind"),
        (":::{exercise} text\n:::", 1, "empty-prompt"),
        (":::{exercise} text\n:id: A b\na\n:::", 1, "bad-id"),
        (":::{exercise} text\n:accept: b\na\n:::", 1, "unused-option"),
        (":::{exercise} short\na\n:::", 1, "no-accepted-answer"),
        (":::{exercise} short\n:accept: \u200b | \x1b\na\n:::", 1, "no-accepted-answer"),
        (":::{exercise} short\n:accept: |\na\n:::", 1, "no-accepted-answer"),
        (":::{exercise} text\n:id: a\nb\n:::\n\n:::{exercise} text\n:id: a\nb\n:::", 6, "duplicate-id"),
        (":::{exercise} text\n:id: 2\nb\n:::\n\n:::{exercise} text\nb\n:::", 6, "duplicate-id"),
        (CHOICE + ":::", 1, "too-few-options"),
        (CHOICE + "- [x] a\n:::", 1, "too-few-options"),
        (CHOICE + "- [ ] a\n- [ ] b\n:::", 1, "no-right-option"),
        (CHOICE + "- [x] a\n- [x] b\n:::", 1, "two-right-options"),
        (CHOICE + "- [x] a\n- [ ]\n:::", 5, "empty-option"),
        (":::{exercise} choice\n:pick: some\na\n- [x] b\n- [ ] c\n:::", 1, "bad-option"),
        (":::{exercise} text\n\n## a\n:::", 3, "misplaced-heading"),
        (":::{exercise} text\n\na[^b]\n:::\n\n[^b]: c", 3, "misplaced-footnote"),
    ],
)
def test_a_mistake_in_an_exercise_is_found_on_its_line(text, line, code):
    assert (line, code) in problems_of(text)


def test_windows_line_ends_count_once():
    assert problems_of("a\r\n\r\n:::{nope}\r\n:::\r\n") == [(3, "unknown-directive")]


def test_a_lesson_without_mistakes_has_no_problems():
    assert problems_of("## a {#x}\n\n[b](#x) **c**\n\n:::{note}\nd\n:::") == []


def test_what_an_unknown_directive_holds_is_shown_plain():
    assert "<strong>a</strong>" in compiled(":::{nope}\n**a**\n:::").html


def test_too_long_a_text_is_shown_as_it_stands():
    document = compiled("**가** " * 100_000)
    assert [problem.code for problem in document.problems] == ["too-long"]
    assert document.html.startswith("<pre>**가**")


def test_nesting_has_a_bottom():
    text = "\n".join([":::{note}"] * 60 + ["a"] + [":::"] * 60)
    assert [code for _, code in problems_of(text)] == ["too-deep"]
