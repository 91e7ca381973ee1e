"""The way in for those who run the site. A plain page for now."""

from flask import Blueprint, Response, make_response, render_template

from stream.accounts.login import moderators_only
from stream.comments.queue import queue_size
from stream.mail.queue import failures, waiting_count
from stream.reports.queries import open_count
from stream.web.page import site_settings

blueprint = Blueprint("admin", __name__, url_prefix="/<language>/admin")
SHOWN_FAILURES = 20


@blueprint.get("/")
@moderators_only
def index() -> Response:
    """What waits, each number with its list."""
    html = render_template(
        "admin/index.html",
        comments=queue_size(),
        reports=open_count(),
        has_mail=site_settings().has_mail,
        mails=waiting_count(),
        failures=failures(SHOWN_FAILURES),
    )
    return make_response(html)
