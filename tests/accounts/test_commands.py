"""`stream users`: members and admins from the command line."""

import json

import pytest
from given import PASSWORD, Visitor


def listed(users):
    return {row["username"]: row for row in json.loads(users("list", "--json").stdout)}


def test_a_member_is_made_with_a_password_from_standard_input(app, users):
    result = users("create", "minji", "--password-stdin", input=PASSWORD + "\n")
    assert result.exit_code == 0, result.output
    Visitor(app).sign_in("minji")


def test_the_password_is_asked_for_twice_and_not_shown(users):
    result = users("create", "minji", "--admin", input=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output
    assert listed(users)["minji"]["is_admin"]


def test_rights_are_given_and_taken(member, users):
    assert users("admin", "MINJI").exit_code == 0
    assert listed(users)["minji"]["is_admin"]
    users("create", "jun", "--admin", input=f"{PASSWORD}\n{PASSWORD}\n")
    assert users("admin", "minji", "--revoke").exit_code == 0
    assert not listed(users)["minji"]["is_admin"]


def test_a_bad_password_is_refused_in_one_line(users):
    result = users("create", "minji", "--password-stdin", input="short\n")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: The password is too short")
    assert listed(users) == {}


@pytest.mark.parametrize("command", ["admin", "reset-link", "sign-out"])
def test_an_unknown_member_is_said_in_one_line(users, command):
    result = users(command, "nobody-here")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "no such member" in result.stderr


def test_a_reset_link_is_alone_on_standard_output(member, users):
    assert users("reset-link", "minji").stdout.startswith("http://127.0.0.1:8000/en/reset/")


def test_a_member_can_be_signed_out_everywhere(member, users):
    assert users("sign-out", "minji").stdout == "1 sessions ended\n"
    assert member.get("/en/me/settings").status_code == 303


@pytest.mark.parametrize("command", [[], ["create"], ["admin"], ["reset-link"], ["sign-out"], ["list"]])
def test_every_command_answers_help(users, command):
    assert users(*command, "--help").exit_code == 0


def test_the_only_admin_stays_one(users):
    users("create", "minji", "--admin", input=f"{PASSWORD}\n{PASSWORD}\n")
    for command in (("admin", "minji", "--revoke"), ("role", "minji", "member")):
        result = users(*command)
        assert result.exit_code == 1
        assert "only admin" in result.output
    assert listed(users)["minji"]["is_admin"]
