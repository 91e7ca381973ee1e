"""`stream ledger`: verify it, rebuild what follows from it, ask it why, take it along."""

import json
import sys

import click

from stream import accounts
from stream.clock import now
from stream.ledger.codec import to_stored
from stream.progress import audit, exports
from stream.progress.queries import achievement_cards, standing_of
from stream.progress.rules import rulebook
from stream.progress.statement import history_of
from stream.web.content import library


@click.group()
def ledger() -> None:
    """The ledger of what learners did, from which everything else follows."""


@ledger.command()
@click.option("--json", "as_json", is_flag=True, help="Result as JSON.")
def verify(as_json: bool) -> None:
    """Check every chain, every version and every projection; name what does not hold. Exit code 1 then."""
    found: list[audit.Fault] = []
    checked = 0
    with click.progressbar(length=audit.count_events(), label="verifying", file=sys.stderr) as bar:
        for number, faults in audit.faults():
            found.extend(faults)
            checked += number
            bar.update(number)
    if as_json:
        faults_as_json = [{"learner": f.learner_id, "event": f.event, "what": f.what} for f in found]
        click.echo(json.dumps({"events": checked, "faults": faults_as_json}))
    else:
        for fault in found:
            click.echo(str(fault))
        click.echo(f"{checked} events checked, {len(found)} faults")
    if found:
        sys.exit(1)


@ledger.command()
def rebuild() -> None:
    """Make every standing anew from the events."""
    done = 0
    with click.progressbar(length=audit.count_events(), label="rebuilding", file=sys.stderr) as bar:
        for number in audit.rebuild():
            done += number
            bar.update(number)
    click.echo(f"{done} events folded")


@ledger.command()
@click.argument("username")
@click.argument("achievement", required=False)
def why(username: str, achievement: str | None) -> None:
    """Say why USERNAME has this XP, or how far an ACHIEVEMENT is and what is missing."""
    learner_id = _learner(username)
    if achievement is None:
        _why_xp(learner_id)
    else:
        _why_achievement(learner_id, achievement)


def _why_xp(learner_id: str) -> None:
    entries = history_of(learner_id)
    for entry in entries:
        stored = to_stored(entry.event)
        click.echo(f"{stored.occurred_at}  {stored.type:20} {stored.subject:40} {stored.xp:+5} {entry.balance:6}")
    click.echo(f"{entries[-1].balance if entries else 0} XP in {len(entries)} entries")


def _why_achievement(learner_id: str, key: str) -> None:
    at = now()
    standing = standing_of(learner_id)
    cards = achievement_cards(standing, library().catalogue().published(at), rulebook())
    card = next((card for card in cards if card.achievement.key == key), None)
    if card is None:
        known = ", ".join(each.key for each in rulebook().achievements)
        raise click.ClickException(f"there is no achievement {key!r}; there are: {known}")
    if card.earned_at is not None:
        click.echo(f"earned {card.earned_at:%Y-%m-%d %H:%M} UTC")
    click.echo(f"{card.shown_have}/{card.progress.need}")
    for subject in card.progress.missing:
        click.echo(f"missing {subject}")


@ledger.command()
@click.argument("username", required=False)
def export(username: str | None) -> None:
    """Write the events of USERNAME, or of everybody, as JSON."""
    if username is not None:
        click.echo(exports.as_json(history_of(_learner(username))))
        return
    for row in audit.all_rows():
        click.echo(json.dumps({**row._asdict(), "data": json.loads(row.data)}, ensure_ascii=False))


def _learner(username: str) -> str:
    learner_id = accounts.learner_of(username)
    if learner_id is None:
        raise click.ClickException(f"there is no member {username!r}")
    return learner_id
