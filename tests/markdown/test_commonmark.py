"""Conformance: where no CJK character stands, the plugin agrees with CommonMark at least as far as mistune does."""

import json
from html.parser import HTMLParser
from pathlib import Path

import mistune
import pytest

from stream.markdown.emphasis import cjk_emphasis

SPEC = Path(__file__).parents[2].parent / "shared" / "corpora" / "commonmark_spec.json"
PLAIN_MISTUNE = 603  # of 655, mistune 3.4.0

_BLOCKS = frozenset(
    "article aside blockquote body button canvas caption col colgroup dd div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hr iframe li ol output p pre progress script section style table tbody td textarea "
    "tfoot th thead tr ul video".split()
)


class _Normal(HTMLParser):
    """Writes HTML in one way: attributes sorted, entities resolved, white space folded outside `pre`."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []
        self.in_pre = False
        self.after_block = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._mark(tag, f"<{tag} {sorted(attrs, key=str)}>")
        self.in_pre = self.in_pre or tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        self.in_pre = self.in_pre and tag != "pre"
        self._mark(tag, f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self.in_pre:
            data = " ".join(f"|{data}|".split())[1:-1]
            data = data.lstrip() if self.after_block else data
        if data:
            self.written.append(data)
            self.after_block = False

    def handle_comment(self, data: str) -> None:
        self._mark("", f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._mark("", f"<!{decl}>")

    def unknown_decl(self, data: str) -> None:
        self._mark("", f"<![{data}]>")

    def handle_pi(self, data: str) -> None:
        self._mark("", f"<?{data}>")

    def _mark(self, tag: str, text: str) -> None:
        self.after_block = tag in _BLOCKS or (self.after_block and not tag) or tag == "br"
        if tag in _BLOCKS and self.written and text != "</pre>":
            self.written[-1] = self.written[-1].rstrip()
        self.written.append(text)


def _normal(html: str) -> str:
    writer = _Normal()
    writer.feed(html)
    writer.close()
    return "".join(writer.written)


@pytest.mark.skipif(not SPEC.is_file(), reason="the CommonMark examples are not beside this working copy")
def test_no_example_of_commonmark_is_lost():
    plain = mistune.create_markdown(escape=False)
    ours = mistune.create_markdown(escape=False, plugins=[cjk_emphasis])
    passed_plain, passed = [], []
    for example in json.loads(SPEC.read_text(encoding="utf-8")):
        wanted = _normal(example["html"])
        passed_plain += [example["example"]] * (_normal(plain(example["markdown"])) == wanted)
        passed += [example["example"]] * (_normal(ours(example["markdown"])) == wanted)
    assert set(passed_plain) <= set(passed)
    assert len(passed) >= PLAIN_MISTUNE
