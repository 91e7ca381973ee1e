"""Passwords: which may be chosen, how they are kept, and checking one without telling who has an account."""

import re
import threading
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 256
NAME_COUNTS_FROM = 4  # shorter names are found in too many good passwords
SAME_AGAIN = re.compile(r"(.{1,6}?)\1+", re.DOTALL)  # at most 256 characters come here
RUNS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "가나다라마바사아자차카타파하",
)
DECORATION = "0123456789!@#$%^&*()-_=+.,?~ "
DISGUISES = str.maketrans("@0134$57", "aoleasst")
FEW = 6

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's figures: 19 MiB a time
_slots = threading.BoundedSemaphore(2)  # a Pi has four cores and other work to do


def problem_with(password: str, username: str) -> str | None:
    """The code of what is wrong with a new password, or None. No rule about kinds of characters."""
    if not password:
        return "password-missing"
    if len(password) < SHORTEST:
        return "password-short"
    if len(password) > LONGEST:
        return "password-long"
    folded, name = password.casefold(), username.casefold()
    if folded == name or (len(name) >= NAME_COUNTS_FROM and name in folded):
        return "password-name"
    return "password-common" if _is_common(folded) else None


def hashed(password: str) -> str:
    """The argon2id hash to keep."""
    with _slots:
        return _hasher.hash(password)


def is_right(password: str, kept: str | None) -> bool:
    """Whether `password` belongs to the hash `kept`. Without one: no, after as much work."""
    if len(password) > LONGEST:
        return False
    try:
        with _slots:
            _hasher.verify(kept or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(kept)


def _is_common(folded: str) -> bool:
    """In the list, or one of its words with a few digits or signs around it, or one thing again and again."""
    word = folded.strip(DECORATION)
    around = folded.replace(word, "", 1) if word else folded
    known = word in _common() or word.translate(DISGUISES) in _common()
    return (
        folded in _common()
        or (known and (len(around) <= FEW or _is_run(around)))
        or SAME_AGAIN.fullmatch(folded) is not None
        or _is_run(folded)
    )


def _is_run(folded: str) -> bool:
    return any(folded in line or folded in line[::-1] for line in RUNS)


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")


@cache
def _common() -> frozenset[str]:
    text = files("stream.accounts").joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("# "))
