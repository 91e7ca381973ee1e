"""Members: finding one, what is known of one, and the acts on one. Dangerous ones ask for the password again."""

from typing import Any

from flask import Response, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from stream.accounts import admin_acts, membership
from stream.accounts.confirming import confirmed_only
from stream.accounts.login import admins_only
from stream.accounts.membership import Membership, Order
from stream.accounts.roles import GIVEN_ON_PAGES
from stream.admin import deeds
from stream.admin.views import blueprint, this_member
from stream.progress.queries import lessons_done
from stream.refusal import Refusal
from stream.web.content import at
from stream.web.htmx import redirect_to
from stream.web.page import public
from stream.web.paging import page_number

PAGE, DEEDS = 50, 30


@blueprint.get("/members")
@admins_only
def members() -> Response:
    """All members, or those whose name has the searched letters in it."""
    words, number = request.args.get("q", "")[:100], page_number()
    found = membership.members(words, PAGE + 1, PAGE * (number - 1))
    html = render_template(
        "admin/members.html",
        members=found[:PAGE],
        done=lessons_done(each.learner_id for each in found),
        total=membership.count_members(),
        words=words,
        number=number,
        has_more=len(found) > PAGE,
    )
    return make_response(html)


@blueprint.get("/members/<learner_id>")
@admins_only
def member(learner_id: str) -> Response:
    """One member, and what may be done."""
    return _page(membership.membership_of(learner_id))


@blueprint.post("/members/<learner_id>/role")
@admins_only
@confirmed_only
def change_role(learner_id: str) -> Response:
    """Let somebody write lessons, or moderate, or no longer."""
    try:
        membership.change_role(_order(learner_id), request.form.get("role", ""))
    except Refusal as refusal:
        if refusal.code != "role-not-given-here":
            raise
        return _page(membership.membership_of(learner_id), 422, _("Admins are made and unmade on the command line."))
    flash(_("The role is changed."))
    return redirect_to(url_for("admin.member", learner_id=learner_id))


@blueprint.post("/members/<learner_id>/block")
@admins_only
@confirmed_only
def block(learner_id: str) -> Response:
    """Let a member read, but not write."""
    if not request.form.get("why", "").strip():
        return _page(membership.membership_of(learner_id), 422, _("Say why: the member sees it, and the record."))
    membership.block(_order(learner_id))
    flash(_("The member reads, but does not write any more."))
    return redirect_to(url_for("admin.member", learner_id=learner_id))


@blueprint.post("/members/<learner_id>/let-write")
@admins_only
def unblock(learner_id: str) -> Response:
    """Let a member write again."""
    membership.unblock(_order(learner_id))
    flash(_("The member may write again."))
    return redirect_to(url_for("admin.member", learner_id=learner_id))


@blueprint.post("/members/<learner_id>/sign-out")
@admins_only
@confirmed_only
def sign_out(learner_id: str) -> Response:
    """End every session of the member."""
    ended = membership.sign_out_everywhere(_order(learner_id))
    flash(ngettext("Signed out on %(num)s device.", "Signed out on %(num)s devices.", ended))
    return redirect_to(url_for("admin.member", learner_id=learner_id))


@blueprint.post("/members/<learner_id>/reset-link")
@admins_only
@confirmed_only
def reset_link(learner_id: str) -> Response:
    """Show, this once, an address under which the member sets a new password."""
    found = membership.membership_of(learner_id)
    try:
        token = membership.reset_link(_order(learner_id))
    except Refusal as refusal:
        if refusal.code != "role-not-given-here":
            raise
        return _page(found, 422, _("For an admin, the link is made on the command line: stream users reset-link NAME"))
    return _page(found, link=public(url_for("accounts.reset", token=token)))


def _order(learner_id: str) -> Order:
    return Order(this_member().learner_id, learner_id, request.form.get("why", "").strip(), at())


def _page(found: Membership, status: int = 200, problem: str = "", link: str = "") -> Response:
    lines = admin_acts.latest(DEEDS, subject=f"member:{found.learner_id}")
    context: dict[str, Any] = {
        "found": found,
        "done": lessons_done([found.learner_id]).get(found.learner_id, 0),
        "roles": GIVEN_ON_PAGES,
        "lines": deeds.told(lines),
        "problem": problem,
        "typed_why": request.form.get("why", ""),
        "link": link,
    }
    return make_response(render_template("admin/member.html", **context), status)
