"""The few words that compiled text says by itself, in the lesson's language."""

_ENGLISH = {
    "note": "Note",
    "tip": "Tip",
    "warning": "Warning",
    "details": "More",
    "wrong": "Wrong:",
    "right": "Right:",
    "anchor": "Link to this section: {}",
    "table": "Table: {}",
    "lone-table": "Table",
    "footnotes": "Footnotes",
    "footnote": "Footnote {}",
    "back": "Back to the text of footnote {}",
    "formula": "Formula",
    "task": "Task",
}
_KOREAN = {
    "note": "참고",
    "tip": "팁",
    "warning": "주의",
    "details": "더 보기",
    "wrong": "잘못된 예:",
    "right": "좋은 예:",
    "anchor": "이 부분으로 가는 링크: {}",
    "table": "표: {}",
    "lone-table": "표",
    "footnotes": "각주",
    "footnote": "각주 {}",
    "back": "각주 {}의 본문으로 돌아가기",
    "formula": "수식",
    "task": "할 일",
}
_BY_LANGUAGE = {"en": _ENGLISH, "ko": _KOREAN}


def label(language: str, key: str, value: object = "") -> str:
    """The words for `key`; English where a language has none."""
    words = _BY_LANGUAGE.get(language.partition("-")[0], _ENGLISH)
    return words[key].replace("{}", str(value))
