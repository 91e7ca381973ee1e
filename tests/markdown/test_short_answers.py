"""When a short answer counts as one that is accepted."""

import pytest

from stream.markdown.answers import matches


@pytest.mark.parametrize(
    ("answer", "accepted"),
    [
        ("Five", "five"),
        ("  five. ", "five"),
        ("Ｆｉｖｅ", "five"),
        ("５", "5"),
        ("가이던스 스케일", "가이던스스케일"),
        ("cross-attention", "Cross Attention"),
        ("STRASSE", "straße"),
        ("다섯", "\u1103\u1161\u1109\u1165\u11ba"),
        ("...", "…"),
    ],
)
def test_case_width_spaces_and_punctuation_do_not_count(answer, accepted):
    assert matches(answer, ["something else", accepted])


@pytest.mark.parametrize(
    ("answer", "accepted"), [("six", "five"), ("", "five"), (" ", ""), ("?", "five"), ("C", "C++")]
)
def test_another_answer_is_another(answer, accepted):
    assert not matches(answer, [accepted])


def test_nothing_matches_when_nothing_is_accepted():
    assert not matches("five", [])
