"""Nothing that runs gets through: not through both gates, and not through either of them alone."""

import json
import re
from pathlib import Path

import mistune
import pytest
from compiling import all_html, compiled, tags_of
from hypothesis import given
from hypothesis import strategies as st

from stream.markdown import render, sanitise

CORPORA = Path(__file__).parents[2].parent / "shared" / "corpora"
OWN = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<math href='javascript:alert(1)'><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<a href=' java\tscript:alert(1)' hx-get='/x' data-hx-get='/x' style='x'>a</a>",
    "<form action=/x><button hx-post=/x>b</button><input name=a></form>",
    "<div class='callout evil' id=comments data-language='x' hx-on:click='x'>a</div>",
    "<img src='https://example.org/track.png'><img src='//example.org/a'>",
    "<details open ontoggle=alert(1)><summary>a</summary></details>",
    "[a](javascript:alert(1)) ![a](javascript:alert(1)) <javascript:alert(1)>",
    "[a](JaVa&#115;cript:alert(1)) [b](data:text/html;base64,x) [c](vbscript:x)",
    '![a" onerror="alert(1)](b.png "c\\" onerror=\\"alert(1)")',
    '```" onmouseover=alert(1) x="\n</code></pre><script>alert(1)</script>\n```',
    '## a {#x" onclick="y}',
    ':::{persona} pippa\n:lang: ko" onclick="x\na\n:::',
    ":::{details} <img src=x onerror=alert(1)>\na\n:::",
    "$\\text{<img src=x onerror=alert(1)>}$ $\\href{javascript:alert(1)}{x}$ $\\style{x}{y}$ $\\class{z}{y}$",
    "[漢(<b onclick=x>)] [^<img src=x onerror=y>]\n\n[^<img]: x",
    "| <b onclick=x> |\n| --- |\n| `</td><script>` |",
]


def _payloads() -> list[str]:
    found = list(OWN)
    for path in sorted(CORPORA.glob("xss_*.json")):
        for payload in json.loads(path.read_text(encoding="utf-8")):
            found.append(payload["text"].replace("{{N}}", "1").replace("{{OFFSITE}}", "off.example"))
    return found


PAYLOADS = _payloads()


def assert_harmless(html: str) -> None:
    for tag, attributes in tags_of(html):
        assert tag not in {"script", "style", "iframe", "object", "embed", "form", "svg", "base", "link", "meta"}
        for name, value in attributes.items():
            assert not name.startswith(("on", "hx-", "data-hx", "style", "xlink", "srcset", "formaction")), (tag, name)
            if name in ("href", "src", "action"):
                assert re.match(r"(?i)(https?://|mailto:|[^:]*$)", value), (tag, value)
            if name == "src":
                assert not re.match(r"(?i)(https?:)?//", value), (tag, value)


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the shared corpora are not beside this working copy")
def test_the_corpora_are_read():
    assert len(PAYLOADS) > 300


@pytest.mark.parametrize("place", ["{}", "> {}", "- {}", ":::{{note}} {}\na\n:::", "a[^1]\n\n[^1]: {}"])
def test_a_compiled_text_is_harmless(place):
    for payload in PAYLOADS:
        assert_harmless(all_html(compiled(place.format(payload))))


def test_an_exercise_is_harmless():
    for payload in PAYLOADS:
        line = " ".join(payload.split())
        text = f":::{{exercise}} choice\n{line}\n- [x] {line}\n  - {line}\n- [ ] b\n:::{{answer}}\n{payload}\n:::\n:::"
        assert_harmless(all_html(compiled(text)))


def test_the_first_gate_holds_alone(monkeypatch):
    monkeypatch.setattr(render.sanitise, "clean", lambda html: html)
    for payload in PAYLOADS:
        assert_harmless(all_html(compiled(payload)))


def test_the_second_gate_holds_alone():
    raw = mistune.create_markdown(escape=False)
    for payload in PAYLOADS:
        assert_harmless(sanitise.clean(payload))
        assert_harmless(sanitise.clean(str(raw(payload))))


@given(st.one_of(st.sampled_from(PAYLOADS), st.lists(st.sampled_from(PAYLOADS), max_size=3).map("".join), st.text()))
def test_cleaning_twice_is_cleaning_once(html):
    html = html.encode("utf-8", "replace").decode()
    once = sanitise.clean(html)
    assert sanitise.clean(once) == once


def test_what_we_write_passes_unchanged(monkeypatch):
    pages = [path.read_text(encoding="utf-8") for path in (Path(__file__).parent / "examples").glob("*.txt")]
    cleaned = [all_html(compiled(page)) for page in pages]
    monkeypatch.setattr(render.sanitise, "clean", lambda html: html)
    attributes = [sorted(map(str, tags_of(html))) for html in cleaned]
    assert attributes == [sorted(map(str, tags_of(all_html(compiled(page))))) for page in pages]


@pytest.mark.parametrize("name", ["comments", "lesson", "completion", "b-x", "comment-1", "fn-x", "exercise"])
def test_no_text_can_take_an_id_of_the_page(name):
    assert f'id="{name}"' not in sanitise.clean(f'<h2 id="{name}">a</h2><p id="{name}">b</p>')
    assert f'id="{name}"' not in compiled(f"## {name}\n\n## a {{#{name}}}").html


def test_only_boxes_that_cannot_be_ticked_get_through():
    assert sanitise.clean('<input type="text" name="password" value="x">') == '<input disabled="">'
