"""Lesson files: front matter of any kind, and directives in any order, depth and state."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path

from compiling import PIPPA, all_html, compiled, tags_of
from hypothesis import strategies as st
from targets import Law, Site, Target, site

from stream.catalogue.frontmatter import FrontMatter
from stream.catalogue.keys import LEVELS, SLUG, STATUSES
from stream.catalogue.lesson_file import Place, read_lesson
from stream.exercises.grading import LONGEST, Answer, grade
from stream.markdown.document import Exercise
from stream.markdown.render import compile_lesson

KEYS = ["id", "title", "summary", "minutes", "tags", "level", "status", "publish_at", "aliases", "links", "builds_on"]
KEYS += ["translates", "url", "note", "Title", "титул", "<<", "", "null", "?", "0"]
DATES = ["2026-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
DATES += ["9999-12-31T23:59:59-12:00", "2026-W01-1T00:00Z", "20260101T000000Z", "2026-01-01", "2026-01-01T00:00:00"]
DATES += ["1970-01-01T00:00:00+23:59", "2026-01-01T24:00:00Z", "2026-06-30T23:59:60Z", "٢٠٢٦-01-01T00:00:00Z"]
EDGES = ["1970-01-01T00:00:00Z", "2999-12-31T23:59:59Z"]
NUMBERS = ["0", "-1", "1e999", "0x10", "0b1", "1_000", "٣", "9" * 500, ".inf", ".nan", "190:20:30", "600", "601"]
WORDS = [*STATUSES, *LEVELS, "dial", "seeds", "encoder", "dials", "a-b", "A_B", "0" * 12, "~", "null", "yes"]
WORDS += ["!!binary"]
WORDS += ["https://example.org/a", "http://[", "javascript:alert(1)", "https://ex\u0430mple.org", "a" * 200, "가"]
WORDS += ["\x7f"]
YAML = ["- ", "? ", ": ", "&a ", "*a", "*a\n", "<<: *a\n", "!!python/object:os.system ", "!a ", "{", "}", "[", "]"]
YAML += [", "]
YAML += ["|\n", ">-\n", "'", '"', "\\", "#", "%YAML 1.1\n", "---\n", "...\n", "\n", "\n  ", "\t", "\0", "\ufeff"]
YAML += ["\x85"]
YAML += ["title: A dial\n", "title: ", *(f"{key}: " for key in KEYS), *DATES, *NUMBERS, *WORDS]

RIGHT = {"id": ["dial", "a-b"], "title": ["A dial", "가"], "summary": ["Short."], "minutes": ["1", "600"],
         "tags": ["[control]", "[a, b]", "[]"], "level": LEVELS, "status": STATUSES, "publish_at": EDGES,
         "aliases": ["[old]", "[seeds]"], "builds_on": ["[seeds]", "[dial]"], "translates": ["0" * 12],
         "links": ["[{title: a, url: https://example.org/a}]"]}  # fmt: skip
ODD = {"minutes": NUMBERS, "publish_at": DATES}

texts = st.text(max_size=30)
words = st.sampled_from(WORDS + DATES + NUMBERS) | texts
values = st.recursive(
    words | st.integers() | st.floats() | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | texts, inner, max_size=4),
    max_leaves=12,
)


def flow(value: object) -> str:
    """A value as YAML on one line."""
    return value if isinstance(value, str) and value in YAML else json.dumps(value, ensure_ascii=False)


@st.composite
def said(draw: st.DrawFn) -> str:
    """Lines as authors write them, with anything behind the colons."""
    lines = draw(st.dictionaries(st.sampled_from(KEYS), values, max_size=6))
    return "".join(f"{key}: {flow(value)}\n" for key, value in {"title": "A dial", **lines}.items())


@st.composite
def nearly(draw: st.DrawFn) -> str:
    """Lines that are right, but for one at most."""
    lines = {key: draw(st.sampled_from(right)) for key, right in RIGHT.items() if draw(st.booleans())}
    if draw(st.booleans()):
        key = draw(st.sampled_from([*RIGHT, *ODD, *ODD, *ODD]))
        lines[key] = flow(draw(st.sampled_from(ODD.get(key, WORDS)) | values))
    return "".join(f"{key}: {value}\n" for key, value in {"title": "A dial", **lines}.items())


@st.composite
def nested(draw: st.DrawFn) -> str:
    """Deep or long, as files are that were made to be slow."""
    piece = draw(st.sampled_from(["[", "{a: ", "- ", "? ", "[a, ", "&a [*a, ", "- - "]))
    return f"title: A dial\ntags: {piece * draw(st.integers(1, 3000))}\n"


fronts = st.lists(st.sampled_from(YAML) | texts, max_size=25).map("".join) | said() | nearly() | nearly() | nested()

NAMES = ["note", "tip", "warning", "compare", "details", "exercise", "persona", "figure", "takeaways", "wrong", "right"]
NAMES += ["answer", "hint", "nonsense", "", "Exercise", "가", "note}{", "a" * 300]
ARGUMENTS = ["", " choice", " short", " text", " self-check", " pippa", " nobody", " a.png", " ../a.png", " A title"]
OPTIONS = [":id: dial", ":id: ", ":id: A B", ":id: a", ":accept: five | 다섯", ":accept: |", ":accept: " + "a|" * 50]
OPTIONS += [":pick: many", ":pick: 7", ":open:", ":alt: x", ":caption: *x", ":nonsense: x", ": :", ":id"]
OPTIONS += [":accept: ..."]
LINES = ["- [x] five", "- [ ] six", "- [x]", "- [ ] [x]\n  - why", "1. [x] a", "- a", "Text.", "", "", "# A", "```"]
LINES += ["> q"]
LINES += ["| a |\n|-|", "$$", "[^1]: x", "{#a}", "<b>", "![a](a.png)", "    code", "\0", "\t", ":::", "::::{note}"]
LINES += ["a {.x}"]


@st.composite
def directives(draw: st.DrawFn, depth: int = 5) -> str:
    """Fences in fences, some never closed and some with too few colons."""
    colons = ":" * draw(st.integers(2, depth + 3))
    head = f"{colons}{{{draw(st.sampled_from(NAMES))}}}{draw(st.sampled_from(ARGUMENTS) | texts)}"
    options = draw(st.lists(st.sampled_from(OPTIONS), max_size=3))
    inner = st.sampled_from(LINES) | texts
    body = draw(st.lists(inner | directives(depth - 1) if depth > 1 else inner, max_size=4))
    return "\n".join([head, *options, *body, *draw(st.sampled_from([[colons], [colons], [colons], [], [":::"]]))])


@st.composite
def exercises(draw: st.DrawFn) -> str:
    """An exercise that is nearly right."""
    kind = draw(st.sampled_from(["choice", "short", "text", "self-check"]))
    options = draw(
        st.sampled_from([[], [], [":id: dial"], [":id: 2"]]) | st.lists(st.sampled_from(OPTIONS), max_size=2)
    )
    body = draw(st.lists(st.sampled_from(LINES[:8]) | texts, min_size=1, max_size=4))
    accepts = [":accept: " + draw(texts | st.sampled_from(WORDS))] if kind == "short" else []
    return "\n".join([f":::{{exercise}} {kind}", *options, *accepts, *body, ":::", ""])


bodies = st.lists(directives() | exercises() | st.sampled_from(LINES), min_size=1, max_size=4).map("\n".join)
WHERE = Place("dials/02-dial.en.md", "dials", 2, "dial", "en")


def require_sound(front: FrontMatter, last: int) -> None:
    """Front matter that is taken holds what it is for, and nothing that a page or a clock cannot hold."""
    assert front.title.strip()
    assert front.title.isprintable() or not re.search(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", front.title)
    assert front.minutes is None or 1 <= front.minutes <= 600
    assert front.level in ("", *LEVELS)
    assert front.status in STATUSES
    assert front.publish_at is None or front.publish_at.tzinfo is UTC
    assert all(SLUG.fullmatch(each) for each in (*front.tags, *front.aliases, *front.builds_on))
    assert all(link.url.startswith(("http://", "https://")) and link.host for link in front.links)
    assert all(1 <= line <= last for line in front.lines.values())


@contextmanager
def front_matter_is_read(_folder: Path) -> Iterator[Law]:
    """Any front matter is a value or a list of what is wrong with it, each with a line of the file."""

    def law(front: str) -> None:
        text = f"---\n{front}\n---\nText.\n"
        content = text.encode("utf-8", "surrogatepass")
        found = read_lesson(content, WHERE, {}, compile_lesson)
        last = 1 + len(re.split("\r\n?|\n", text))
        assert all(1 <= problem.line <= last for problem in found.problems)
        assert found.value is not None or found.problems
        assert all(problem.code != "compiler-failed" for problem in found.problems)
        if found.value is not None:
            require_sound(found.value.front, last)

    yield law


@contextmanager
def directives_compile(_folder: Path) -> Iterator[Law]:
    """Any directives are a document with unique ids, lines that exist, nothing that runs, and answers that count."""

    def law(body: str) -> None:
        document = compiled(body)
        last = len(re.split("\r\n?|\n", body))
        for found in (*document.problems, *document.blocks, *document.images, *document.exercises):
            assert 1 <= found.line <= last
        tags = list(tags_of(all_html(document)))
        ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        assert {block.id for block in document.blocks} <= set(ids)
        require_harmless(tags)
        keys = [exercise.key for exercise in document.exercises]
        assert len(keys) == len(set(keys))
        for exercise in document.exercises:
            require_answerable(exercise)

    yield law


def require_harmless(tags: list[tuple[str, dict[str, str]]]) -> None:
    """Nothing that runs, frames or leads to code."""
    assert not {name for name, _ in tags} & {"script", "style", "iframe", "object", "embed", "base", "form", "link"}
    for _, attributes in tags:
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "srcdoc", "formaction")]
        assert not [value for value in attributes.values() if re.match(r"\s*(javascript|vbscript|data):", value, re.I)]


def require_answerable(exercise: Exercise) -> None:
    """What its author says is right, is graded right; nothing is not."""
    for text in exercise.answers:
        assert grade(exercise, Answer(text)) == ("too-long" if len(text) > LONGEST else "right"), text
    right = frozenset(option.key for option in exercise.options if option.correct)
    if exercise.kind == "choice" and right:
        assert grade(exercise, Answer(chosen=right)) == "right"
    if exercise.kind != "self-check":
        assert grade(exercise, Answer()) == "empty"


PAGES = ("/en/", "/en/lessons/seeds", "/en/courses/dials", "/en/search?q=dial", "/sitemap.xml", "/en/feed.xml")
OF_ADMINS = ("/en/lessons/dial", "/en/admin/lessons", "/en/admin/content", "/en/admin/lessons/dial/en/edit")
lesson_files = (
    st.tuples(nearly() | fronts, bodies).map(
        lambda parts: f"---\n{parts[0]}\n---\n{parts[1]}\n".encode("utf-8", "surrogatepass")
    )
    | st.tuples(said(), bodies).map(lambda parts: f"---\n{parts[0]}---\n{parts[1]}".encode("utf-8", "surrogatepass"))
    | st.binary(max_size=200)
)


class Shelf:
    """A site of which one lesson file is written again and again."""

    def __init__(self, place: Site, folder: Path) -> None:
        self._site = place
        self._file = folder / "lessons" / "dials" / "02-dial.en.md"
        self._good = self._file.read_bytes()
        self._admin = place.member("admin")
        self._admin.post("/en/me/settings", time_zone="Pacific/Kiritimati", language="en")
        self._visitor = place.app.test_client()
        self._library = place.app.extensions["stream.library"]

    def law(self, content: bytes) -> None:
        """Whatever stands in the file, every page answers, and a broken one shows its last good text."""
        self._file.write_bytes(self._good)
        self._library.catalogue()
        self._file.write_bytes(content)
        found = read_lesson(content, WHERE, {"pippa": PIPPA}, compile_lesson)
        answer = self._site.ask(self._visitor, "/en/lessons/dial")
        if found.value is None or any(problem.severity == "error" for problem in found.problems):
            assert answer.status_code == 200
            assert "Turn it up and the picture" in answer.text
        for page in PAGES:
            assert self._site.ask(self._visitor, page).status_code == 200, page
        for page in OF_ADMINS:
            self._site.ask(self._admin.client, page)


@contextmanager
def site_stays_up(folder: Path) -> Iterator[Law]:
    """No lesson file takes the site down."""
    with site(folder) as place:
        yield Shelf(place, folder).law


FRONT_MATTER = Target("front_matter", fronts, front_matter_is_read)
DIRECTIVES = Target("directives", bodies, directives_compile)
LESSON_FILES = Target("lesson_files", lesson_files, site_stays_up)
