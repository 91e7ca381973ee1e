"""`stream doctor` and `stream db`."""

import platform
import sqlite3
import sys

import click

from stream.maintenance.service import health, migrate
from stream.settings import described

__all__ = ["db", "doctor"]


@click.command()
@click.option("--settings", "show_settings", is_flag=True, help="List every setting with its default and meaning.")
def doctor(show_settings: bool) -> None:
    """Say how the site is; exit code 0 only when all is well."""
    if show_settings:
        for name, default, meaning in described():
            click.echo(f"{name}={default}\n    {meaning}")
        return
    click.echo(f"python {platform.python_version()}, sqlite {sqlite3.sqlite_version}")
    state = health()
    for check, result in state.checks.items():
        click.echo(f"{check}: {result}")
    if not state.ok:
        sys.exit(1)


@click.group()
def db() -> None:
    """The database's schema."""


@db.command("upgrade")
def upgrade() -> None:
    """Bring the database to the schema of this version."""
    click.echo("upgraded" if migrate() else "nothing to do")
