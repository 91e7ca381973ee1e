"""`stream backup`: make one, check one, bring one back."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from importlib.metadata import version
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from stream.backup import making, restoring
from stream.backup.checking import verified
from stream.backup.folder import discount, find_all
from stream.backup.manifest import Manifest
from stream.backup.problems import BackupError, Damaged
from stream.backup.sources import ENVIRONMENT
from stream.clock import now
from stream.schema import KNOWN
from stream.settings import Settings, load_settings

P = ParamSpec("P")
R = TypeVar("R")
FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group()
def backup() -> None:
    """The whole site in one verified file, and back."""


def plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Say in one line what was wrong, with exit code 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except BackupError as error:
            raise click.ClickException(str(error)) from error

    return run


@backup.command()
@click.option(
    "--to", type=FILE, help="Write this file; without it, a dated one in the folder of backups, with rotation."
)
@click.option("--json", "as_json", is_flag=True, help="Result as JSON.")
@plainly
def create(to: Path | None, as_json: bool) -> None:
    """Make a backup while the site runs, open it again, and check everything in it."""
    made = making.create(load_settings(), version("stream-learning"), now(), progress(), to=to)
    if as_json:
        told = {"file": str(made.backup.path), "size": made.backup.size, **_plain(made.manifest)}
        click.echo(json.dumps({**told, "left_out": made.left_out}))
        return
    click.echo(f"{made.backup.path}: {_described(made.manifest)}, {made.backup.size / 1e6:.1f} MB; checked")
    for line in made.left_out:
        click.echo(f"not in it: {line}", err=True)
    for path in made.removed:
        click.echo(f"removed {path.name}: older than the rotation keeps")


@backup.command()
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Result as JSON.")
@plainly
def verify(file: Path, as_json: bool) -> None:
    """Check every byte of FILE, its database and its ledger. Exit code 0 only when it can be restored.

    A damaged file in the folder of backups gets another name, so that it no longer counts as one.
    """
    try:
        with click.progressbar(length=_size(file), label="checking", file=sys.stderr) as bar:
            found = verified(file, bar.update, known_schemas())
    except Damaged as error:
        renamed = discount(load_settings(), file)
        raise BackupError(f"{error}; the file is {renamed.name} now" if renamed else str(error)) from error
    click.echo(json.dumps({"file": str(file), **_plain(found)}) if as_json else f"{file}: {_described(found)}; whole")


@backup.command()
@click.argument("file", type=FILE)
@click.option("--to", type=FOLDER, help="Restore into instance/ and lessons/ in this folder, instead of the site's.")
@click.option("--replace", is_flag=True, help="Move what is there into a dated folder, and restore in its place.")
@plainly
def restore(file: Path, to: Path | None, replace: bool) -> None:
    """Bring the site of FILE back into the instance and lessons folders, which must be empty."""
    settings = _settings_in(to) if to else load_settings()
    with click.progressbar(length=_size(file), label="restoring", file=sys.stderr) as bar:
        done = restoring.restore(settings, file, known_schemas(), replace, now(), bar.update)
    click.echo(f"restored {_described(done.manifest)} to {settings.instance} and {settings.lessons}")
    if (settings.instance / Path(ENVIRONMENT).name).is_file():
        click.echo(f"settings that stood in the environment: {settings.instance / Path(ENVIRONMENT).name}")
    for folder in done.aside:
        click.echo(f"what was there before is in {folder}")
    if to:
        click.echo(
            f"for the next commands: export STREAM_INSTANCE={settings.instance} STREAM_LESSONS={settings.lessons}"
        )
    click.echo("next: stream db upgrade, stream doctor, stream serve")


def _settings_in(folder: Path) -> Settings:
    return load_settings(instance=folder.resolve() / "instance", lessons=folder.resolve() / "lessons", database_url="")


def known_schemas() -> frozenset[str]:
    """The schemas that this program can use."""
    return frozenset(KNOWN)


@backup.command("list")
@click.option("--json", "as_json", is_flag=True, help="Result as JSON.")
def list_all(as_json: bool) -> None:
    """List the backups in the folder of backups, the newest first."""
    found = find_all(load_settings().backup_folder)
    if as_json:
        lines = [{"file": str(each.path), "made_at": each.made_at.isoformat(), "size": each.size} for each in found]
        click.echo(json.dumps(lines, indent=2))
        return
    for each in found:
        click.echo(f"{each.made_at:%Y-%m-%d %H:%M} UTC  {each.size / 1e6:8.1f} MB  {each.path}")


def progress() -> making.Told:
    """A line on standard error that says what is done just now."""

    def told(what: str, done: int, total: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{what}: {100 * done // max(total, 1):3}%\033[K", nl=done >= total, err=True)

    return told


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


def _described(found: Manifest) -> str:
    held = found.holdings
    return f"{held.members} members, {held.events} events, {len(found.parts)} files of {found.made_at}"


def _plain(found: Manifest) -> dict[str, Any]:
    return {**asdict(found.holdings), "made_at": found.made_at, "schema": found.schema, "version": found.version}
