"""What a document knows besides its HTML."""

import re
from html import unescape

from compiling import compiled

from stream.markdown.document import Heading, Image, Size


def test_headings_of_two_levels_make_the_outline():
    document = compiled("## A {#a}\n\n### **C** `d`\n\n#### D\n\n> ## E")
    assert document.headings == (Heading("a", 2, "A"), Heading("c-d", 3, "C d"))


def test_takeaways_leave_the_text_item_by_item():
    document = compiled(":::{takeaways}\n- **하나(one)**를\n- two\n:::\n\nText.", "ko")
    assert document.takeaways == ("<strong>하나(one)</strong>를", "two")
    assert "two" not in document.html


def test_pictures_are_listed_as_written():
    document = compiled("a\n\n![b c](images/d%20e.svg)\n\n:::{figure} f g.png\n:alt: h\n:::")
    assert document.images == (Image("images/d e.svg", "b c", 3), Image("f g.png", "h", 5))
    assert 'src="/media/dial/images/d%20e.svg"' in document.html
    assert 'src="/media/dial/f%20g.png"' in document.html


def test_reading_is_counted_by_script():
    document = compiled("Don't count `this` twice: 가이던스 2.\n\n```python\na = 1\nb = 2\n```\n\n$$\nx\n$$")
    assert document.size == Size(words=4, syllables=4, code_lines=2)


def test_code_keeps_every_character():
    source = "a\t->  한글\n\n  <b> & 'x' \"y\" \\n\n"
    from_html = compiled(f"```python\n{source}```").html
    assert _text_of(from_html) == source


def _text_of(html):
    return unescape(re.sub("<[^>]*>", "", html))


def test_ids_are_unique_however_often_a_note_is_used():
    html = compiled("a[^1] b[^1] c[^1]\n\n[^1]: d\n\n## a\n\n## a").html
    ids = [part.partition('"')[0] for part in html.split(' id="')[1:]]
    assert len(ids) == len(set(ids)) == 7


def test_compiling_again_gives_the_same():
    assert compiled("a\n\n- [x] b\n\n$x$") == compiled("a\n\n- [x] b\n\n$x$")
