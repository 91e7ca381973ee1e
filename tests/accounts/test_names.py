"""User names: which may be had, which are refused and why, and which are the same."""

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from stream.accounts import names


@pytest.mark.parametrize(
    "name",
    [
        "minji",
        "민지",
        "민지Kim",
        "kim.min-ji_2",
        "José",
        "Łukasz",
        "Дмитрий",
        "さくらサクラ桜",
        "นิดา",
        "a",
        "가" * 30,
        "ㅋㅋ",
    ],
)
def test_names_of_people_may_be_had(name):
    assert names.problem_with(names.tidied(name)) is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "name-missing"),
        ("   ", "name-missing"),
        ("min ji", "name-characters"),
        ("<b>", "name-characters"),
        ("min@ji", "name-characters"),
        ("🦊fox", "name-characters"),
        ("...", "name-characters"),
        ("№5", "name-characters"),
        ("٣٤٥", "name-characters"),
        ("\u0301abc", "name-characters"),
        ("z" + "\u0335\u0321\u0322" * 5, "name-characters"),
        ("a" * 31, "name-long"),
        ("a" * 10_000, "name-long"),
        ("min\u200bji", "name-invisible"),
        ("\u202eijnim", "name-invisible"),
        ("min\nji", "name-invisible"),
        ("min\x00ji", "name-invisible"),
        ("\u3164", "name-invisible"),
        ("a\ufe0f", "name-invisible"),
        ("аdmin", "name-mixed"),
        ("αβγabc", "name-mixed"),
        ("민지さくら", "name-mixed"),
        ("Admin", "name-reserved"),
        ("ａｄｍｉｎ", "name-reserved"),
        ("a.d.m.i.n", "name-reserved"),
        ("adm1n", "name-reserved"),
        ("r00t", "name-reserved"),
        ("관리자", "name-reserved"),
        ("운_영_자", "name-reserved"),
    ],
)
def test_other_names_are_refused_with_the_reason(name, code):
    assert names.problem_with(names.tidied(name)) == code


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("paul", "PauI"),
        ("paul", "pau1"),
        ("bob", "b0b"),
        ("İpek", "ipek"),
        ("straße", "STRASSE"),
        ("ace", "асе"),
        ("민지", "민지"),
        ("marnie", "mamie"),
        ("minji", "min\u200bji"),
    ],
)
def test_names_that_look_alike_are_one(one, other):
    assert names.key(one) == names.key(other)


@pytest.mark.parametrize(("one", "other"), [("minji", "minjin"), ("민지", "민자"), ("jose", "josé"), ("a.b", "ab")])
def test_other_names_are_two(one, other):
    assert names.key(one) != names.key(other)


@for_all(st.text())
def test_any_text_has_a_key_and_an_answer(text):
    tidied = names.tidied(text)
    assert "\x00" not in names.key(text)
    if names.problem_with(tidied) is None:
        assert names.key(tidied) == names.key(names.key(tidied)) == names.key(text)
        assert len(names.key(tidied)) <= 300
        assert len(tidied) <= 100
