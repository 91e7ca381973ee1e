"""Getting back in without a mail server: a link from the admin that works once and for half an hour."""

import pytest
from given import PASSWORD, Visitor

NEW = "another good passphrase"


@pytest.fixture
def link(member, users):
    """A reset link for minji, as a path."""
    return users("reset-link", "minji").stdout.strip().removeprefix("http://127.0.0.1:8000")


def use(visitor, link, password=NEW):
    visitor.get("/en/sign-in")
    return visitor.post(link, password=password)


def test_the_help_page_says_whom_to_ask(visitor):
    assert "stream users reset-link NAME" in visitor.get("/en/reset").text


def test_the_link_sets_a_password_and_signs_in(visitor, link):
    assert "minji" in visitor.get(link).text
    assert use(visitor, link).status_code == 303
    assert visitor.get("/en/me/settings").status_code == 200


def test_the_old_password_and_all_sessions_end(app, visitor, member, link):
    use(visitor, link)
    assert member.get("/en/me/settings").status_code == 303
    other = Visitor(app)
    other.get("/en/sign-in")
    assert other.post("/en/sign-in", username="minji", password=PASSWORD).status_code == 422


def test_looking_does_not_use_the_link_up_and_using_does(app, visitor, link):
    assert [visitor.get(link).status_code for _ in range(3)] == [200] * 3
    assert use(visitor, link).status_code == 303
    other = Visitor(app)
    assert (other.get(link).status_code, use(other, link, "a third good passphrase").status_code) == (
        410,
        410,
    )


def test_a_refused_password_does_not_use_the_link_up(visitor, link):
    assert use(visitor, link, "short").status_code == 422
    assert use(visitor, link).status_code == 303


def test_the_link_ends_after_half_an_hour(visitor, link, wait):
    wait(minutes=29)
    assert visitor.get(link).status_code == 200
    wait(minutes=2)
    assert (visitor.get(link).status_code, use(visitor, link).status_code) == (410, 410)


def test_a_clock_that_jumps_back_does_not_let_the_link_live_on(visitor, link, wait):
    wait(minutes=-4)  # as far as clocks may differ
    assert visitor.get(link).status_code == 200
    wait(days=-1)
    assert (visitor.get(link).status_code, use(visitor, link).status_code) == (410, 410)


def test_a_newer_link_ends_the_older_one(visitor, link, users):
    users("reset-link", "minji")
    assert visitor.get(link).status_code == 410


def test_a_new_password_ends_the_link(visitor, member, link):
    member.get("/en/me/settings")
    member.post("/en/me/password", current=PASSWORD, new=NEW)
    assert visitor.get(link).status_code == 410


def test_the_address_is_told_to_nobody(visitor, link):
    page, form = visitor.get(link), use(visitor, link, "short")
    for answer in (page, form):
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert 'rel="alternate"' not in answer.text


def test_an_invented_link_is_over_as_well(visitor):
    assert visitor.get("/en/reset/invented").status_code == 410
