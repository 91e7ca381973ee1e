"""What of a member's data is on the page to read, and what it is called there. The file for programs has all of it."""

from collections.abc import Set
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from stream.accounts.shown import PARTS, Shown

FOR_PROGRAMS = frozenset({"data", "event_id", "hash", "hides", "recorded_at", "revision", "standing", "version"})
OF_PART = {  # names of fields and kinds of entries that belong to a part of the game
    "xp": frozenset({"xp", "balance", "rulebook", "xp.adjusted"}),
    "achievements": frozenset({"achievements", "achievement.unlocked"}),
    "rhythm": frozenset({"year", "weekly_goal"}),
}

WORDS = {
    "account": _l("Account"),
    "comments": _l("Comments"),
    "exercises": _l("Exercises"),
    "paragraph": _l("Paragraph"),
    "notes": _l("Notes"),
    "notifications": _l("Notifications"),
    "progress": _l("Progress"),
    "reports": _l("Problem reports"),
    "review": _l("Reviews"),
    "wanted": _l("Wanted"),
    "profile": _l("Profile"),
    "sessions": _l("Where you signed in"),
    "mails": _l("Mails sent to you"),
    "username": _l("User name"),
    "learner_id": _l("Random code for you in the ledger"),
    "role": _l("Role"),
    "language": _l("Language"),
    "time_zone": _l("Time zone"),
    "mail": _l("Mail"),
    "mail_confirmed_at": _l("Mail address confirmed"),
    "blocked_at": _l("Blocked"),
    "blocked_why": _l("Blocked because"),
    "weekly_goal": _l("Weekly goal"),
    "hides": _l("Parts not shown"),
    "published_at": _l("Profile published"),
    "publishes": _l("Parts on the published profile"),
    "agent": _l("Device"),
    "created_at": _l("Made"),
    "seen_at": _l("Last seen"),
    "revoked_at": _l("Signed out"),
    "sent_at": _l("Sent"),
    "edited_at": _l("Changed"),
    "saved_at": _l("Saved at"),
    "settled_at": _l("Settled at"),
    "read_at": _l("Read"),
    "at": _l("When"),
    "written": _l("Written by you"),
    "sent": _l("Sent by you"),
    "helpful": _l("Comments that you found helpful"),
    "reported": _l("Comments that you reported"),
    "followed": _l("Threads with a choice of their own"),
    "drafts": _l("Texts not sent yet"),
    "attempts": _l("Answers"),
    "told": _l("What you were told"),
    "preferences": _l("What you want to be told of"),
    "entries": _l("Ledger entries"),
    "standing": _l("Where you stand"),
    "lesson_id": _l("Lesson"),
    "exercise": _l("Exercise"),
    "answer": _l("Answer"),
    "passed": _l("Right"),
    "text": _l("Text"),
    "body": _l("Text"),
    "state": _l("State"),
    "kind": _l("Kind"),
    "subject": _l("About"),
    "why": _l("Why"),
    "category": _l("Category"),
    "contact": _l("Contact"),
    "comment_id": _l("Comment"),
    "parent_id": _l("In answer to comment"),
    "id": _l("Number"),
    "bookmarks": _l("Bookmarks"),
    "replies": _l("Answers to my comments"),
    "mentions": _l("Mentions of my name"),
    "type": _l("What happened"),
    "xp": "XP",
    "achievements": _l("Achievements"),
    "year": _l("The year"),
    "balance": _l("Balance"),
    "rulebook": _l("Rulebook"),
    "occurred_at": _l("When"),
    "local_day": _l("Day"),
    "about": _l("Details"),
    "place": _l("Place"),
    "quote": _l("Paragraph"),
    "reference": _l("Reference"),
    "lesson": _l("Lesson"),
    "comment": _l("Comment"),
    "report": _l("Reference"),
    "level": _l("What to be told of"),
}
HAPPENED = {
    "lesson.opened": _l("Opened"),
    "lesson.completed": _l("Completed"),
    "lesson.reopened": _l("Took back"),
    "exercise.attempted": _l("Tried an exercise"),
    "exercise.passed": _l("Passed an exercise"),
    "course.finished": _l("Finished the course"),
    "review.answered": _l("Reviewed"),
    "report.resolved": _l("A problem you reported was fixed"),
    "achievement.unlocked": _l("Achievement unlocked"),
    "xp.adjusted": _l("Corrected by the admin"),
}


def label(name: str) -> str:
    """What readers see of a name in the data."""
    return str(WORDS.get(name, name))


def left_out(shows: Shown) -> frozenset[str]:
    """Names of what is not on the page of somebody who sees these parts."""
    return FOR_PROGRAMS.union(*(OF_PART[part] for part in PARTS if not getattr(shows, part)))


def readable(value: Any, without: Set[str], name: str = "") -> Any:
    """The value called `name` as the page tells it: without these fields and entries, and with instants as such."""
    match value:
        case dict():
            return {key: readable(each, without, key) for key, each in value.items() if key not in without}
        case list():
            return [readable(each, without, name) for each in value if not _is_entry_of(each, without)]
        case str() if value and (name == "at" or name.endswith("_at")):
            return datetime.fromisoformat(value)
        case str() if name == "publishes":
            return ", ".join(label(part) for part in value.split() if part not in without)
        case str() if name == "type":
            return str(HAPPENED.get(value, value)).rstrip(":")
        case _:
            return value


def _is_entry_of(value: Any, kinds: Set[str]) -> bool:
    return isinstance(value, dict) and value.get("type") in kinds
