"""Accounts: sign-up, sign-in, sessions, passwords, settings. The only place that knows who a learner is."""

from stream.accounts import leaving_views, publishing_views, settings_views  # noqa: F401  (they add their views)
from stream.accounts.login import Member, init_app, member, preferred_language, shown, time_zone
from stream.accounts.mail_addresses import init_app as init_mail
from stream.accounts.queries import learner_of
from stream.accounts.views import blueprint

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
