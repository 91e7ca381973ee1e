"""The web around progress: complete, take back, and the pages where every number is explained."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from babel.dates import format_skeleton
from flask import Blueprint, Response, abort, g, make_response, render_template, request, url_for
from flask_babel import get_locale

from stream import accounts, clock
from stream.accounts.login import members_only
from stream.accounts.service import MOST_A_WEEK, set_weekly_goal
from stream.catalogue.model import Lesson
from stream.ledger.decisions import Command, ReopenLesson
from stream.ledger.rulebook import Rulebook
from stream.ledger.standing import Standing
from stream.progress import exports, profile, queries, service, statement
from stream.progress.acts import announcements, brought, completing, occasion, opening, sent_act
from stream.progress.outlines import outline_html
from stream.progress.rules import level_names, rulebook
from stream.web.content import at, catalogue, lesson_or_404
from stream.web.htmx import fragments, redirect_to, wants_fragment
from stream.web.kept_fragments import Key, Same
from stream.web.limits import limited, member_key
from stream.web.page import site_settings

blueprint = Blueprint("progress", __name__, url_prefix="/<language>")


def act_limit() -> str:
    """How often one member may act: far above what a learner does, far below what a script could."""
    return site_settings().act_limit


@blueprint.post("/lessons/<slug>/complete")
@limited(act_limit, who=member_key)
def complete(slug: str) -> Response:
    """Complete the lesson; standing, outline and announcement follow in the same answer."""
    lesson = lesson_or_404(slug)
    if accounts.member() is None:
        return to_sign_in(lesson, act="complete")
    return _done(lesson, completing(lesson))


@blueprint.post("/lessons/<slug>/reopen")
@limited(act_limit, who=member_key)
def reopen(slug: str) -> Response:
    """Take the completion back, with exactly what it gave."""
    lesson = lesson_or_404(slug)
    if accounts.member() is None:
        return to_sign_in(lesson)
    return _done(lesson, [ReopenLesson(lesson=lesson.id, **occasion())])


@blueprint.post("/lessons/<slug>/open")
@members_only
def open_lesson(slug: str) -> Response:
    """Note, once per language, that the member has begun the lesson. Sent by the page when it is shown; no XP."""
    lesson = lesson_or_404(slug)
    service.record_before_answer(sent_act(), [opening(lesson)], rulebook())
    return make_response("", 204)


@blueprint.get("/me")
@members_only
def me() -> Response:
    """The member's own page: where to go on, the year, XP over time, the latest entries, achievements."""
    member = accounts.member()
    assert member is not None
    standing, published = my_standing(), catalogue().published(at())
    outlines = [queries.outline_of(course, standing, at()) for course in catalogue().courses]
    cards = queries.achievement_cards(standing, published, rulebook())
    found = profile.profile_of(member.learner_id, clock.local_day(at(), accounts.time_zone()))
    return _page(
        "progress/me.html",
        profile=found,
        latest=statement.visible(found.latest, accounts.shown().achievements),
        goal=member.weekly_goal,
        most_a_week=MOST_A_WEEK,
        goal_done=_done_this_week(standing),
        panel=panel(standing),
        next=queries.next_lesson(outlines, standing),
        earned=profile.earned(cards),
        nearest=profile.nearest(cards),
        calendar=calendar,
    )


@blueprint.post("/me/goal")
@members_only
def set_goal() -> Response:
    """Set out to do so many lessons a week, or give the goal up."""
    member = accounts.member()
    assert member is not None
    set_weekly_goal(member.id, request.form.get("goal", type=int))
    return redirect_to(url_for("progress.me", _anchor="goal"))


def _done_this_week(standing: Standing) -> int:
    """Lessons completed in this ISO week of the learner's own days."""
    zone = accounts.time_zone()
    this_week = clock.local_day(at(), zone).isocalendar()[:2]
    days = (clock.local_day(completion.at, zone) for completion in standing.completions.values())
    return sum(day.isocalendar()[:2] == this_week for day in days)


@blueprint.get("/me/ledger")
@members_only
def ledger() -> Response:
    """Every entry with time, what, rule, XP and balance; `?format=csv` or `json` to take it along."""
    member = accounts.member()
    assert member is not None
    shows = accounts.shown()
    entries = statement.visible(statement.history_of(member.learner_id), shows.achievements)
    if (form := request.args.get("format", "")) in exports.FORMATS:
        hidden = {
            *(() if shows.xp else ("xp", "balance", "amounts", "cap")),
            *(() if shows.achievements else ("achievements",)),
        }
        return exports.answer(form, entries, f"ledger-{member.username}", hidden)
    show, about = request.args.get("show", "all"), request.args.get("about", "")
    page = request.args.get("page", 1, type=int)
    shown = statement.statement_of(entries, show, about, page)
    return _page("progress/ledger.html", statement=shown, show=show, about=about, kinds=statement.KINDS)


@blueprint.get("/achievements")
def achievements() -> Response:
    """All achievements: the rule in plain words, how far, what is missing, and what counted."""
    if not accounts.shown().achievements:
        abort(404)
    standing = my_standing()
    cards = queries.achievement_cards(standing, catalogue().published(at()), rulebook())
    return _page("progress/achievements.html", cards=cards, standing=standing)


@blueprint.get("/levels")
def levels() -> Response:
    """All levels and what gives XP, from the rulebook in force."""
    if not accounts.shown().xp:
        abort(404)
    rules = rulebook()
    names, here = level_names(rules), rules.curve.level_at(my_standing().xp)
    rows = queries.level_rows(rules, names, here)
    return _page("progress/levels.html", rows=rows, rulebook=rules, here=here)


def calendar(day: date, skeleton: str) -> str:
    """A calendar day with the fields of a CLDR skeleton (`MMMd`, `yMMMM`), in the order of the reader's language."""
    return format_skeleton(skeleton, day, locale=get_locale())


def my_standing() -> Standing:
    """Where whoever asks stands."""
    if (shown := g.get("device_standing")) is not None:  # a visitor's device has sent what it keeps
        standing: Standing = shown
        return standing
    member = accounts.member()
    return queries.standing_of(member.learner_id if member else None)


def panel(standing: Standing, rules: Rulebook | None = None) -> queries.Panel:
    """The widget for this standing, in the reader's language; by the rulebook in force, unless one is at hand."""
    rules = rules or rulebook()
    return queries.panel_of(standing, catalogue().published(at()), rules, level_names(rules))


def completion_context(lesson: Lesson, standing: Standing, rules: Rulebook | None = None) -> dict[str, Any]:
    """What `progress/_completion.html` needs."""
    return {
        "lesson": lesson,
        "state": queries.lesson_state(lesson, standing),
        "completion_xp": (rules or rulebook()).amounts["lesson.completed"],
    }


def to_sign_in(lesson: Lesson, act: str | None = None) -> Response:
    """Lead somebody who is not signed in (any more) to sign in and back to the lesson, with what they wanted to do."""
    back = url_for("lessons.show", slug=lesson.slug, _anchor="completion")
    return redirect_to(url_for("accounts.sign_in", next=back, act=act))


def _done(lesson: Lesson, commands: Sequence[Command]) -> Response:
    rules = rulebook()
    outcome = service.record_before_answer(sent_act(), commands, rules)
    if not wants_fragment():
        return redirect_to(url_for("lessons.show", slug=lesson.slug, _anchor="completion"))
    context = completion_context(lesson, outcome.after, rules)
    key = "completion", completion_key(**context)
    return progress_fragments("progress/_completion.html", lesson, outcome, rules, context, key)


def progress_fragments(
    name: str, lesson: Lesson, outcome: service.Outcome, rules: Rulebook, context: dict[str, Any],
    key: tuple[str, Key] | None = None,
) -> Response:  # fmt: skip
    """The fragment `name` with its context, and out of band everything else on the lesson page that moved with it, by
    the rules that the act was recorded by. `key` is by what it is kept.
    """
    course = catalogue().course(lesson.course)
    assert course is not None
    shown, outline = panel(outcome.after, rules), queries.outline_of(course, outcome.after, at(), here=lesson)
    what = brought(outcome, rules)
    return fragments(
        name,
        "progress/_standing.html",
        outline_html(outline, out_of_band=True),
        "progress/_announcement.html",
        panel=shown,
        toasts=announcements(what),
        keys={
            **({name: key} if key else {}),
            "progress/_standing.html": ("standing", standing_key(shown)),
            "progress/_announcement.html": ("announcement", what),
        },
        **context,
    )


@blueprint.app_template_global()
def completion_key(lesson: Lesson, state: str, completion_xp: int) -> Key:
    """Everything that the form for completing depends on besides the page's language, and where it is put."""
    return Same(lesson), state, completion_xp, accounts.shown(), accounts.member() is not None


@blueprint.app_template_global()
def standing_key(shown: queries.Panel) -> Key:
    """Everything that the widget depends on besides the page's language, and where it is put."""
    return shown, accounts.shown(), accounts.member() is not None, bool(g.get("device_standing"))


def _page(name: str, **context: Any) -> Response:
    return make_response(render_template(name, **context))
