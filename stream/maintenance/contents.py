"""What the site holds: database, schema, ledger, lessons, rulebook, mail."""

from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from stream.accounts.queries import everyone
from stream.catalogue.loader import Library
from stream.db import is_sqlite, reading
from stream.ledger.codec import instant
from stream.mail.queue import failure_count, troubles, waiting_count
from stream.mail.smtp import Deferred, greet
from stream.maintenance.findings import Finding, fault, note, ok
from stream.maintenance.ledger_check import check
from stream.maintenance.service import health
from stream.progress import audit
from stream.progress.models import events
from stream.progress.rules import rulebook_problem
from stream.settings import Settings

LONG_LOG = 200_000_000  # bytes; the writer empties the log whenever it has nothing to do
NEVER_WRITTEN = (TypeError, ValueError)  # what reading values says that only damage can have put there
RESTORE = "stop the site, then bring back the last good state: stream backup restore FILE"


def newest_event() -> datetime | None:
    """When the last event was recorded; None without events, or where the database does not answer."""
    try:
        with reading() as connection:
            found = connection.execute(select(func.max(events.c.recorded_at))).scalar()
            return instant(found) if found else None
    except (SQLAlchemyError, *NEVER_WRITTEN):
        return None


def has_members() -> bool:
    """Whether anybody would miss anything."""
    try:
        return bool(everyone())
    except SQLAlchemyError:
        return True


def event_count() -> int:
    """How many events there are to check; none where the database does not answer."""
    try:
        return audit.count_events()
    except SQLAlchemyError:
        return 0


def database(settings: Settings) -> Iterator[Finding]:
    """Whether the file is whole and in the mode in which an answered act survives a power cut."""
    try:
        with reading() as connection:
            if is_sqlite(settings.sql_url):
                yield from _sqlite_file(connection, settings)
            else:
                connection.execute(text("SELECT 1"))
                yield ok("database", "PostgreSQL answers")
    except SQLAlchemyError as error:
        yield fault("database", f"does not answer: {error.__cause__ or error}", RESTORE)


def _sqlite_file(connection: Connection, settings: Settings) -> Iterator[Finding]:
    flaws = list(connection.execute(text("PRAGMA quick_check(5)")).scalars())
    yield ok("database", "whole") if flaws == ["ok"] else fault("database", "; ".join(flaws), RESTORE)
    mode = connection.execute(text("PRAGMA journal_mode")).scalar_one()
    if mode != "wal":
        yield note("write-ahead log", f"journal mode is {mode}", "start the site once: it turns the log on")
        return
    log = settings.instance / "stream.db-wal"
    size = log.stat().st_size if log.is_file() else 0
    if size > LONG_LOG:
        mend = "some program keeps the database open for reading: stop it, then start the site again"
        yield note("write-ahead log", f"{size // 1_000_000} MB", mend)
    else:
        yield ok("write-ahead log", f"on, {size // 1000} kB")


def indexes(settings: Settings) -> Iterator[Finding]:
    """Whether the indexes of a SQLite file agree with its tables: takes longer than seeing that it is whole."""
    if not is_sqlite(settings.sql_url):
        return
    try:
        with reading() as connection:
            flaws = list(connection.execute(text("PRAGMA integrity_check(5)")).scalars())
    except SQLAlchemyError:
        return  # `database` has said so
    yield ok("indexes", "agree with the tables") if flaws == ["ok"] else fault("indexes", "; ".join(flaws), RESTORE)


def schema() -> Finding:
    """Whether the database has the schema of this program."""
    found = health().checks
    if "schema" not in found:
        return fault("schema", "cannot be read", RESTORE)
    return ok("schema", "up to date") if found["schema"] == "ok" else fault("schema", "old", "stream db upgrade")


def ledger(settings: Settings, at: datetime, checked: Callable[[int], object]) -> Finding:
    """Every chain and projection. `checked` hears how many events more were checked."""
    try:
        found = check(settings.instance, at, checked)
    except (SQLAlchemyError, *NEVER_WRITTEN) as error:
        return fault("ledger", f"cannot be read: {error.__cause__ or error}", RESTORE)
    if found.faults:
        return fault("ledger", f"{found.faults} faults, the first: {found.named[0]}", "stream ledger verify names all")
    return ok("ledger", f"{found.events} events, every chain and number holds")


def lessons(library: Library) -> Iterator[Finding]:
    """Lesson files that are broken; readers see their last good revision meanwhile."""
    problems = library.catalogue().problems
    errors = [problem for problem in problems if problem.severity == "error"]
    for problem in errors[:5]:
        yield fault("lessons", str(problem), "mend the file; `stream lessons check` names all")
    if not errors:
        count = len(library.catalogue().by_id)
        yield ok("lessons", f"{count} lessons, {len(problems)} warnings")
    if found := rulebook_problem():
        yield fault("rulebook", found, "mend the file; the last good one is in force meanwhile")


def mail(settings: Settings) -> Iterator[Finding]:
    """Whether the mail server takes our mail. Nothing needs one."""
    if not settings.has_mail:
        yield ok("mail", "none, and nothing needs it")
        return
    try:
        greet(settings)
        yield ok("mail", f"{settings.mail_host} lets the site in, {waiting_count()} waiting")
    except Deferred as error:
        yield fault("mail", f"{settings.mail_host} says: {error.detail}", "check STREAM_MAIL_* against what it says")
    given_up = [trouble for trouble in troubles(1000) if trouble.next_try is None]
    if given_up:
        yield note("mail", f"{failure_count()} not delivered, the last: {given_up[0].detail}", "see the page of mail")
