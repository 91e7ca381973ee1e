"""Passwords: long enough, not everybody's, taken whole."""

import pytest

from stream.accounts import passwords


@pytest.mark.parametrize(
    "good",
    [
        "correct horse battery",
        "나는 매일 아침 산에 간다",
        "x9-Lk2vQ7zR4",
        "   two spaces too   ",
        "가나" * 6 + "힣",
        "ü" * 11 + "é" + "b" * 244,
    ],
)
def test_no_kind_of_character_is_demanded(good):
    assert passwords.problem_with(good, "minji") is None


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("", "password-missing"),
        ("elevenchars", "password-short"),
        ("a passphrase that goes on " * 10, "password-long"),
        ("aaaaaaaaaaaaaa", "password-common"),
        ("abcabcabcabc", "password-common"),
        ("1234567890123", "password-common"),
        ("qwertyuiop123456", "password-common"),
        ("Password1234", "password-common"),
        ("P@ssw0rd!234", "password-common"),
        ("sunshine2024!", "password-common"),
        ("motherfucker", "password-common"),
        ("minji loves rain", "password-name"),
        ("MINJI-MINJI-1", "password-name"),
    ],
)
def test_what_everybody_tries_first_is_refused(bad, code):
    assert passwords.problem_with(bad, "minji") == code


def test_a_short_name_may_stand_in_a_password():
    assert passwords.problem_with("light rain in april", "li") is None


def test_the_hash_is_argon2id_with_the_parameters_for_small_machines():
    assert passwords.hashed("correct horse battery").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_every_character_of_a_long_password_counts():
    kept = passwords.hashed("가" * 255 + "나")
    assert passwords.is_right("가" * 255 + "나", kept)
    assert not passwords.is_right("가" * 255 + "다", kept)
    assert not passwords.is_right("가" * 73, kept)


def test_nobody_has_a_right_password():
    assert not passwords.is_right("nobody has this password", None)
    assert not passwords.is_right("anything", "no hash at all")
