"""The site below a path of its host, in a real browser: forms, cookies, progress without an account, copies."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import browser
import pytest
from browser import WITHOUT_NETWORK, Site, Watch
from playwright.sync_api import Browser, expect
from test_offline import kept

LESSON = "/learn/en/lessons/what-a-prompt-does"


@pytest.fixture
def below(tmp_path: Path) -> Iterator[Site]:
    """The site with the sample course, at http://127.0.0.1:…/learn."""
    shutil.copytree(browser.ROOT / "lessons", tmp_path / "lessons")
    subprocess.run(browser.command("init"), env=browser.environment(tmp_path), check=True, capture_output=True)
    port = browser.free_port()
    running = browser.start(tmp_path, port, STREAM_PUBLIC_URL=f"http://127.0.0.1:{port}/learn")
    yield running
    browser.stop(running)


def test_everything_works_and_stays_below_the_path(below: Site, chromium: Browser) -> None:
    watch = Watch(f"{below.address}/learn")
    context = chromium.new_context(base_url=below.address, viewport=browser.WIDE, locale="en-GB")
    context.set_default_timeout(8_000)
    page = context.new_page()
    watch.follow(page)
    page.goto(LESSON)
    page.click("#completion-button")
    expect(page.locator("#standing")).to_have_attribute("data-lessons-done", "1")
    page.click("[data-theme-toggle]")
    page.click("nav [data-language=ko]")
    expect(page).to_have_url(f"{below.address}/learn/ko/lessons/what-a-prompt-does")
    assert {cookie["path"] for cookie in context.cookies()} == {"/learn"}

    page.goto("/learn/")
    expect(page).to_have_url(f"{below.address}/learn/ko/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    scope = page.evaluate("navigator.serviceWorker.ready.then(({ scope }) => scope)")
    assert scope == f"{below.address}/learn/"

    page.goto(f"/learn/en/sign-up?next={LESSON}")
    page.fill("[name=username]", "minji")
    page.fill("[name=password]", "a long enough passphrase")
    page.click("main form button:not([type=button])")
    expect(page).to_have_url(f"{below.address}{LESSON}")
    page.click("#device-offer button:not([type=button])")
    expect(page.locator("[data-device-merged]")).to_be_visible()
    page.goto(LESSON)
    expect(page.locator("#standing")).to_have_attribute("data-lessons-done", "1")
    kept(page, LESSON)
    kept(page, "/learn/en/offline")
    watch.expected = WITHOUT_NETWORK
    context.set_offline(True)
    page.goto(LESSON)
    expect(page.locator("#offline")).to_be_visible()
    page.goto("/learn/en/levels")
    expect(page.locator("[data-copies-list] a").first).to_have_attribute("href", f"{below.address}{LESSON}")
    context.close()
    assert watch.complaints == []
