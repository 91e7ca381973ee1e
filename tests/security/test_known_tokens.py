"""A form's token that was seen before is known again: to the session it belongs to, and to no other."""

from dataclasses import replace

import given
from flask import Flask

from stream.factory import create_app
from stream.settings import Settings
from stream.web.tokens import Tokens

ACT = "/en/me/sessions/revoke-others"


def test_a_token_is_taken_each_time(member: given.Visitor) -> None:
    assert [member.post(ACT).status_code for _ in range(3)] == [303] * 3


def test_a_token_taken_from_its_owner_a_moment_before_is_refused_from_others(
    member: given.Visitor, other: given.Visitor
) -> None:
    for _ in range(2):
        assert member.post(ACT).status_code == 303
        assert other.post(ACT, csrf_token=member.token).status_code == 400
    assert other.post(ACT).status_code == 303


def test_an_ended_session_does_nothing_with_the_cookie_and_token_that_were_just_taken(member: given.Visitor) -> None:
    assert member.post(ACT).status_code == 303
    kept, token = member.client.get_cookie("session"), member.token
    assert kept is not None
    member.post("/en/sign-out")
    member.client.set_cookie("session", kept.value)
    answer = member.post(ACT, csrf_token=token)
    assert (answer.status_code, answer.location) == (303, "/en/sign-in")


def test_with_another_key_neither_cookie_nor_token_is_worth_anything(
    app: Flask, settings: Settings, member: given.Visitor
) -> None:
    assert member.post(ACT).status_code == 303
    kept = member.client.get_cookie("session")
    assert kept is not None
    renewed = create_app(replace(settings, secret_key="another key of the same length as usual"))
    visitor = given.Visitor(renewed)
    visitor.client.set_cookie("session", kept.value)
    assert visitor.post(ACT, csrf_token=member.token).status_code == 400
    assert visitor.get("/en/me").status_code == 303
    given.close(renewed)


def test_only_what_was_signed_here_for_this_session_matches() -> None:
    tokens = Tokens("ours")
    assert tokens.match("raw", tokens.signed("raw"))
    for sent in ("", "raw", "x.y.z", "é", Tokens("other").signed("raw"), tokens.signed("another")):
        assert [tokens.match("raw", sent) for _ in range(2)] == [False, False], sent
