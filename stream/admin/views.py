"""The way in for those who run the site: what waits, how the site is, and what was done."""

from flask import Blueprint, Response, flash, make_response, render_template, url_for
from flask_babel import gettext as _

from stream import accounts
from stream.accounts import Member, admin_acts
from stream.accounts.login import admins_only, moderators_only
from stream.admin import deeds, numbers
from stream.backup.folder import find_all
from stream.maintenance.diagnosis import at_a_glance
from stream.maintenance.ledger_check import check, last_check
from stream.progress.audit import count_events
from stream.web.content import at, catalogue, library
from stream.web.htmx import redirect_to
from stream.web.page import site_settings
from stream.web.paging import page_number

blueprint = Blueprint("admin", __name__, url_prefix="/<language>/admin")
RECORD_PAGE = 100
CHECKED_HERE = 300_000  # events; more take longer than a page may


@blueprint.get("/")
@moderators_only
def index() -> Response:
    """What waits, each number with its list; to admins, how the site is as well."""
    settings, me = site_settings(), this_member()
    html = render_template(
        "admin/index.html",
        waiting=list(numbers.waiting(settings, catalogue(), me.is_admin)),
        health=list(numbers.health(settings, at())) if me.is_admin else [],
    )
    return make_response(html)


@blueprint.post("/ledger")
@admins_only
def check_ledger() -> Response:
    """Check every entry now."""
    if count_events() > CHECKED_HERE:
        flash(_("There are too many entries for a page. Type: stream ledger verify"))
    else:
        check(site_settings().instance, at())
    return redirect_to(url_for("admin.health", _anchor="ledger"))


@blueprint.get("/content")
@admins_only
def content() -> Response:
    """What is wrong in the lesson files, with file and line."""
    problems = sorted(catalogue().problems, key=lambda problem: (problem.severity, problem.path, problem.line))
    return make_response(render_template("admin/content.html", problems=problems))


@blueprint.get("/health")
@admins_only
def health() -> Response:
    """What the doctor finds at a glance, with what to do about it, and what the last check of the ledger found."""
    settings = site_settings()
    html = render_template(
        "admin/health.html",
        findings=list(at_a_glance(settings, library(), at())),
        ledger=last_check(settings.instance),
        may_check=count_events() <= CHECKED_HERE,
    )
    return make_response(html)


@blueprint.get("/backups")
@admins_only
def backups() -> Response:
    """The backups that are there. They are made and brought back on the command line: each holds every key."""
    folder = site_settings().backup_folder
    return make_response(render_template("admin/backups.html", backups=find_all(folder), folder=folder))


@blueprint.get("/record")
@moderators_only
def record() -> Response:
    """What moderators and admins did: who, when, what, why."""
    number = page_number()
    lines = admin_acts.latest(RECORD_PAGE + 1, RECORD_PAGE * (number - 1))
    shown = deeds.told(lines[:RECORD_PAGE], this_member().is_admin)
    html = render_template("admin/record.html", lines=shown, number=number, has_more=len(lines) > RECORD_PAGE)
    return make_response(html)


def this_member() -> Member:
    """Whoever runs the site just now."""
    found = accounts.member()
    assert found is not None, "these pages are for members"
    return found
