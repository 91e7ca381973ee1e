"""Telling members what concerns them: an inbox always, mail where they ask for it."""

from stream.notifications.views import blueprint, init_app, mail_rules

__all__ = ["blueprint", "init_app", "mail_rules"]
