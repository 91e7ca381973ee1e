"""Emphasis beside Korean works wherever Markdown does, and stays CommonMark elsewhere."""

import mistune
import pytest
from compiling import all_html, compiled

from stream.markdown.cjk import is_cjk
from stream.markdown.emphasis import cjk_emphasis

KOREAN = ["**마크다운(Markdown)**을", '**"중요"**합니다', "**강조.**이어지는", "이것은**(중요)**해요"]
PLACES = {
    "paragraph": "앞 {} 뒤",
    "heading": "## {}",
    "list": "- 하나\n- {}",
    "quote": "> {}",
    "table": "| a |\n| --- |\n| {} |",
    "persona": ":::{{persona}} pippa\n{}\n:::",
    "callout title": ":::{{note}} {}\n글\n:::",
    "card": ":::{{compare}}\n:::{{wrong}} {0}\n{0}\n:::\n:::{{right}} b\nc\n:::\n:::",
    "summary": ":::{{details}} {}\n글\n:::",
    "caption": ":::{{figure}} a.svg\n:alt: b\n{}\n:::",
    "takeaways": ":::{{takeaways}}\n- {}\n:::",
    "prompt": ":::{{exercise}} text\n{}\n:::",
    "hint and answer": ":::{{exercise}} text\n글\n:::{{hint}}\n{0}\n:::\n:::{{answer}}\n{0}\n:::\n:::",
    "option": ":::{{exercise}} choice\n글\n- [x] {0}\n  - {0}\n- [ ] 나\n:::",
    "footnote": "글[^1]\n\n[^1]: {}",
    "link": "[{}](a.md)",
    "crossed out": "~~{}~~",
}


@pytest.mark.parametrize("text", KOREAN)
@pytest.mark.parametrize("place", PLACES)
def test_korean_emphasis_is_bold_everywhere(place, text):
    html = all_html(compiled(PLACES[place].format(text), "ko"))
    assert "<strong>" in html
    assert "*" not in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("正體字。\ufe01_Traditional._", "<p>正體字。\ufe01<em>Traditional.</em></p>"),
        ("葛\U000e0100**(a)** b", "<p>葛\U000e0100<strong>(a)</strong> b</p>"),
        ("**a\u201d\ufe01**b **a\u201d**b", "<p><strong>a\u201d\ufe01</strong>b **a\u201d**b</p>"),
        ("**(k)**\u110f", "<p><strong>(k)</strong>\u110f</p>"),
        ("__注意__：注意", "<p><strong>注意</strong>：注意</p>"),
        ("**a!**😀b", "<p><strong>a!</strong>😀b</p>"),
        ("a**😀**b", "<p>a**😀**b</p>"),
        ("**a**b_c_ *d*", "<p><strong>a</strong>b_c_ <em>d</em></p>"),
    ],
)
def test_the_plugin_serves_any_mistune_parser(text, html):
    assert mistune.create_markdown(plugins=[cjk_emphasis])(text).strip() == html


@pytest.mark.parametrize("char", "가ㄱ\u1160漢あア「。（₩🈂")
def test_cjk_characters_are_known(char):
    assert is_cjk(char)


@pytest.mark.parametrize("char", "aé.(“…—😀🈁⌚ ")
def test_other_characters_are_not_cjk(char):
    assert not is_cjk(char)


def test_what_nests_too_deep_keeps_its_markers():
    html = compiled("*a " * 3_000 + "b* " * 3_000).html
    assert 0 < html.count("<em>") <= 20
    assert html.count("*") == 2 * (3_000 - html.count("<em>"))
