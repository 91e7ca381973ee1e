"""Telling members something once: in their inbox always, by mail as they wish. Knows nobody's reasons, only notices."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, insert, update

from stream.accounts.queries import mailboxes
from stream.db import insert_once, write
from stream.ledger.codec import instant_text
from stream.mail import Mail, enqueue
from stream.mail.queue import sent_since
from stream.notifications.models import notifications, preferences
from stream.notifications.queries import DEFAULT, Preferences, preferences_of_all

DIGEST_AT = time(8)  # in the member's own time zone
DAY = timedelta(days=1)
CHOSEN = {"reply": "replies", "mention": "mentions"}  # kinds that members may switch off


@dataclass(frozen=True, slots=True)
class Notice:
    """What one member is told. `subject` ("comment:12") makes it unique; `about` is what the line is made of."""

    learner_id: str
    kind: str
    subject: str
    about: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MailRules:
    """How the site sends mail: at most `cap` a day to one member; digests at eight in `time_zone` by default."""

    cap: int
    time_zone: str


def notify(connection: Connection, notices: Iterable[Notice], rules: MailRules | None, at: datetime) -> None:
    """Tell members, within the caller's transaction. Of several notices for one member and subject the first counts."""
    told = list(notices)
    if not told:
        return
    wishes = preferences_of_all(connection, {notice.learner_id for notice in told})
    for notice in told:
        wish = wishes.get(notice.learner_id, DEFAULT)
        if getattr(wish, CHOSEN.get(notice.kind, ""), True) and _tell(connection, notice, at) and rules:
            _mail(connection, notice, wish, rules, at)


def withdraw(connection: Connection, subject: str) -> None:
    """Take back what was told about a subject: it is not to be seen any more. A mail about it finds nothing to say."""
    connection.execute(delete(notifications).where(notifications.c.subject == subject))


def mark_read(learner_id: str, at: datetime, only: int | None = None) -> None:
    """Note that the member has seen all notifications, or `only` one. Somebody else's are not touched."""
    mine = update(notifications).where(notifications.c.learner_id == learner_id, notifications.c.read_at.is_(None))
    if only is not None:
        mine = mine.where(notifications.c.id == only)
    write(lambda connection: connection.execute(mine.values(read_at=instant_text(at))))


def prefer(learner_id: str, wish: Preferences) -> None:
    """Remember how a member wants to be told."""
    write(lambda connection: _remember(connection, learner_id, wish))


def stop_mail(learner_id: str) -> None:
    """No more mail to this member; what waits already is dropped when its turn comes."""

    def work(connection: Connection) -> None:
        wish = preferences_of_all(connection, {learner_id}).get(learner_id, DEFAULT)
        _remember(connection, learner_id, replace(wish, mail="off"))

    write(work)


def _remember(connection: Connection, learner_id: str, wish: Preferences) -> None:
    connection.execute(delete(preferences).where(preferences.c.learner_id == learner_id))
    connection.execute(insert(preferences).values(learner_id=learner_id, **asdict(wish)))


def _tell(connection: Connection, notice: Notice, at: datetime) -> bool:
    return insert_once(
        connection,
        notifications,
        learner_id=notice.learner_id,
        kind=notice.kind,
        subject=notice.subject,
        about=json.dumps(dict(notice.about), ensure_ascii=False, sort_keys=True),
        at=instant_text(at),
    )


def _mail(connection: Connection, notice: Notice, wish: Preferences, rules: MailRules, at: datetime) -> None:
    """At once, or with the next digest: also whatever exceeds the cap."""
    box = mailboxes(connection, {notice.learner_id}).get(notice.learner_id)
    if box is None or wish.mail == "off":
        return
    is_over = sent_since(connection, notice.learner_id, at - DAY) >= rules.cap
    if wish.mail == "at-once" and not is_over:
        mail = Mail(f"notification:{notice.learner_id}:{notice.subject}", "notification", notice.learner_id)
        enqueue(connection, mail, at)
    else:
        due = next_digest(at, box.time_zone or rules.time_zone)
        mail = Mail(f"digest:{notice.learner_id}:{due:%Y-%m-%d}", "digest", notice.learner_id)
        enqueue(connection, mail, at, due_at=due)
    _carry(connection, notice, mail.key)


def next_digest(at: datetime, zone: str) -> datetime:
    """The next eight o'clock in the IANA time zone `zone`."""
    local = at.astimezone(ZoneInfo(zone))
    today = datetime.combine(local.date(), DIGEST_AT, local.tzinfo)
    return today if today > local else datetime.combine(local.date() + DAY, DIGEST_AT, local.tzinfo)


def _carry(connection: Connection, notice: Notice, key: str) -> None:
    mine = (notifications.c.learner_id == notice.learner_id) & (notifications.c.subject == notice.subject)
    connection.execute(update(notifications).where(mine).values(mail_key=key))
