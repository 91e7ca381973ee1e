"""The tables of accounts. Names stand only here; the ledger knows nothing but the random `learner_id`."""

from datetime import UTC, datetime

from sqlalchemy import Dialect, ForeignKey, String, TypeDecorator
from sqlalchemy.orm import Mapped, mapped_column

from stream.db import Base

PUBLISHED = "xp achievements"  # what is ticked when somebody first thinks of publishing; days are more personal


def instant(text: str | None) -> datetime | None:
    """What `Instant` wrote, for those who read without the layers above the driver."""
    return None if text is None else datetime.fromisoformat(text)


class Instant(TypeDecorator[datetime]):
    """An instant as text in UTC of fixed length, so that text order is time order on every database."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Instant to text."""
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Text to instant."""
        return instant(value)


class User(Base):
    """A member. `username_key` is what must be unique: two names that look alike have the same one."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(100))
    username_key: Mapped[str] = mapped_column(String(300), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    learner_id: Mapped[str] = mapped_column(String(32), unique=True)
    role: Mapped[str] = mapped_column(String(20), default="member")  # one of roles.ROLES
    language: Mapped[str | None] = mapped_column(String(20))
    time_zone: Mapped[str | None] = mapped_column(String(64))  # none: not chosen, the site's applies
    created_at: Mapped[datetime] = mapped_column(Instant)
    mail: Mapped[str | None] = mapped_column(String(320))  # where to write to, once it is confirmed
    mail_confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    blocked_at: Mapped[datetime | None] = mapped_column(Instant)  # may read, may not write
    blocked_why: Mapped[str | None] = mapped_column(String(500))
    weekly_goal: Mapped[int | None]  # lessons; none: no goal
    hides: Mapped[str] = mapped_column(String(60), default="", server_default="")  # parts of the game
    published_at: Mapped[datetime | None] = mapped_column(Instant)  # none: nobody else sees a profile
    publishes: Mapped[str] = mapped_column(String(60), default=PUBLISHED, server_default=PUBLISHED)  # parts of the game
    own_version: Mapped[int] = mapped_column(default=0, server_default="0")  # moved by triggers: what is kept is old


class Session(Base):
    """A device that is signed in. Holds the hash of its token, so that a stolen database opens no session."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    agent: Mapped[str] = mapped_column(String(60))
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class ResetLink(Base):
    """A one-time address under which a member sets a new password."""

    __tablename__ = "reset_links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class Invite(Base):
    """An address under which so many people may sign up."""

    __tablename__ = "invites"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_by: Mapped[str] = mapped_column(String(32))  # learner_id, or "site" for the command line
    note: Mapped[str] = mapped_column(String(200))
    places: Mapped[int]
    taken: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class Invited(Base):
    """Who came by which invite."""

    __tablename__ = "invited"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    invite_id: Mapped[int] = mapped_column(ForeignKey("invites.id"), index=True)


class PairingCode(Base):
    """Six digits that sign a second device in. At most one for each member."""

    __tablename__ = "pairing_codes"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(200))  # as slow as a password's: six digits are few
    expires_at: Mapped[datetime] = mapped_column(Instant)
    tries: Mapped[int]


class SignInLink(Base):
    """A one-time address, sent by mail, that signs a member in."""

    __tablename__ = "sign_in_links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(Instant)


class AdminAct(Base):
    """What somebody with rights did: who, when, what, why. Only ever added to."""

    __tablename__ = "admin_acts"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(32))  # learner_id; "site" where a rule of the site acted by itself
    act: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(100), index=True)  # "comment:12", "member:<learner_id>", "report:<ref>"
    why: Mapped[str] = mapped_column(String(500))
