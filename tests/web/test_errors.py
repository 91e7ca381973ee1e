"""When something fails, readers are told in their language what to do; the log has the rest."""

import logging

import given
import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from stream.factory import create_app
from stream.settings import Settings, load_settings


def test_a_fault_of_ours_has_a_reference_that_stands_in_the_log(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    app.add_url_rule("/<language>/fault", "fault", lambda: 1 / 0)
    with caplog.at_level(logging.ERROR):
        answer = given.Visitor(app).get("/ko/fault")
    reference = answer.text.split("<code>")[1].split("</code>")[0]
    assert answer.status_code == 500
    assert "이쪽에서 문제가 생겼어요" in answer.text
    assert "ZeroDivisionError" not in answer.text
    assert reference in caplog.text


def test_a_form_from_a_page_that_was_open_too_long_says_so(visitor: given.Visitor) -> None:
    visitor.token = "stale"
    answer = visitor.post("/en/sign-in", username="minji", password=given.PASSWORD)
    assert answer.status_code == 400
    assert "open for too long" in answer.text


def test_too_much_at_once_is_refused_in_words(member: given.Visitor) -> None:
    answer = member.post("/en/lessons/dial/exercise", exercise="dial", answer="x" * 2_000_000)
    assert answer.status_code == 413
    assert "Send a shorter text" in answer.text


def test_too_many_acts_are_refused_with_a_time(settings, lessons) -> None:  # type: ignore[no-untyped-def]
    site = create_app(load_settings({}, instance=settings.instance, lessons=lessons, act_limit="2 per minute"))
    member = given.Visitor(site).sign_up("minji")
    answers = [member.post("/en/lessons/dial/complete") for _ in range(3)]
    given.close(site)
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert "Too many tries" in answers[-1].text


@pytest.mark.sqlite
def test_a_database_locked_by_a_stranger_is_a_friendly_503(app: Flask, member: given.Visitor, monkeypatch) -> None:
    monkeypatch.setattr("stream.group_writer.BUSY_TIMEOUT_MS", 50)
    stranger = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    with stranger.connect() as connection:
        connection.execute(text("BEGIN IMMEDIATE"))
        answer = member.post("/en/lessons/dial/complete")
        connection.rollback()
    stranger.dispose()
    assert answer.status_code == 503
    assert "Nothing was changed" in answer.text
    assert answer.headers["Retry-After"] == "5"
    assert member.post("/en/lessons/dial/complete").status_code == 303
    assert member.standing().xp == 40


@pytest.mark.parametrize("address", ["/en/../etc", "/en/lessons/%2e%2e%2f", "/en/tags/%00", "/en/courses/x%20y", "/xx"])
def test_odd_addresses_are_simply_not_found(visitor: given.Visitor, address: str) -> None:
    assert visitor.get(address).status_code in (404, 308)


@pytest.mark.parametrize("host", ["..", ".x", "a..b", "a" * 64])
def test_a_host_that_cannot_be_one_is_refused_in_words(visitor: given.Visitor, host: str) -> None:
    for page in ("/en/", "/en/nothing", "/healthz"):
        answer = visitor.get(page, Host=host)
        assert (answer.status_code, answer.mimetype) == (400, "text/plain")
        assert "host name" in answer.text
    assert (
        visitor.client.post("/en/sign-in", headers={"Host": host, "Origin": "https://evil.example"}).status_code == 400
    )


@pytest.mark.parametrize("address", ["/en/", "/ko/lessons/dial", "/healthz", "/static/x/css/site.css"])
def test_a_host_name_that_is_not_the_sites_is_refused_in_words(settings: Settings, address: str) -> None:
    places = {"instance": settings.instance, "lessons": settings.lessons, "database_url": settings.database_url}
    app = create_app(load_settings(given.EMPTY_ENVIRONMENT, trusted_hosts=("learn.example.org",), **places))
    headers = {"Host": "evil.example", "Origin": "https://other.example"}
    answer, change = app.test_client().get(address, headers=headers), app.test_client().post(address, headers=headers)
    given.close(app)
    assert (answer.status_code, change.status_code) == (400, 400)
    assert "STREAM_TRUSTED_HOSTS" in answer.text
    assert "evil" not in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
