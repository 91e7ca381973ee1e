"""How two rulebooks differ, as values; whoever shows it finds the words."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from stream.ledger.codec import canonical
from stream.ledger.rulebook import Achievement, Rulebook


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that changed. `kind` says what; `key` which amount or achievement; before and after as text."""

    kind: str
    key: str = ""
    before: str = ""
    after: str = ""


def fingerprint(rulebook: Rulebook) -> str:
    """The same for rulebooks that say the same, however their files are written: 64 hex digits."""
    return hashlib.sha256(canonical(asdict(rulebook)).encode()).hexdigest()


def differences(former: Rulebook, rulebook: Rulebook) -> tuple[Difference, ...]:
    """Everything that changed from one to the other but the version."""
    return (*_amounts(former, rulebook), *_levels(former, rulebook), *_achievements(former, rulebook))


def _amounts(former: Rulebook, rulebook: Rulebook) -> Iterator[Difference]:
    for key, xp in rulebook.amounts.items():
        if xp != former.amounts[key]:
            yield Difference("amount", key, str(former.amounts[key]), str(xp))
    if rulebook.review_cap != former.review_cap:
        yield Difference("cap", "review.answered", str(former.review_cap), str(rulebook.review_cap))


def _levels(former: Rulebook, rulebook: Rulebook) -> Iterator[Difference]:
    if rulebook.curve != former.curve:
        yield Difference("scale", "", str(former.curve.scale), str(rulebook.curve.scale))
    if rulebook.level_names != former.level_names:
        yield Difference("level-names")


def _achievements(former: Rulebook, rulebook: Rulebook) -> Iterator[Difference]:
    before = {each.key: each for each in former.achievements}
    after = {each.key: each for each in rulebook.achievements}
    for key in sorted(after.keys() - before.keys()):
        yield Difference("achievement-new", key, "", _rule(after[key]))
    for key in sorted(before.keys() - after.keys()):
        yield Difference("achievement-gone", key, _rule(before[key]))
    for key in (key for key in after if key in before):
        if _rule(before[key]) != _rule(after[key]):
            yield Difference("achievement-rule", key, _rule(before[key]), _rule(after[key]))
        elif before[key] != after[key]:
            yield Difference("achievement-text", key)


def _rule(achievement: Achievement) -> str:
    """The rule with its numbers, as the file has them."""
    numbers = ", ".join(f"{name} = {number}" for name, number in sorted(achievement.numbers.items()))
    return f"{achievement.rule} ({numbers})"
