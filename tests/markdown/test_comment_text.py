"""What a comment may hold, what becomes of it, and that no text takes long or comes out as anything else."""

import json
import time
from html.parser import HTMLParser
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stream.markdown.comments import Comment, compile_comment, problem_with
from stream.markdown.mentions import MAX_MENTIONS

CORPORA = Path(__file__).parents[2].parent / "shared" / "corpora"
LINK = '<a href="{0}" rel="ugc nofollow noopener">{1}</a>'


def html_of(text: str) -> str:
    return compile_comment(text).html


def shown(html: str) -> str:
    """The text that a reader sees."""
    pieces: list[str] = []
    reader = HTMLParser()
    reader.handle_data = pieces.append  # type: ignore[method-assign]
    reader.feed(html)
    reader.close()
    return "".join(pieces)


def depth_of(html: str) -> int:
    steps: list[int] = []
    reader = HTMLParser()
    reader.handle_starttag = lambda tag, attrs: steps.append(tag not in ("br", "hr"))  # type: ignore[method-assign]
    reader.handle_endtag = lambda tag: steps.append(-1)  # type: ignore[method-assign]
    reader.feed(html)
    return max(accumulate(steps), default=0)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a\nb", "<p>a<br>\nb</p>"),
        ("a\\\nb", "<p>a<br>\nb</p>"),
        ("a\n\nb", "<p>a</p>\n<p>b</p>"),
        ("*a* **b** ~~c~~ `d`", "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d</code></p>"),
        ("**마크다운(Markdown)**을", "<p><strong>마크다운(Markdown)</strong>을</p>"),
        ("```py x\na <b>\n```", '<pre><code class="language-py">a &lt;b&gt;\n</code></pre>'),
        ("```\na", "<pre><code>a\n</code></pre>"),
        ("> a\nb", "<blockquote><p>a<br>\nb</p>\n</blockquote>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>'),
        ("a\n---\nb", "<p>a</p>\n<hr>\n<p>b</p>"),
    ],
)
def test_markdown_is_read(text, html):
    assert html_of(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "# x",
        "## x ##",
        "<b>x</b>",
        "<!-- x -->",
        "| a | b |",
        "[^1]",
        "$x$",
        "{#x}",
        "std::vector<std::string>",
        "    x",
    ],
)
def test_what_comments_do_not_know_stays_as_typed(text):
    assert shown(html_of(f"a {text}")) == f"a {text}"
    assert shown(html_of(text)) == text.strip()
    assert compile_comment(text).plain == text.strip()


@pytest.mark.parametrize("text", ["- a\n# b", "> a\n# b", "- a\n<div>", "> a\n<div>\n</div>", "a\n===", "[a]: /x\n[a]"])
def test_headings_html_and_definitions_stay_text_everywhere(text):
    html = html_of(text)
    assert not {"<h1", "<h2", "<div", "<a "} & {html[at : at + 3] for at in range(len(html))}
    assert all(word in shown(html) for word in text.replace("- ", "").replace("> ", "").split())


@pytest.mark.parametrize(
    ("text", "url", "words", "after"),
    [
        ("[a](https://x.y)", "https://x.y", "a", ""),
        ("HTTP://x.y", "HTTP://x.y", "HTTP://x.y", ""),
        ("[a](/en/lessons/x)", "/en/lessons/x", "a", ""),
        ("<https://x.y/?a=b>", "https://x.y/?a=b", "https://x.y/?a=b", ""),
        ("<a@b.c>", "mailto:a@b.c", "a@b.c", ""),
        ("https://x.y/a_b_(c).", "https://x.y/a_b_(c)", "https://x.y/a_b_(c)", "."),
        ("https://x.y를", "https://x.y", "https://x.y", "를"),
        ("https://x.y/에서", "https://x.y/", "https://x.y/", "에서"),
        ("https://x.y/한국", "https://x.y/%ED%95%9C%EA%B5%AD", "https://x.y/한국", ""),
        ("https://x.y」", "https://x.y", "https://x.y", "」"),
        ("![a](https://x.y/z.png)", "https://x.y/z.png", "a", ""),
        ("![](https://x.y/z.png)", "https://x.y/z.png", "https://x.y/z.png", ""),
        ("[](https://x.y)", "https://x.y", "https://x.y", ""),
        ("[![a](b.png)](https://x.y)", "https://x.y", "a", ""),
    ],
)
def test_addresses_become_links(text, url, words, after):
    assert html_of(text) == f"<p>{LINK.format(url, words)}{after}</p>"


@pytest.mark.parametrize(
    "text",
    [
        "[a](javascript:x)",
        "[a](data:text/html,x)",
        "[a](//x.y)",
        "![a](b.png)",
        "![a](/b.png)",
        "[a]()",
        "[a](ftp://x.y)",
    ],
)
def test_other_addresses_leave_their_text(text):
    assert "<a" not in html_of(text)
    assert "a" in shown(html_of(text))


def test_emphasis_may_hug_an_address():
    assert html_of("**https://x.y**를") == f"<p><strong>{LINK.format('https://x.y', 'https://x.y')}</strong>를</p>"


def test_what_is_escaped_is_no_entity_and_no_mention():
    assert shown(html_of(r"\@a \\@b \&\#64; \&amp; \&\@c \*d*")) == r"@a \@b &#64; &amp; &@c *d*"
    assert compile_comment(r"\@a \\@b \&\@c").mentions == ("b",)


def test_no_link_stands_in_a_link():
    assert html_of("[~~https://a.b~~](https://x.y)") == f"<p>{LINK.format('https://x.y', '<del>https://a.b</del>')}</p>"


def test_links_to_other_hosts_are_counted():
    assert compile_comment("https://a.b [c](/d) [e](http://f.g) <h@i.j> `https://k.l` ![m](https://n.o)").links == 3


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("@minji님 @민지야", ("minji님", "민지야")),
        ("@a @b **@a** @c.", ("a", "b", "c")),
        ("@snake_case @a-b @a.b...", ("snake_case", "a-b", "a.b")),
        ("a@b.c 민지@b.c a.@b a+@b @@a x.y/@a", ("b",)),
        ("@ @. @-a @*a*", ()),
        ("`@a` [@b](/c) https://x.y/@d \\@e &#64;f\n```\n@g\n```", ()),
        ("(@a) 「@나」 @e\u0301t", ("a", "나", "e\u0301t")),
        ("@" + "a" * 40, ("a" * 40,)),
    ],
)
def test_mentions_are_found(text, mentions):
    assert compile_comment(text).mentions == mentions


def test_only_the_name_of_a_member_is_marked():
    known = {"minji님": "minji", "민지": "민지", "x": "y"}.get
    comment = compile_comment("@minji님 **@민지** @x @z @minji님", known)
    name = '<span class="mention">@{}</span>'.format
    assert comment.html == f"<p>{name('minji')}님 <strong>{name('민지')}</strong> @x @z {name('minji')}님</p>"
    assert comment.mentions == ("minji님", "민지", "x", "z")
    assert comment.plain == "@minji님 @민지 @x @z @minji님"


def test_each_name_is_asked_once_and_not_too_many():
    asked: list[str] = []
    comment = compile_comment(" ".join(f"@a{number % 70} @b" for number in range(140)), asked.append)
    assert tuple(asked) == comment.mentions
    assert len(asked) == MAX_MENTIONS


def test_the_excerpt_is_one_line_cut_at_a_word():
    assert compile_comment("# *a*\n\n- b\n\n```\nc\nd\n```").plain == "# a b c d"
    assert compile_comment("word " * 59 + "words").plain == "word " * 59 + "words"
    assert compile_comment("word " * 59 + "words more").plain == "word " * 58 + "word…"
    assert compile_comment("가" * 301).plain == "가" * 299 + "…"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a", None),
        ("🙂", None),
        ("a\r\n\tb", None),
        ("가" * 10_000, None),
        ("a\r\n" * 5_000, None),
        ("", "empty"),
        (" \n\u3000", "empty"),
        (" " * 300, "empty"),
        ("\u200b\u3164\u2800\ufeff", "empty"),
        ("> ", "empty"),
        ("```\n```", "empty"),
        ("&nbsp;&#8203;", "empty"),
        ("가" * 10_001, "too-long"),
        ("a" + " " * 200 + "b", None),
        ("a" + " \t\u00a0" * 67 + "b", "long-blanks"),
        *[(f"a{char}", "characters") for char in "\0\b\x0b\x0c\x1f\x7f\x85\ud800\ufdd0\uffff\U0010fffe"],
    ],
)
def test_problems_are_named(text, problem):
    assert problem_with(text) == problem


def test_entities_bring_in_no_forbidden_character():
    comment = compile_comment("a&#12;&#0;&#1;&#xfffe;&#xd800;&#x85;b")
    assert problem_with(comment.html) is problem_with(comment.plain) is None


@pytest.mark.parametrize("limit", ["comment_parser.MAX_SECONDS", "comments.MAX_BYTES", "comment_parser.MAX_LENGTH"])
def test_what_is_too_much_is_shown_as_typed(monkeypatch, limit):
    monkeypatch.setattr(f"stream.markdown.{limit}", -1)
    expected = Comment("<p>**a**<br>\n&lt;b&gt; @c</p>", "**a** <b> @c", 0, (), is_plain=True)
    assert compile_comment("**a**\n<b> @c") == expected


PIECES = [
    "**",
    "*",
    "_",
    "~~",
    "`",
    "```\n",
    "~~~",
    "[",
    "](",
    "](/a)",
    "](https://a.b)",
    "![",
    ")",
    "<",
    ">",
    "> ",
    "- ",
]
PIECES += [
    "1. ",
    "2) ",
    "    ",
    "\t",
    "\n",
    "\n\n",
    "---\n",
    "# ",
    "<b>",
    "<https://a.b>",
    "https://a.b",
    "@",
    "@a",
    "\\",
]
PIECES += ["&", "&amp;", "&#64;", "\0", "\r", "\ud800", "\u3000", "가", "를", "🙂", "\u0301", "a", ".", " "]

soups = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


@settings(max_examples=300, deadline=None)
@given(st.one_of(soups, st.text(), st.text(st.characters(codec=None))))
@example("a" * 10_001)
@example("a" + "\u3000" * 1_000 + "b")
def test_any_text_compiles(text):
    problem_with(text)
    comment = compile_comment(text, lambda run: run)
    assert problem_with(comment.html) in (None, "empty", "too-long", "long-blanks")
    assert len(comment.plain) <= 300
    assert "\n" not in comment.plain
    assert depth_of(comment.html) <= 40
    assert all(comment.mentions)


WORST = [
    "[",
    "[a](",
    "*",
    "**a ",
    "_a*",
    "> ",
    "- ",
    "- a\n",
    "1. ",
    "1. a\n",
    "<",
    "<a ",
    "&",
    "![[",
    "\\",
    "@a",
    "@a ",
]
WORST += ["http://", "https://a.b ", "a@", "~~a", "~~a ", "~~a~~", "```\n", "```a\n", "\n> a\n", "> a\nb\n", ">\n", ">"]
WORST += [
    "-\n",
    "[](한",
    "[](😀)",
    "[a](b)",
    "![](https://a.b)",
    "\n",
    " \n",
    "\u3000\n",
    "a\\\n",
    "](",
    "`a",
    "&amp;",
    "# a\n",
]
WORST += [
    "(https://a.b)",
    "***\n",
    "\u00a0",
    "가",
    "> - ",
    "> - 1. a\n",
    "<https://a>",
    "|a",
    "a**b*",
    "- a\n\n",
    "> a\n- b\n",
]
STAIRS = ["`" * length + " " for length in range(140)], ["> " * length + "a\n" for length in range(90)]
STAIRS += (
    ["  " * length + "- a\n" for length in range(90)],
    [("> - " * 6 + "a\n") * 380],
    ["![" * 2_500, "](b)" * 1_200],
)


@pytest.mark.parametrize("text", [(piece * 10_000)[:9_990] + end for piece in WORST for end in ("", "\nb a")] + [
    "".join(steps)[:10_000] for steps in STAIRS
])  # fmt: skip
def test_no_text_takes_long_or_grows_much(text):
    start = time.process_time()
    comment = compile_comment(text, lambda run: run)
    assert time.process_time() - start < 0.5
    assert len(comment.html) <= 60 * len(text)
    assert depth_of(comment.html) <= 40


def _naughty_strings() -> list[str]:
    path = CORPORA / "naughty_strings.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the shared corpora are not beside this working copy")
def test_naughty_strings_come_back_from_code_blocks():
    sound = [text for text in _naughty_strings() if problem_with(text) is None]
    assert len(sound) > 400
    for text in sound:
        compile_comment(text)
        if "```" not in text:
            html = html_of(f"```\n{text}\n```")
            assert html.startswith("<pre><code>")
            assert shown(html) == text.replace("\r\n", "\n").replace("\r", "\n") + "\n"
