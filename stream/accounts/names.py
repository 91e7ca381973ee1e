"""User names: which may be had, and which are the same.

Two names that look alike are one: `key` folds width, case and look-alike letters. A name is of one script;
Korean and Latin may meet. Names of those who run a site cannot be had.
"""

import re
import unicodedata

from stream.accounts.confusables import LOOK_ALIKES

LONGEST = 30  # characters as a reader counts them
MARKS_IN_A_ROW = 2
SEPARATORS = "._-"
FAMILIES = (
    frozenset({"LATIN", "HANGUL"}),
    frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}),
)
# Letters by category that show nothing at all: Hangul fillers, variation selectors and the like.
BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0") | {
    chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
}
STAFF = """
    admin administrator root system sysadmin superuser moderator mod staff support help helpdesk official
    security stream webmaster hostmaster postmaster owner operator anonymous guest null undefined none
    everyone nobody me you deleted api www mail abuse noreply
    관리자 운영자 운영진 관리인 어드민 시스템 스태프 고객센터 고객지원 공식 매니저
    탈퇴 탈퇴회원 익명 손님 모두 전체 스트림 도움말 보안
"""
_LOOK = str.maketrans(LOOK_ALIKES)


def key(name: str) -> str:
    """What two names have in common that look the same. Never fails, whatever was typed."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    visible = "".join(letter for letter in folded if not _is_invisible(letter)).strip()
    looks = visible.replace("i\u0307", "i").translate(_LOOK).replace("rn", "m")
    return unicodedata.normalize("NFKC", looks)


def tidied(name: str) -> str:
    """The name as it is kept and shown: as typed, without space around it."""
    return unicodedata.normalize("NFC", name.strip())


def problem_with(name: str) -> str | None:
    """The code of what is wrong with a tidied name, or None."""
    plain = unicodedata.normalize("NFKC", name)
    if not name:
        return "name-missing"
    if any(_is_invisible(letter) for letter in name + plain):
        return "name-invisible"
    if _length(plain) > LONGEST:
        return "name-long"
    if not all(_may_stand(letter) for letter in name + plain):
        return "name-characters"
    if not any(_is_letter(letter) or letter.isdigit() for letter in plain) or _piles_marks(plain):
        return "name-characters"
    if _mixes_scripts(plain):
        return "name-mixed"
    if _staff_form(key(name)) in RESERVED:
        return "name-reserved"
    return None


def _is_invisible(letter: str) -> bool:
    """Control and direction marks, zero width, half a character, not a character at all."""
    return letter in BLANKS or unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _is_letter(letter: str) -> bool:
    return unicodedata.category(letter).startswith("L")


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter) in ("Mn", "Mc")


def _may_stand(letter: str) -> bool:
    plain_digit = unicodedata.normalize("NFKC", letter) in "0123456789"
    return letter in SEPARATORS or plain_digit or _is_letter(letter) or _is_mark(letter)


def _length(name: str) -> int:
    return sum(not _is_mark(letter) for letter in name)


def _piles_marks(name: str) -> bool:
    """More accents upon each other than any language has, or one upon nothing."""
    run = MARKS_IN_A_ROW
    for letter in name:
        run = run + 1 if _is_mark(letter) else 0 if _is_letter(letter) else MARKS_IN_A_ROW
        if run > MARKS_IN_A_ROW:
            return True
    return False


def _mixes_scripts(name: str) -> bool:
    scripts = {_script(letter) for letter in name if _is_letter(letter)} - {"MODIFIER"}
    return len(scripts) > 1 and not any(scripts <= family for family in FAMILIES)


def _script(letter: str) -> str:
    """The first word of a letter's Unicode name is its script."""
    return unicodedata.name(letter, "UNKNOWN").split(" ", 1)[0]


def _staff_form(key_of_name: str) -> str:
    return re.sub(r"[._-]", "", key_of_name)


RESERVED = frozenset(key(name) for name in STAFF.split())
