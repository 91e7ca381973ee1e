"""The rules change: whoever asks why their XP moved finds one entry, and nothing is counted twice or lost after it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count

from hypothesis import given
from hypothesis import strategies as st
from strategies import COURSE_OF, PUBLISHED, RULEBOOK, START, commands, occasion
from test_merging import devices, seen

from stream.ledger.codec import from_stored, standing_from_text, standing_to_text, to_stored
from stream.ledger.comparing import differences, fingerprint
from stream.ledger.decisions import AdjustXp, ChangeRules, Command, CompleteLesson, ReopenLesson, decide
from stream.ledger.effects import Effect, effect
from stream.ledger.events import AchievementUnlocked, Event, XpAdjusted
from stream.ledger.levels import Curve
from stream.ledger.merging import Fact, merged, standing_of
from stream.ledger.recount import POLICIES, Change, Policy, worth
from stream.ledger.rulebook import Rulebook
from stream.ledger.standing import Standing, replay

LATER = START + timedelta(days=800)


@st.composite
def rulebooks(draw: st.DrawFn) -> Rulebook:
    """The sample's rulebook with other numbers and without some achievements."""
    amounts = {key: draw(st.integers(0, 120)) for key in RULEBOOK.amounts}
    kept = draw(st.lists(st.sampled_from(RULEBOOK.achievements), unique_by=lambda each: each.key, max_size=14))
    easier = tuple(replace(each, numbers=dict.fromkeys(each.numbers, draw(st.integers(1, 4)))) for each in kept)
    curve = Curve(scale=draw(st.integers(1, 3)))
    return replace(RULEBOOK, version="2", amounts=amounts, review_cap=draw(st.integers(0, 30)), curve=curve,
                   achievements=easier)  # fmt: skip


policies = st.sampled_from(POLICIES)
lives = st.lists(commands(), max_size=30)


def play(given_commands: Sequence[Command], rulebook: Rulebook, standing: Standing | None = None) -> Standing:
    """Where these commands lead under a rulebook."""
    standing = standing or Standing()
    for command in given_commands:
        standing = replay(decide(standing, command, rulebook), standing)
    return standing


def by_hand(given_commands: Sequence[Command]) -> int:
    return sum(command.amount for command in given_commands if isinstance(command, AdjustXp))


def change(policy: Policy, hand: int = 0, former: Rulebook = RULEBOOK) -> ChangeRules:
    return ChangeRules(change=Change(former, policy, "fairer", hand), **occasion(LATER))  # type: ignore[arg-type]


def changed(standing: Standing, command: ChangeRules, rulebook: Rulebook) -> Standing:
    return replay(decide(standing, command, rulebook), standing)


def same_xp(one: Standing, other: Standing) -> bool:
    """Also in what taking things back would take, and in what is left of a day's cap."""
    return (one.xp, one.completions.keys(), dict(one.review_xp)) == (
        other.xp,
        other.completions.keys(),
        dict(other.review_xp),
    ) and all(
        (done.xp, dict(done.courses)) == (other.completions[key].xp, dict(other.completions[key].courses))
        for key, done in one.completions.items()
    )


@given(lives, policies)
def test_the_same_rules_change_nothing(life: list[Command], policy: Policy) -> None:
    standing = play(life, RULEBOOK)
    assert worth(standing, RULEBOOK) + by_hand(life) == standing.xp
    assert decide(standing, change(policy, by_hand(life)), RULEBOOK) == ()


@given(lives, lives, rulebooks())
def test_full_is_as_if_the_rules_had_held_from_the_start(
    life: list[Command], later: list[Command], rulebook: Rulebook
) -> None:
    standing, ideal = play(life, RULEBOOK), play(life, rulebook)
    full = changed(standing, change("full", by_hand(life)), rulebook)
    assert same_xp(full, ideal)
    assert same_xp(play(later, rulebook, full), play(later, rulebook, ideal))


@given(lives, rulebooks())
def test_up_only_lowers_neither_xp_nor_level(life: list[Command], rulebook: Rulebook) -> None:
    standing = play(life, RULEBOOK)
    after = changed(standing, change("up-only", by_hand(life)), rulebook)
    assert after.xp >= max(standing.xp, worth(standing, rulebook) + by_hand(life))
    assert rulebook.curve.level_at(after.xp) >= RULEBOOK.curve.level_at(standing.xp)


@given(lives, rulebooks())
def test_from_now_on_records_nothing(life: list[Command], rulebook: Rulebook) -> None:
    assert decide(play(life, RULEBOOK), change("from-now", by_hand(life)), rulebook) == ()


@given(lives, rulebooks(), policies)
def test_applying_twice_is_applying_once(life: list[Command], rulebook: Rulebook, policy: Policy) -> None:
    after = changed(play(life, RULEBOOK), change(policy, by_hand(life)), rulebook)
    assert decide(after, change(policy, by_hand(life), former=rulebook), rulebook) == ()


@given(lives, rulebooks(), rulebooks(), policies)
def test_full_forgets_whatever_was_applied_before(
    life: list[Command], second: Rulebook, third: Rulebook, policy: Policy
) -> None:
    between = changed(play(life, RULEBOOK), change(policy, by_hand(life)), second)
    after = changed(between, change("full", by_hand(life), former=second), third)
    assert same_xp(after, play(life, third))


@given(lives, rulebooks(), policies)
def test_achievements_are_added_and_never_taken(life: list[Command], rulebook: Rulebook, policy: Policy) -> None:
    standing = play(life, RULEBOOK)
    after = changed(standing, change(policy, by_hand(life)), rulebook)
    assert after.achievements.keys() >= standing.achievements.keys()
    if policy != "from-now":
        held = {each.key for each in rulebook.achievements if each.evaluate(standing, PUBLISHED).holds}
        assert after.achievements.keys() == standing.achievements.keys() | held


@given(lives, lives, rulebooks(), policies)
def test_the_balance_is_the_sum_of_the_entries_and_never_negative(
    life: list[Command], later: list[Command], rulebook: Rulebook, policy: Policy
) -> None:
    standing, events = Standing(), list[Event]()
    for rules, sequence in ((RULEBOOK, life), (rulebook, [change(policy, by_hand(life)), *later])):
        for command in sequence:
            decided = decide(standing, command, rules)
            standing, events = replay(decided, standing), [*events, *decided]
            assert standing.xp == sum(event.xp for event in events) >= 0
    assert replay(events) == standing
    assert [from_stored(to_stored(event)) for event in events] == events
    assert standing_from_text(standing_to_text(standing)) == standing


@given(lives, rulebooks(), policies)
def test_the_preview_says_what_is_then_recorded(life: list[Command], rulebook: Rulebook, policy: Policy) -> None:
    standing, command = play(life, RULEBOOK), change(policy, by_hand(life))
    said, events = effect(standing, command, rulebook), decide(standing, command, rulebook)
    after = replay(events, standing)
    assert (said.xp_before, said.xp_after) == (standing.xp, after.xp)
    assert (said.level_before, said.level_after) == (
        RULEBOOK.curve.level_at(standing.xp),
        rulebook.curve.level_at(after.xp),
    )
    known = standing.achievements
    unlocked = {each.achievement for each in events if isinstance(each, AchievementUnlocked)} - known.keys()
    assert set(said.gained) == unlocked
    if policy == "up-only":
        assert not said.drops or said.lost


@given(devices, rulebooks(), st.data())
def test_devices_that_come_after_a_full_change_lead_where_they_would_have_led(
    sent: list[list[Fact]], rulebook: Rulebook, data: st.DataObject
) -> None:
    ids, history = count(1), list[tuple[str, Event]]()

    def keep(found: Sequence[tuple[str | None, Event]]) -> None:
        history.extend((key or f"follows-{next(ids)}", event) for key, event in found)

    first, *rest = data.draw(st.permutations(sent))
    keep([(each.fact, each.event) for each in merged(history, first, RULEBOOK)])
    standing = replay(event for _, event in history)
    keep([(None, event) for event in decide(standing, change("full"), rulebook)])
    for device in rest:
        keep([(each.fact, each.event) for each in merged(history, device, rulebook)])
    ended = replay(event for _, event in history)
    ideal = standing_of([fact for device in sent for fact in device], rulebook)
    assert (ended.xp, seen(ended)[1], seen(ended)[3:]) == (ideal.xp, seen(ideal)[1], seen(ideal)[3:])


def complete(lesson: str, minute: int = 0) -> CompleteLesson:
    at = START + timedelta(minutes=minute)
    return CompleteLesson(lesson=lesson, course=COURSE_OF[lesson], language="en", **occasion(at))  # type: ignore[arg-type]


def cheaper(xp: int) -> Rulebook:
    return replace(RULEBOOK, version="2", amounts={**RULEBOOK.amounts, "lesson.completed": xp})


def test_taking_back_after_a_change_takes_back_what_the_completion_gave_with_its_correction() -> None:
    standing = play([complete("l1"), complete("l2")], RULEBOOK)
    undo = ReopenLesson(lesson="l1", **occasion(LATER))  # type: ignore[arg-type]
    for policy, left in (("from-now", 40), ("up-only", 40), ("full", 30)):
        after = changed(standing, change(policy), cheaper(30))
        assert play([undo], cheaper(30), after).xp == left
    richer = changed(standing, change("up-only"), cheaper(50))
    assert (richer.xp, play([undo], cheaper(50), richer).xp) == (100, 50)


def test_a_device_that_took_a_course_back_before_the_change_takes_back_the_bonus_with_its_correction() -> None:
    dearer = replace(RULEBOOK, version="2", amounts={**RULEBOOK.amounts, "course.finished": 170})
    undo = Fact("late", ReopenLesson(lesson="s1", **occasion(START + timedelta(minutes=5))))  # type: ignore[arg-type]
    history = [(each.fact or "follows", each.event) for each in merged([], [Fact("first", complete("s1"))], RULEBOOK)]
    standing = replay(event for _, event in history)
    history += [("rules-1", event) for event in decide(standing, change("full"), dearer)]
    assert sum(event.xp for _, event in history) == 40 + 170
    for today in (dearer, RULEBOOK):  # what was given counts, not what the rulebook says by now
        late = [each.event for each in merged(history, [undo], today)]
        assert sum(event.xp for event in late) == -210


def test_what_moved_between_lessons_and_exercises_is_one_entry_without_xp() -> None:
    rulebook = replace(cheaper(30), amounts={**RULEBOOK.amounts, "lesson.completed": 30, "course.finished": 110})
    standing = play([complete("s1")], RULEBOOK)
    (event,) = decide(standing, change("full"), rulebook)
    assert isinstance(event, XpAdjusted)
    assert (event.xp, event.former, event.rules, event.reason, event.subject) == (0, "1", "2", "fairer", "rules")


def test_a_steeper_curve_costs_the_level_unless_only_up() -> None:
    steeper = replace(RULEBOOK, curve=Curve(scale=2))
    standing = play([complete(lesson) for lesson in COURSE_OF], RULEBOOK)
    assert RULEBOOK.curve.level_at(standing.xp) == 2
    lower = Effect(xp_before=620, xp_after=620, level_before=2, level_after=1)
    assert effect(standing, change("full"), steeper) == effect(standing, change("from-now"), steeper) == lower
    assert lower.drops
    kept = effect(standing, change("up-only"), steeper)
    assert (kept.xp_after, kept.level_after, kept.drops) == (900, 2, False)


def test_an_achievement_that_the_rules_no_longer_have_is_lost_to_sight() -> None:
    standing = play([complete("l1")], RULEBOOK)
    without = replace(RULEBOOK, achievements=RULEBOOK.achievements[1:])
    said = effect(standing, change("full"), without)
    assert (said.lost, said.drops) == (("first-light",), True)


def test_differences_are_named_one_by_one() -> None:
    first, second, *others = RULEBOOK.achievements
    harder = replace(second, numbers={"need": 9})
    new = replace(first, key="new-one")
    other = replace(cheaper(30), review_cap=6, curve=Curve(scale=2), achievements=(harder, *others, new))
    assert [(each.kind, each.key, each.before, each.after) for each in differences(RULEBOOK, other)] == [
        ("amount", "lesson.completed", "40", "30"),
        ("cap", "review.answered", "10", "6"),
        ("scale", "", "1", "2"),
        ("achievement-new", "new-one", "", "lessons-completed (need = 1)"),
        ("achievement-gone", "first-light", "lessons-completed (need = 1)", ""),
        ("achievement-rule", "hands-on", "exercises-passed (need = 1)", "exercises-passed (need = 9)"),
    ]
    assert differences(RULEBOOK, RULEBOOK) == ()
    assert fingerprint(RULEBOOK) != fingerprint(other) != fingerprint(cheaper(30))
