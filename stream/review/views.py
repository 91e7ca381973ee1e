"""The web around review: one item at a time, an answer, and what comes next. Plain forms throughout."""

from flask import Blueprint, Response, g, make_response, render_template, request, url_for

from stream import accounts, clock
from stream.accounts import Member
from stream.accounts.login import members_only
from stream.exercises.grading import Answer, grade
from stream.ledger.decisions import AnswerReview
from stream.progress.acts import occasion, sent_act
from stream.progress.rules import rulebook
from stream.progress.views import act_limit, my_standing, panel
from stream.review import queries, service
from stream.review.queries import Item, Today
from stream.web.content import at, catalogue
from stream.web.htmx import redirect_to
from stream.web.limits import limited, member_key

blueprint = Blueprint("review", __name__, url_prefix="/<language>")


def due_count() -> int:
    """How much is due today for whoever asks; nothing for visitors and for those who do without reviews."""
    member = accounts.member()
    if member is None or not queries.wants_reviews(member.learner_id):
        return 0
    return len(_due(member))


@blueprint.get("/review")
@members_only
def show() -> Response:
    """The item that has been due longest, after what became of the last answer."""
    return _page()


@blueprint.post("/review")
@members_only
@limited(act_limit, who=member_key)
def answer() -> Response:
    """Take an answer to an item that is due; one that is not due (any more) counts as known already."""
    key = request.form.get("item", "")
    item = next((each for each in _due(_me()) if each.key == key), None)
    if item is None:
        return redirect_to(url_for("review.show"))
    good = _is_good(item)
    if good is None:
        return _page(problem=key, status=422)
    command = AnswerReview(item=item.key, lesson=item.lesson.id, good=good, due=item.due, **occasion())
    service.answer(sent_act(), command, rulebook())
    return redirect_to(url_for("review.show", answered=key, good=int(good)))


@blueprint.post("/review/wanted")
@members_only
def wanted() -> Response:
    """Switch reviews on or off."""
    service.want_reviews(_me().learner_id, request.form.get("wanted") == "yes")
    return redirect_to(url_for("review.show"))


def _is_good(item: Item) -> bool | None:
    """Whether the sent answer is right; None when there is none."""
    form = request.form
    if item.exercise is None:
        return {"yes": True, "no": False}.get(form.get("remembered", ""))
    if form.get("remembered") == "no":
        return False
    chosen = frozenset(form.getlist("choice")) & {option.key for option in item.exercise.options}
    verdict = grade(item.exercise, Answer(form.get("answer", ""), chosen))
    return None if verdict in ("empty", "too-long") else verdict == "right"


def _page(problem: str = "", status: int = 200) -> Response:
    member, standing = _me(), my_standing()
    due = _due(member) if (is_on := queries.wants_reviews(member.learner_id)) else ()
    html = render_template(
        "review/review.html",
        item=due[0] if due else None,
        left=len(due),
        last=_last(member),
        was_good=request.args.get("good") == "1",
        problem=problem,
        is_on=is_on,
        panel=panel(standing),
        cap=rulebook().review_cap,
        amount=rulebook().amounts["review.answered"],
        typed=request.form.get("answer", "")[:1000],
    )
    return make_response(html, status)


def _last(member: Member) -> Item | None:
    """The item that was answered just now."""
    key = request.args.get("answered", "")
    if not key:
        return None
    return queries.item_of(key, my_standing(), member.learner_id, catalogue(), g.language, _today())


def _due(member: Member) -> tuple[Item, ...]:
    return queries.due_items(my_standing(), member.learner_id, catalogue(), g.language, _today())


def _today() -> Today:
    zone = accounts.time_zone()
    return Today(clock.local_day(at(), zone), at(), zone)


def _me() -> Member:
    found = accounts.member()
    assert found is not None, "these pages are for members"
    return found
