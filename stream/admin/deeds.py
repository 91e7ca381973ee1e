"""The record of acts in the reader's words, with a link to what each was about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from stream.accounts.admin_acts import RecordedDeed
from stream.accounts.queries import names_of

WORDS = {
    "approve": _l("let a comment through"),
    "hide": _l("hid a comment"),
    "delete": _l("erased a comment"),
    "keep": _l("left a reported comment"),
    "pin": _l("pinned a comment"),
    "unpin": _l("unpinned a comment"),
    "answer": _l("marked an answer"),
    "unanswer": _l("took the mark of an answer away"),
    "hold": _l("held a comment"),
    "add-pattern": _l("added words for which comments are held"),
    "remove-pattern": _l("removed words for which comments are held"),
    "fixed": _l("fixed what was reported"),
    "declined": _l("declined a report"),
    "block": _l("blocked a member"),
    "unblock": _l("unblocked a member"),
    "role-member": _l("made somebody a member without rights"),
    "role-author": _l("made somebody an author"),
    "role-moderator": _l("made somebody a moderator"),
    "role-admin": _l("made somebody an admin"),
    "sign-out": _l("signed a member out everywhere"),
    "reset-link": _l("made a one-time link for a new password"),
    "create-member": _l("made an account"),
    "rules.changed": _l("applied a changed rulebook"),
    "invite": _l("made an invite"),
    "revoke-invite": _l("took an invite back"),
    "lesson.edit": _l("changed a lesson file"),
    "picture.add": _l("added a picture"),
    "mail-test": _l("sent a test mail"),
    "mail-retry": _l("let mails be sent again"),
}

FOR_MODERATORS = frozenset({"comment", "report", "patterns"})  # subjects whose pages they may open


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the record. `about` is what it was done to, `href` where that is; both may be empty."""

    at: datetime
    actor: str | None
    what: str
    about: str
    href: str
    why: str


def told(lines: Iterable[RecordedDeed], is_admin: bool = True) -> list[Told]:
    """The lines in words, with the links that an admin may follow, or a moderator."""
    lines = list(lines)
    names = names_of(_learner(line.subject) for line in lines)
    return [_told(line, names, is_admin) for line in lines]


def _told(line: RecordedDeed, names: dict[str, str], is_admin: bool) -> Told:
    what = str(WORDS.get(line.act, line.act))
    about, href = _place(line.subject, names)
    may_follow = is_admin or line.subject.partition(":")[0] in FOR_MODERATORS
    return Told(line.at, line.actor, what, about, href if may_follow else "", line.why)


def _place(subject: str, names: dict[str, str]) -> tuple[str, str]:
    kind, _, key = subject.partition(":")
    match kind:
        case "member":
            return names.get(key, gettext("somebody who has left")), url_for("admin.member", learner_id=key)
        case "comment":
            return gettext("comment %(number)s", number=key), url_for("comments.permalink", comment_id=key)
        case "report":
            return gettext("report %(reference)s", reference=key), url_for("reports.status", reference=key)
        case "invite":
            return gettext("invite %(number)s", number=key), url_for("accounts.invitations")
        case "patterns":
            return gettext("the list of words"), url_for("comments.queue", _anchor="patterns")
        case "mail":
            return gettext("Mail"), url_for("admin.mail")
        case "rulebook":
            return gettext("Rules"), url_for("rules.index")
        case "lesson" | "picture":
            return key, url_for("authoring.lessons")
        case _:
            return key or kind, ""


def _learner(subject: str) -> str:
    return subject.partition(":")[2] if subject.startswith("member:") else ""
