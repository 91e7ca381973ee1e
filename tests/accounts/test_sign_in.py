"""Signing in: back to where one was, with what one wanted to do done; and nothing told to those who guess."""

import re

import pytest
from argon2 import PasswordHasher
from given import PASSWORD, Visitor

from stream.accounts import passwords
from stream.accounts.names import key
from stream.accounts.queries import credentials_of
from stream.accounts.signals import signed_in_with_act


def sign_in(visitor, **fields):
    visitor.get("/en/sign-in")
    return visitor.post("/en/sign-in", **{"username": "minji", "password": PASSWORD, **fields})


def plain(answer):
    """The page without what differs from one answer to the next."""
    return re.sub(r'value="[^"]*"', "", answer.text)


@pytest.fixture
def stranger(app, member):
    """A second browser, on which nobody is signed in; the member minji exists."""
    return Visitor(app)


def test_signing_in_leads_back(stranger):
    answer = sign_in(stranger, next="/ko/lessons/dial#completion")
    assert (answer.status_code, answer.location) == (303, "/ko/lessons/dial#completion")


def test_without_a_place_to_go_back_to_it_leads_home(stranger):
    assert sign_in(stranger, next="https://evil.example/").location == "/en/"


def test_who_is_signed_in_already_is_led_on(member):
    answer = member.get("/en/sign-in?next=/en/lessons/dial")
    assert (answer.status_code, answer.location) == (303, "/en/lessons/dial")


@pytest.mark.parametrize("name", ["MINJI", "ｍｉｎｊｉ", " minji "])
def test_case_width_and_space_of_the_name_do_not_matter(stranger, name):
    assert sign_in(stranger, username=name).status_code == 303


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(stranger):
    wrong, unknown = sign_in(stranger, password="not the password"), sign_in(stranger, username="nobody-here")
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert plain(wrong) == plain(unknown)


def test_an_unknown_name_costs_as_much_work(stranger, monkeypatch):
    checked = []

    class Counting(PasswordHasher):
        def verify(self, kept, typed):
            checked.append(kept)
            return super().verify(kept, typed)

    monkeypatch.setattr(passwords, "_hasher", Counting(2, 19_456, 1))
    passwords._nobodys.cache_clear()  # tests of other features have made a light one
    sign_in(stranger, password="not the password")
    sign_in(stranger, username="nobody-here")
    assert [kept.split("$")[1:4] for kept in checked] == [["argon2id", "v=19", "m=19456,t=2,p=1"]] * 2


@pytest.mark.parametrize("name", ["", "\x00", "admin\u202e", "x" * 100_000, "' or 1=1 --", "\ud7ff\U0010ffff"])
def test_no_name_breaks_the_page(stranger, name):
    assert sign_in(stranger, username=name).status_code == 422


@pytest.mark.parametrize("typed", ["", PASSWORD + " ", PASSWORD.upper(), PASSWORD + "x" * 300])
def test_the_password_is_compared_exactly(stranger, typed):
    assert sign_in(stranger, password=typed).status_code == 422


def test_the_typed_name_is_kept_and_the_password_is_not(stranger):
    answer = sign_in(stranger, password="not the password", next="/en/lessons/dial")
    assert 'value="minji"' in answer.text
    assert 'value="/en/lessons/dial"' in answer.text
    assert "not the password" not in answer.text


def test_the_page_says_what_will_happen_after_signing_in(visitor):
    page = visitor.get("/en/sign-in?next=/en/lessons/dial&act=complete").text
    assert "After you sign in, this lesson is marked complete" in page
    assert 'name="act" value="complete"' in page


def test_what_was_pressed_is_announced_once_and_only_if_known(stranger, app):
    acts = []

    def note(_app, **said):
        acts.append((said["member"].username, said["act"], said["next"]))

    with signed_in_with_act.connected_to(note):
        sign_in(stranger, act="delete-everything")
        assert acts == []
        sign_in(Visitor(app), act="complete", next="/en/lessons/dial")
    assert acts == [("minji", "complete", "/en/lessons/dial")]


def test_old_hashes_are_renewed_at_sign_in(stranger, app, monkeypatch):
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(3, 8_192, 1))
    assert sign_in(stranger).status_code == 303
    with app.app_context():
        assert "m=8192,t=3" in credentials_of(key("minji")).password_hash


def test_htmx_is_led_on_by_a_header(stranger):
    stranger.get("/en/sign-in")
    answer = stranger.post("/en/sign-in", htmx=True, username="minji", password=PASSWORD, next="/en/lessons/dial")
    assert answer.headers["HX-Redirect"] == "/en/lessons/dial"
