"""What search engines may find: `/sitemap.xml` (sitemaps.org, with the languages of each page) and `/robots.txt`."""

from collections.abc import Iterator, Mapping

from flask import Response, current_app, make_response, url_for

from stream.lessons.views import blueprint
from stream.web.content import at, catalogue
from stream.web.page import public


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """Home, courses and listed lessons, each in the languages that it really has."""
    template = current_app.jinja_env.get_template("lessons/sitemap.xml")  # it needs nothing that pages need
    answer = make_response(template.render(pages=list(_pages())))
    answer.mimetype = "application/xml"
    return answer


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Everything public may be read by programs too; where the sitemap is."""
    answer = make_response(f"User-agent: *\nAllow: /\nSitemap: {public(url_for('lessons.sitemap'))}\n")
    answer.mimetype = "text/plain"
    return answer


def _pages() -> Iterator[Mapping[str, str]]:
    """Language -> address of each page."""
    languages = catalogue().site.languages
    yield {key: public(url_for("lessons.home", language=key)) for key in languages}
    for course in catalogue().courses:
        listed = course.listed(at())
        if listed:
            yield {key: public(url_for("lessons.course", language=key, key=course.key)) for key in languages}
        for lesson in listed:
            its = [key for key in languages if key in lesson.translations]
            yield {key: public(url_for("lessons.show", language=key, slug=lesson.slug)) for key in its}
