"""The few words that compiled lessons bring themselves, per language. English where a language has none."""

from collections.abc import Mapping

LABELS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "note": "Note",
        "tip": "Tip",
        "warning": "Warning",
        "details": "More",
        "wrong": "Wrong",
        "right": "Right",
        "anchor": "Link to this section: {}",
        "table": "Table",
        "code": "Code",
        "footnotes": "Footnotes",
        "back": "Back to the text",
        "done": "done",
        "open": "open",
    },
    "ko": {
        "note": "참고",
        "tip": "도움말",
        "warning": "주의",
        "details": "더 보기",
        "wrong": "나쁜 예",
        "right": "좋은 예",
        "anchor": "이 부분으로 가는 링크: {}",
        "table": "표",
        "code": "코드",
        "footnotes": "각주",
        "back": "본문으로 돌아가기",
        "done": "완료",
        "open": "할 일",
    },
}


def label(key: str, language: str) -> str:
    """The word in this language."""
    return LABELS.get(language, LABELS["en"])[key]
