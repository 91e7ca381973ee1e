"""How often one address or one member may ask.

Ordinary limits are `@limited(...)` on a view. `Budget` is for tries of which only the failed ones shall
count: it charges first and gives back after success, so that parallel tries cannot slip past together.
"""

import re
import time
from collections.abc import Callable, Collection
from functools import lru_cache, wraps
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Any, NamedTuple, TypeVar

from flask import Flask, current_app, request
from flask_login import current_user
from werkzeug.exceptions import TooManyRequests

from stream.db import when_closing
from stream.settings import PREFIX, Settings, SettingsError
from stream.web.counters import KeptCounters

View = TypeVar("View", bound=Callable[..., Any])

LIMIT = re.compile(r"(\d{1,9}) *(?:per|/) *(\d{1,4})? *(second|minute|hour|day)s?", re.IGNORECASE)
SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}


def address_key() -> str:
    """Who asks, as an address: one IPv4 address, or the /64 network that one IPv6 customer has."""
    return network_of(request.remote_addr or "")


def member_key() -> str:
    """Who asks: the member, or where nobody is signed in the address."""
    learner_id = getattr(current_user, "learner_id", None)
    return f"member:{learner_id}" if learner_id else address_key()


def limited(
    limits: str | Callable[[], str], who: Callable[[], str] = address_key, methods: Collection[str] = ()
) -> Callable[[View], View]:
    """A view that answers 429, with the time after which to try again, to whoever asks more often."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not methods or request.method in methods:
                found = limits if isinstance(limits, str) else limits()
                if wait := Budget(found, f"{view.__module__}.{view.__name__}", who()).charge():
                    raise TooManyRequests(retry_after=wait)
            return view(*args, **kwargs)

        return guarded  # type: ignore[return-value]

    return guard


def init_app(app: Flask) -> None:
    """Give `app` its counters."""
    settings: Settings = app.config["STREAM"]
    _check(settings)
    counters = KeptCounters(settings.instance / "limits.db", settings.secret_key)
    app.extensions["stream.counters"] = counters
    when_closing(app, counters.close)


def _check(settings: Settings) -> None:
    for name in ("sign_in_limit", "address_limit", "act_limit", "comment_limit", "report_limit"):
        try:
            limits_in(getattr(settings, name))
        except ValueError as error:
            raise SettingsError(f'{PREFIX}{name.upper()}: expected "10 per hour; 40 per day" or the like') from error


def network_of(address: str) -> str:
    """The part of `address` that stands for one customer."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False).network_address)
    return str(parsed)


class Limit(NamedTuple):
    """So many tries in so many seconds, counted from the first one."""

    amount: int
    seconds: int


@lru_cache(maxsize=64)
def limits_in(text: str) -> tuple[Limit, ...]:
    """The limits of a text such as "10 per 15 minutes; 40 per day". Raises ValueError."""
    return tuple(_limit(part) for part in re.split("[;,]", text))


def _limit(text: str) -> Limit:
    found = LIMIT.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no limit")
    amount, periods, period = found.groups()
    limit = Limit(int(amount), int(periods or 1) * SECONDS[period.lower()])
    if not all(limit):
        raise ValueError(f"{text!r} never lets anybody try")
    return limit


class Budget:
    """Tries that `who` has left under `limits`, such as "10 per 15 minutes; 40 per day"."""

    def __init__(self, limits: str, *who: str) -> None:
        self._limits = limits_in(limits)
        self._who = "/".join(who)
        self._counters: KeptCounters = current_app.extensions["stream.counters"]

    def charge(self) -> int:
        """Take one try. 0 when there was one left, else the seconds after which there will be."""
        spent = [limit for limit in self._limits if self._counters.add(self._key(limit), limit.seconds) > limit.amount]
        if not spent:
            return 0
        self.refund()
        return max(self._seconds_until_free(limit) for limit in spent)

    def refund(self) -> None:
        """Give the try back: it was not a failure, or there was none left to take."""
        for limit in self._limits:
            self._counters.take_back(self._key(limit))

    def _key(self, limit: Limit) -> str:
        return f"{self._who}/{limit.amount}/{limit.seconds}"

    def _seconds_until_free(self, limit: Limit) -> int:
        return max(1, ceil(self._counters.end_of_window(self._key(limit)) - time.time()))


class Either:
    """A budget with another one to fall back on."""

    def __init__(self, usual: Budget, reserve: Budget) -> None:
        self._usual, self._reserve = usual, reserve
        self._charged = usual

    def charge(self) -> int:
        """Take one try from whichever has one. As `Budget.charge`."""
        self._charged = self._usual
        wait = self._usual.charge()
        if wait == 0:
            return 0
        self._charged = self._reserve
        wait_for_reserve = self._reserve.charge()
        return min(wait, wait_for_reserve)

    def refund(self) -> None:
        """Give the try back to where it was taken from."""
        self._charged.refund()
