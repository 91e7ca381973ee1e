"""Hostile text wherever people's text is shown, in a real browser: sanitiser and content policy each hold alone."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

import given
import pytest
from browser import free_port
from flask import Flask
from given import Visitor
from hostile import (
    CONTROL,
    JUDGE,
    Canary,
    Payload,
    Verdict,
    Witness,
    judged,
    judged_apart,
    judged_parsed,
    needs_corpora,
    payloads,
)
from playwright.sync_api import Browser, Page
from werkzeug.test import TestResponse

from stream.comments import block_threads, discussions, feeds, queue, reactions, texts, thread_pages
from stream.comments.writers import Writer
from stream.factory import create_app
from stream.lessons import feed as site_feed
from stream.markdown.comments import Comment, problem_with
from stream.notifications import queries as inbox_queries
from stream.reports import queries as report_queries
from stream.serve import Server
from stream.settings import load_settings

pytestmark = needs_corpora
MANY = "100000 per minute"
LIMITS = dict.fromkeys(("comment_limit", "report_limit", "act_limit", "address_limit"), MANY)
TAKEN = 300  # of the payloads, at least: what is refused proves nothing
ABOUT_POLICY = "Content Security Policy"
LEAVES = re.compile("http-equiv=.?refresh", re.IGNORECASE)  # no policy can keep a page from being left
HEAVY = re.compile("<script[^>]+src=[^>]+></script>|<link rel=.stylesheet.[^>]*>")
KINDS = {"missing 404", "sign-in 200", "report 200", "exercise 200", "sign-up 422", "conflict 409", "conflict 422",
         "search 200"}  # fmt: skip
BLOCK = re.compile(r'id="(b-[^"]+)"')


@dataclass(slots=True)
class World:
    """A site full of hostile text, and three who look at it."""

    app: Flask
    address: str
    canary: Canary
    texts: list[Payload]
    author: Visitor
    admin: Visitor
    visitor: Visitor
    block: str = ""
    comments: dict[str, int] = field(default_factory=dict)  # name of the payload -> number
    refused: dict[str, list[str]] = field(default_factory=dict)  # where -> names of payloads
    has_policy: bool = True

    def pages(self) -> dict[str, tuple[Visitor, list[str]]]:
        """Where each of the three sees what people wrote."""
        talk = ["/lessons/dial", "/lessons/encoder/comments", f"/lessons/seeds/threads/{self.block}"]
        private = ["/notifications", "/me/reports", *talk]
        return {
            "author": (self.author, private),
            "admin": (self.admin, ["/admin/comments", "/admin/reports", "/admin/record", *private]),
            "visitor": (self.visitor, talk),
        }

    def refuse(self, where: str, payload: Payload) -> None:
        """Note that a text was not taken."""
        self.refused.setdefault(where, []).append(payload.name)

    def taken(self, where: str) -> int:
        """How many texts were taken."""
        return len(self.texts) - len(self.refused.get(where, []))


class OpenPolicy:
    """The site without its content policy, while the world says so."""

    def __init__(self, app: Callable[..., Any]) -> None:
        self.app, self.world = app, None

    def __call__(self, environ: Any, start_response: Any) -> Any:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            if self.world is not None and not self.world.has_policy:
                headers = [each for each in headers if each[0] != "Content-Security-Policy"]
            return start_response(status, headers, *rest)

        return self.app(environ, start)


def raw(text: str, known: Any = None) -> Comment:
    """What a renderer without escaping and without a sanitiser would make of a comment."""
    return Comment(html=text, plain=text, links=0, mentions=(), is_empty=problem_with(text) == "empty")


@contextmanager
def everything_on_one_page() -> Iterator[pytest.MonkeyPatch]:
    """Pages long enough for all."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (thread_pages, block_threads, discussions, report_queries, inbox_queries):
            patch.setattr(module, "PAGE", 2000)
        patch.setattr(queue, "QUEUE_PAGE", 2000)
        for module in (feeds, site_feed):
            patch.setattr(module, "ENTRIES", 2000)
        yield patch


@contextmanager
def site_of(migrated: Path, folder: Path) -> Iterator[World]:
    """A running site in this process, with three lessons and three viewers."""
    shutil.copytree(migrated, folder / "instance")
    lessons = given.site_files(folder / "lessons")
    for number, slug in enumerate(("encoder", "dial", "seeds"), start=1):
        given.lesson(lessons, slug, number)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    folders = {"instance": folder / "instance", "lessons": lessons}
    app = create_app(load_settings(given.EMPTY_ENVIRONMENT, **folders, public_url=address, **LIMITS))
    app.wsgi_app = gate = OpenPolicy(app.wsgi_app)
    author, admin = Visitor(app).sign_up("haru"), Visitor(app).sign_up("jun")
    given.role(app, "haru", "moderator")  # new members may write few links; a member again before anybody looks
    given.role(app, "jun", "admin")
    admin.get("/en/")
    canary = Canary()
    world = World(app, address, canary, payloads(canary.address), author, admin, Visitor(app))
    gate.world = world
    server = Server(app, "127.0.0.1", port, 4)
    thread = Thread(target=server.run)
    thread.start()
    try:
        with canary.listening():
            yield world
    finally:
        server.stop()
        thread.join()
        given.close(app)


def post_comments(world: World) -> None:
    """Each text as a comment."""
    for payload in world.texts:
        if code := problem_with(payload.text):
            assert code in ("characters", "empty", "long-blanks")
            assert world.author.post("/en/lessons/dial/comments", body=payload.text).status_code == 422
            world.refuse("comment", payload)
        else:
            world.comments[payload.name] = world.author.comment(payload.text)


def post_replies_and_changes(world: World) -> None:
    """Each text that was taken as a reply, and as a change of a comment on a paragraph."""
    world.block = BLOCK.findall(world.visitor.get("/en/lessons/seeds").text)[0]
    question = world.admin.comment("A question", "encoder")
    for payload in world.texts:
        if payload.name not in world.comments:
            continue
        world.author.comment(payload.text, "encoder", parent=question)
        changed = world.author.comment("First words", "seeds", block=world.block)
        answer = world.author.post(f"/en/comments/{changed}/edit", body=payload.text, comment=changed, version=1)
        assert answer.status_code == 303


def post_reports(world: World) -> None:
    """Each text as a member's report, as its answer, as a visitor's report and as the visitor's contact."""
    for payload in world.texts:
        answer = world.author.post("/en/report", category="other", body=payload.text)
        if answer.status_code == 422:
            world.refuse("report", payload)
        else:
            reference = urlsplit(answer.location).path.rpartition("/")[2]
            form = {"do": "declined", "answer": payload.text}
            assert world.admin.post(f"/en/admin/reports/{reference}", **form).status_code == 303
        form = {"category": "other", "body": payload.text, "contact": payload.text}
        answer = world.visitor.post("/en/report", **form)
        if answer.status_code == 422:
            world.refuse("contact", payload)


def post_to_moderators(world: World) -> None:
    """Each text as the reason of a flag, and as words for which comments are held."""
    flagger = Visitor(world.app).sign_up("minji")
    with world.app.app_context():
        learner = given.accounts.learner_of(flagger.username)
        now = datetime.now(UTC)
        for payload in world.texts:
            if number := world.comments.get(payload.name):
                reactions.flag(Writer(learner, now), number, payload.text, now)  # the page takes 30 an hour
    for payload in world.texts:
        answer = world.admin.post("/en/admin/patterns", words=payload.text)
        if answer.status_code == 422:
            assert not 2 <= len(" ".join(payload.text.split())) <= 200
            world.refuse("pattern", payload)


@pytest.fixture(scope="module")
def world(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The site as it is, with every text in every place."""
    with site_of(migrated, tmp_path_factory.mktemp("hostile")) as world:
        for post in (post_comments, post_replies_and_changes, post_reports, post_to_moderators):
            post(world)
        given.role(world.app, "haru", "member")
        world.author.get("/en/")
        with everything_on_one_page():
            yield world


@pytest.fixture(scope="module")
def raw_world(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The site with nothing between what people type and the page; this switch is here in the test only."""
    with site_of(migrated, tmp_path_factory.mktemp("raw")) as world, everything_on_one_page() as patch:
        patch.setattr(texts, "compile_comment", raw)
        world.texts = [each for each in world.texts if not LEAVES.search(each.text)]
        post_comments(world)
        yield world


Browse = Callable[[World, Visitor], tuple[Page, Witness]]


@pytest.fixture
def browse(chromium: Browser) -> Iterator[Browse]:
    """A browser in which one of the three is signed in, and what it did: `browse(world, viewer)`."""
    contexts = []

    def opened(world: World, viewer: Visitor) -> tuple[Page, Witness]:
        context = chromium.new_context(base_url=world.address, locale="en-GB")
        context.set_default_timeout(30_000)
        cookie = viewer.client.get_cookie("session")
        if cookie is not None:
            context.add_cookies([{"name": "session", "value": cookie.value, "url": world.address}])
        contexts.append(context)
        witness = Witness(world.address)
        return witness.follow(context), witness

    yield opened
    for context in contexts:
        context.close()


def assert_silent(world: World, witness: Witness) -> None:
    """Nothing ran, nobody was called, and nothing on any page was out of order."""
    assert (witness.ran, witness.called, witness.stopped, witness.said, world.canary.calls) == ([], [], [], [], [])


def assert_alike(verdicts: dict[str, Verdict]) -> None:
    """No page has a fault, and each is built like the control's."""
    assert {name: verdict.faults for name, verdict in verdicts.items() if verdict.faults} == {}
    control = next(iter(verdicts.values())).kinds
    assert [name for name, verdict in verdicts.items() if verdict.kinds != control] == []


@pytest.mark.parametrize("has_policy", [True, False], ids=["as-it-is", "without-policy"])
@pytest.mark.parametrize("viewer", ["author", "visitor", "admin"])
def test_what_people_wrote_is_only_text(world: World, browse: Browse, viewer: str, has_policy: bool) -> None:
    world.has_policy = has_policy
    someone, addresses = world.pages()[viewer]
    page, witness = browse(world, someone)
    found = {}
    for address in addresses:
        answer = page.goto(f"/en{address}")
        assert answer is not None
        assert (answer.status, "content-security-policy" in answer.headers) == (200, has_policy)
        found[address] = judged(page)
        assert found[address].faults == [], address
        assert found[address].odd() == [], address
        assert page.url == f"{world.address}/en{address}"
    assert_silent(world, witness)
    assert_all_there(world, viewer, found)


def assert_all_there(world: World, viewer: str, found: dict[str, Verdict]) -> None:
    """Empty pages would be silent too."""
    comments, reports = world.taken("comment"), world.taken("report")
    contacts, patterns = world.taken("contact"), world.taken("pattern")
    assert min(comments, reports) > TAKEN
    assert min(contacts, patterns) > TAKEN - 40  # of one line, and of 200 characters at most
    expected = {
        ("/lessons/dial", "div.comment"): comments,
        ("/lessons/encoder/comments", "div.comment"): comments + 1,
        (f"/lessons/seeds/threads/{world.block}", "div.comment"): comments,
    }
    if viewer == "author":
        expected |= {("/notifications", "li"): reports, ("/me/reports", "li"): reports}
    if viewer == "admin":
        expected |= {
            ("/notifications", "li"): comments,
            ("/admin/comments", "div.card.queue-item"): comments,
            ("/admin/comments", "li.row"): patterns,
            ("/admin/reports", "div.card.queue-item"): contacts,
            ("/admin/reports", "details.more"): reports,
        }
    assert {key: found[key[0]].count(key[1]) for key in expected} == expected


@pytest.mark.parametrize("address", ["/en/feed.xml", "/ko/lessons/dial/feed.xml"])
def test_feeds_hold_the_same_clean_text(world: World, browse: Browse, address: str) -> None:
    world.has_policy = False
    page, witness = browse(world, world.visitor)
    page.goto(address)
    feed = ElementTree.fromstring(world.visitor.get(address).data)
    entries = [entry.text or "" for entry in feed.iter("{http://www.w3.org/2005/Atom}content")]
    assert len(entries) >= world.taken("comment")
    html = "".join(f'<div class="comment"><div class="said">{entry}</div></div>' for entry in entries)
    page.goto("/en/levels")
    verdict = judged_apart(page, {"feed": f"<!doctype html><title>a</title>{html}"})["feed"]
    assert verdict.faults == []
    assert_silent(world, witness)


def previewed(page: Page, world: World) -> dict[str, list[str]]:
    """The faults of the preview of each text, asked for and put into the page as while somebody types."""
    page.goto("/en/lessons/dial/comments")
    faults: dict[str, list[str]] = page.evaluate(
        f"""async (texts) => {{ {JUDGE}
          const found = {{}};
          const csrf_token = document.querySelector("#form-new [name=csrf_token]").value;
          for (const [name, body] of texts) {{
            if (!document.querySelector("#form-new-preview")) {{ // a text that nothing has cleaned took it away
              document.body.append(Object.assign(document.createElement("div"), {{ id: "form-new-preview" }}));
            }}
            const place = document.querySelector("#form-new-preview");
            const wanted = {{ target: "#form-new-preview", swap: "innerHTML", values: {{ body, csrf_token }} }};
            await htmx.ajax("POST", "/en/lessons/dial/comments/preview", wanted);
            await new Promise(requestAnimationFrame);
            poke(place);
            if (!place.firstElementChild) found[name] = ["no preview"];
            else found[name] = judge(place, false).faults;
          }}
          await settled();
          return found;
        }}""",
        [[each.name, each.text] for each in world.texts],
    )
    return faults


def test_a_preview_is_only_text(world: World, browse: Browse) -> None:
    world.has_policy = False
    page, witness = browse(world, world.author)
    found = previewed(page, world)
    assert len(found) == len(world.texts)
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert_silent(world, witness)


def reflected(people: dict[str, Visitor], world: World, payload: Payload) -> Iterator[tuple[str, TestResponse]]:
    """(kind, answer) of every request whose answer may show what was just sent."""
    text, part = payload.text, quote(payload.text, safe="")
    query = "&".join(f"{key}={part}" for key in ("next", "username", "kept", "kept_for", "q", "lang", "act", "page"))
    stranger, author, number = people["stranger"], world.author, world.comments[CONTROL.name]
    yield "missing", stranger.get(f"/en/{part}/x?{query}")
    yield "sign-in", stranger.get(f"/en/sign-in?{query}")
    yield "search", stranger.get(f"/en/search?q={part}")
    yield "report", stranger.get(f"/en/report?category=other&body={part}&contact={part}&place={part}")
    yield "exercise", stranger.post("/en/lessons/dial/exercise", exercise="dial", answer=text)
    yield "sign-up", people["newcomer"].post("/en/sign-up", username=text, password="short", next=text, kept=text)
    yield "conflict", author.post(f"/en/comments/{number}/edit", body=text, comment=number, version="9")
    yield "signed in", author.get(f"/en/sign-in?next={part}")
    yield "appearance", people["painter"].post("/en/appearance", next=text, theme="dark")


def test_what_is_sent_back_is_only_text(world: World, browse: Browse) -> None:
    world.has_policy = False
    page, witness = browse(world, world.visitor)
    page.goto("/en/levels")
    people = {name: Visitor(world.app) for name in ("stranger", "newcomer", "painter")}
    for someone in people.values():
        someone.get("/en/sign-up")
    pages: dict[str, dict[str, str]] = {}
    led = 0
    for payload in world.texts:
        for kind, answer in reflected(people, world, payload):
            assert answer.status_code in (200, 303, 308, 400, 404, 409, 422), (kind, payload)
            if kind == "sign-up" and payload.text.isalnum():
                continue  # 123456 is a name that may be had
            if answer.location is None:
                pages.setdefault(f"{kind} {answer.status_code}", {})[payload.name] = answer.text
            else:
                led += 1
                assert re.match(r"/(?![/\\])", answer.location), (kind, payload, answer.location)
    assert set(pages) == KINDS
    assert led > 2 * TAKEN  # all of them to pages of this site
    for kind, documents in pages.items():
        verdicts = judged_parsed(page, {name: HEAVY.sub("", html) for name, html in documents.items()})
        if kind.startswith("search"):  # what is found differs from word to word
            assert {name: verdict.faults for name, verdict in verdicts.items() if verdict.faults} == {}
        else:
            assert_alike(verdicts)
    assert_silent(world, witness)


def test_no_payload_makes_a_name(world: World) -> None:
    """But for one of nothing but digits."""
    names = {
        each.text
        for each in world.texts
        if Visitor(world.app).post("/en/sign-up", username=each.text, password=given.PASSWORD).status_code == 303
    }
    assert all(name.isalnum() for name in names)


def assert_held(world: World, witness: Witness) -> None:
    """The policy let nothing run and nothing out; that it had to is in the console."""
    assert (witness.ran, witness.called, world.canary.calls) == ([], [], [])
    assert any(ABOUT_POLICY in said for said in witness.said)


@pytest.mark.parametrize("viewer", ["author", "visitor", "admin"])
def test_the_policy_alone_holds_on_pages(raw_world: World, browse: Browse, viewer: str) -> None:
    raw_world.has_policy = True
    page, witness = browse(raw_world, raw_world.pages()[viewer][0])
    page.goto("/en/lessons/dial")
    assert judged(page).faults != []
    assert_held(raw_world, witness)


def apart(page: Page, world: World, most: int = 1000) -> dict[str, Verdict]:
    """Each comment on a page of its own: elsewhere one text can swallow those after it."""
    page.goto("/en/levels")
    addresses = {name: f"/en/comments/{number}/reply" for name, number in list(world.comments.items())[:most]}
    return judged_apart(page, {name: world.admin.get(address).text for name, address in addresses.items()})


def test_the_policy_alone_holds_for_each_text(raw_world: World, browse: Browse) -> None:
    raw_world.has_policy = True
    page, witness = browse(raw_world, raw_world.admin)
    verdicts = apart(page, raw_world)
    assert sum(bool(verdict.faults) for verdict in verdicts.values()) > TAKEN / 2  # the switch does switch
    assert_held(raw_world, witness)


def test_the_policy_alone_holds_in_previews(raw_world: World, browse: Browse) -> None:
    raw_world.has_policy = True
    page, witness = browse(raw_world, raw_world.author)
    assert any(previewed(page, raw_world).values())
    assert_held(raw_world, witness)


def test_the_witness_sees_what_runs(raw_world: World, browse: Browse) -> None:
    """With both gates open, so that the silence above says something."""
    raw_world.has_policy = False
    page, witness = browse(raw_world, raw_world.admin)
    apart(page, raw_world, 100)
    assert len([each for each in witness.ran if each.startswith("alert")]) > 10
    assert len(witness.called) > 10
    assert len(raw_world.canary.calls) > 5
    raw_world.canary.calls.clear()
