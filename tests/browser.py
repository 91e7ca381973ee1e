"""A real browser on the real server: Debian's Chromium driven by Playwright, `stream serve` in a process of its own."""

import os
import random
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.request import urlopen

import given
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

ROOT = Path(__file__).parent.parent
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
WIDE = {"width": 1380, "height": 900}
PHONE = {"width": 320, "height": 640}
WITHOUT_NETWORK = (
    "ERR_INTERNET_DISCONNECTED",
    "ERR_FAILED",
    "Failed to fetch",
)  # ERR_FAILED: asked by the service worker
names = count(1)


@dataclass(slots=True)
class Site:
    """A running site and its folders."""

    address: str
    folder: Path
    process: subprocess.Popen[bytes]

    def stream(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a `stream` command against this site."""
        return subprocess.run(command(*arguments), env=environment(self.folder), capture_output=True, text=True)


def command(*arguments: str) -> list[str]:
    """The `stream` command as this interpreter runs it."""
    return [sys.executable, "-m", "stream", *arguments]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Settings for a site in `folder`."""
    return {**os.environ, "STREAM_INSTANCE": str(folder / "instance"), "STREAM_LESSONS": str(folder / "lessons"),
            "PYTHONPATH": str(ROOT), **more}  # fmt: skip


def free_port() -> int:
    """A port that nobody listens on, below those that the system gives to whoever connects: it stays free."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def start(folder: Path, port: int = 0, **more: str) -> Site:
    """Start `stream serve` and wait until it answers."""
    port = port or free_port()
    process = subprocess.Popen(
        command("serve", "--port", str(port)),
        env=environment(folder, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
    )
    assert process.stdout is not None
    first = process.stdout.readline().decode()
    assert "Stream is at" in first, first
    site = Site(f"http://127.0.0.1:{port}", folder, process)
    with urlopen(f"{site.address}/healthz") as answer:
        assert answer.status == 200
    return site


def stop(site: Site) -> None:
    """Stop the server as an admin would."""
    site.process.terminate()
    site.process.wait(timeout=30)
    assert site.process.stdout is not None
    site.process.stdout.close()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folders of a site that was made and started once, to be copied: a copy needs not compile anything."""
    folder = tmp_path_factory.mktemp("made")
    shutil.copytree(ROOT / "lessons", folder / "lessons")
    subprocess.run(command("init"), env=environment(folder), check=True, capture_output=True)
    stop(start(folder))
    return folder


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site with the sample course, as `stream init && stream serve` make it."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "lessons", folder / "lessons")
    made = subprocess.run(command("init"), env=environment(folder), capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    running = start(folder, STREAM_ADDRESS_LIMIT="100000 per hour", STREAM_COMMENT_LIMIT="100000 per hour",
                    STREAM_REPORT_LIMIT="100000 per hour")  # fmt: skip
    yield running
    stop(running)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser. Not having one is a failure, not a reason to skip."""
    assert Path(CHROMIUM).exists(), "Chromium is missing: sudo apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass(slots=True)
class Watch:
    """What must not happen on any page: console errors, policy violations, requests to other hosts."""

    host: str
    complaints: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def follow(self, page: Page) -> None:
        """Listen to a page from now on."""
        page.on("console", lambda message: self._note(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self._note(str(error)))
        page.on("request", lambda request: self._check_host(request))

    def _check_host(self, request: Request) -> None:
        if not request.url.startswith((self.host, "data:")):
            self._note(f"request to {request.url}")

    def _note(self, complaint: str) -> None:
        if not any(part in complaint for part in self.expected):
            self.complaints.append(complaint)


@pytest.fixture
def watch(site: Site) -> Iterator[Watch]:
    """Fails the test that used it when a page complained."""
    watching = Watch(site.address)
    yield watching
    assert watching.complaints == [], watching.complaints


Open = Callable[..., Page]


@pytest.fixture
def open_browser(chromium: Browser, site: Site, watch: Watch) -> Iterator[Open]:
    """Opens a fresh browser profile: `open_browser(viewport=PHONE, java_script_enabled=False)`."""
    contexts: list[BrowserContext] = []

    def opened(**options: object) -> Page:
        context = chromium.new_context(base_url=site.address, **{"viewport": WIDE, "locale": "en-GB", **options})
        context.set_default_timeout(8_000)
        contexts.append(context)
        page = context.new_page()
        watch.follow(page)
        return page

    yield opened
    for context in contexts:
        context.close()


def sign_up(page: Page, language: str = "en") -> str:
    """Become a member in this browser; returns the name."""
    username = f"reader{os.getpid()}x{next(names)}"
    page.goto(f"/{language}/sign-up")
    page.fill("[name=username]", username)
    page.fill("[name=password]", given.PASSWORD)
    page.click("main form button:not([type=button])")
    page.wait_for_url(lambda url: "/sign-up" not in url)
    return username
