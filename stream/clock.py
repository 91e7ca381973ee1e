"""The one place that asks what time it is. Everything below the views takes instants and days as arguments."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


def local_day(at: datetime, zone: str) -> date:
    """The calendar day on which `at` falls for somebody in the IANA time zone `zone`."""
    return at.astimezone(ZoneInfo(zone)).date()
