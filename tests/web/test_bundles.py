"""Style sheets and scripts: one file of each for a lesson, small, and of the sources as they are."""

import re
from collections import Counter

import brotli

from stream.web.bundles import BUNDLES, FOLDER, bundle

LESSON = "/en/lessons/dial"


def test_every_source_is_in_a_bundle_or_is_linked_by_itself():
    alone = {"js/editor.js"}
    sources = {path.relative_to(FOLDER).as_posix() for ending in ("css", "js") for path in FOLDER.rglob(f"*.{ending}")}
    assert sources == {path for paths in BUNDLES.values() for path in paths} | alone


def test_a_lesson_asks_for_one_style_sheet_and_one_script(visitor):
    page = visitor.get(LESSON).text
    assert len(re.findall(r'<link rel="stylesheet"', page)) == 1
    assert len(re.findall(r"<script[^>]* src=", page)) == 1


def test_where_somebody_talks_one_more_is_linked_and_else_named_for_later(visitor, member):
    asleep = visitor.get(LESSON).text
    member.comment("It clicks.")
    awake, own = visitor.get(LESSON).text, member.get(LESSON).text
    assert (_sheets(asleep), _sheets(awake), _sheets(own)) == (["style"], ["style", "talk"], ["member"])
    assert ["data-talk" in page for page in (asleep, awake, own)] == [True, False, False]


def test_short_names_are_the_same_in_every_sheet_and_what_never_changes_stands_where_it_is_used():
    whole = bundle("member.css").decode()
    assert whole.startswith(bundle("style.css").decode())
    assert whole.endswith(bundle("talk.css").decode())
    assert bundle("pages.css").startswith(bundle("talk.css"))
    text = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("css/*.css"))
    given = Counter(re.findall(r"(?<![\w-])(--[a-z][\w-]*):", text))
    names = {name for name, times in given.items() if times > 1}
    short = set(re.findall(r"(?<![\w-])--\w[\w-]*", whole + bundle("pages.css").decode()))
    assert len(short) == len(names)
    assert "html{scroll-padding-block-start:calc(3.5rem + 1rem)" in whole
    assert "--s4" in text


def test_the_beginning_of_a_first_visit_fits_into_one_round_trip_and_scripts_stay_small(visitor):
    page = visitor.get(LESSON).text
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+(?:\.css|\.js))"', page)
    sizes = {address.rpartition("/")[2]: _over_the_wire(visitor, address) for address in addresses}
    assert sizes.keys() == {"style.css", "script.js"}
    assert _over_the_wire(visitor, LESSON) + sizes["style.css"] <= 14 * 1024
    assert sizes["script.js"] + _over_the_wire(visitor, "/service-worker.js") <= 24 * 1024


def test_what_scripts_say_comes_with_them_in_the_page_s_language(visitor):
    said = {language: visitor.get(_script(visitor, language)).text for language in ("en", "ko")}
    assert '"copied":"Copied"' in said["en"]
    assert '"copied":"복사했어요"' in said["ko"]
    assert all(text.endswith(bundle("script.js").decode()) for text in said.values())
    assert visitor.get("/static/000000000000/de/script.js").status_code == 404


def test_a_drawing_is_sent_packed(lessons, visitor):
    drawing = next(lessons.rglob("02-dial.en.md")).parent / "images" / "scale.svg"
    drawing.parent.mkdir(exist_ok=True)
    lines = "<path d='M0 0h9'/>" * 90
    drawing.write_text(f"<svg xmlns='http://www.w3.org/2000/svg'>{lines}</svg>")
    answer = visitor.get(f"/media/{drawing.parents[1].name}/images/scale.svg", **{"Accept-Encoding": "br"})
    assert answer.status_code == 200
    assert answer.headers["Content-Encoding"] == "br"
    assert b"<svg" in brotli.decompress(answer.data)


def test_comments_stay_at_home():
    assert b"/*" not in bundle("style.css") + bundle("pages.css")
    script = (FOLDER / "js" / "stream.js").read_text(encoding="utf-8")
    first_comment = script.partition("\n")[0].encode()
    assert first_comment.startswith(b"//")
    assert first_comment not in bundle("script.js")


def _sheets(page: str) -> list[str]:
    return re.findall(r'<link rel="stylesheet" href="[^"]*/(\w+)\.css">', page)


def _script(visitor, language: str) -> str:
    return re.search(r'<script src="([^"]+)"', visitor.get(f"/{language}/lessons/dial").text)[1]


def _over_the_wire(visitor, address: str) -> int:
    """Bytes of the body for a browser that takes brotli, and of its headers as HTTP/1.1 sends them."""
    answer = visitor.get(address, **{"Accept-Encoding": "br"})
    assert answer.status_code == 200
    head = sum(len(f"{name}: {value}\r\n") for name, value in answer.headers)
    assert brotli.decompress(answer.data) if answer.headers.get("Content-Encoding") == "br" else answer.data
    return head + len(answer.data)
