"""The search page: a form that works by itself, and results as one types."""

from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, g, make_response, render_template, request

from stream.search.index import SearchIndex
from stream.search.queries import Asked, search
from stream.search.words import LONGEST
from stream.web.content import at, catalogue
from stream.web.htmx import fragments, wants_fragment
from stream.web.limits import limited
from stream.web.paging import page_number

blueprint = Blueprint("search", __name__, url_prefix="/<language>")


def init_app(app: Flask, path: Path) -> None:
    """Keep the index of this site's lessons at `path`."""
    app.extensions["stream.search"] = SearchIndex(path)


@blueprint.get("/search")
@limited("600 per minute")  # of one address: a whole class may sit behind one router, and type
def find() -> Response:
    """Lessons that hold the words of `q`."""
    index: SearchIndex = current_app.extensions["stream.search"]
    query = request.args.get("q", "")[:LONGEST]
    found = search(index, catalogue(), query, Asked(g.language, at(), page_number()))
    if wants_fragment():
        return fragments("search/_results.html", found=found)
    return make_response(render_template("search/search.html", found=found, tags=_tags(), longest=LONGEST))


def _tags() -> list[str]:
    """Every tag of a listed lesson, the most used first."""
    counts: dict[str, int] = {}
    for course in catalogue().courses:
        for lesson in course.listed(at()):
            for tag in lesson.tags:
                counts[tag] = counts.get(tag, 0) + 1
    return sorted(counts, key=lambda tag: (-counts[tag], tag))
