"""The web around problem reports: the form for everyone, how a report stands, and the list to settle them from."""

from typing import Any

from flask import Blueprint, Response, abort, flash, g, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf.csrf import CSRFError

from stream import accounts, clock, mail
from stream.accounts.login import members_only, moderators_only
from stream.accounts.queries import zone_of
from stream.catalogue.model import Lesson
from stream.notifications import mail_rules
from stream.progress.rules import rulebook
from stream.reports import queries, service, words
from stream.reports.service import NewReport, Unfit, Verdict
from stream.web.content import at, catalogue, lesson_or_404, text_of
from stream.web.htmx import redirect_to
from stream.web.limits import Budget, member_key
from stream.web.page import new_event_id, site_settings
from stream.web.security import require_token, without_token

blueprint = Blueprint("reports", __name__, url_prefix="/<language>")
HONEYPOT = "homepage"


@blueprint.get("/report")
def report() -> Response:
    """The form: about a lesson, or about the site."""
    return _form_page(_lesson(), {}, new_event_id())


@blueprint.post("/report", endpoint="report_post")
@without_token
def send() -> Response:
    """Take a report. What was typed survives whatever is wrong."""
    lesson = _lesson()
    sent = _sent(lesson)
    if problems := _refused_before():
        return _form_page(lesson, problems, sent.post_id, 422)
    try:
        service.check(sent)
        if wait := Budget(site_settings().report_limit, "report", member_key()).charge():
            return _too_many(lesson, sent.post_id, wait)
        reference = service.submit(sent, at())
    except Unfit as unfit:
        return _form_page(lesson, unfit.problems, sent.post_id, 422)
    return redirect_to(url_for("reports.status", reference=reference, thanks=1))


@blueprint.get("/report/<reference>")
def status(reference: str) -> Response:
    """How a report stands. Whoever has the reference may ask; the text is shown to its reporter only."""
    found = queries.report_of(reference[:20].upper())
    if found is None:
        abort(404)
    member = accounts.member()
    is_mine = member is not None and member.learner_id == found.learner_id
    return _page("reports/status.html", report=found, is_mine=is_mine, thanks="thanks" in request.args, **_words(found))


@blueprint.get("/me/reports")
@members_only
def mine() -> Response:
    """What the member has reported, and what became of it."""
    member = accounts.member()
    assert member is not None
    return _page("reports/mine.html", reports=queries.reports_by(member.learner_id), **_all_words())


@blueprint.get("/admin/reports")
@moderators_only
def queue() -> Response:
    """What is to be settled, and what was."""
    return _queue_page()


@blueprint.post("/admin/reports/<reference>")
@moderators_only
def settle(reference: str) -> Response:
    """Say what became of a report."""
    member, found = accounts.member(), queries.report_of(reference)
    assert member is not None
    if found is None:
        abort(404)
    verdict = Verdict(request.form.get("do", ""), request.form.get("answer", ""))
    zone = (found.learner_id and zone_of(found.learner_id)) or site_settings().time_zone
    day, published = clock.local_day(at(), zone), catalogue().published(at())
    try:
        service.settle(member.learner_id, reference, verdict, rulebook(), mail_rules(), at(), day, published)
    except Unfit as unfit:
        return _queue_page(reference, unfit.problems["answer"], verdict.answer, 422)
    mail.wake()
    flash(_("Settled."))
    return redirect_to(url_for("reports.queue"))


def _lesson() -> Lesson | None:
    """The lesson that the address names; none for the site itself."""
    slug = request.values.get("lesson", "")
    return lesson_or_404(slug) if slug else None


def _sent(lesson: Lesson | None) -> NewReport:
    form, member = request.form, accounts.member()
    place, quote = _place(lesson, form.get("place", ""))
    post_id = form.get("post_id", "")
    return NewReport(
        category=form.get("category", ""),
        body=form.get("body", "").replace("\r\n", "\n"),
        contact=form.get("contact", "").strip(),
        language=g.language,
        lesson_id=lesson.id if lesson else None,
        revision=text_of(lesson).revision if lesson else "",
        place=place,
        quote=quote,
        learner_id=member.learner_id if member else None,
        post_id=post_id if 8 <= len(post_id) <= 64 and post_id.isascii() else new_event_id(),
    )


def _place(lesson: Lesson | None, place: str) -> tuple[str, str]:
    """A heading or block of the lesson's text and its words; empty for anything else."""
    blocks = text_of(lesson).document.blocks if lesson else ()
    return next(((block.id, block.text) for block in blocks if block.id == place), ("", ""))


def _refused_before() -> dict[str, str]:
    member = accounts.member()
    if member is not None and member.blocked_why is not None:
        return {"body": "blocked"}
    if request.form.get(HONEYPOT):
        return {HONEYPOT: "robot"}
    try:
        require_token()
    except CSRFError:
        return {"body": "expired"}
    return {}


def _too_many(lesson: Lesson | None, post_id: str, wait: int) -> Response:
    minutes = -(-wait // 60)
    again = ngettext("Again in %(num)s minute.", "Again in %(num)s minutes.", minutes)
    said = _("You have sent very many in a short time. Your text is kept here.") + " " + again
    answer = _form_page(lesson, {}, post_id, 429, {"body": said})
    answer.headers["Retry-After"] = str(wait)
    return answer


def _form_page(
    lesson: Lesson | None, codes: dict[str, str], post_id: str, status: int = 200, said: dict[str, str] | None = None
) -> Response:
    """The form with what was typed."""
    values = request.values
    place, quote = _place(lesson, values.get("place", ""))
    return _page(
        "reports/report.html",
        status,
        lesson=lesson,
        text=text_of(lesson) if lesson else None,
        errors={field: str(words.PROBLEMS[code]) for field, code in codes.items()} | (said or {}),
        typed={name: values.get(name, "") for name in ("category", "body", "contact")},
        place=place,
        quote=quote,
        post_id=post_id,
        **_all_words(),
    )


def _queue_page(reference: str = "", code: str = "", answer: str = "", status: int = 200) -> Response:
    return _page(
        "reports/queue.html",
        status,
        open_reports=queries.open_reports(),
        settled_reports=queries.settled_reports(),
        lessons=catalogue().by_id,
        wrong=reference,
        problem=str(words.PROBLEMS[code]) if code else "",
        answer=answer,
        **_all_words(),
    )


def _words(found: queries.Report) -> dict[str, Any]:
    lesson = catalogue().by_id.get(found.lesson_id or "")
    shown = lesson if lesson is not None and lesson.is_readable(at()) else None
    return {"lesson": shown, **_all_words()}


def _all_words() -> dict[str, Any]:
    return {"categories": words.CATEGORIES, "states": words.STATES}


def _page(name: str, status: int = 200, **context: Any) -> Response:
    return make_response(render_template(name, **context), status)
