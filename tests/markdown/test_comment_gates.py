"""Nothing that runs gets through a comment: not through both gates, and not through either of them alone."""

import re

import mistune
import pytest
from compiling import tags_of
from hypothesis import given
from hypothesis import strategies as st
from test_two_gates import CORPORA, PAYLOADS

from stream.markdown import sanitise
from stream.markdown.comments import compile_comment

ALLOWED = {*"p br em strong del code pre blockquote ul ol li a hr span".split()}
ATTRIBUTES = {("a", "href"), ("a", "rel"), ("code", "class"), ("span", "class"), ("ol", "start")}


def assert_harmless(html: str) -> None:
    for tag, attributes in tags_of(html):
        assert tag in ALLOWED
        assert {(tag, name) for name in attributes} <= ATTRIBUTES
        assert re.fullmatch("|language-[^ ]+" if tag == "code" else "|mention", attributes.get("class", ""))
        assert re.match(r"(?i)https?://|mailto:|(?![/\\]{2})[^:]*([/?#]|$)", attributes.get("href", ""))
        assert tag != "a" or attributes["rel"] == "ugc nofollow noopener"


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the shared corpora are not beside this working copy")
def test_the_payloads_are_read():
    assert len(PAYLOADS) > 300


@pytest.mark.parametrize(
    "place", ["{}", "> {}", "- {}", "**{}**", "[{}](https://a.b)", "[a]({})", "![{0}]({0})", "@{}"]
)
def test_a_comment_is_harmless(place):
    for payload in PAYLOADS:
        assert_harmless(compile_comment(place.format(payload), lambda run: run).html)


def test_the_renderer_holds_alone(monkeypatch):
    monkeypatch.setattr(sanitise, "clean_comment", lambda html: html)
    for payload in PAYLOADS:
        for place in ("{}", "```{}\na\n```", "[a]({})", "<{}>", "@{}"):
            assert_harmless(compile_comment(place.format(payload), lambda run: run).html)


def test_the_sanitiser_holds_alone():
    raw = mistune.create_markdown(escape=False)
    for payload in PAYLOADS:
        assert_harmless(sanitise.clean_comment(payload))
        assert_harmless(sanitise.clean_comment(str(raw(payload))))


@pytest.mark.parametrize(
    "html",
    [
        '<p id="a" title="b" style="c" data-d="e" hx-get="/f" onclick="g" lang="h" name="i" tabindex="0">a</p>',
        '<a href="/a" target="_blank" rel="opener" hx-boost="true" class="external" id="b" download>c</a>',
        '<img src="/a.png"><h1>b</h1><div class="callout">c</div><input><form action="/d"><button>e</button></form>',
        '<span class="mention evil">a</span><span class="visually-hidden">b</span><code class="language-a b">c</code>',
        '<a href="javascript:a">b</a><a href="//a.b">c</a><a href="data:a">d</a><a href=" vbscript:a">e</a>',
    ],
)
def test_nothing_but_what_comments_need_gets_through(html):
    assert_harmless(sanitise.clean_comment(html))


@given(st.one_of(st.sampled_from(PAYLOADS), st.lists(st.sampled_from(PAYLOADS), max_size=3).map("".join), st.text()))
def test_cleaning_a_comment_twice_is_cleaning_it_once(html):
    once = sanitise.clean_comment(html.encode("utf-8", "replace").decode())
    assert sanitise.clean_comment(once) == once


def test_what_comments_write_passes_unchanged(monkeypatch):
    text = "@a **b** *c* ~~d~~ `e`\n[f](/g?h&i)\n\n> 1. j\n> 2. k\n\n- l\n\n  m\n\n---\n\n3. n\n\n```py\n<o>\n```"
    cleaned = compile_comment(text, lambda run: run).html
    monkeypatch.setattr(sanitise, "clean_comment", lambda html: html)
    assert compile_comment(text, lambda run: run).html == cleaned
    assert {tag for tag, _ in tags_of(cleaned)} == ALLOWED
