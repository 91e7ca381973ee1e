"""The web around the earlier texts of a lesson file: the list, and what has changed since."""

from flask import Response, abort, make_response, render_template

from stream.accounts.login import authors_only
from stream.authoring import history, lesson_files, repository
from stream.authoring.differences import differences
from stream.authoring.views import blueprint, desk, place_or_404


@blueprint.get("/<slug>/<text>/revisions")
@authors_only
def revisions(slug: str, text: str) -> Response:
    """Every earlier text of the file that is kept anywhere."""
    place = place_or_404(slug, text)
    html = render_template(
        "authoring/revisions.html",
        place=place,
        revisions=history.revisions_of(desk(), place),
        has_repository=repository.is_repository(desk().root),
    )
    return make_response(html)


@blueprint.get("/<slug>/<text>/revisions/<revision>")
@authors_only
def revision(slug: str, text: str, revision: str) -> Response:
    """An earlier text, and how it differs from the file."""
    place = place_or_404(slug, text)
    found = next((each for each in history.revisions_of(desk(), place) if each.name == revision), None)
    raw = history.bytes_of(desk(), place, found) if found else None
    if raw is None:
        abort(404)
    earlier, (current, _raw) = lesson_files.content_of(raw), lesson_files.read(desk().root, place.path)
    stretches = differences(earlier.text, current.text)
    html = render_template("authoring/revision.html", place=place, revision=found, earlier=earlier, stretches=stretches)
    return make_response(html)
