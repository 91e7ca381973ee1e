"""Asks every external link of the lessons whether it still answers. Goes to the network: only when the author wants it."""

from collections.abc import Iterator
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from stream.catalogue.model import Catalogue, Problem

TIMEOUT_SECONDS = 10
REFUSES_HEAD = (403, 405, 501)  # answers of servers that want a GET


def dead_links(catalogue: Catalogue) -> Iterator[Problem]:
    """A problem for each link in the front matter that does not answer; each address is asked once."""
    answers: dict[str, str] = {}
    for lesson in catalogue.by_id.values():
        for text in lesson.translations.values():
            for link in text.links:
                if link.url not in answers:
                    answers[link.url] = trouble_at(link.url)
                if said := answers[link.url]:
                    yield Problem(text.path, 1, "dead-link", f"{link.url} does not answer: {said}")


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
