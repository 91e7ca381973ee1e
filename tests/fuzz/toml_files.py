"""What an author may write into `site.toml`, `course.toml` and `rulebook.toml`, and the law: no such file takes the
site down, and one with an error changes nothing that readers see.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import strategies as st
from targets import Law, Site, Target, site

from stream.resources import SAMPLE_LESSONS

FILES = ("site.toml", "dials/course.toml", "rulebook.toml")
SITE, RULES = ((SAMPLE_LESSONS / name).read_text(encoding="utf-8") for name in ("site.toml", "rulebook.toml"))
COURSE = 'level = "l1"\n[title]\nen = "Dials"\nko = "다이얼"\n[summary]\nen = "About dials."\nko = "다이얼 이야기."\n'
WORDS = [
    "en",
    "ko",
    "de",
    "zz",
    "en-GB",
    "zh-Hant",
    "xx-YYYYYYYY",
    "l1",
    "l9",
    "dial",
    "a b",
    "",
    " ",
    "\0",
    "\x85",
    "가",
]
WORDS += ["<b>", "</title>", "{{ 7 }}", "%(xp)s", "a" * 3000, "\u202e", "1", "stream"]
NUMBERS = [0, 1, -1, 10**6, 10**18, 10**400, 1.5, float("inf"), float("nan"), True]
KEYS = [
    "languages",
    "name",
    "title",
    "summary",
    "level",
    "tags",
    "personas",
    "version",
    "xp",
    "caps",
    "levels",
    "scale",
]
KEYS += ["names", "achievements", "key", "rule", "need", "lessons", "description", "en", "ko", "lesson.completed"]

texts = st.sampled_from(WORDS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.recursive(
    texts | st.sampled_from(NUMBERS) | st.dates() | st.times() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | texts, inner, max_size=4),
    max_leaves=6,
)


def inline(value: object) -> str:
    """A value of TOML on one line."""
    match value:
        case dict():
            return f"{{{', '.join(f'{json.dumps(key)} = {inline(each)}' for key, each in value.items())}}}"
        case list():
            return f"[{', '.join(map(inline, value))}]"
        case str() | bool():
            return json.dumps(value)
        case int() | float():
            return str(value)
    return value.isoformat()  # type: ignore[attr-defined]


@st.composite
def edited(draw: st.DrawFn, text: str) -> str:
    """The text with a few of its lines left out, doubled, or with something else behind `=`."""
    lines = text.split("\n")
    for at in draw(st.lists(st.integers(0, len(lines) - 1), max_size=3)):
        before, equals, _ = lines[at].partition("=")
        match draw(st.sampled_from(["value", "value", "value", "gone", "twice"])):
            case "value":
                lines[at] = f"{before}= {inline(draw(values))}" if equals else lines[at]
            case "gone":
                lines[at] = ""
            case "twice":
                lines[at] = f"{lines[at]}\n{lines[at]}"
    return "\n".join(lines)


made = st.dictionaries(st.sampled_from(KEYS), values, max_size=5).map(
    lambda table: "".join(f"{json.dumps(key)} = {inline(value)}\n" for key, value in table.items())
)
contents = [
    (edited(text) | made | st.text(max_size=60)).map(lambda text: text.encode("utf-8", "surrogatepass"))
    for text in (SITE, COURSE, RULES)
]
toml_files = st.one_of(*(st.tuples(st.just(name), each) for name, each in zip(FILES, contents, strict=True)))

PAGES = ("/en/", "/en/courses/dials", "/en/lessons/dial", "/en/tags/control", "/en/levels", "/en/achievements",
         "/en/search?q=dial", "/en/feed.xml", "/sitemap.xml", "/en/report", "/en/device")  # fmt: skip
OF_MEMBERS = ("/en/", "/en/lessons/dial", "/en/me", "/en/me/ledger", "/en/achievements", "/en/levels", "/en/review",
              "/en/me/settings", "/en/notifications")  # fmt: skip
OF_ADMINS = ("/en/admin/", "/en/admin/content", "/en/admin/lessons", "/en/admin/rules", "/en/admin/statistics",
             "/en/admin/health")  # fmt: skip


class Shelf:
    """A site of which one of these files is written again and again."""

    def __init__(self, place: Site, folder: Path) -> None:
        self._site = place
        self._folder = folder / "lessons"
        self._good = {name: (self._folder / name).read_bytes() for name in FILES}
        self._member, self._admin = place.member(), place.member("admin")
        self._acts = 0
        self._visitor = place.app.test_client()

    def law(self, file: tuple[str, bytes]) -> None:
        """Whatever stands in the file, pages answer, and members learn."""
        name, content = file
        for other, good in self._good.items():
            (self._folder / other).write_bytes(good)
        self._site.ask(self._visitor, "/en/")
        (self._folder / name).write_bytes(content)
        for page in ("/en/", "/en/levels"):  # the log says once what is wrong with the file
            assert self._visitor.get(page).status_code < 500, page
        first = self._site.ask(self._visitor, "/").location  # a site may be in another language by now
        for page in PAGES:
            for address in {page, page.replace("/en/", first)}:
                assert "\0" not in self._site.ask(self._visitor, address).text
        for page in OF_MEMBERS:
            self._site.ask(self._member.client, page)
        for page in OF_ADMINS:
            self._site.ask(self._admin.client, page)
        self._acts += 1
        for act in ("complete", "reopen"):
            form = {"csrf_token": self._member.token, "event_id": f"fuzzed-{act}-{self._acts}"}
            self._site.ask(self._member.client, f"/en/lessons/dial/{act}", "POST", data=form)


@contextmanager
def site_stays_up(folder: Path) -> Iterator[Law]:
    """No TOML file takes the site down."""
    with site(folder) as place:
        yield Shelf(place, folder).law


TOML_FILES = Target("toml_files", toml_files, site_stays_up)
