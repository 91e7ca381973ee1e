"""`stream rulebook`: show the rules, preview what a change would do to everybody, apply it."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from stream.accounts.admin_acts import SITE
from stream.clock import now
from stream.ledger.comparing import Difference
from stream.ledger.levels import level_name
from stream.ledger.recount import POLICIES, Policy
from stream.ledger.rulebook import Rulebook
from stream.rules import queries, service
from stream.rules.drafts import BadRulebook, Draft, News, draft, news, plan
from stream.rules.previews import Preview, is_done, preview_of
from stream.rules.queries import Affected, Applied, Plan
from stream.rules.service import Order

CHANGES, DROPS = 3, 4  # exit codes of the preview
CODES = """\b
Exit codes:
  0  nothing changes for anybody
  2  the rulebook cannot be used; file and line are named
  3  something changes, and nobody drops
  4  somebody drops: less XP, a lower level, or an achievement that is gone"""
POLICY = click.Choice(POLICIES)


@click.group()
def rulebook() -> None:
    """The rules of the game: XP, levels, achievements. They stand in `rulebook.toml` in the lessons folder."""


@rulebook.command()
@click.option("--json", "as_json", is_flag=True, help="Result as JSON.")
def show(as_json: bool) -> None:
    """Show the rulebook as its file stands now, and when which was applied last."""
    found = _draft(None)
    new = news(found)
    if as_json:
        said = {"rulebook": asdict(found.rulebook), "applied": _plain_applied(new.last), "changed_since": new.is_new}
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
        return
    _show(found.rulebook)
    _show_applied(new)


@rulebook.command(epilog=CODES)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--policy", type=POLICY, default="full", help="How to count what was done so far (default: full).")
@click.option("--json", "as_json", is_flag=True, help="Result as JSON.")
def preview(file: Path | None, policy: Policy, as_json: bool) -> None:
    """Say who would gain or lose what if the rulebook in FILE, or in the lessons folder, were applied. Changes nothing.

    \b
    Policies:
      from-now  what was done keeps its XP; levels follow the new curve
      up-only   who would have more gets the difference; nobody gets lower
      full      as if these rules had held from the start
    """
    found = _draft(file)
    new, seen = news(found), _preview(plan(found, policy, "", now()))
    if as_json:
        click.echo(json.dumps(_plain(found, new, policy, seen), ensure_ascii=False, indent=2))
    else:
        _say(found, new, policy, seen)
    sys.exit(DROPS if seen.drops else CHANGES if seen.affected else 0)


@rulebook.command()
@click.option("--policy", type=POLICY, required=True, help="How to count what was done so far; see `preview`.")
@click.option("--why", required=True, help="The reason, which learners see in their ledger.")
@click.option("--yes", is_flag=True, help="Do not ask before anything is written.")
def apply(policy: Policy, why: str, yes: bool) -> None:
    """Count everybody by the rulebook in the lessons folder, once, with the reason WHY.

    Each learner gets one entry at most. If it is interrupted, the same command goes on where it stopped; once it is
    done, it changes nothing more.
    """
    if not why.strip():
        raise click.UsageError("--why needs a reason: learners see it in their ledger")
    found = _draft(None)
    chosen = plan(found, policy, why.strip(), now())
    new, seen = news(found), _preview(chosen)
    if is_done(found, seen):
        click.echo(f"nothing to do: version {found.rulebook.version} is applied")
        return
    _say(found, new, policy, seen)
    if not yes:
        click.confirm("Apply?", abort=True)
    _apply(Order(chosen, found.text, SITE), seen)


def _apply(order: Order, seen: Preview) -> None:
    number = service.begin(order)
    with click.progressbar(length=len(seen.affected), label="applying", file=sys.stderr) as bar:
        for done in service.apply(order, number, seen.learner_ids):
            bar.update(done)
    last = queries.last_applied()
    changed = last.changed if last is not None else 0
    click.echo(
        f"applied version {order.plan.rulebook.version} ({order.plan.change.policy}): {changed} learners changed"
    )


def _draft(file: Path | None) -> Draft:
    try:
        return draft(file)
    except BadRulebook as bad:
        click.echo(str(bad), err=True)
        sys.exit(2)


def _preview(chosen: Plan) -> Preview:
    with click.progressbar(length=queries.learner_count(), label="counting", file=sys.stderr) as bar:

        def counted() -> Iterator[Affected | None]:
            for each in queries.effects(chosen):
                bar.update(1)
                yield each

        return preview_of(counted())


def _say(found: Draft, new: News, policy: Policy, seen: Preview) -> None:
    click.echo(f"version {new.former.version} → {found.rulebook.version}, policy {policy}")
    for each in new.differences:
        click.echo(f"  {_words(each)}")
    if new.is_new and new.former.version == found.rulebook.version:
        click.echo("  note: give it a new version, so that entries say under which rules they were made")
    for affected in seen.affected:
        click.echo(_line(affected))
    click.echo(
        f"{seen.learners} learners: {seen.drops} would drop, {seen.rises} would rise, "
        f"{seen.unlocks} would get an achievement"
    )


def _line(each: Affected) -> str:
    seen = each.effect
    mark = "drops" if seen.drops else "rises" if seen.rises else "same"
    gained, lost = (f" +{key}" for key in seen.gained), (f" -{key}" for key in seen.lost)
    xp, level = f"{seen.xp_before:6} → {seen.xp_after:6} XP", f"level {seen.level_before:2} → {seen.level_after:2}"
    return f"{mark:5}  {xp}  {level}  {each.name or each.learner_id}{''.join((*gained, *lost))}"


def _words(each: Difference) -> str:
    match each.kind:
        case "amount":
            return f"{each.key}: {each.before} → {each.after} XP"
        case "cap":
            return f"{each.key}, at most a day: {each.before} → {each.after} XP"
        case "scale":
            return f"levels, scale: {each.before} → {each.after}"
        case "level-names":
            return "levels: other names"
        case "achievement-new":
            return f"achievement {each.key}: new, {each.after}"
        case "achievement-gone":
            return f"achievement {each.key}: gone"
        case "achievement-rule":
            return f"achievement {each.key}: {each.before} → {each.after}"
        case _:
            return f"achievement {each.key}: other words"


def _plain(found: Draft, new: News, policy: Policy, seen: Preview) -> dict[str, object]:
    return {
        "former": new.former.version,
        "version": found.rulebook.version,
        "policy": policy,
        "differences": [asdict(each) for each in new.differences],
        "learners": seen.learners,
        "drops": seen.drops,
        "rises": seen.rises,
        "unlocks": seen.unlocks,
        "affected": [
            {"learner": each.learner_id, "name": each.name, **asdict(each.effect), "drops": each.effect.drops}
            for each in seen.affected
        ],
    }


def _show(rules: Rulebook) -> None:
    click.echo(f"version {rules.version}")
    for key, xp in rules.amounts.items():
        cap = f", at most {rules.review_cap} a day" if key == "review.answered" else ""
        click.echo(f"{key:18} {xp:+5} XP{cap}")
    language, names = next(iter(rules.level_names.items()))
    for level in range(len(names)):
        click.echo(f"level {level:2} from {rules.curve.threshold(level):6} XP  {level_name(level, names)}")
    for each in rules.achievements:
        numbers = ", ".join(f"{name} = {number}" for name, number in sorted(each.numbers.items()))
        click.echo(f"achievement {each.key:14} {each.name[language]}: {each.rule} ({numbers})")


def _show_applied(new: News) -> None:
    if new.last is None:
        click.echo("none was applied yet: every act counts by the rulebook that is in force when it is done")
        return
    click.echo(f"version {new.last.version} was applied on {new.last.begun_at:%Y-%m-%d} ({new.last.policy})")
    if new.is_new:
        click.echo("it has changed since: `stream rulebook preview` says what that would mean")


def _plain_applied(last: Applied | None) -> dict[str, object] | None:
    if last is None:
        return None
    return {"version": last.version, "policy": last.policy, "why": last.why, "at": last.begun_at.isoformat()}
