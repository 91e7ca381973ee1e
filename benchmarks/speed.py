"""How fast the site answers, beside bare Flask under the same server in the same run.

The server works on the first core and the load comes from the last. Costs are answers for each second that the
server's processor worked, as a share of what Flask's "hello" reaches (H); medians of three. What misses its goal stands
beside the least that Flask can do of the same (`benchmarks.least`).
"""

import itertools
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.least import signed_in
from benchmarks.load import Load, loaded, median_of, request
from benchmarks.served import (
    MemberKeys,
    Served,
    finished,
    new_site,
    row,
    serving,
    serving_hello,
    serving_least,
    with_members,
)
from benchmarks.threads import LESSON, fill

PAGE = f"/en/lessons/{LESSON}"
ROUNDS = 3
CONNECTIONS = 16
MEMBERS = 2_000
COMMENTS = 50
LESSONS = ("what-a-prompt-does", "reading-the-encoder", "guidance-is-a-dial", "negative-space", "seeds-and-families",
           "composition-by-scene", "light-as-a-noun", "style-without-names", "iterating-on-purpose",
           "the-one-page-brief")  # fmt: skip
HEAD = row("what", "reached", "goal", "bare Flask", "a second", "p50 / p99 ms", "slowest ms", "bytes")
README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- made by benchmarks.speed -->", "<!-- /made by benchmarks.speed -->"
Plan = Sequence[Sequence[bytes]]


@dataclass(frozen=True, slots=True)
class Case:
    """Something to measure. `goal` is a share of H, by answers a second where it waits for the disk. What is to be
    `steady` has p99 within four times p50, and no answer after 50 ms. What is `bare` is also asked of a Flask that does
    the least of it.
    """

    name: str
    goal: float
    plan: Callable[[Served, Sequence[MemberKeys]], Plan]
    again: bool = True
    by_clock: bool = False
    statuses: tuple[int, ...] = (200,)
    steady: bool = False
    bare: bool = False


numbers = itertools.count()


def everybody(sent: bytes) -> Plan:
    """All connections ask the same."""
    return [[sent]] * CONNECTIONS


def visitor_page(_: Served, _members: Sequence[MemberKeys]) -> Plan:
    """A lesson, signed out, as a browser asks for it."""
    return everybody(request(PAGE, Accept_Encoding="gzip, br"))


def known_page(served: Served, _: Sequence[MemberKeys]) -> Plan:
    """A lesson that the browser has already."""
    tag = served.page(PAGE, Accept_Encoding="gzip, br")[0]["etag"]
    return everybody(request(PAGE, Accept_Encoding="gzip, br", If_None_Match=tag))


def linked_page(_: Served, _members: Sequence[MemberKeys]) -> Plan:
    """A lesson with what others add to links, never the same."""
    asked = [request(f"{PAGE}?utm_source={next(numbers)}", Accept_Encoding="gzip, br") for _ in range(20_000)]
    return [asked[start::CONNECTIONS] for start in range(CONNECTIONS)]


def made_page(_: Served, _members: Sequence[MemberKeys]) -> Plan:
    """A lesson that is made for each request, as the first one after an edit or a comment."""
    return everybody(request(PAGE, Accept_Encoding="gzip, br", Range="bytes=0-"))


def own_page(_: Served, members: Sequence[MemberKeys]) -> Plan:
    """A lesson, signed in: sixteen members at a time, many in turn, each again and again."""
    return [[member.get(PAGE) for member in members[start:400:CONNECTIONS]] for start in range(CONNECTIONS)]


def own_first_page(_: Served, members: Sequence[MemberKeys]) -> Plan:
    """A lesson, signed in, which nobody of them has opened since the start."""
    path = f"/en/lessons/{LESSONS[next(numbers) % len(LESSONS)]}"
    return [[member.get(path) for member in members[400 + start :: CONNECTIONS]] for start in range(CONNECTIONS)]


def standing(_: Served, _members: Sequence[MemberKeys]) -> Plan:
    """The widget for what a device keeps, asked for from many addresses: one of them may ask only so often."""
    asked = [
        request("/en/standing", form="events=%5B%5D", HX_Request="true", X_Forwarded_For=f"10.0.{at // 250}.{at % 250}")
        for at in range(4_000)
    ]
    return [asked[start::CONNECTIONS] for start in range(CONNECTIONS)]


def thread(_: Served, members: Sequence[MemberKeys]) -> Plan:
    """Fifty comments as a fragment."""
    return [[member.get(f"{PAGE}/comments", HX_Request="true")] for member in members[:CONNECTIONS]]


def completions(_: Served, members: Sequence[MemberKeys], connections: int = CONNECTIONS) -> Plan:
    """Each member completes one lesson after another that is still to do; nothing twice."""
    round_ = next(numbers) % len(LESSONS)
    path = f"/en/lessons/{LESSONS[round_]}/complete"
    sent = [member.post(path, event_id=f"bench-{member.learner_id}-{round_}") for member in members]
    return [sent[start::connections] for start in range(connections)]


def comments(_: Served, members: Sequence[MemberKeys]) -> Plan:
    """Members comment, each on a lesson without many comments."""
    text = "Is the **empty** prompt always the best baseline? `CFG 7` looked better to me."
    path = "/en/lessons/the-one-page-brief/comments"
    sent = [member.post(path, body=text, post_id=f"bench-{next(numbers)}") for member in members[:600]]
    return [sent[start::CONNECTIONS] for start in range(CONNECTIONS)]


CASES = (
    Case("lesson page signed out, kept", 1.8, visitor_page),
    Case("the same, not modified", 1.8, known_page, statuses=(304,)),
    Case("the same, with what others add to links", 0.7, linked_page),
    Case("the same, made anew", 0.7, made_page, bare=True),
    Case("lesson page signed in, again", 0.45, own_page),
    Case("lesson page signed in, for the first time", 0.45, own_first_page, again=False, bare=True),
    Case("standing fragment", 0.55, standing),
    Case("thread of 50 comments", 0.45, thread),
    Case("completion, on disk", 0.28, completions, again=False, by_clock=True, steady=True, bare=True),
    Case("the same, 64 connections", 0.28, partial(completions, connections=64), again=False, by_clock=True),
    Case("comment posted, on disk", 0.25, comments, again=False, by_clock=True, bare=True),
)


def main(only: str = "", seconds: float = 3.0) -> int:
    """Run; exit code 0 only when every goal is reached."""
    rows = [HEAD, row(*["---"] * 8)]
    print("\n".join(rows), flush=True)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        app = new_site(folder)
        members = with_members(app, MEMBERS)
        fill(app, COMMENTS)
        finished(app)
        hello = stack.enter_context(serving_hello())
        site = Asked(stack.enter_context(serving(folder, STREAM_PROXY_HOPS="1")), members)
        _, page = site.served.page(f"/en/lessons/{LESSONS[0]}")  # without comments
        least = Asked(stack.enter_context(serving_least(folder, page)), signed_in(MEMBERS))
        found = []
        for case in CASES:
            if only in case.name:
                found.append(measure(case, hello, site, least, seconds))
                rows.append(found[-1].told)
                print(rows[-1], flush=True)
    if not only:
        into_readme(rows)
    return 0 if all(each.is_reached for each in found) else 1


def into_readme(rows: Sequence[str]) -> None:
    """Put the table where everybody sees it."""
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text("\n".join((before + BEGIN, *rows, END + after)), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Measured:
    """A row of the table, and whether the goal was reached."""

    told: str
    is_reached: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """Who answers, and the members that may ask there."""

    served: Served
    members: Sequence[MemberKeys]

    def load(self, case: Case, seconds: float) -> Load:
        """One round of the case."""
        plan = case.plan(self.served, self.members)
        found = loaded(self.served.address, self.served.pid, plan, seconds, again=case.again)
        wrong = {status: count for status, count in found.statuses.items() if status not in case.statuses}
        assert not wrong, f"{case.name}: {wrong}"
        return found


def measure(case: Case, hello: Served, site: Asked, least: Asked, seconds: float) -> Measured:
    """H is measured between the rounds, not before them."""
    yardsticks, loads, bare = [], [], []
    for _ in range(ROUNDS):
        yardsticks.append(loaded(hello.address, hello.pid, everybody(request("/")), seconds / 2))
        loads.append(site.load(case, seconds))
        if case.bare:
            bare.append(least.load(case, seconds))
    found, reached = median_of(loads), share(loads, yardsticks, by_clock=case.by_clock)
    is_steady = found.percentile(0.99) <= 4 * found.percentile(0.5) and max(found.latencies) < 50
    bare_told = f"{share(bare, yardsticks, by_clock=case.by_clock):.2f} H" if bare else ""
    return Measured(told(case, reached, bare_told, found), reached >= case.goal and (is_steady or not case.steady))


def share(loads: Sequence[Load], yardsticks: Sequence[Load], *, by_clock: bool) -> float:
    """Of H, in the median of the rounds."""
    if by_clock:
        return median(load.per_second for load in loads) / median(load.per_second for load in yardsticks)
    return median_of(loads).per_cpu_second / median_of(yardsticks).per_cpu_second


def told(case: Case, reached: float, bare: str, found: Load) -> str:
    """A row of the table."""
    rates = f"{found.per_second:,.0f}", f"{found.percentile(0.5):.1f} / {found.percentile(0.99):.1f}"
    slowest = f"{max(found.latencies):.0f}"
    return row(case.name, f"{reached:.2f} H", f"{case.goal} H", bare, *rates, slowest, f"{found.length:,}")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
