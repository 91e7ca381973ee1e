"""The catalogue for views: one consistent reading per request, and 404s or redirects for addresses that moved."""

from datetime import datetime

from flask import Flask, abort, current_app, g, redirect, request, url_for

from stream import clock
from stream.catalogue.loader import Library
from stream.catalogue.model import Catalogue, Lesson, Translation


def init_app(app: Flask, library: Library) -> None:
    """Serve the lessons of `library`."""
    app.extensions["stream.library"] = library


def library() -> Library:
    """The lessons folder of this site."""
    return library_of(current_app)


def library_of(app: Flask) -> Library:
    """The lessons folder of the site that `app` is."""
    found: Library = app.extensions["stream.library"]
    return found


def catalogue() -> Catalogue:
    """The lessons as this request sees them."""
    found: Catalogue | None = g.get("catalogue")
    if found is None:
        found = g.catalogue = library().catalogue()
    return found


def at() -> datetime:
    """The instant of this request: one for all it does."""
    instant: datetime | None = g.get("at")
    if instant is None:
        instant = g.at = clock.now()
    return instant


def lesson_or_404(slug: str, preview: bool = False) -> Lesson:
    """The lesson that readers find under `slug`; an old slug redirects for good, anything else is 404.

    A draft answers like a lesson that does not exist: its existence is not told, except to whom a `preview` is due.
    """
    lesson = catalogue().by_slug.get(slug)
    if lesson is not None and (preview or lesson.is_readable(at())):
        return lesson
    moved = catalogue().by_alias.get(slug)
    if moved is not None and moved.is_readable(at()) and request.method in ("GET", "HEAD"):
        assert request.endpoint is not None
        abort(redirect(url_for(request.endpoint, **{**(request.view_args or {}), "slug": moved.slug}), 301))
    abort(404)


def text_of(lesson: Lesson) -> Translation:
    """The lesson in the reader's language, or in the one it has."""
    return lesson.translation(g.language)


def neighbours(lesson: Lesson) -> tuple[Lesson | None, Lesson | None]:
    """The listed lessons before and after this one in its course."""
    course = catalogue().course(lesson.course)
    listed = course.listed(at()) if course else ()
    before = [other for other in listed if other.number < lesson.number]
    after = [other for other in listed if other.number > lesson.number]
    return (before[-1] if before else None), (after[0] if after else None)
