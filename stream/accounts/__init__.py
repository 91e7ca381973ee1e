"""Accounts: sign-up, sign-in, sessions, passwords, settings. The only place that knows who a learner is."""

from flask import Flask

from stream.accounts import (  # noqa: F401  (they add their views)
    invite_views,
    leaving_views,
    mailed_link_views,
    mailed_links,
    pairing_views,
    publishing_views,
    settings_views,
)
from stream.accounts.login import init_app, member, preferred_language, shown, time_zone
from stream.accounts.mail_addresses import init_app as init_addresses
from stream.accounts.queries import learner_of
from stream.accounts.sessions import Member
from stream.accounts.views import blueprint


def init_mail(app: Flask) -> None:
    """Write the mails of accounts: confirming an address, and links."""
    init_addresses(app)
    mailed_links.init_app(app)


__all__ = [
    "Member",
    "blueprint",
    "init_app",
    "init_mail",
    "learner_of",
    "member",
    "preferred_language",
    "shown",
    "time_zone",
]
