"""The web around publishing one's profile: look at it first, publish it, take it back."""

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext as _

from stream.accounts import login, publishing
from stream.accounts.login import members_only
from stream.accounts.shown import PARTS
from stream.accounts.views import blueprint
from stream.web.content import at
from stream.web.htmx import redirect_to


@blueprint.post("/me/published")
@members_only
def publish() -> Response:
    """Publish the profile with the parts that are ticked, take it back, or only look at what would be seen."""
    found = login.member()
    assert found is not None, "this is for members"
    parts = [part for part in PARTS if part in request.form]
    match request.form.get("do"):
        case "preview":
            return redirect_to(url_for("progress.preview", parts=" ".join(parts)))
        case "publish":
            publishing.publish(found.id, parts, at())
            flash(_("Your profile is published as you chose."))
        case "take-back":
            publishing.take_back(found.id)
            flash(_("Your profile is taken back. Nobody but you sees it now."))
        case _:
            abort(400)
    return redirect_to(url_for("accounts.settings", _anchor="publish"))
