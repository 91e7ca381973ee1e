"""The one place that asks what time it is. Everything below the views takes instants and days as arguments."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

AHEAD = timedelta(minutes=5)  # so far two clocks may differ, or one be set back
FIRST = datetime(2020, 1, 1, tzinfo=UTC)  # a clock that says less was never set: boards without a battery begin in 1970


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


def local_day(at: datetime, zone: str) -> date:
    """The calendar day on which `at` falls for somebody in the IANA time zone `zone`."""
    return at.astimezone(ZoneInfo(zone)).date()
