"""How often one address or one member may ask.

Ordinary limits are `@limited(...)` on a view. `Budget` is for tries of which only the failed ones shall
count: it charges first and gives back after success, so that parallel tries cannot slip past together.
"""

import time
from collections.abc import Callable, Collection
from functools import lru_cache, wraps
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask_login import current_user
from limits import RateLimitItem, parse_many
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from stream.db import when_closing
from stream.settings import PREFIX, Settings, SettingsError
from stream.web.counters import KeptCounters

View = TypeVar("View", bound=Callable[..., Any])


def address_key() -> str:
    """Who asks, as an address: one IPv4 address, or the /64 network that one IPv6 customer has."""
    return network_of(request.remote_addr or "")


def member_key() -> str:
    """Who asks: the member, or where nobody is signed in the address."""
    if current_user.is_authenticated:
        return f"member:{current_user.learner_id}"
    return address_key()


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
            parse_many(getattr(settings, name))
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


_parsed = lru_cache(maxsize=64)(parse_many)


class Budget:
    """Tries that `who` has left under `limits`, such as "10 per 15 minutes; 40 per day"."""

    def __init__(self, limits: str, *who: str) -> None:
        self._limits = _parsed(limits)
        self._who = who
        self._storage: KeptCounters = current_app.extensions["stream.counters"]
        self._counters = FixedWindowRateLimiter(self._storage)

    def charge(self) -> int:
        """Take one try. 0 when there was one left, else the seconds after which there will be."""
        spent = [limit for limit in self._limits if not self._counters.hit(limit, *self._who)]
        if not spent:
            return 0
        self.refund()
        return max(self._seconds_until_free(limit) for limit in spent)

    def refund(self) -> None:
        """Give the try back: it was not a failure, or there was none left to take."""
        for limit in self._limits:
            self._storage.decr(limit.key_for(*self._who))

    def _seconds_until_free(self, limit: RateLimitItem) -> int:
        return max(1, ceil(self._counters.get_window_stats(limit, *self._who).reset_time - time.time()))


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
