"""The web around the list of all lessons."""

from flask import Response, abort, g, make_response, render_template, request

from stream.accounts.login import authors_only
from stream.authoring import lesson_files, words
from stream.authoring.overview import FILTERS, Now, overview
from stream.authoring.views import blueprint, desk
from stream.reports.queries import open_by_lesson
from stream.web.content import at, catalogue


@blueprint.get("")
@authors_only
def lessons() -> Response:
    """Every lesson of every course with its state; `show` narrows the list."""
    wanted = request.args.get("show", "all")
    if wanted not in FILTERS:
        abort(404)
    places = lesson_files.lesson_places(desk().tree())
    everything = overview(Now(catalogue(), places, open_by_lesson(), at(), g.language))
    html = render_template(
        "authoring/lessons.html",
        found=everything.only(wanted),
        counts=everything.counts(),
        wanted=wanted,
        filters=words.filter_words(),
        states=words.state_words(),
        texts=words.text_words(),
        difference_words=words.difference_words,
    )
    return make_response(html)
