"""`stream rulebook`: who would gain or lose what, before anything happens; then once, with a reason."""

import json

import given
import pytest
from flask import Flask
from sqlalchemy import text

from stream.accounts.admin_acts import latest
from stream.clock import now
from stream.db import reading
from stream.ledger.decisions import AdjustXp, CompleteLesson, ReopenLesson
from stream.progress.queries import standing_of
from stream.rules import service
from stream.rules.drafts import draft, plan
from stream.rules.service import Order

WHY = ("--why", "Lessons are short")
FIRST = ("1", "from-now", 0)


def affected(result) -> dict[str, tuple]:
    return {
        each["name"]: (each["xp_before"], each["xp_after"], each["drops"])
        for each in json.loads(result.stdout)["affected"]
    }


def apply(rulebook, policy: str, *more: str):
    result = rulebook("apply", "--policy", policy, *WHY, "--yes", *more)
    assert result.exit_code == 0, result.output
    return result


def applied(app: Flask) -> list[tuple]:
    with app.app_context(), reading() as connection:
        return [
            tuple(row) for row in connection.execute(text("SELECT version, policy, changed FROM rulebooks_applied"))
        ]


def test_nothing_changes_while_the_rules_are_the_same(rulebook, learners):
    result = rulebook("preview")
    assert result.exit_code == 0, result.output
    assert "3 learners: 0 would drop, 0 would rise" in result.stdout


def test_a_preview_lists_everybody_before_and_after_and_says_that_some_drop(rulebook, learners, cheaper, balances):
    cheaper()
    before = balances()
    result = rulebook("preview", "--json")
    assert result.exit_code == 4
    assert affected(result) == {"minji": (80, 60, True), "jun": (60, 50, True)}
    assert balances() == before
    plain = rulebook("preview").stdout
    assert "version 1 → 2, policy full\n  lesson.completed: 40 → 30 XP\n" in plain
    assert "drops      80 →     60 XP  level  0 →  0  minji" in plain


@pytest.mark.parametrize(("policy", "code"), [("from-now", 0), ("up-only", 0), ("full", 4)])
def test_each_policy_has_its_own_preview(rulebook, learners, cheaper, policy, code):
    cheaper()
    assert rulebook("preview", "--policy", policy).exit_code == code


def test_who_only_gains_is_told_by_another_exit_code(rulebook, learners, rewrite):
    rewrite(('"lesson.completed" = 40', '"lesson.completed" = 50'))
    result = rulebook("preview", "--json")
    assert (result.exit_code, affected(result)["minji"]) == (3, (80, 100, False))


def test_a_draft_elsewhere_is_previewed_against_the_rules_in_force(rulebook, learners, cheaper, tmp_path):
    result = rulebook("preview", str(cheaper(into=tmp_path / "draft.toml")))
    assert result.exit_code == 4
    assert "version 1 → 2, policy full" in result.stdout
    assert "lesson.completed: 40 → 30 XP" in result.stdout
    assert rulebook("preview").exit_code == 0


@pytest.mark.parametrize("command", [["show"], ["preview"], ["apply", "--policy", "full", "--why", "x"]])
def test_a_broken_rulebook_is_named_with_file_and_line(rulebook, rewrite, command):
    path = rewrite(('"exercise.passed" = 20', '"exercise.passed" = "many"'))
    result = rulebook(*command)
    assert result.exit_code == 2
    line = path.read_text(encoding="utf-8").splitlines().index('"exercise.passed" = "many"') + 1
    assert result.stderr == f"{path}:{line}: xp: exercise.passed must be a whole number, 0 to 1000000\n"


def test_up_only_lowers_nobody(rulebook, learners, cheaper, rewrite, balances):
    cheaper()
    before = balances()
    apply(rulebook, "up-only")
    assert balances() == before
    rewrite(('version = "2"', 'version = "3"'), ('"exercise.passed" = 20', '"exercise.passed" = 45'))
    apply(rulebook, "up-only")
    assert balances() == {"minji": 80, "jun": 30 + 45, "sora": 0}


def test_full_takes_and_gives_the_difference(rulebook, learners, cheaper, balances):
    cheaper()
    assert "2 learners changed" in apply(rulebook, "full").stdout
    assert balances() == {"minji": 60, "jun": 50, "sora": 0}


def test_from_now_on_counts_only_what_follows(rulebook, learners, cheaper, balances, act):
    cheaper()
    assert "0 learners changed" in apply(rulebook, "from-now").stdout
    act(learners["minji"], CompleteLesson, lesson="encoder", course="dials", language="en")
    assert balances() == {"minji": 80 + 30 + 100, "jun": 60, "sora": 0}


def test_taking_a_lesson_back_afterwards_takes_what_it_gives_now(rulebook, learners, cheaper, balances, act):
    cheaper()
    apply(rulebook, "full")
    act(learners["minji"], ReopenLesson, lesson="dial")
    assert balances()["minji"] == 30


def test_applying_twice_is_applying_once(rulebook, learners, cheaper, balances, corrections, app):
    cheaper()
    apply(rulebook, "full")
    before = (balances(), corrections("minji"), applied(app))
    assert "nothing to do: version 2 is applied" in apply(rulebook, "full").stdout
    assert (balances(), corrections("minji"), applied(app)) == before
    assert before[1:] == (["rules-2"], [FIRST, ("2", "full", 2)])


def test_back_and_forth_is_three_changes(rulebook, learners, cheaper, rewrite, balances, corrections):
    back = (('version = "2"', 'version = "1"'), ('"lesson.completed" = 30', '"lesson.completed" = 40'))
    for change, xp in ((cheaper, 60), (lambda: rewrite(*back), 80), (cheaper, 60)):
        change()
        apply(rulebook, "full")
        assert balances()["minji"] == xp
    assert corrections("minji") == ["rules-2", "rules-3", "rules-4"]


def test_what_was_interrupted_goes_on_where_it_stopped(rulebook, learners, cheaper, balances, app, corrections):
    cheaper()
    with app.app_context():
        found = draft()
        order = Order(plan(found, "full", "Lessons are short", now()), found.text, "site")
        next(service.apply(order, service.begin(order), [learners["jun"]]))
    assert balances() == {"minji": 80, "jun": 50, "sora": 0}
    apply(rulebook, "full")
    assert balances() == {"minji": 60, "jun": 50, "sora": 0}
    assert corrections("jun") == corrections("minji") == ["rules-2"]
    assert applied(app) == [FIRST, ("2", "full", 2)]


def test_who_acts_between_preview_and_apply_is_counted_as_they_stand_then(learners, cheaper, balances, app, act):
    cheaper()
    with app.app_context():
        found = draft()
        order = Order(plan(found, "full", "Lessons are short", now()), found.text, "site")
        act(learners["minji"], ReopenLesson, lesson="dial")
        number = service.begin(order)
        for _ in range(2):
            list(service.apply(order, number, list(learners.values())))
    assert balances() == {"minji": 30, "jun": 50, "sora": 0}


def test_what_was_given_by_hand_stays(rulebook, learners, cheaper, balances, act):
    act(learners["minji"], AdjustXp, amount=7, reason="a gift")
    cheaper()
    apply(rulebook, "full")
    assert balances()["minji"] == 67
    assert rulebook("preview").exit_code == 0


def test_a_new_achievement_is_unlocked_for_past_deeds(rulebook, learners, rewrite, balances, app):
    rewrite(('key = "ten-steps"\nrule = "lessons-completed"\nneed = 10',
             'key = "ten-steps"\nrule = "lessons-completed"\nneed = 2'))  # fmt: skip
    result = rulebook("preview", "--json")
    assert result.exit_code == 3
    assert [(each["name"], each["gained"]) for each in json.loads(result.stdout)["affected"]] == [
        ("minji", ["ten-steps"])
    ]
    apply(rulebook, "up-only")
    with app.app_context():
        assert "ten-steps" in standing_of(learners["minji"]).achievements
    assert balances() == {"minji": 80, "jun": 60, "sora": 0}


def test_applying_is_recorded_once_and_told_to_whom_it_concerns(rulebook, learners, cheaper, app):
    jun, minji = given.Visitor(app).sign_in("jun"), given.Visitor(app).sign_in("minji")
    jun.post("/en/me/shown", achievements="on")
    cheaper()
    apply(rulebook, "full")
    apply(rulebook, "full")
    with app.app_context():
        (deed,) = (each for each in latest(10) if each.act == "rules.changed")
    assert (deed.act, deed.subject, deed.why, deed.actor) == (
        "rules.changed",
        "rulebook:2:full",
        "Lessons are short",
        None,
    )
    assert (minji.unread(), jun.unread()) == (1, 0)  # jun has switched points off
    page = minji.get("/en/notifications").text
    assert "The rules of this site changed." in page
    assert "Lessons are short" in page


def test_the_ledger_says_why(rulebook, learners, cheaper, app):
    cheaper()
    apply(rulebook, "full")
    page = given.Visitor(app).sign_in("minji").get("/en/me/ledger?show=corrections").text
    assert "The rules changed (version 1 → 2)" in page
    assert "Lessons are short" in page
    assert "−20" in page


def test_without_a_reason_or_a_yes_nothing_happens(rulebook, learners, cheaper, balances, app):
    cheaper()
    assert rulebook("apply", "--policy", "full").exit_code == 2
    assert rulebook("apply", "--policy", "full", "--why", " ").exit_code == 2
    assert rulebook("apply", "--policy", "full", *WHY, input="n\n").exit_code == 1
    assert (balances()["minji"], applied(app)) == (80, [FIRST])


def test_showing_names_the_rules_and_what_was_applied(rulebook, app, cheaper):
    assert "none was applied yet" in rulebook("show").stdout
    apply(rulebook, "from-now")
    cheaper()
    shown = rulebook("show").stdout
    assert "version 1 was applied on" in shown
    assert "it has changed since" in shown
    said = json.loads(rulebook("show", "--json").stdout)
    assert (said["rulebook"]["amounts"]["lesson.completed"], said["applied"]["version"], said["changed_since"]) == (
        30,
        "1",
        True,
    )


@pytest.mark.parametrize("command", [[], ["show"], ["preview"], ["apply"]])
def test_every_command_answers_help(rulebook, command):
    result = rulebook(*command, "--help")
    assert result.exit_code == 0
    assert command != ["preview"] or "4  somebody drops" in result.stdout
