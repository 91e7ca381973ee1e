"""kill -9 of the server under load: what was answered is there, nothing twice, and the site is back without a hand."""

import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, OpenerDirector, build_opener

import given
import pytest
from browser import Site, command, environment, start, stop

ROUNDS = 5
READERS = 3
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class NoRedirect(HTTPRedirectHandler):
    """The answer itself is what counts."""

    def redirect_request(self, *_: object) -> None:
        return None


class Reader:
    """A member who completes and takes back lessons as fast as the site answers, and remembers what was answered."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.opener: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()), NoRedirect)
        self.answered: list[str] = []
        self.token = ""

    def send(self, address: str, **form: str) -> int:
        """Post a form; the status of the answer."""
        fields = urlencode({"csrf_token": self.token, **form}).encode()
        try:
            with self.opener.open(address, fields) as answer:
                return int(answer.status)
        except HTTPError as error:
            error.close()
            return error.code

    def open(self, address: str) -> str:
        """Open a page and note its token."""
        with self.opener.open(address) as answer:
            html = str(answer.read().decode())
        found = TOKEN.search(html)
        assert found is not None
        self.token = found[1]
        return html

    def join(self, site: Site) -> None:
        """Sign up."""
        self.open(f"{site.address}/en/sign-up")
        assert self.send(f"{site.address}/en/sign-up", username=self.name, password=given.PASSWORD) == 303
        self.open(f"{site.address}/en/")

    def act(self, site: Site, round_: int) -> None:
        """Complete and take back until the server is gone."""
        lesson = f"{site.address}/en/lessons/dial"
        is_done = "/lessons/dial/reopen" in self.open(lesson)
        for number in range(10_000):
            event_id = f"round{round_}-{self.name}-{number:05}"
            try:
                status = self.send(f"{lesson}/{'reopen' if is_done else 'complete'}", event_id=event_id)
            except OSError:
                return
            assert status == 303
            is_done = not is_done
            self.answered.append(event_id)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A site with one lesson, initialised."""
    root = given.site_files(tmp_path / "lessons")
    given.lesson(root, "dial")
    subprocess.run(command("init"), env=environment(tmp_path), check=True, capture_output=True)
    yield tmp_path
    shutil.rmtree(tmp_path / "instance")


def kill_while_acting(site: Site, readers: list[Reader], round_: int) -> None:
    """Let everybody act, and kill the server once enough was answered."""
    enough = [len(reader.answered) + 10 + 7 * round_ for reader in readers]
    threads = [threading.Thread(target=reader.act, args=(site, round_)) for reader in readers]
    for thread in threads:
        thread.start()
    while any(len(reader.answered) < least for reader, least in zip(readers, enough, strict=True)):
        threads[0].join(timeout=0.001)
    site.process.send_signal(signal.SIGKILL)
    site.process.wait()
    for thread in threads:
        thread.join()
    assert site.process.stdout is not None
    site.process.stdout.close()


def test_what_was_answered_survives_kill_9(folder: Path) -> None:
    readers = [Reader(f"reader{number}") for number in range(READERS)]
    for round_ in range(ROUNDS):
        site = start(folder, STREAM_ACT_LIMIT="1000000 per minute")
        for reader in readers if round_ == 0 else ():
            reader.join(site)
        kill_while_acting(site, readers, round_)
    site = start(folder)
    verified = site.stream("ledger", "verify")
    recorded = site.stream("ledger", "export").stdout
    stop(site)
    assert verified.returncode == 0, verified.stdout
    assert [each for reader in readers for each in reader.answered if recorded.count(f'"{each}"') != 1] == []
