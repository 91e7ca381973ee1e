"""The page of the rules: what is in force, what changed since, who would gain or lose what, and applying it."""

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from stream import accounts
from stream.accounts.admin_acts import LONGEST_WHY
from stream.accounts.confirming import confirmed_only
from stream.accounts.login import admins_only
from stream.ledger.recount import POLICIES, Policy
from stream.progress.queries import level_rows
from stream.progress.rules import level_names, rulebook
from stream.rules import queries, service, words
from stream.rules.drafts import BadRulebook, Draft, draft, news, plan
from stream.rules.previews import Preview, is_done, preview_of
from stream.rules.service import Order
from stream.web.content import at
from stream.web.htmx import redirect_to
from stream.web.paging import page_number

blueprint = Blueprint("rules", __name__, url_prefix="/<language>/admin/rules")
PAGE = 100


@blueprint.get("")
@admins_only
def index() -> Response:
    """The rules, and the preview where a policy is asked for."""
    return _page(request.args.get("policy", ""))


@blueprint.post("/apply")
@admins_only
@confirmed_only
def apply() -> Response:
    """Count everybody by the rulebook as it stands, if it is still the one that the page showed."""
    form, actor = request.form, accounts.member()
    assert actor is not None
    policy, why = _policy(form.get("policy", "")), form.get("why", "").strip()
    found, problem = _draft()
    errors = _errors(found, policy, why, problem)
    if errors or found is None or policy is None:
        return _page(policy or "", errors, 422)
    chosen = plan(found, policy, why[:LONGEST_WHY], at())
    seen = preview_of(queries.effects(chosen))
    if not is_done(found, seen):
        service.apply_at_once(Order(chosen, found.text, actor.learner_id), seen.learner_ids)
    flash(_said(found))
    return redirect_to(url_for("rules.index"))


def _draft() -> tuple[Draft | None, str]:
    """The file as it stands, or what is wrong with it."""
    try:
        return draft(), ""
    except BadRulebook as bad:
        return None, str(bad)


def _policy(sent: str) -> Policy | None:
    return next((policy for policy in POLICIES if policy == sent), None)


def _errors(found: Draft | None, policy: Policy | None, why: str, problem: str) -> dict[str, str]:
    errors: dict[str, str] = {}
    if policy is None:
        errors["policy"] = _("Choose one of these.")
    if not why:
        errors["why"] = _("Say why: learners see it in their ledger.")
    if found is None:
        errors["rules"] = problem
    elif found.fingerprint != request.form.get("fingerprint"):
        errors["rules"] = _("The rulebook was changed meanwhile. Look at the preview once more.")
    return errors


def _said(found: Draft) -> str:
    last = queries.last_applied()
    changed = last.changed if last is not None else 0
    told = ngettext("%(num)s member has an entry for it.", "%(num)s members have an entry for it.", changed)
    said = _("Version %(version)s is applied.", version=found.rulebook.version)
    return f"{said} {told}"


def _page(asked: str, errors: dict[str, str] | None = None, status: int = 200) -> Response:
    found, problem = _draft()
    rules, policy = rulebook(), _policy(asked)
    context: dict[str, Any] = {"preview": None, "news": None, "fingerprint": ""}
    if found is not None:
        context = {"news": news(found), "fingerprint": found.fingerprint, **_preview(found, policy)}
    html = render_template(
        "rules/index.html",
        rules=rules,
        levels=level_rows(rules, level_names(rules), -1)[: len(level_names(rules))],
        problem=problem,
        interrupted=queries.interrupted(),
        policy=policy,
        policies=words.POLICIES,
        difference=words.difference,
        amounts=words.AMOUNTS,
        errors=errors or {},
        typed=request.form.get("why", ""),
        longest_why=LONGEST_WHY,
        **context,
    )
    return make_response(html, status)


def _preview(found: Draft, policy: Policy | None) -> dict[str, Any]:
    """Counted only on demand: it looks at every learner."""
    if policy is None:
        return {"preview": None}
    seen, number = preview_of(queries.effects(plan(found, policy, "", at()))), page_number()
    pages = max(1, -(-len(seen.affected) // PAGE))
    number = min(number, pages)
    return {"preview": seen, "shown": _slice(seen, number), "number": number, "pages": pages}


def _slice(seen: Preview, number: int) -> tuple[queries.Affected, ...]:
    return seen.affected[(number - 1) * PAGE : number * PAGE]
