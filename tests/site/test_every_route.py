"""Laws over every address of the site, found by asking for all of them."""

import given
import pytest
from flask import Flask
from routes import FORM, addresses, contents

WITHOUT_TOKEN = {"accounts.confirm_address_post", "notifications.unsubscribe_post"}  # the address itself is the proof


@pytest.fixture
def moderator_with_everything(app: Flask, member: given.Visitor, moderator: given.Visitor) -> given.Visitor:
    """A moderator on a site where there is something for every address."""
    member.comment("Hello @haru")
    moderator.get("/en/lessons/dial")
    moderator.post("/en/lessons/dial/complete")
    return moderator


def test_nothing_changes_without_the_sessions_token(app: Flask, moderator_with_everything: given.Visitor) -> None:
    before = contents(app)
    for endpoint, address in addresses(app, "POST"):
        answer = moderator_with_everything.client.post(address, data=FORM)
        assert answer.status_code < 500, endpoint
        assert endpoint in WITHOUT_TOKEN or contents(app) == before, endpoint


def test_nothing_changes_by_looking(app: Flask, moderator_with_everything: given.Visitor) -> None:
    before = contents(app)
    for endpoint, address in addresses(app, "GET"):
        answer = moderator_with_everything.get(address)
        assert answer.status_code < 500, endpoint
    assert contents(app) == before


def test_a_page_of_another_site_changes_nothing(app: Flask, moderator_with_everything: given.Visitor) -> None:
    before = contents(app)
    for endpoint, address in addresses(app, "POST"):
        form = {**FORM, "csrf_token": moderator_with_everything.token}
        answer = moderator_with_everything.client.post(address, data=form, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403, endpoint
    assert contents(app) == before


def test_every_page_of_a_member_is_kept_by_nobody(app: Flask, moderator_with_everything: given.Visitor) -> None:
    for endpoint, address in addresses(app, "GET"):
        if endpoint.startswith(("assets.", "lessons.media", "root", "maintenance.", "offline.worker")):
            continue
        answer = moderator_with_everything.get(address)
        assert answer.headers["Cache-Control"] == "private, no-store", endpoint


def test_visitors_meet_no_fault_anywhere(app: Flask, visitor: given.Visitor) -> None:
    for method in ("GET", "POST"):
        for endpoint, address in addresses(app, method):
            answer = visitor.client.open(address, method=method, data=FORM if method == "POST" else None, buffered=True)
            assert answer.status_code < 500, endpoint
