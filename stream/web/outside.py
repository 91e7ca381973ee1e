"""Addresses and words for what is read outside a page: mails and feeds."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app, g

from stream.web.content import catalogue
from stream.web.page import site_settings


def root_address() -> str:
    """The site's address as set, else where it listens; never what a request claims."""
    settings = site_settings()
    return (settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/")


def absolute(path: str) -> str:
    """The whole address of what `url_for` gives."""
    settings = site_settings()
    return (settings.origin or root_address()) + path


@contextmanager
def writing_in(language: str | None) -> Iterator[None]:
    """A request of our own, so that words, dates and addresses are those of this language, or of the site's first."""
    languages = catalogue().site.languages
    chosen = language if language in languages else languages[0]
    with current_app.test_request_context(f"/{chosen}/", base_url=root_address()):
        g.language = chosen
        yield
