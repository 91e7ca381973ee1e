"""Where the links of lessons lead: those within the site are looked up, the others asked, if the author wants it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urljoin, urlsplit
from urllib.request import Request, urlopen

from stream.catalogue.model import Catalogue, Problem, Translation

TIMEOUT_SECONDS = 10
AT_ONCE = 4
REFUSES_HEAD = (403, 405, 501)  # answers of servers that want a GET
_HREF = re.compile(r'<a\b[^>]*?\shref="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Found:
    """A link in a lesson file. `target` is its address from the top of the site, or on another host."""

    path: str
    line: int
    url: str
    target: str

    @property
    def is_external(self) -> bool:
        """Whether only another host knows if it leads anywhere."""
        return self.url.casefold().startswith(("http://", "https://"))


def links_in(catalogue: Catalogue) -> tuple[Found, ...]:
    """Every link of every lesson but those within its own page."""
    return tuple(
        Found(text.path, line, url, urljoin(f"/{text.language}/lessons/{lesson.slug}", url))
        for lesson in catalogue.by_id.values()
        for text in lesson.translations.values()
        for url, line in _with_lines(catalogue, text)
    )


def dead_ends(links: Sequence[Found], catalogue: Catalogue, at: datetime) -> Iterator[Problem]:
    """A problem for each link within the site to a lesson, course or tag that readers do not find."""
    for link in links:
        if not link.is_external and (said := _trouble_within(link.target, catalogue, at)):
            yield Problem(link.path, link.line, "dead-link", f"{link.url} leads nowhere: {said}")


def answers(urls: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each address with why it does not answer, as the answers come in; empty where it does. Goes to the network."""
    with ThreadPoolExecutor(AT_ONCE) as asking:
        yield from zip(urls, asking.map(trouble_at, urls), strict=True)


def dead_links(links: Sequence[Found], answers: Mapping[str, str]) -> Iterator[Problem]:
    """A problem for each link to another host that did not answer."""
    for link in links:
        if said := answers.get(link.url):
            yield Problem(link.path, link.line, "dead-link", f"{link.url} does not answer: {said}")


def trouble_at(url: str) -> str:
    """Why the address does not answer; empty where it does."""
    trouble = ""
    for method in ("HEAD", "GET"):
        try:
            with urlopen(Request(url, method=method, headers={"User-Agent": "stream"}), timeout=TIMEOUT_SECONDS):
                return ""
        except HTTPError as error:
            error.close()
            trouble = f"{error.code} {error.reason}"
            if error.code not in REFUSES_HEAD:
                return trouble
        except (URLError, OSError, ValueError) as error:
            return str(getattr(error, "reason", error))
    return trouble


def _with_lines(catalogue: Catalogue, text: Translation) -> Iterator[tuple[str, int]]:
    """Addresses with the first line of the file that has them."""
    document = text.document
    of_exercises = (
        part
        for each in document.exercises
        for part in (each.prompt_html, each.hint_html, each.model_html, *(option.html for option in each.options))
    )
    parts = (document.html, *document.takeaways, *of_exercises)
    urls = [link.url for link in text.links] + [unescape(url) for part in parts for url in _HREF.findall(part)]
    lines = (catalogue.root / text.path).read_text("utf-8", "replace").split("\n")
    for url in dict.fromkeys(urls):
        if not url.startswith(("#", "mailto:")):
            yield url, next((number for number, line in enumerate(lines, 1) if url in line), 1)


def _trouble_within(target: str, catalogue: Catalogue, at: datetime) -> str:
    """Why readers find nothing there; empty where they do, and for addresses that are no lesson, course or tag."""
    parts = [unquote(part) for part in urlsplit(target).path.strip("/").split("/")]
    if len(parts) != 3 or parts[0] not in catalogue.site.languages:
        return ""
    _language, kind, key = parts
    if kind == "lessons":
        lesson = catalogue.by_slug.get(key) or catalogue.by_alias.get(key)
        return "" if lesson and lesson.is_readable(at) else "no such lesson" if lesson is None else "not published"
    if kind == "courses":
        course = catalogue.course(key)
        return "" if course and course.listed(at) else "no such course"
    return "no such tag" if kind == "tags" and not catalogue.tagged(key, at) else ""
