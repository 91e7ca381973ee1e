"""Sessions: new at every sign-in; ended by sign-out, from another device, and by themselves."""

import pytest
from flask.sessions import SecureCookieSessionInterface
from flask_login import encode_cookie
from given import PASSWORD, Visitor
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from stream.accounts.models import Session
from stream.db import reading


def is_signed_in(visitor):
    return visitor.get("/en/me/settings").status_code == 200


def cookie(visitor):
    return visitor.client.get_cookie("session").value


def token(app, visitor):
    return SecureCookieSessionInterface().get_signing_serializer(app).loads(cookie(visitor)).get("_user_id")


@pytest.fixture
def phone(app, member):
    """minji's second device."""
    return Visitor(app).sign_in("minji")


def test_every_sign_in_makes_a_new_session(app, member):
    before = token(app, member)
    member.post("/en/sign-out")
    assert token(app, member.sign_in("minji")) != before


def test_the_forms_token_is_a_new_one_after_signing_in(app, member):
    visitor = Visitor(app)
    visitor.get("/en/sign-in")
    before = visitor.token
    visitor.post("/en/sign-in", username="minji", password=PASSWORD)
    visitor.token = before
    assert visitor.post("/en/me/sessions/revoke-others").status_code == 400


def test_the_database_does_not_hold_the_token(app, member):
    with app.app_context(), reading() as connection:
        row = connection.execute(select(Session)).one()
    assert token(app, member) not in repr(row)


def test_signing_out_ends_the_session_and_clears_the_browser(member):
    kept = cookie(member)
    answer = member.post("/en/sign-out")
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (303, '"cache"')
    member.client.set_cookie("session", kept)
    assert not is_signed_in(member)


def test_no_other_cookie_signs_anybody_in(app, member):
    """Flask-Login would take one by which it remembers people, if it were signed with the site's key."""
    visitor = Visitor(app)
    visitor.client.set_cookie("remember_token", encode_cookie(token(app, member), key=app.secret_key))
    assert not is_signed_in(visitor)


def test_signing_out_twice_does_no_harm(member):
    member.post("/en/sign-out")
    member.get("/en/sign-in")
    assert member.post("/en/sign-out").status_code == 303


def test_members_only_pages_lead_to_sign_in_and_back(visitor):
    answer = visitor.get("/en/me/settings?x=1")
    assert (answer.status_code, answer.location) == (303, "/en/sign-in?next=/en/me/settings?x%3D1")


def test_a_session_without_visits_ends(member, wait):
    wait(days=29)
    assert is_signed_in(member)
    wait(days=29)
    assert is_signed_in(member)
    wait(days=31)
    assert not is_signed_in(member)


def test_a_session_ends_in_any_case(member, wait):
    for _ in range(6):
        wait(days=29)
        assert is_signed_in(member)
    wait(days=7)
    assert not is_signed_in(member)


def test_a_visit_is_written_down_once_an_hour(app, member, wait):
    writes = []
    writer = app.extensions["stream.writer"]
    write, writer.write = writer.write, lambda work: writes.append(work) or write(work)
    wait(minutes=61)
    for _ in range(3):
        member.get("/en/")
    assert len(writes) == 1


def test_reading_goes_on_when_visits_cannot_be_written_down(app, member, wait, monkeypatch):
    def broken(_work):
        raise OperationalError("UPDATE", {}, Exception("disk full"))

    monkeypatch.setattr(app.extensions["stream.writer"], "write", broken)
    wait(hours=2)
    assert is_signed_in(member)


def test_the_list_shows_every_device_and_marks_this_one(app, member):
    phone = Visitor(app)
    phone.client.environ_base["HTTP_USER_AGENT"] = (
        "Mozilla/5.0 (Android 16; Mobile; rv:149.0) Gecko/149.0 Firefox/149.0"
    )
    page = phone.sign_in("minji").get("/en/me/settings").text
    assert "Firefox · Android" in page
    assert page.count("This device") == 1
    assert page.count('/revoke"') == 1


def test_one_device_can_be_signed_out_from_another(app, member, phone):
    with app.app_context(), reading() as connection:
        [first, *_] = connection.scalars(select(Session.id).order_by(Session.id))
    assert phone.post(f"/en/me/sessions/{first}/revoke").status_code == 303
    assert (is_signed_in(member), is_signed_in(phone)) == (False, True)


def test_somebody_elses_session_is_not_there(app, member):
    other = Visitor(app).sign_up("jisoo")
    assert other.post("/en/me/sessions/1/revoke").status_code == 404
    assert other.post("/en/me/sessions/999/revoke").status_code == 404
    assert is_signed_in(member)


def test_all_other_devices_can_be_signed_out_at_once(member, phone):
    assert phone.post("/en/me/sessions/revoke-others").status_code == 303
    assert (is_signed_in(member), is_signed_in(phone)) == (False, True)
