"""`stream users`: make accounts and admins, and help people back in. The only way to become admin."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from flask import current_app

from stream.accounts import invites, queries, resets, service, words
from stream.accounts.admin_acts import SITE
from stream.accounts.problems import InvalidInput
from stream.accounts.qr import in_terminal
from stream.accounts.roles import ROLES, Role
from stream.clock import now
from stream.refusal import Refusal
from stream.settings import Settings
from stream.web import language

P = ParamSpec("P")
R = TypeVar("R")


@click.group()
def users() -> None:
    """The site's members, and who of them is admin."""


def plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Say in one line what was wrong, with exit code 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except InvalidInput as wrong:
            raise click.ClickException(" ".join(words.errors(wrong.problems).values())) from wrong
        except Refusal as refusal:
            raise click.ClickException("there is no such member; `stream users list` shows all") from refusal

    return run


@users.command()
@click.argument("name")
@click.option("--admin", is_flag=True, help="Make the new member an admin.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, one line.")
@plainly
def create(name: str, admin: bool, password_stdin: bool) -> None:
    """Make an account called NAME; asks for the password."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else _asked()
    service.create_user(service.NewMember(name, password), now(), role="admin" if admin else "member")
    click.echo(f"made {'admin' if admin else 'member'} {name}")


@users.command()
@click.argument("name")
@click.option("--revoke", is_flag=True, help="Take the rights away again.")
@plainly
def admin(name: str, revoke: bool) -> None:
    """Make NAME an admin."""
    service.give_role(name, "member" if revoke else "admin", now())
    click.echo(f"{name} is {'no admin any more' if revoke else 'admin now'}")


@users.command()
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
@plainly
def role(name: str, role: Role) -> None:
    """Give NAME a ROLE: authors' comments are marked, moderators also keep the talk civil."""
    service.give_role(name, role, now())
    click.echo(f"{name} is {role} now")


@users.command("reset-link")
@click.argument("name")
@plainly
def reset_link(name: str) -> None:
    """Print an address under which NAME can set a new password: once, within 30 minutes."""
    token = resets.make_reset_link(name, now())
    click.echo(f"{_site_address()}/{language.default()}/reset/{token}")
    click.echo("It works once, for 30 minutes. Give it to nobody else.", err=True)


@users.command()
@click.option("--uses", default=1, show_default=True, help="For how many people.")
@click.option("--days", default=invites.DAYS, show_default=True, help="For how many days.")
@click.option("--note", default="", help="What it is for; only admins see it.")
@click.option("--qr", is_flag=True, help="Show a QR code too.")
@plainly
def invite(uses: int, days: int, note: str, qr: bool) -> None:
    """Print an address under which people can sign up, where STREAM_REGISTRATION is open or invite."""
    token = invites.make(invites.NewInvite(uses, days, note), SITE, now())
    address = f"{_site_address()}/{language.default()}/invite/{token}"
    click.echo(address)
    if qr:
        click.echo(in_terminal(address))


@users.command("sign-out")
@click.argument("name")
@plainly
def sign_out(name: str) -> None:
    """Sign NAME out on every device."""
    click.echo(f"{service.revoke_all_sessions(name, now())} sessions ended")


@users.command("list")
@click.option("--json", "as_json", is_flag=True, help="Result as JSON.")
def list_all(as_json: bool) -> None:
    """List all members."""
    members = queries.everyone()
    if as_json:
        click.echo(json.dumps([_plain(each) for each in members], ensure_ascii=False, indent=2))
        return
    for each in members:
        click.echo(f"{each.created_at:%Y-%m-%d}  {each.role:9}  {each.username}")


def _plain(member: queries.Listed) -> dict[str, object]:
    return {**asdict(member), "is_admin": member.role == "admin", "created_at": member.created_at.isoformat()}


def _asked() -> str:
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


def _site_address() -> str:
    settings: Settings = current_app.config["STREAM"]
    return (settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/")
