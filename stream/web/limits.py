"""How often one address or one member may ask. Counted in memory: the site is one process.

Ordinary limits are `@limiter.limit(...)` on a view. `Budget` is for tries of which only the failed ones shall
count: it charges first and gives back after success, so that parallel tries cannot slip past together.
"""

import time
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter
from flask_login import current_user
from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from stream.settings import PREFIX, Settings, SettingsError


def address_key() -> str:
    """Who asks, as an address: one IPv4 address, or the /64 network that one IPv6 customer has."""
    return network_of(request.remote_addr or "")


def member_key() -> str:
    """Who asks: the member, or where nobody is signed in the address."""
    if current_user.is_authenticated:
        return f"member:{current_user.learner_id}"
    return address_key()


limiter = Limiter(address_key, storage_uri="memory://")


def init_app(app: Flask) -> None:
    """Give `app` counters of its own, and every 429 the time after which to try again."""
    _check(app.config["STREAM"])
    limiter.init_app(app)
    limiter.reset()
    app.extensions["stream.counters"] = MemoryStorage()
    app.after_request(_tell_when)


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


class Budget:
    """Tries that `who` has left under `limits`, such as "10 per 15 minutes; 40 per day"."""

    def __init__(self, limits: str, *who: str) -> None:
        self._limits = parse_many(limits)
        self._who = who
        self._storage: MemoryStorage = current_app.extensions["stream.counters"]
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


def _tell_when(response: Response) -> Response:
    limit = limiter.current_limit
    if response.status_code == 429 and "Retry-After" not in response.headers and limit is not None:
        response.headers["Retry-After"] = str(max(1, ceil(limit.reset_at - time.time())))
    return response
