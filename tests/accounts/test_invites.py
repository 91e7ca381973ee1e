"""People come by an invite: as many as it is for, as long as it lasts, and nobody by guessing."""

import re
from concurrent.futures import ThreadPoolExecutor

import given
import pytest
from flask import Flask

from stream import accounts


@pytest.fixture
def admin(app: Flask) -> given.Visitor:
    """Somebody who runs the site."""
    someone = given.Visitor(app).sign_up("boss")
    given.role(app, "boss", "admin")
    someone.get("/en/")
    return someone


def made(admin: given.Visitor, **form: object) -> str:
    """The address of a new invite."""
    admin.get("/en/admin/invites")
    answer = admin.post("/en/admin/invites", **{"places": 1, "days": 14, "note": "", **form})
    found = re.search(r'id="made" readonly value="http://localhost([^"]+)"', answer.text)
    assert found is not None, answer.text
    return found[1]


def comes(app: Flask, address: str, name: str) -> int:
    """Somebody signs up by an invite."""
    guest = given.Visitor(app)
    guest.get("/en/sign-in")  # a form of this site
    return guest.post(address, username=name, password=given.PASSWORD).status_code


def exists(app: Flask, name: str) -> bool:
    with app.app_context():
        return accounts.learner_of(name) is not None


def test_where_one_needs_an_invite_the_page_says_so(configure, visitor):
    configure(registration="invite")
    page = visitor.get("/en/sign-up")
    assert (page.status_code, "New members come by an invite" in page.text) == (200, True)
    visitor.get("/en/sign-in")
    assert visitor.post("/en/sign-up", username="minji", password=given.PASSWORD).status_code == 403


def test_an_invite_lets_one_in_once(app, configure, admin):
    configure(registration="invite")
    address = made(admin)
    assert comes(app, address, "minji") == 303
    assert comes(app, address, "jun") == 410
    assert not exists(app, "jun")
    assert given.Visitor(app).get(address).status_code == 410


def test_a_class_comes_by_one_invite_from_one_address(app, configure, admin):
    configure(registration="invite", address_limit="2 per hour")
    address = made(admin, places=12, note="Class 3B")
    assert [comes(app, address, f"pupil{number}") for number in range(12)] == [303] * 12
    page = admin.get("/en/admin/invites").text
    assert "12 of 12 have come" in page
    assert "everybody has come" in page
    assert page.count("pupil") == 12


def test_twenty_at_once_take_one_place(app, configure, admin):
    configure(registration="invite")
    address = made(admin)
    with ThreadPoolExecutor(20) as pool:
        codes = list(pool.map(lambda number: comes(app, address, f"guest{number}"), range(20)))
    assert sorted(codes) == [303] + [410] * 19
    assert sum(exists(app, f"guest{number}") for number in range(20)) == 1


def test_a_mistake_takes_no_place_and_keeps_what_was_typed(app, configure, admin):
    configure(registration="invite")
    address = made(admin)
    guest = given.Visitor(app)
    guest.get(address)
    wrong = guest.post(address, username="minji", password="short")
    assert (wrong.status_code, 'value="minji"' in wrong.text) == (422, True)
    taken = guest.post(address, username="boss", password=given.PASSWORD)
    assert taken.status_code == 422
    assert guest.post(address, username="minji", password=given.PASSWORD).status_code == 303


def test_its_time_ends_and_it_can_be_taken_back(app, configure, admin, wait):
    configure(registration="invite")
    old, revoked = made(admin, days=3), made(admin)
    page = admin.get("/en/admin/invites").text
    newest = re.findall(r"/admin/invites/(\d+)/revoke", page)[0]
    admin.post(f"/en/admin/invites/{newest}/revoke")
    assert comes(app, revoked, "jun") == 410
    wait(days=4)
    assert comes(app, old, "jun") == 410
    text = admin.get("/en/admin/record").text
    assert ("made an invite" in text, "took an invite back" in text) == (True, True)


def test_where_registration_is_closed_nobody_comes(app, configure, admin):
    address = made(admin)
    configure(registration="closed")
    assert comes(app, address, "jun") == 404
    assert given.Visitor(app).get("/en/sign-up").status_code == 404


def test_guesses_cost_the_address_its_tries(app, configure, admin, visitor):
    configure(registration="invite", address_limit="5 per hour")
    address = made(admin)
    for number in range(10):
        assert visitor.get(f"/en/invite/guess-{number}").status_code == 410
    assert comes(app, address, "minji") == 303  # who has the invite suffers nothing


@pytest.mark.parametrize(
    ("field", "value"), [("places", 0), ("places", 201), ("days", 0), ("days", "x"), ("note", "a" * 201)]
)
def test_what_cannot_be_is_said_beside_the_field(admin, field, value):
    admin.get("/en/admin/invites")
    answer = admin.post("/en/admin/invites", **{"places": 1, "days": 14, "note": "kept", field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert field == "note" or 'value="kept"' in answer.text


def test_only_admins_invite(moderator, member):
    for someone in (moderator, member):
        assert someone.get("/en/admin/invites").status_code == 404
        assert someone.post("/en/admin/invites", places=1, days=1).status_code == 404


def test_the_address_is_kept_nowhere(app, admin, settings):
    token = made(admin).rpartition("/")[2]
    given.close(app)
    for file in settings.instance.glob("stream.db*"):
        assert token.encode() not in file.read_bytes()


def test_the_command_line_makes_invites_too(app, users, configure):
    configure(registration="invite")
    run = users("invite", "--uses", "2", "--note", "two friends", "--qr")
    assert run.exit_code == 0
    address = "/" + run.output.splitlines()[0].split("/", 3)[3]
    assert "█" in run.output or "▀" in run.output or "\033" in run.output
    assert comes(app, address, "minji") == 303
    assert users("invite", "--uses", "0").exit_code == 1
