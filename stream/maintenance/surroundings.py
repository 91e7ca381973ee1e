"""What the site stands on: folders and who may read them, disk, clock, and settings that belong together."""

import shutil
import stat
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile

from stream.backup.folder import newest
from stream.clock import AHEAD
from stream.db import is_sqlite
from stream.maintenance import parts
from stream.maintenance.findings import Finding, fault, note, ok
from stream.resources import LOCK
from stream.settings import Settings
from stream.turns import has_wal_reset_bug

MEGABYTE = 1_000_000
LEAST_FREE, COMFORTABLE = 200 * MEGABYTE, 1_000 * MEGABYTE
OLD_BACKUP = timedelta(days=3)
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def folders(settings: Settings) -> Iterator[Finding]:
    """The instance folder takes files, and secrets are their owner's alone."""
    yield _writable(settings.instance)
    secrets = [settings.instance / "secret_key"]
    if settings.mail_password:
        secrets.append(settings.instance / "stream.toml")
    for path in secrets:
        if path.is_file():
            yield _private(path)
    if not settings.lessons.is_dir():
        mend = "put the courses there, or set STREAM_LESSONS to the folder where they are"
        yield fault("lessons folder", f"{settings.lessons} is not there", mend)


def _writable(folder: Path) -> Finding:
    try:
        with TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError as error:
        mend = f"give the user that runs the site the right to write: chown -R stream: {folder}"
        return fault("instance folder", f"{folder} takes no files: {error.strerror}", mend)
    return ok("instance folder", f"{folder} takes files")


def _private(path: Path) -> Finding:
    if path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        return fault(path.name, f"{path} can be read by others", f"chmod 600 {path}")
    return ok(path.name, "only its owner can read it")


def disk(settings: Settings) -> Finding:
    """Room for the database twice over: a backup and a migration need that much."""
    free = shutil.disk_usage(settings.instance).free
    database = settings.instance / "stream.db"
    needed = max(LEAST_FREE, 2 * (database.stat().st_size if database.is_file() else 0))
    what = f"{free // MEGABYTE} MB free"
    if free < needed:
        return fault("disk", what, f"make room: backup and upgrade need {needed // MEGABYTE} MB")
    if free < COMFORTABLE:
        return note("disk", what, "make room before it runs out; old backups are in the folder `backups`")
    return ok("disk", what)


def backup(settings: Settings, at: datetime, has_members: bool) -> Finding:
    """How old the last backup is that can be restored."""
    if not is_sqlite(settings.sql_url):
        return note("backup", "the database is on a server", "see to it that pg_dump runs every night")
    found = newest(settings, at)
    mend = "stream backup create; the timer in docs/admin.en.md does it every night"
    if found is None:
        return (fault if has_members else note)("backup", "there is none", mend)
    age = at - found.made_at
    if age < -AHEAD:
        return fault("backup", f"{found.path.name} was made with another clock", mend)
    what = f"{found.path.name}, {age.days} days old, {found.size // 1000} kB"
    return fault("backup", what, mend) if age > OLD_BACKUP else ok("backup", what)


def clock(at: datetime, newest: datetime | None, code: Path) -> Finding:
    """A board without a battery starts in the past; events and sessions need the true time.

    `newest` is when the last event was recorded; `code` a file of the program, which was written before today.
    """
    mend = "let the system keep the time: timedatectl set-ntp true"
    written = datetime.fromtimestamp(code.stat().st_mtime, UTC)
    latest = max(written, newest or written)
    if at + AHEAD < latest:
        return fault("clock", f"says {_shown(at)}, but something was written at {_shown(latest)} already", mend)
    return ok("clock", f"{_shown(at)}, zone of the system {time.tzname[0]}")


def _shown(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def address(settings: Settings) -> Iterator[Finding]:
    """Whether the settings about how readers come fit together."""
    if not settings.public_url:
        mend = "set STREAM_PUBLIC_URL once readers come from elsewhere: links in mails begin with it"
        yield note("public_url", "not set", mend)
        return
    if not settings.secure and settings.public_url.split("//")[-1].split(":")[0].split("/")[0] not in LOOPBACK:
        mend = "put a proxy with a certificate in front, and let STREAM_PUBLIC_URL begin with https://"
        yield fault("public_url", "passwords travel unencrypted", mend)
    elif settings.secure and not settings.proxy_hops:
        mend = "set STREAM_PROXY_HOPS=1: otherwise all readers share one address, and one limit on tries"
        yield fault("proxy_hops", "0, although readers come by https through a proxy", mend)
    else:
        yield ok("public_url", settings.public_url)
    if not settings.trusted_hosts:
        mend = "set STREAM_TRUSTED_HOSTS to the names the site answers for"
        yield note("trusted_hosts", "any name in the Host header is answered", mend)


def programs(sqlite: str, python: str) -> Finding:
    """What the site runs on."""
    what = f"Python {python}, SQLite {sqlite}"
    if not has_wal_reset_bug(tuple(map(int, sqlite.split(".")))):
        return ok("programs", what)
    mend = (
        "nothing has to be done: Stream lets one connection write at a time, which keeps clear of it; "
        "other programs must not write into stream.db while the site runs. SQLite 3.51.3 is without it"
    )
    return note("programs", f"{what}, which has the WAL-reset bug", mend)


def packages(lock: Path = LOCK) -> Finding:
    """Whether they are the ones with which the site was tried."""
    if not lock.is_file():
        return note("packages", "no lock came with this copy", "install Stream as docs/admin.en.md says")
    # What only builds the wheel need not be here; without what runs the site, nobody would read this.
    found = [each for each in parts.others(lock.read_text(encoding="utf-8")) if each.installed]
    if not found:
        return ok("packages", "as in the lock")
    mend = "pip install --require-hashes --no-deps -r requirements.txt, the file that came with this version"
    return note("packages", "not as in the lock: " + ", ".join(map(str, found)), mend)
