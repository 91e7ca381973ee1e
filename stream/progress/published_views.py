"""The web around published profiles: the page for everybody, and the preview for its member."""

from dataclasses import replace

from flask import Response, abort, make_response, render_template, request, url_for

from stream import accounts
from stream.accounts.login import members_only
from stream.accounts.publishing import PublishedMember, published_member, visible
from stream.accounts.shown import Shown, shown_only
from stream.progress.published import Occasion, published_profile
from stream.progress.rules import rulebook
from stream.progress.views import blueprint, calendar, panel
from stream.web.content import at, catalogue
from stream.web.htmx import redirect_to
from stream.web.page import site_settings


@blueprint.get("/people/<username>")
def person(username: str) -> Response:
    """A member's profile, if they have published it. To everybody else, moderators too, there is no such page."""
    found = published_member(username)
    if found is None:
        abort(404)
    if username != found.username:  # in capitals, or letters taken apart
        return redirect_to(url_for("progress.person", username=found.username))
    return _page(found)


@blueprint.get("/me/profile")
@members_only
def preview() -> Response:
    """What others would see with these `parts`, or with those that are chosen."""
    member = accounts.member()
    assert member is not None, "this is for members"
    parts = request.args.get("parts", member.publishes)
    shows = visible(parts, member.hides)
    found = PublishedMember(member.username, member.learner_id, member.joined_at, shows)
    return _page(found, previewed=shown_only(parts))


def _page(found: PublishedMember, previewed: Shown | None = None) -> Response:
    """The page, without what whoever looks has switched off; `previewed` are the parts that are not yet chosen."""
    found = replace(found, shows=found.shows & accounts.shown())
    profile = published_profile(found, Occasion(catalogue(), rulebook(), at(), site_settings().time_zone))
    html = render_template(
        "progress/person.html",
        profile=profile,
        panel=panel(profile.standing),
        calendar=calendar,
        previewed=previewed,
    )
    return make_response(html)
