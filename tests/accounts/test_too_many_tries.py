"""Guessing is slowed down, and nobody else has to suffer from it."""

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from given import PASSWORD, Visitor, close

from stream.factory import create_app


@pytest.fixture
def strict(configure, member):
    """A site with low limits and the member minji."""
    configure(sign_in_limit="3 per hour", address_limit="5 per hour")


def browser(app, address="10.0.0.1"):
    visitor = Visitor(app)
    visitor.client.environ_base["REMOTE_ADDR"] = address
    return visitor


def tries(visitor, *names, password="not the password"):
    """The status of each try."""
    visitor.get("/en/sign-in")
    return [visitor.post("/en/sign-in", username=name, password=password).status_code for name in names]


@pytest.mark.usefixtures("strict")
def test_an_account_takes_only_so_many_wrong_passwords(app):
    guesser = browser(app)
    assert tries(guesser, "minji", "minji", "MINJI", "minji") == [422, 422, 422, 429]
    assert tries(guesser, "minji", password=PASSWORD) == [429]


@pytest.mark.usefixtures("strict")
def test_the_refusal_says_when_to_come_back_and_keeps_the_name(app):
    guesser = browser(app)
    tries(guesser, *["minji"] * 3)
    answer = guesser.post("/en/sign-in", username="minji", password="not the password")
    assert 3500 < int(answer.headers["Retry-After"]) <= 3600
    assert "Wait 60 minutes, then try again." in answer.text
    assert 'value="minji"' in answer.text


@pytest.mark.usefixtures("strict")
def test_another_account_can_be_used_from_an_address_that_guessed(app):
    browser(app, "10.0.0.9").sign_up("jisoo")
    guesser = browser(app)
    assert tries(guesser, *"abcde") == [422] * 5
    assert tries(guesser, "jisoo", password=PASSWORD) == [303]


@pytest.mark.usefixtures("strict")
def test_an_address_that_guessed_has_one_more_try_for_each_account(app):
    guesser = browser(app)
    tries(guesser, *"abcde")
    assert tries(guesser, "minji", "minji", "jisoo", "jisoo") == [422, 429, 422, 429]


@pytest.mark.usefixtures("strict")
def test_right_passwords_cost_nothing(app):
    assert all(tries(browser(app), "minji", password=PASSWORD) == [303] for _ in range(6))


@pytest.mark.usefixtures("strict")
def test_parallel_tries_do_not_slip_past(app):
    guessers = [browser(app) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = [answer for [answer] in pool.map(lambda guesser: tries(guesser, "minji"), guessers)]
    assert sorted(answers) == [422] * 3 + [429] * 5


@pytest.mark.usefixtures("strict")
def test_a_forged_forwarding_header_is_no_other_address(app):
    guesser = browser(app)
    for number in range(5):
        guesser.client.environ_base["HTTP_X_FORWARDED_FOR"] = f"10.1.1.{number}"
        tries(guesser, f"name{number}")
    assert tries(guesser, "name1", "name1") == [422, 429]


@pytest.mark.usefixtures("strict")
def test_one_customers_ipv6_addresses_are_one(app):
    for number in range(5):
        assert tries(browser(app, f"2001:db8:1:2::{number}"), f"name{number}") == [422]
    neighbour, other = browser(app, "2001:db8:1:2:9::"), browser(app, "2001:db8:1:3::1")
    assert tries(neighbour, "name1", "name1") == [422, 429]
    assert tries(other, "jisoo", "jisoo") == [422, 422]


@pytest.mark.usefixtures("strict")
def test_the_current_password_cannot_be_guessed_on_an_unlocked_device(member):
    member.get("/en/me/settings")
    wrong = {"current": "not the password", "new": "another good passphrase"}
    answers = [member.post("/en/me/password", **wrong).status_code for _ in range(4)]
    assert answers == [422, 422, 422, 429]


@pytest.mark.usefixtures("strict")
def test_a_restart_forgives_nobody(app, settings):
    assert tries(browser(app), "minji", "minji", "minji") == [422, 422, 422]
    close(app)
    again = create_app(settings)
    again.config["STREAM"] = app.config["STREAM"]
    assert tries(browser(again), "minji", password=PASSWORD) == [429]
    close(again)


@pytest.mark.usefixtures("strict")
def test_two_processes_count_together(app, settings):
    second = create_app(settings)
    second.config["STREAM"] = app.config["STREAM"]
    assert tries(browser(app), "minji", "minji") == [422, 422]
    assert tries(browser(second), "minji", "minji") == [422, 429]
    close(second)


@pytest.mark.usefixtures("strict")
def test_no_address_and_no_name_is_written_down_and_nothing_for_longer_than_the_limit(app, settings, monkeypatch):
    tries(browser(app, "203.0.113.77"), "minji")
    file = settings.instance / "limits.db"
    written = b"".join(path.read_bytes() for path in settings.instance.glob("limits.db*"))
    assert b"203.0.113.77" not in written
    assert b"minji" not in written
    later = time.time() + 90_000
    monkeypatch.setattr("stream.web.counters.time.time", lambda: later)
    tries(browser(app, "203.0.113.78"), "jisoo")
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT count(*) FROM counters WHERE expires < ?", (later,)).fetchone() == (0,)


@pytest.mark.usefixtures("strict")
def test_a_damaged_file_of_counters_is_begun_anew(app, settings):
    close(app)
    for path in settings.instance.glob("limits.db*"):
        path.write_bytes(b"no database at all" * 300)
    again = create_app(settings)
    again.config["STREAM"] = app.config["STREAM"]
    assert tries(browser(again), "minji", "minji", "minji", "minji") == [422, 422, 422, 429]
    close(again)


@pytest.mark.usefixtures("strict")
def test_where_nothing_can_be_written_the_limits_hold_all_the_same(app, settings):
    close(app)
    for path in settings.instance.glob("limits.db*"):
        path.unlink()
    (settings.instance / "limits.db").mkdir()  # cannot be opened
    again = create_app(settings)
    again.config["STREAM"] = app.config["STREAM"]
    assert tries(browser(again), "minji", "minji", "minji", "minji") == [422, 422, 422, 429]
    close(again)
