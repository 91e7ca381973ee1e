"""A clock that jumps by a day, to 50 years ago or ten years ahead under the running server, as on a board without a
battery: order is the ledger's, nobody is locked out, and nobody stays signed in for ever.
"""

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

import given
import pytest
from browser import command, environment
from live import FORM, LESSON, Live, live, members_of_new_site, stream

from benchmarks.served import MemberKeys

JUMPS = ("-1d", "-50y", "+10y")
BACK = ("-1d", "-50y")
PAGES = ("/en/", LESSON, "/en/me", "/en/me/ledger", "/en/achievements", "/en/levels", "/en/review", "/en/notifications",
         "/en/me/notes", "/en/me/settings", "/en/me/profile", "/en/search?q=prompt", "/en/feed.xml")  # fmt: skip
SCHEDULED = "/en/lessons/of-the-future"
addresses = count(1)


@dataclass(frozen=True, slots=True)
class Clock:
    """What time the server believes it is."""

    file: Path

    @property
    def environment(self) -> dict[str, str]:
        """Under which a process has this clock. The clocks that only run forward are the kernel's own."""
        [library] = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
        return {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def jump(self, by: str) -> None:
        """Stand so far from the true time."""
        written = self.file.with_suffix(".new")
        written.write_text(f"{by}\n", encoding="ascii")
        written.rename(self.file)


@dataclass(frozen=True, slots=True)
class Odd:
    """A site whose clock can be put wrong."""

    live: Live
    clock: Clock
    members: Iterator[MemberKeys]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Odd]:
    """The site, for all tests of this module; each takes members of its own."""
    folder = tmp_path_factory.mktemp("clock")
    members = members_of_new_site(folder, 30)
    [first] = (folder / "lessons").glob("*/*what-a-prompt-does.en.md")
    in_years = datetime.now(UTC) + timedelta(days=5 * 365)
    given.lesson(
        first.parent.parent,
        "of-the-future",
        95,
        of=first.parent.name,
        status="scheduled",
        publish_at=f"{in_years:%Y-%m-%dT%H:%MZ}",
    )
    clock = Clock(folder / "clock")
    clock.jump("+0")
    with live(folder, STREAM_ACT_LIMIT="4 per minute", STREAM_PROXY_HOPS="1", **clock.environment) as site:
        yield Odd(site, clock, iter(members))


@pytest.fixture
def site(running: Odd) -> Iterator[Odd]:
    """The same, with the right time before and after."""
    running.clock.jump("+0")
    yield running
    running.clock.jump("+0")


@pytest.mark.parametrize("by", JUMPS)
def test_whatever_the_clock_says_acts_are_recorded_once_and_in_order(site: Odd, by: str) -> None:
    member = next(site.members)
    acts = [("complete", "first-act"), ("reopen", "second-act"), ("complete", "third-act")]
    statuses = [sent(site, member, *acts[0])]
    site.clock.jump(by)
    if by in BACK:  # ahead, the session is over
        statuses += [sent(site, member, *acts[1]), sent(site, member, *acts[2])]
        statuses += [site.live.ask(f"{LESSON}/comments", member, body="Out of time.", post_id=f"written{by}").status]
    site.clock.jump("+0")
    statuses += [sent(site, member, *act) for act in acts[1:]]
    assert set(statuses) == {303}
    ids = [event_id for _, event_id in acts]
    assert [each for each in recorded(site.live.folder, member) if each in ids] == ids
    assert stream(site.live.folder, "ledger", "verify").returncode == 0
    assert "Traceback" not in site.live.said()


def sent(site: Odd, member: MemberKeys, act: str, event_id: str) -> int:
    """The status of the answer to an act."""
    return site.live.ask(f"{LESSON}/{act}", member, event_id=event_id).status


@pytest.mark.parametrize("by", JUMPS)
def test_every_page_can_be_read_whatever_the_clock_says(site: Odd, by: str) -> None:
    member = next(site.members)
    site.live.ask(f"{LESSON}/complete", member, event_id="long-before")
    assert not_read(site, member) == []
    site.clock.jump(by)
    newcomer = signed_up(site, f"newcomer{by[1:]}")
    assert newcomer.send(f"{LESSON}/complete", event_id="meanwhile")[0] == 303
    assert [page for page in PAGES if newcomer.ask(page)[0] != 200] == []
    assert by not in BACK or not_read(site, member) == []
    site.clock.jump("+0")
    assert not_read(site, member) == []
    assert "Traceback" not in site.live.said()


def not_read(site: Odd, member: MemberKeys) -> list[str]:
    """The pages that the member does not get."""
    return [page for page in PAGES if site.live.ask(page, member).status != 200]


@dataclass(slots=True)
class Browser:
    """Somebody who comes from an address of their own, and keeps a cookie as the server sends it."""

    port: int
    address: str
    cookie: str = ""
    token: str = ""
    set_cookie: str = ""

    def ask(self, path: str, method: str = "GET", body: str | None = None) -> tuple[int, str, dict[str, str]]:
        """Status, text and headers."""
        headers = {"Content-Type": FORM, "X-Forwarded-For": self.address}
        if self.cookie:
            headers["Cookie"] = self.cookie
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        if kept := answer.headers.get("Set-Cookie"):
            self.set_cookie, self.cookie = kept, kept.partition(";")[0]
        if found := given.TOKEN.search(text):
            self.token = found[1]
        return answer.status, text, dict(answer.headers)

    def send(self, path: str, **form: str) -> tuple[int, str, dict[str, str]]:
        """A form with the token of the last page."""
        return self.ask(path, "POST", urlencode({"csrf_token": self.token, **form}))


def visitor(site: Odd) -> Browser:
    """A browser that was never here."""
    return Browser(site.live.port, f"198.51.100.{next(addresses)}")


def signed_up(site: Odd, name: str) -> Browser:
    """A new member, who has signed up and is on the home page."""
    browser = visitor(site)
    browser.ask("/en/sign-up")
    assert browser.send("/en/sign-up", username=name.replace("-", ""), password=given.PASSWORD)[0] == 303
    assert browser.ask("/en/me")[0] == 200
    return browser


@pytest.mark.parametrize("by", JUMPS)
def test_a_jump_there_and_back_signs_nobody_out(site: Odd, by: str) -> None:
    browser = signed_up(site, f"stays{by[1:]}")
    site.clock.jump(by)
    assert browser.ask("/en/me")[0] == (200 if by in BACK else 303)
    site.clock.jump("+0")
    assert browser.ask("/en/me")[0] == 200


def test_a_session_that_began_in_ten_years_is_over_once_the_clock_is_right(site: Odd) -> None:
    site.clock.jump("+10y")
    browser = signed_up(site, "early")
    site.clock.jump("+0")
    assert browser.ask("/en/me")[0] == 303


@pytest.mark.parametrize("by", BACK)
def test_a_browser_with_the_right_time_keeps_the_cookie_all_the_same(site: Odd, by: str) -> None:
    site.clock.jump(by)
    browser = signed_up(site, f"keeps{by[1:]}")
    assert "Max-Age=" in browser.set_cookie  # wins over Expires, which is the server's clock
    site.clock.jump("+0")
    assert browser.ask("/en/")[0] == 200


@pytest.mark.parametrize("by", BACK)
def test_a_jump_back_neither_ends_a_limit_nor_makes_it_longer(site: Odd, by: str) -> None:
    member = next(site.members)
    assert [sent(site, member, "complete", f"completed-{number}") for number in range(4)] == [303] * 4
    site.clock.jump(by)
    refused = site.live.ask(f"{LESSON}/complete", member, event_id="too-many")
    assert refused.status == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert site.live.ask(f"{LESSON}/complete", member, event_id="still-too-many").status == 429
    site.clock.jump(later(by, seconds=61))
    assert site.live.ask(f"{LESSON}/complete", member, event_id="once-again").status == 303


@pytest.mark.parametrize("by", BACK)
def test_a_jump_back_gives_nobody_more_guesses(site: Odd, by: str) -> None:
    signed_up(site, f"guessed{by[1:]}")
    guesser = visitor(site)
    guesser.ask("/en/sign-in")
    guess = {"username": f"guessed{by[1:]}", "password": "a wrong passphrase of somebody"}
    statuses = [guesser.send("/en/sign-in", **guess)[0] for _ in range(10)]
    assert set(statuses) == {422}
    site.clock.jump(by)
    status, _, headers = guesser.send("/en/sign-in", **guess)
    assert status == 429
    assert int(headers["Retry-After"]) <= 24 * 60 * 60


def test_what_was_kept_in_ten_years_is_not_shown_once_the_clock_is_right(site: Odd) -> None:
    assert site.live.ask(SCHEDULED).status == 404
    site.clock.jump("+10y")
    assert [site.live.ask(SCHEDULED).status for _ in range(2)] == [200, 200]
    site.clock.jump("+0")
    assert site.live.ask(SCHEDULED).status == 404


def test_a_server_that_starts_with_the_wrong_time_serves_and_says_so(tmp_path: Path) -> None:
    [member] = members_of_new_site(tmp_path, 1)
    clock, heard = Clock(tmp_path / "clock"), []
    for by, act in (("+0", "complete"), ("-50y", "reopen"), ("-1d", "complete")):
        clock.jump(by)
        with live(tmp_path, **clock.environment) as site:
            assert site.ask(f"{LESSON}/{act}", member, event_id=f"act-at-{by[1:]}").status == 303
            assert site.ask(LESSON, member).status == 200
        heard.append("the clock says" in site.said())
    assert heard == [False, True, True]
    acts = [each for each in recorded(tmp_path, member) if each.startswith("act-at-")]
    assert acts == ["act-at-0", "act-at-50y", "act-at-1d"]
    assert stream(tmp_path, "ledger", "verify").returncode == 0


def test_the_doctor_names_a_clock_that_stands_before_the_last_event(site: Odd) -> None:
    member = next(site.members)
    assert site.live.ask(f"{LESSON}/complete", member, event_id="done-today").status == 303
    site.clock.jump("-1d")
    wrong = environment(site.live.folder, **site.clock.environment)
    done = subprocess.run(command("doctor"), env=wrong, capture_output=True, text=True)
    [line] = [line for line in done.stdout.splitlines() if " clock" in line]
    assert f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}" in line
    assert "already" in line


def later(by: str, seconds: int) -> str:
    """So many seconds after this jump, as an offset from the true time."""
    unit = {"d": 86_400, "y": 31_536_000}[by[-1]]
    return f"{int(by[:-1]) * unit + seconds:+d}"


def recorded(folder: Path, member: MemberKeys) -> list[str]:
    """The ids of what stands in the ledger, in its order."""
    query = "SELECT event_id FROM events WHERE learner_id = ? ORDER BY version"
    with closing(sqlite3.connect(folder / "instance" / "stream.db")) as connection:
        return [row[0] for row in connection.execute(query, (member.learner_id,))]
