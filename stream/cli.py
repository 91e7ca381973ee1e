"""The `stream` command, gathered from the features' own commands."""

import logging
import os
import sqlite3
import sys
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import wraps
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import DatabaseError

from stream import logs
from stream.accounts.commands import users
from stream.backup.commands import backup, progress
from stream.clock import now
from stream.db import close, is_sqlite
from stream.factory import create_app
from stream.lessons.commands import lessons
from stream.maintenance.commands import db, doctor
from stream.maintenance.diagnosis import clock
from stream.maintenance.findings import Finding
from stream.maintenance.service import initialise
from stream.maintenance.surroundings import packages
from stream.maintenance.upgrading import upgrade
from stream.maintenance.watch import watched
from stream.maintenance.writable import awaiting_writable, is_writable
from stream.progress.commands import ledger
from stream.rules.commands import rulebook
from stream.rules.drafts import remember_first
from stream.serve import NotAlone, Server, alone_in
from stream.serve import serve as run_server
from stream.settings import Settings, SettingsError, load_settings
from stream.statements import is_damage, is_locked
from stream.turns import has_wal_reset_bug

log = logging.getLogger(__name__)


class Site(click.Group):
    """The root command: opens the site only for the subcommands that need it."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().main(*args, **kwargs)
        except SettingsError as error:
            click.echo(f"stream: {error}", err=True)
            sys.exit(2)


@click.group(cls=Site)
@click.version_option(package_name="stream-learning")
def main() -> None:
    """Run a Stream site: lessons in Markdown, progress that is never lost or counted twice."""


@main.command()
@click.option("--sample/--no-sample", default=True, help="Copy the sample course when there are no lessons yet.")
def init(sample: bool) -> None:
    """Make what a site needs: secret key, database, sample course. Changes nothing that is there."""
    settings = load_settings()
    for line in initialise(settings, sample=sample):
        click.echo(line)
    _app_with_schema(load_settings())


@main.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on.")
def serve(host: str | None, port: int | None) -> None:
    """Serve the site until Ctrl-C or SIGTERM; running requests finish."""
    asked: dict[str, Any] = {"host": host, "port": port}
    settings = load_settings(**{name: value for name, value in asked.items() if value is not None})
    logs.begin()
    try:
        with _alone(settings):
            is_again = _serve(settings)
    except NotAlone:
        raise click.ClickException(f"another server runs in {settings.instance}: stop that one first") from None
    if is_again:
        os.execv(sys.executable, sys.orig_argv)


def _alone(settings: Settings) -> AbstractContextManager[None]:
    """Two servers share a database server, but not a file: SQLite before 3.51.3 may lose what two processes commit."""
    return alone_in(settings.instance) if is_sqlite(settings.sql_url) else nullcontext()


def _serve(settings: Settings) -> bool:
    """Serve; whether to start anew afterwards."""
    database = _file(settings)
    is_for_reading = database is not None and not is_writable(database)
    app = _app_with_schema(settings)
    with app.app_context():
        _warn_of_clock(clock(now()))
    host, port = settings.host, settings.port
    try:
        server = Server(app, host, port, settings.threads, settings.connections)
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on {host}:{port}: {error.strerror}; `--port` takes another one"
        ) from error
    address = settings.public_url or f"http://{host}:{port}"
    click.echo(f"Stream is at {address}/ (SQLite {sqlite3.sqlite_version}; Ctrl-C stops it)")
    _say_what_differs()
    click.echo("To become admin, sign up there, then type in another terminal: stream users admin YOUR-NAME")
    with ExitStack() as stack:
        if database is not None:
            stack.enter_context(watched(str(database)))
        if database is None or not is_for_reading:
            run_server(server)
            return False
        writable = stack.enter_context(awaiting_writable(database, server.stop))
        run_server(server)
        return writable.is_set()


def _file(settings: Settings) -> Path | None:
    """The database, where it is a file."""
    return Path(settings.sql_url.removeprefix("sqlite:///")) if is_sqlite(settings.sql_url) else None


def _say_what_differs() -> None:
    found = packages()
    if found.state != "ok":
        log.warning("packages: %s", found.what)
    if has_wal_reset_bug():
        log.info("SQLite %s has the WAL-reset bug: one connection writes at a time", sqlite3.sqlite_version)


def _app_with_schema(settings: Settings) -> Flask:
    app = create_app(settings)
    try:
        with app.app_context():
            done = upgrade(settings, version("stream-learning"), now(), progress())
            remember_first(now())
    except DatabaseError as error:
        close(app)
        raise _said(error, settings) from error
    if done.backup:
        click.echo(f"The database has a new schema; as it was before, it is in {done.backup.path}")
    if done.fault:
        click.echo(f"the ledger does not hold: {done.fault}. To go back: {done.way_back}", err=True)
    return app


def _warn_of_clock(found: Finding) -> None:
    if found.state == "fault":
        log.warning("the clock %s; %s", found.what, found.mend)


def _said(error: DatabaseError, settings: Settings) -> click.ClickException:
    return click.ClickException(f"{error.orig}: {settings.sql_url}. `stream doctor` says what is wrong")


def _in_site(command: click.Command) -> click.Command:
    """Let a command, or each command of a group, run inside the site; its `--help` needs none."""
    if isinstance(command, click.Group):
        for part in command.commands.values():
            _in_site(part)
        return command
    callback = command.callback
    assert callback is not None

    @wraps(callback)
    def run(*args: Any, **kwargs: Any) -> Any:
        app = create_app()
        with app.app_context():
            try:
                return callback(*args, **kwargs)
            except DatabaseError as error:
                if is_damage(error):
                    raise _said(error, app.config["STREAM"]) from error
                if is_locked(error):
                    raise click.ClickException("another program writes into the database: try again") from error
                raise
            finally:
                close(app)

    command.callback = run
    return command


main.add_command(lessons)
main.add_command(backup)
for command in (users, ledger, rulebook, db, doctor):
    main.add_command(_in_site(command))
