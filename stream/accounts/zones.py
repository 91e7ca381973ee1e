"""The world's time zones, read once: looking for them takes a walk through many files."""

from functools import cache
from zoneinfo import available_timezones

REGIONS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


@cache
def known_zones() -> frozenset[str]:
    """Every IANA name, old ones too."""
    return frozenset(available_timezones())


@cache
def zone_groups() -> dict[str, tuple[str, ...]]:
    """The zones to choose from, by region."""
    return {region: tuple(sorted(_zones_of(region))) for region in REGIONS}


def _zones_of(region: str) -> list[str]:
    return [zone for zone in known_zones() if zone.startswith(f"{region}/")]
