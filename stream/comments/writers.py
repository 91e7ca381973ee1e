"""Who writes, what this site lets writers do, and how a text is refused."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from stream.clock import AHEAD
from stream.notifications.service import MailRules


class Unfit(Exception):
    """A text that cannot be taken as it is; `code` names why in the reader's language. Nothing was stored."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Writer:
    """Whoever writes."""

    learner_id: str
    joined_at: datetime
    may_moderate: bool = False
    is_blocked: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """How this site holds talk. `moderation` is "none", "first" or "all"; for `edit_for` one may change one's own."""

    moderation: str = "none"
    edit_for: timedelta = timedelta(minutes=15)
    mail: MailRules | None = None


def may_still_change(created_at: datetime, at: datetime, edit_for: timedelta) -> bool:
    """Whether a comment is as new as that. One that was written ahead of the clock is not."""
    return -AHEAD <= at - created_at <= edit_for


def check_writer(writer: Writer) -> None:
    """Raise Unfit for whoever a moderator has blocked."""
    if writer.is_blocked:
        raise Unfit("blocked")
