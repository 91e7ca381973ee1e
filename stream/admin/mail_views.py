"""Mail as the admin sees it: what waits, what failed and why, and a test that shows the server's own answer."""

from flask import Response, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from stream import mail as posting
from stream.accounts.admin_acts import Deed
from stream.accounts.login import admins_only
from stream.admin.mail_tests import TestAnswer, retried, send_test
from stream.admin.views import blueprint, this_member
from stream.mail.queue import failure_count, troubles, waiting_count
from stream.settings import mail_address
from stream.web.content import at
from stream.web.htmx import redirect_to
from stream.web.limits import Budget
from stream.web.page import site_settings

SHOWN = 100
TESTS = "10 per hour"  # somebody else's inbox is no toy


@blueprint.get("/mail")
@admins_only
def mail() -> Response:
    """What waits, what failed, and how mail is set up."""
    return _page()


@blueprint.post("/mail/test")
@admins_only
def test_mail() -> Response:
    """Send one mail now, and show what the server says."""
    typed = request.form.get("to", "").strip()[:320]
    if not mail_address(typed):
        return _page(422, typed, problem=_("That is no mail address. It looks like minji@example.org."))
    if not site_settings().has_mail:
        return _page(422, typed, problem=_("No mail server is set."))
    if wait := Budget(TESTS, "mail-test", str(this_member().id)).charge():
        minutes = -(-wait // 60)
        said = ngettext("Wait %(num)s minute, then try again.", "Wait %(num)s minutes, then try again.", minutes)
        return _page(429, typed, problem=said)
    subject, text = _("A test mail"), _("This mail was asked for on the page of mail. Mail works.")
    deed = Deed(this_member().learner_id, "mail-test", "mail")
    return _page(200, typed, answer=send_test(site_settings(), typed, subject, text, deed, at()))


@blueprint.post("/mail/retry")
@admins_only
def retry_mail() -> Response:
    """Let one failed mail, or all, be sent again."""
    asked = request.form.get("mail", "")
    chosen = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 12 else None
    count = retried(Deed(this_member().learner_id, "mail-retry", "mail"), at(), chosen)
    posting.wake()
    flash(ngettext("%(num)s mail is sent again.", "%(num)s mails are sent again.", count))
    return redirect_to(url_for("admin.mail"))


def _page(status: int = 200, typed: str = "", problem: str = "", answer: TestAnswer | None = None) -> Response:
    html = render_template(
        "admin/mail.html",
        settings=site_settings(),
        waiting=waiting_count(),
        failed=failure_count(),
        troubles=troubles(SHOWN),
        typed=typed,
        problem=problem,
        answer=answer,
    )
    return make_response(html, status)
