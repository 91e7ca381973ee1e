"""The web around the editor of one lesson file."""

from dataclasses import dataclass

from flask import Blueprint, Response, abort, flash, g, make_response, render_template, request, url_for
from flask_babel import gettext as _

from stream import accounts
from stream.accounts.login import authors_only
from stream.authoring import history, lesson_files, repository, service, words
from stream.authoring.desk import Desk
from stream.authoring.differences import Stretch, differences
from stream.authoring.drafts import read_draft
from stream.authoring.translations import states_of
from stream.catalogue.files import MAX_BYTES
from stream.catalogue.lesson_file import LessonText, Place
from stream.catalogue.model import Problem
from stream.catalogue.reading import Reading
from stream.web.content import at, catalogue
from stream.web.htmx import redirect_to
from stream.web.page import site_settings
from stream.web.security import require_token, without_token

blueprint = Blueprint("authoring", __name__, url_prefix="/<language>/admin/lessons")
MOST_OF_A_FORM = 4_000_000  # of a form: the longest file, as browsers encode it


@dataclass(frozen=True, slots=True)
class Typed:
    """What the editor shows: the text, the digest of the file that it was made from, and what is wrong with it."""

    text: str
    base: str
    reading: Reading[LessonText] | None = None
    is_refused: bool = False  # because of its errors
    conflict: lesson_files.Content | None = None
    failure: str = ""


@blueprint.get("/<slug>/edit")
@authors_only
def edit_any(slug: str) -> Response:
    """To the editor of the reader's language, or of the first one that the lesson has."""
    for language in (g.language, *catalogue().site.languages):
        if desk().find(slug, language):
            return redirect_to(url_for("authoring.edit", slug=slug, text=language))
    abort(404)


@blueprint.get("/<slug>/<text>/edit")
@authors_only
def edit(slug: str, text: str) -> Response:
    """The whole file in a field; `from` brings an earlier text back into it."""
    place = place_or_404(slug, text)
    current, _raw = lesson_files.read(desk().root, place.path)
    return _editor(place, Typed(_brought_back(place) or current.text, current.digest))


@blueprint.post("/<slug>/<text>/edit")
@without_token  # asked for below: reading the form before would hold it to the size of other forms
@authors_only
def edit_post(slug: str, text: str) -> Response:
    """Save the file, or show how the text would look."""
    place, typed = place_or_404(slug, text), _sent()
    if request.form.get("do") == "preview":
        return _editor(place, Typed(typed.text, typed.base, _read(typed.text, place)))
    try:
        service.save(desk(), place, _edit_of(typed), catalogue(), at())
    except service.Conflict as conflict:
        flawed = Typed(typed.text, conflict.current.digest, _read(typed.text, place), conflict=conflict.current)
        return _editor(place, flawed, 409)
    except service.Faulty:
        return _editor(place, Typed(typed.text, typed.base, _read(typed.text, place), is_refused=True), 422)
    except OSError as error:
        why = _("The file could not be written, and is as it was: %(why)s", why=error.strerror or str(error))
        return _editor(place, Typed(typed.text, typed.base, _read(typed.text, place), failure=why), 503)
    flash(_("Saved."), "good")
    _commit(place)
    return redirect_to(url_for("authoring.edit", slug=slug, text=text))


@blueprint.post("/<slug>/<text>/preview")
@without_token
@authors_only
def preview(slug: str, text: str) -> Response:
    """How the text in the editor would look, and what is wrong with it. Nothing is stored."""
    place, typed = place_or_404(slug, text), _sent()
    return make_response(render_template("authoring/_preview.html", place=place, reading=_read(typed.text, place)))


def desk() -> Desk:
    """This site's lessons folder, and where its earlier texts are kept."""
    settings = site_settings()
    return Desk(settings.lessons, settings.instance / "revisions")


def place_or_404(slug: str, language: str) -> Place:
    """The file of a lesson in a language."""
    return desk().find(slug, language) or abort(404)


def my_id() -> str:
    """Who acts."""
    member = accounts.member()
    assert member is not None, "these pages are for authors"
    return member.learner_id


def _sent() -> Typed:
    """The form's text with the line ends of a file."""
    request.max_content_length = request.max_form_memory_size = MOST_OF_A_FORM
    require_token()
    text = request.form.get("text", "").replace("\r\n", "\n").replace("\r", "\n")
    return Typed(text, request.form.get("base", ""))


def _edit_of(typed: Typed) -> service.Edit:
    return service.Edit(my_id(), typed.text, typed.base, request.form.get("anyway") == "yes")


def _read(text: str, place: Place) -> Reading[LessonText]:
    return read_draft(text, place, catalogue(), desk().tree().images)


def _brought_back(place: Place) -> str:
    name = request.args.get("from", "")
    if not name:
        return ""
    revision = next((each for each in history.revisions_of(desk(), place) if each.name == name), None)
    raw = history.bytes_of(desk(), place, revision) if revision else None
    return lesson_files.content_of(raw).text if raw is not None else abort(404)


def _commit(place: Place) -> None:
    """Where the author asked for it; what Git says against it is told, and the file stays saved."""
    if request.form.get("commit") != "yes":
        return
    member = accounts.member()
    assert member is not None, "these pages are for authors"
    message = request.form.get("message", "").strip() or f"Edit {place.path}"
    try:
        done = repository.commit(desk().root, place.path, member.username, message)
        flash(_("Committed as %(hash)s.", hash=done), "good")
    except repository.GitFailed as failed:
        flash(_("Saved, but not committed. Git says: %(why)s", why=str(failed)), "warn")


def _problems_now(place: Place) -> tuple[Problem, ...]:
    return tuple(problem for problem in catalogue().problems if problem.path == place.path)


def _editor(place: Place, typed: Typed, status: int = 200) -> Response:
    stretches: tuple[Stretch, ...] = differences(typed.conflict.text, typed.text) if typed.conflict else ()
    lesson = catalogue().by_slug.get(place.slug)
    reading = typed.reading or _read(typed.text, place)
    html = render_template(
        "authoring/edit.html",
        place=place,
        typed=typed,
        reading=reading,
        stretches=stretches,
        lesson=lesson,
        follows=_is_translation(place),
        followed=_followed(place),
        others=_other_languages(place),
        states=words.state_words(),
        problems_now=_problems_now(place),
        is_writable=lesson_files.is_writable(desk().root, place.path),
        has_repository=repository.is_repository(desk().root),
        message=request.form.get("message", ""),
        wants_commit=request.form.get("commit") == "yes",
        longest=MAX_BYTES,
    )
    return make_response(html, status)


def _is_translation(place: Place) -> bool:
    """Whether another language of the lesson is its original."""
    lesson = catalogue().by_slug.get(place.slug)
    states = states_of(lesson, (place.language,)) if lesson else ()
    return any(each.state != "original" for each in states)


def _followed(place: Place) -> tuple[Place, history.Revision] | None:
    """The earlier text of another language that this file says it follows, where that has changed since."""
    lesson = catalogue().by_slug.get(place.slug)
    text = lesson.translations.get(place.language) if lesson else None
    if lesson is None or text is None or states_of(lesson, (place.language,))[0].state != "older":
        return None
    found = ((other, history.revision_called(desk(), other, text.translates)) for other in _other_languages(place))
    return next(((other, revision) for other, revision in found if revision), None)


def _other_languages(place: Place) -> tuple[Place, ...]:
    known = lesson_files.by_address(lesson_files.lesson_places(desk().tree()))
    languages = (language for language in catalogue().site.languages if language != place.language)
    return tuple(known[place.slug, language] for language in languages if (place.slug, language) in known)
