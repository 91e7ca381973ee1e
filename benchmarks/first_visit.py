"""What a first visit takes: every byte and request between a real browser and the real server, and what of it is left
the second time. `python -m benchmarks.first_visit [--requests]`; exit code 0 only where all goals are reached.

Counted on the wire, headers included, because a browser's own figures leave out what its service worker does; they
stand beside for the first visit, where no worker is in between yet.
"""

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from benchmarks.served import MemberKeys, finished, new_site, row, serving, with_members
from benchmarks.wire import Exchange, Wire, wired
from stream.web.kept_answers import OFTEN

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
LESSON, NEXT = "/{}/lessons/guidance-is-a-dial", "/{}/lessons/negative-space"
LOADED = "performance.timeOrigin + performance.getEntriesByType('navigation')[0].loadEventStart"
LANGUAGES = ("en", "ko")
FORMS = {"phone": "Pixel 7", "desktop": "Desktop Chrome"}
QUIET, LONGEST = 2.5, 30  # seconds without a byte after which a visit is over; a browser that never rests

FIRST, REQUESTS = 32 * 1024, 4
BEGINNING = 14 * 1024  # what TCP sends before it waits for an answer: ten packets
SECOND = 6 * 1024


@dataclass(frozen=True, slots=True)
class Visit:
    """What went over the wire, and when the page was loaded."""

    exchanges: Sequence[Exchange]
    loaded: float
    by_browser: int

    @property
    def page(self) -> list[Exchange]:
        """What the page asked for."""
        return [each for each in self.exchanges if not each.is_of_worker]

    @property
    def worker(self) -> list[Exchange]:
        """What the service worker is and asked for."""
        return [each for each in self.exchanges if each.is_of_worker]

    @property
    def beginning(self) -> list[Exchange]:
        """What the first picture on the screen needs: text and style."""
        return [each for each in self.page if each.header("sec-fetch-dest") in ("document", "style")]

    @property
    def head_start(self) -> float:
        """Seconds that the page was there, with all that it shows, before the worker's first request."""
        ended = max(self.loaded, *(each.ended for each in self.page if each.method == "GET"))
        return min((each.begun - ended for each in self.worker), default=float("inf"))


def size(exchanges: Sequence[Exchange]) -> int:
    """Bytes received."""
    return sum(each.received for each in exchanges)


def main(arguments: Sequence[str]) -> int:
    """Measure all four readers; exit code 0 only where all goals are reached."""
    with tempfile.TemporaryDirectory() as folder:
        app = new_site(Path(folder))
        members = with_members(app, len(FORMS) * len(LANGUAGES))
        finished(app)
        with serving(Path(folder)) as served, wired(served.address) as wire, sync_playwright() as playwright:
            _warm(wire)
            visits = _told(_all_visits(playwright, wire, iter(members)))
    if "--requests" in arguments:
        print("", *_requests(visits), sep="\n")
    return 0 if all(is_reached for reader, found in visits for *_, is_reached in _lines(reader, found)) else 1


def _told(visits: Iterator[tuple[str, list[Visit]]]) -> list[tuple[str, list[Visit]]]:
    """The same, and each reader's lines as soon as they are there: all of them take two minutes."""
    print(row("reader", "what", "reached", "goal", "is reached"), row(*["---"] * 5), sep="\n", flush=True)
    seen = []
    for reader, found in visits:
        for *cells, is_reached in _lines(reader, found):
            print(row(*cells, "yes" if is_reached else "**no**"), flush=True)
        seen.append((reader, found))
    return seen


def _warm(wire: Wire) -> None:
    """Others were here before, so that the server has packed the pages well; it is the reader who is new."""
    for path in (LESSON, NEXT):
        for language in LANGUAGES:
            for _ in range(1 + OFTEN):  # the first one makes the page
                with urlopen(
                    Request(wire.address + path.format(language), headers={"Accept-Encoding": "br"})
                ) as answer:
                    assert answer.status == 200


def _all_visits(playwright: Playwright, wire: Wire, members: Iterator[MemberKeys]) -> Iterator[tuple[str, list[Visit]]]:
    for form, device in FORMS.items():
        for who in ("visitor", "member"):
            for language in LANGUAGES:
                keys = next(members) if who == "member" else None
                with _reader(playwright, wire, device, keys) as page:
                    paths = [path.format(language) for path in (LESSON, LESSON, NEXT)]
                    yield f"{who}, {form}, {language}", [_visit(page, wire, path) for path in paths]


@contextmanager
def _reader(playwright: Playwright, wire: Wire, device: str, keys: MemberKeys | None) -> Iterator[Page]:
    """A browser that has never been here; a member's knows who they are and nothing else."""
    browser: Browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    context = browser.new_context(**playwright.devices[device], base_url=wire.address)
    if keys:
        name, _, value = keys.cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": wire.address}])
    yield context.new_page()
    browser.close()


def _visit(page: Page, wire: Wire, path: str) -> Visit:
    """Open the page and read until nothing more comes."""
    wire.taken()
    lengths: list[float] = []
    browser = page.context.new_cdp_session(page)
    browser.send("Network.enable")
    browser.on("Network.loadingFinished", lambda event: lengths.append(event["encodedDataLength"]))
    answer = page.goto(path, wait_until="load")
    loaded = page.evaluate(LOADED) / 1000
    assert answer is not None
    assert answer.ok, path
    _rest(page, wire)
    browser.detach()
    return Visit(wire.taken(), loaded, int(sum(lengths)))


def _rest(page: Page, wire: Wire) -> None:
    begun = changed = time.monotonic()
    before = -1
    while time.monotonic() - changed < QUIET:
        assert time.monotonic() - begun < LONGEST, "the browser goes on asking"
        page.wait_for_timeout(100)
        if wire.count() != before:
            before, changed = wire.count(), time.monotonic()


def _lines(reader: str, visits: Sequence[Visit]) -> Iterator[tuple[str, str, str, str, bool]]:
    first, second, following = visits
    total, requests, beginning = size(first.page), len(first.page), size(first.beginning)
    encodings = {each.header("accept-encoding") for each in first.page}
    assert all("br" in each for each in encodings), encodings
    yield reader, "first visit, bytes", _kb(total), _kb(FIRST), total <= FIRST
    yield reader, "first visit, requests", str(requests), str(REQUESTS), requests <= REQUESTS
    yield reader, "its text and style", _kb(beginning), _kb(BEGINNING), beginning <= BEGINNING
    gotten = size([each for each in first.page if each.method == "GET"])  # an answer without a body goes unreported
    yield reader, "the browser's own figure", _kb(first.by_browser), _kb(gotten), first.by_browser == gotten
    yield reader, "service worker", _of_worker(first), "after the page", first.head_start > 0
    yield reader, "first visit and worker", _kb(size(first.exchanges)), "", True
    yield reader, "second visit", _kb(size(second.exchanges)), _kb(SECOND), size(second.exchanges) <= SECOND
    yield reader, "the next lesson", _kb(size(following.exchanges)), "", True


def _of_worker(visit: Visit) -> str:
    if not visit.worker:
        return "nothing yet"
    return f"{_kb(size(visit.worker))} in {len(visit.worker)}, {visit.head_start:.1f} s later"


def _kb(count: int) -> str:
    return f"{count / 1024:.1f} KB"


def _requests(visits: Sequence[tuple[str, list[Visit]]]) -> Iterator[str]:
    """Each request by itself, to see what takes how much."""
    yield from (row("reader", "visit", "s after load", "who", "what", "bytes"), row(*["---"] * 6))
    for reader, found in visits:
        for number, visit in enumerate(found, start=1):
            for each in visit.exchanges:
                who, when = "worker" if each.is_of_worker else "page", f"{each.begun - visit.loaded:+.2f}"
                yield row(reader, number, when, who, f"{each.method} {each.path}", each.received)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
