"""The numbers of the admin page: how each thing is, whether it wants somebody, and where its list is."""

import platform
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version

from flask import url_for
from flask_babel import format_datetime, format_decimal, format_timedelta, gettext, ngettext

from stream.accounts.membership import count_members
from stream.backup.folder import newest
from stream.catalogue.model import Catalogue
from stream.comments.queue import queue_size
from stream.db import is_sqlite
from stream.mail.queue import failure_count, waiting_count
from stream.maintenance.ledger_check import last_check
from stream.maintenance.surroundings import COMFORTABLE, OLD_BACKUP
from stream.reports.queries import open_count
from stream.rules import drafts
from stream.settings import Settings

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Number:
    """`value` is shown large, `detail` small below it; `href` is its list, and empty where there is none."""

    key: str
    label: str
    value: str
    detail: str = ""
    href: str = ""
    wants: bool = False  # somebody should look at it


def waiting(settings: Settings, catalogue: Catalogue, is_admin: bool) -> Iterator[Number]:
    """What waits for a decision or a mend."""
    comments, reports = queue_size(), open_count()
    yield Number(
        "comments", gettext("Comments to decide on"), _n(comments), "", url_for("comments.queue"), comments > 0
    )
    yield Number("reports", gettext("Problem reports"), _n(reports), "", url_for("reports.queue"), reports > 0)
    if not is_admin:
        return
    errors = sum(problem.severity == "error" for problem in catalogue.problems)
    warnings = len(catalogue.problems) - errors
    said = ngettext("%(num)s warning", "%(num)s warnings", warnings)
    yield Number("content", gettext("Errors in lessons"), _n(errors), said, url_for("admin.content"), errors > 0)
    failed, queued = failure_count(), waiting_count()
    said = (
        ngettext("%(num)s mail waits", "%(num)s mails wait", queued) if settings.has_mail else gettext("no mail server")
    )
    yield Number("mail", gettext("Mails not delivered"), _n(failed), said, url_for("admin.mail"), failed > 0)


def health(settings: Settings, at: datetime) -> Iterator[Number]:
    """How the site itself is."""
    yield _members(at)
    yield _backup(settings, at)
    yield _ledger(settings)
    yield from _rules()
    yield from _room(settings)
    said = f"Python {platform.python_version()} · SQLite {sqlite3.sqlite_version}"
    yield Number("version", gettext("Version"), version("stream-learning"), said, url_for("admin.health"))


def _members(at: datetime) -> Number:
    fresh = count_members(at - WEEK)
    said = ngettext("%(num)s new this week", "%(num)s new this week", fresh)
    return Number("members", gettext("Members"), _n(count_members()), said, url_for("admin.members"))


def _backup(settings: Settings, at: datetime) -> Number:
    label, href = gettext("Last backup that can be restored"), url_for("admin.backups")
    if not is_sqlite(settings.sql_url):
        return Number("backup", label, "–", gettext("The database is on a server: pg_dump makes its backups."), href)
    found = newest(settings, at)
    if found is None:
        return Number("backup", label, gettext("none"), gettext("Type: stream backup create"), href, wants=True)
    age = at - found.made_at
    said = gettext("%(age)s ago, %(size)s MB", age=format_timedelta(age), size=_megabytes(found.size))
    return Number("backup", label, format_datetime(found.made_at, "short"), said, href, wants=age > OLD_BACKUP)


def _ledger(settings: Settings) -> Number:
    label, found, href = gettext("Ledger"), last_check(settings.instance), url_for("admin.health", _anchor="ledger")
    if found is None:
        return Number("ledger", label, gettext("not checked yet"), "", href)
    when = format_datetime(found.at, "short")
    if found.faults:
        value = ngettext("%(num)s fault", "%(num)s faults", found.faults)
        return Number("ledger", label, value, f"{when}: {found.named[0]}", href, wants=True)
    said = ngettext("%(num)s entry, checked %(when)s", "%(num)s entries, checked %(when)s", found.events, when=when)
    return Number("ledger", label, gettext("every entry holds"), said, href)


def _rules() -> Iterator[Number]:
    """Which rulebook holds, and whether its file has changed since everybody was counted by it."""
    label, href = gettext("Rules"), url_for("rules.index")
    try:
        found = drafts.draft()
    except drafts.BadRulebook:
        yield Number("rules", label, gettext("broken"), gettext("the last good ones hold"), href, wants=True)
        return
    is_new = drafts.news(found).is_new
    said = gettext("changed since they were last applied") if is_new else gettext("as last applied")
    yield Number("rules", label, found.rulebook.version, said, href, wants=is_new)


def _room(settings: Settings) -> Iterator[Number]:
    free, href = shutil.disk_usage(settings.instance).free, url_for("admin.health")
    yield Number("disk", gettext("Free disk"), _in_words(free), "", href, free < COMFORTABLE)
    if is_sqlite(settings.sql_url):
        size = sum(file.stat().st_size for file in settings.instance.glob("stream.db*"))
        yield Number("database", gettext("Database"), _in_words(size), "", href)


def _in_words(size: int) -> str:
    return str(gettext("%(size)s MB", size=_megabytes(size)))


def _megabytes(size: int) -> str:
    return str(format_decimal(round(size / 1e6, 1 if size < 1e8 else 0)))


def _n(number: int) -> str:
    return str(format_decimal(number))
