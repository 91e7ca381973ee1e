"""Published profiles: who shows one to everybody, with which parts of the game. Private until it is published."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, literal, select, update

from stream.accounts.models import Instant, User
from stream.accounts.names import key
from stream.accounts.shown import PARTS, Shown, shown_only, shown_without
from stream.db import reading, write

# Whose profile everybody may see; for the queries of others too, so that there is one answer to it.
IS_PUBLIC = and_(User.published_at.is_not(None), User.blocked_at.is_(None))


@dataclass(frozen=True, slots=True)
class PublishedMember:
    """A member as everybody may see them. `shows`: what they have chosen, without what they have switched off."""

    username: str
    learner_id: str
    joined_at: datetime
    shows: Shown


def published_member(name: str) -> PublishedMember | None:
    """The member called `name` (in capitals or not), if they have published their profile."""
    query = select(User.username, User.learner_id, User.created_at, User.publishes, User.hides)
    with reading() as connection:
        row = connection.execute(query.where(User.username_key == key(name), IS_PUBLIC)).one_or_none()
    if row is None or _folded(row.username) != _folded(name):  # a look-alike is nobody's address
        return None
    return PublishedMember(row.username, row.learner_id, row.created_at, visible(row.publishes, row.hides))


def visible(publishes: str, hides: str) -> Shown:
    """What others see of the parts that are published: nothing that is hidden."""
    return shown_only(publishes) & shown_without(hides)


def publish(user_id: int, parts: Iterable[str], at: datetime) -> None:
    """Show everybody a profile with these parts, from now on or still."""
    chosen = set(parts)
    values = {
        "published_at": func.coalesce(User.published_at, literal(at, Instant)),
        "publishes": " ".join(part for part in PARTS if part in chosen),
    }
    write(lambda connection: connection.execute(update(User).where(User.id == user_id).values(values)))


def take_back(user_id: int) -> None:
    """Show nobody a profile any more. Which parts were chosen is remembered."""
    values = update(User).where(User.id == user_id).values(published_at=None)
    write(lambda connection: connection.execute(values))


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
