"""`stream doctor` and `stream db`."""

import json
import sys
from dataclasses import asdict
from importlib.metadata import version

import click
from flask import current_app

from stream.backup.commands import progress
from stream.clock import now
from stream.maintenance import upgrading
from stream.maintenance.contents import event_count
from stream.maintenance.diagnosis import diagnosis
from stream.maintenance.findings import Finding
from stream.rules.drafts import remember_first
from stream.settings import Settings, described
from stream.web.content import library

__all__ = ["db", "doctor"]


@click.command()
@click.option("--settings", "show_settings", is_flag=True, help="List every setting with its default and meaning.")
@click.option("--json", "as_json", is_flag=True, help="Result as JSON.")
def doctor(show_settings: bool, as_json: bool) -> None:
    """Say how the site is, and how to mend what is not well. Exit code 1 if anything wants mending; a note does not."""
    if show_settings:
        for name, default, meaning in described():
            click.echo(f"{name}={default}\n    {meaning}")
        return
    with click.progressbar(length=event_count(), label="checking the ledger", file=sys.stderr) as bar:
        found = list(diagnosis(current_app.config["STREAM"], library(), now(), bar.update))
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=2))
    else:
        for each in found:
            _say(each)
    if any(each.state == "fault" for each in found):
        sys.exit(1)


def _say(finding: Finding) -> None:
    colour = {"ok": "green", "note": "yellow", "fault": "red"}[finding.state]
    click.echo(f"{click.style(f'{finding.state:5}', fg=colour)}  {finding.name}: {finding.what}")
    if finding.mend:
        click.echo(f"       → {finding.mend}")


@click.group()
def db() -> None:
    """The database's schema."""


@db.command("upgrade")
@click.option(
    "--without-backup", is_flag=True, help="Go on even where no backup can be made. There is no way back then."
)
def upgrade(without_backup: bool) -> None:
    """Bring the database to the schema of this version: backup first, then migrate, then check the ledger."""
    settings: Settings = current_app.config["STREAM"]
    done = upgrading.upgrade(settings, version("stream-learning"), now(), progress(), not without_backup)
    remember_first(now())
    if not done.changed:
        click.echo("nothing to do")
        return
    if done.fault:
        click.echo(f"upgraded, but the ledger does not hold: {done.fault}", err=True)
    else:
        click.echo("upgraded, and every entry of the ledger holds")
    if done.way_back:
        click.echo("To go back: stop the site, install the version you had, then type")
        click.echo(f"    {done.way_back}")
    else:
        click.echo("There is no backup from before; a database on a server goes back by pg_restore of your pg_dump")
    if done.fault:
        sys.exit(1)
