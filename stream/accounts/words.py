"""What a problem is called in the reader's language, and how a device is."""

from collections.abc import Sequence

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from stream.accounts import names, passwords
from stream.accounts.problems import Problem

PROBLEMS = {
    "name-missing": _l("Type a user name."),
    "name-invisible": _l("The user name holds invisible characters. Type it anew, without pasting."),
    "name-long": _l("The user name is too long: at most %(most)s characters.", most=names.LONGEST),
    "name-characters": _l("A user name has letters, digits, dots, hyphens and underscores only, without spaces."),
    "name-mixed": _l("A user name uses one alphabet. Hangul and Latin letters may be mixed; others may not."),
    "name-reserved": _l("That name is kept for those who run a site. Choose another one."),
    "name-taken": _l("That name is taken, or looks just like one that is. Choose another one."),
    "password-missing": _l("Type a password."),
    "password-short": _l(
        "The password is too short: at least %(least)s characters. A sentence is easy to remember.",
        least=passwords.SHORTEST,
    ),
    "password-long": _l("The password is too long: at most %(most)s characters.", most=passwords.LONGEST),
    "password-name": _l("The password holds the user name, which is the first thing others try."),
    "password-common": _l("Very many people use that password, so it is soon guessed. Choose another one."),
    "wrong": _l("User name and password do not belong together. Mind capital letters in the password."),
    "wrong-current": _l("That is not your current password."),
    "other-name": _l("That is not your user name. Type it as it is shown above."),
    "choice-missing": _l("Choose what becomes of your comments."),
    "last-admin": _l(
        "You are the only admin of this site. Make somebody else admin first, with: stream users admin NAME"
    ),
    "no-admin-left": _l("That is the only admin of this site. Make somebody else admin first."),
    "invite-places": _l("From 1 to 200 people may come by one invite."),
    "invite-days": _l("An invite lasts from 1 to 365 days."),
    "invite-note": _l("The note is too long, or holds a line break."),
    "wrong-code": _l(
        "User name and code do not belong together, or the code is over. Show a new one on the other device."
    ),
    "who-missing": _l("Type your user name or your mail address."),
    "mail-shape": _l("That is no mail address. It looks like minji@example.org."),
    "unknown-language": _l("Choose one of the languages of this site."),
    "unknown-zone": _l("Choose a time zone from the list."),
}


def errors(problems: Sequence[Problem]) -> dict[str, str]:
    """Field → what is wrong with it."""
    return {problem.field: str(PROBLEMS[problem.code]) for problem in problems}


def too_many(seconds: int) -> str:
    """A refusal for now, with the time after which to try again."""
    minutes = -(-seconds // 60)
    if minutes < 120:
        wait = ngettext("Wait %(num)s minute, then try again.", "Wait %(num)s minutes, then try again.", minutes)
    else:
        hours = -(-minutes // 60)
        wait = ngettext("Wait %(num)s hour, then try again.", "Wait %(num)s hours, then try again.", hours)
    return f"{gettext('Too many tries.')} {wait}"
