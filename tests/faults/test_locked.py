"""A database that somebody else holds locked, and a second server over the same folder."""

import re
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from html import unescape
from pathlib import Path

import given
import pytest
from browser import free_port
from flask import Flask
from live import LESSON, Answer, Live, live, members_of_new_site, stream

from benchmarks.served import MemberKeys
from stream.settings import Settings

WRITTEN = 'First line.\n\nA "second" <one> & more.'


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """A stranger's transaction that does not end."""
    with closing(sqlite3.connect(folder / "instance" / "stream.db", isolation_level=None)) as stranger:
        stranger.execute("BEGIN IMMEDIATE")
        yield
        stranger.execute("ROLLBACK")


@contextmanager
def greedy(folder: Path) -> Iterator[None]:
    """A stranger who writes all the time, and lets go of the lock only for moments."""
    done = threading.Event()

    def write_on() -> None:
        with closing(sqlite3.connect(folder / "instance" / "stream.db", isolation_level=None)) as stranger:
            while not done.is_set():
                stranger.execute("BEGIN IMMEDIATE")
                done.wait(0.2)
                stranger.execute("COMMIT")
                done.wait(0.003)

    thread = threading.Thread(target=write_on)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def fields_of(page: str) -> dict[str, str]:
    """What the form for another try holds, as a browser would send it to the same address."""
    [form] = re.findall(r'<form method="post">(.*?)</form>', page, re.DOTALL)
    inputs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    texts = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL)
    return {name: unescape(value) for name, value in (*inputs, *texts)}


def at_once(site: Live, members: list[MemberKeys], path: str, **form: str) -> list[Future[tuple[Answer, float]]]:
    """Let all of them send this form; the answers, each with the seconds it took, come later."""

    def sent(member: MemberKeys) -> tuple[Answer, float]:
        begun = time.monotonic()
        return site.ask(path, member, **form), time.monotonic() - begun

    pool = ThreadPoolExecutor(len(members))
    return [pool.submit(sent, member) for member in members]


def test_a_stranger_who_locks_the_database_costs_nobody_a_text_or_a_long_wait(tmp_path: Path) -> None:
    members = members_of_new_site(tmp_path, 12)
    comments = f"{LESSON}/comments"
    with live(tmp_path) as site:
        with locked(tmp_path):
            crowd = at_once(site, members[1:], f"{LESSON}/complete", event_id="in-the-crowd")
            refused = site.ask(comments, members[0], body=WRITTEN, post_id="written-once")
            answers = [answer.result() for answer in crowd]
            assert site.ask("/en/me", members[0]).status == 200
        assert {answer.status for answer, _ in answers} == {503}
        assert max(seconds for _, seconds in answers) < 12  # one wait of five seconds, not three in a row
        assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
        fields = fields_of(refused.text)
        assert fields["body"].replace("\r\n", "\n") == WRITTEN
        for _ in range(2):  # a second press does no harm
            assert site.ask(comments, members[0], **fields).status == 303
        assert site.ask(comments, members[0]).text.count("&lt;one&gt; &amp; more.") == 1
        assert site.ask(f"{LESSON}/complete", members[1], event_id="afterwards").status == 303
        assert "Traceback" not in site.said()


@pytest.mark.sqlite
def test_a_stranger_who_writes_all_the_time_lets_others_have_their_turn(app: Flask, settings: Settings) -> None:
    member, waits = given.Visitor(app).sign_up("minji"), []
    with greedy(settings.instance.parent):
        for act in ("complete", "reopen") * 3:
            begun = time.monotonic()
            assert member.post(f"/en/lessons/dial/{act}").status_code == 303
            waits.append(time.monotonic() - begun)
    assert max(waits) < 2  # SQLite itself sleeps through nearly every moment in which the lock is free


@pytest.mark.sqlite
def test_a_password_is_not_put_into_the_page_that_says_try_again(app: Flask, settings: Settings, monkeypatch) -> None:
    monkeypatch.setattr("stream.group_writer.BUSY_TIMEOUT_MS", 50)
    visitor = given.Visitor(app)
    visitor.get("/en/sign-up")
    with locked(settings.instance.parent):
        answer = visitor.post("/en/sign-up", username="minji", password=given.PASSWORD)
    assert answer.status_code == 503
    assert given.PASSWORD not in answer.text
    assert "Nothing was changed" in answer.text


def test_a_second_server_over_the_same_folder_is_refused_in_one_line_until_the_first_is_gone(tmp_path: Path) -> None:
    [member] = members_of_new_site(tmp_path, 1)
    with live(tmp_path) as first:
        second = stream(tmp_path, "serve", "--port", str(free_port()))
        assert (second.returncode, second.stdout) == (1, "")
        assert second.stderr == f"Error: another server runs in {tmp_path / 'instance'}: stop that one first\n"
        assert stream(tmp_path, "ledger", "verify").returncode == 0  # commands may run beside the server
        assert first.ask(f"{LESSON}/complete", member, event_id="undisturbed").status == 303
        first.process.send_signal(signal.SIGKILL)
        first.process.wait(30)
        with live(tmp_path) as third:
            assert third.ask(LESSON, member).status == 200
