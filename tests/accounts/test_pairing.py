"""A second device signs in by six digits that the first one shows, and nobody by guessing them."""

import re
from concurrent.futures import ThreadPoolExecutor

import given
import pytest
from flask import Flask


def code_on(member: given.Visitor) -> str:
    member.get("/en/me/pair")
    found = re.search(r'class="pair-code"><b>(\d{3} \d{3})</b>', member.post("/en/me/pair").text)
    assert found is not None
    return found[1]


def pairs(app: Flask, username: str, code: str, device: given.Visitor | None = None) -> int:
    device = device or given.Visitor(app)
    device.get("/en/pair")
    return device.post("/en/pair", username=username, code=code).status_code


def other_than(code: str) -> str:
    return f"{(int(code.replace(' ', '')) + 1) % 10**6:06}"


def test_the_second_device_is_signed_in_and_stands_in_the_list(app, member):
    phone = given.Visitor(app)
    assert pairs(app, "minji", code_on(member), phone) == 303
    assert "minji" in phone.get("/en/").text
    assert member.get("/en/me/settings").text.count("Last seen:") == 2


def test_it_works_once(app, member):
    code = code_on(member)
    assert [pairs(app, "minji", code) for _ in range(2)] == [303, 422]


def test_at_once_it_works_once(app, member):
    code = code_on(member)
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: pairs(app, "minji", code), range(5)))
    assert codes.count(303) == 1


def test_after_five_minutes_it_is_over(app, member, wait):
    code = code_on(member)
    wait(minutes=6)
    assert pairs(app, "minji", code) == 422


def test_a_clock_that_jumps_back_does_not_let_it_live_on(app, member, wait):
    code = code_on(member)
    wait(days=-1)
    assert pairs(app, "minji", code) == 422


def test_a_new_code_ends_the_old_one(app, member):
    old, new = code_on(member), code_on(member)
    assert pairs(app, "minji", old) == 422
    assert pairs(app, "minji", new) == 303


def test_after_five_wrong_tries_the_right_one_is_refused_too(app, member):
    code = code_on(member)
    assert [pairs(app, "minji", other_than(code)) for _ in range(5)] == [422] * 5
    assert pairs(app, "minji", code) == 422


def test_many_codes_cannot_be_tried_one_after_the_other(app, member, configure):
    configure(address_limit="1000 per hour")
    codes = []
    for _ in range(3):
        code = code_on(member)
        codes += [pairs(app, "minji", other_than(code)) for _ in range(5)]
    assert 429 in codes
    assert given.Visitor(app).sign_in("minji")  # the password still works


def test_somebody_elses_code_is_none(app, member, other):
    assert pairs(app, "jun", code_on(member)) == 422


@pytest.mark.parametrize("username", ["nobody", ""])
def test_an_unknown_name_gets_the_same_answer(app, member, username):
    answers = []
    for name, code in ((username, "000000"), ("minji", other_than(code_on(member)))):
        device = given.Visitor(app)
        device.get("/en/pair")
        answers.append(device.post("/en/pair", username=name, code=code))
    assert answers[0].status_code == answers[1].status_code == 422
    assert "do not belong together" in answers[0].text


def test_the_code_is_in_no_address_and_in_no_file(app, member, settings):
    member.get("/en/me/pair")
    page = member.post("/en/me/pair").text
    assert re.search(r"<code>http://localhost/en/pair\?username=minji</code>", page)
    code = code_on(member).replace(" ", "")
    given.close(app)
    for file in settings.instance.glob("stream.db*"):
        assert code.encode() not in file.read_bytes()


def test_whoever_ends_all_sessions_ends_an_open_code_too(app, member, users):
    code = code_on(member)
    assert users("sign-out", "minji").exit_code == 0
    assert pairs(app, "minji", code) == 422


def test_signing_out_the_other_devices_ends_an_open_code_too(app, member):
    code = code_on(member)
    member.get("/en/me/settings")
    assert member.post("/en/me/sessions/revoke-others").status_code == 303
    assert pairs(app, "minji", code) == 422
