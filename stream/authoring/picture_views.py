"""The web around the pictures of a course: upload one, and the line that shows it in a lesson."""

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from stream.accounts.login import authors_only
from stream.authoring import service, words
from stream.authoring.picture_files import markdown_of
from stream.authoring.views import blueprint, desk, my_id, place_or_404
from stream.catalogue.lesson_file import Place
from stream.pictures import upload
from stream.web.content import at
from stream.web.htmx import fragments, wants_fragment
from stream.web.security import require_token, without_token

FORM_BYTES = 100_000  # of everything in the form but the picture


@blueprint.get("/<slug>/<text>/pictures")
@authors_only
def add_picture(slug: str, text: str) -> Response:
    """The form alone, where there are no scripts."""
    return _shown(place_or_404(slug, text))


@blueprint.post("/<slug>/<text>/pictures")
@without_token  # asked for below: reading the form before would hold it to the size of other forms
@authors_only
def add_picture_post(slug: str, text: str) -> Response:
    """Take a picture, make it anew, and say how a lesson shows it."""
    place = place_or_404(slug, text)
    request.max_content_length = upload.MOST_BYTES + FORM_BYTES
    try:
        require_token()
        return _added(place)
    except RequestEntityTooLarge:
        return _shown(place, problem=words.picture_words("too-large"), status=422)
    except upload.Unusable as unusable:
        return _shown(place, problem=words.picture_words(unusable.code), alt=_alt(), status=422)
    except OSError as error:
        why = _("The picture could not be written: %(why)s", why=error.strerror or str(error))
        return _shown(place, problem=why, alt=_alt(), status=503)


def _added(place: Place) -> Response:
    file, alt = request.files.get("picture"), _alt()
    if file is None or not file.filename:
        raise upload.Unusable("empty")
    if not alt:
        raise upload.Unusable("no-alt")
    path = service.add_picture(desk(), place, (file.filename, file.read()), my_id(), at())
    return _shown(place, line=markdown_of(path, alt))


def _alt() -> str:
    return request.form.get("alt", "").strip()


def _shown(place: Place, line: str = "", problem: str = "", alt: str = "", status: int = 200) -> Response:
    known = {"place": place, "line": line, "problem": problem, "alt": alt, "most": upload.MOST_BYTES // 1_000_000}
    if wants_fragment():
        return fragments("authoring/_picture.html", status=status, **known)
    return make_response(render_template("authoring/picture.html", **known), status)
