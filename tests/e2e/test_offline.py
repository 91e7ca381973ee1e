"""Reading and learning without a network, in a real browser: the server is really stopped, and comes back."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import browser
import pytest
from browser import CHROMIUM, FLAGS, Open, Site, Watch, sign_up
from playwright.sync_api import Browser, BrowserContext, Page, expect

FIRST, SECOND = "/en/lessons/what-a-prompt-does", "/en/lessons/reading-the-encoder"
COURSE = "/en/courses/prompting"


@dataclass(slots=True)
class Pluggable:
    """A site that can be unplugged, and comes back at the same address."""

    running: Site

    def unplug(self) -> None:
        browser.stop(self.running)

    def plug_in(self) -> None:
        port = self.running.address.rpartition(":")[2]
        self.running = browser.start(self.running.folder, port=int(port), STREAM_ADDRESS_LIMIT="1000 per hour")


@pytest.fixture
def site(tmp_path: Path, made: Path) -> Site:
    """A site of this test alone; `plug` stops it."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return browser.start(tmp_path, STREAM_ADDRESS_LIMIT="1000 per hour")


@pytest.fixture
def plug(site: Site, watch: Watch) -> Iterator[Pluggable]:
    watch.expected = ("ERR_", "Failed to fetch", "Failed to load resource")
    pluggable = Pluggable(site)
    yield pluggable
    if pluggable.running.process.poll() is None:
        pluggable.unplug()


def visit(page: Page, *addresses: str) -> None:
    """Read pages until the browser has kept them."""
    for address in addresses:
        page.goto(address)
        kept(page, address)


IS_KEPT = """async (address) => {
  for (let tries = 0; tries < 400; tries++) {
    if (await caches.match(new URL(address, location))) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}"""


def kept(page: Page, address: str) -> None:
    assert page.evaluate(IS_KEPT, address), address


def test_read_lessons_open_without_the_site_and_say_so(open_browser: Open, plug: Pluggable) -> None:
    page = open_browser()
    visit(page, FIRST, "/en/offline")
    plug.unplug()
    page.reload()
    page.goto(FIRST)
    expect(page.locator("#lesson h1")).to_be_visible()
    expect(page.locator("#offline")).to_contain_text("You are offline")
    assert page.locator(".topbar").evaluate("bar => getComputedStyle(bar).display") == "flex", "with its style"
    page.goto(SECOND)
    expect(page.locator("h1")).to_have_text("Not kept on this device")
    page.click("[data-copies-list] a")
    expect(page.locator("#lesson h1")).to_be_visible()


def test_who_leaves_a_copy_as_the_network_comes_back_arrives(open_browser: Open, plug: Pluggable) -> None:
    page = open_browser()
    visit(page, FIRST, SECOND)
    plug.unplug()
    page.goto(FIRST)
    expect(page.locator("#offline")).to_be_visible()
    page.evaluate("addEventListener('beforeunload', () => setTimeout(() => dispatchEvent(new Event('online'))))")
    page.evaluate("(address) => { location.href = address; }", SECOND)
    page.wait_for_url(f"**{SECOND}")
    expect(page.locator("#lesson h1")).to_contain_text("Encoder")


def test_a_chosen_course_is_kept_whole_with_a_bar_and_removed_again(open_browser: Open, plug: Pluggable) -> None:
    page = open_browser(locale="ko-KR")
    page.goto("/ko/courses/prompting")
    page.click("[data-keep]")
    expect(page.locator("[data-keep-all]")).to_be_visible()
    expect(page.locator("[data-keep-all]")).to_contain_text("MB")
    plug.unplug()
    lessons = page.locator(".lesson-list a")
    addresses = [link.get_attribute("href") for link in lessons.all()]
    for address in addresses:
        page.goto(address)
        expect(page.locator("#lesson h1")).to_be_visible()
        assert page.locator(".prose img").evaluate_all("all => all.every((image) => image.naturalWidth > 0)")
    plug.plug_in()
    page.goto("/ko/courses/prompting")
    page.click("[data-keep-all] [data-keep-remove]")
    expect(page.locator("[data-keep-none]")).to_be_visible()


def test_what_a_member_completes_on_a_copy_outlives_the_browser_and_counts_once(chromium: Browser, plug: Pluggable,
                                                                                 tmp_path: Path) -> None:  # fmt: skip
    def reopened() -> tuple[BrowserContext, Page]:
        profile = chromium.browser_type.launch_persistent_context(
            tmp_path / "profile", executable_path=CHROMIUM, args=FLAGS, base_url=plug.running.address
        )
        return profile, profile.pages[0]

    profile, page = reopened()
    sign_up(page)
    visit(page, FIRST, SECOND)
    plug.unplug()
    page.goto(SECOND)
    expect(page.locator("#offline")).to_contain_text("sent later")
    page.click("#completion-button")
    expect(page.locator("[data-pending]")).to_be_visible()
    expect(page.locator("#outline li.done")).to_have_count(1)
    profile.close()
    profile, page = reopened()
    page.goto(SECOND)
    expect(page.locator("[data-pending]")).to_be_visible()
    profile.close()
    plug.plug_in()
    profile, page = reopened()
    page.goto("/en/")
    page.goto(SECOND)
    expect(page.locator("#standing")).to_have_attribute("data-xp", "40")
    page.goto("/en/me/ledger?show=lessons")
    assert page.locator("table.ledger tbody tr", has_text="Completed").count() == 1
    profile.close()


def test_a_visitor_completes_on_a_copy_and_takes_it_back(open_browser: Open, plug: Pluggable) -> None:
    page = open_browser()
    visit(page, FIRST)
    plug.unplug()
    page.reload()
    page.click("#completion-button")
    expect(page.locator("[data-pending]")).to_contain_text("as soon as it can")
    page.click("[data-pending] button")
    expect(page.locator("#completion-button")).to_be_visible()
    page.click("#completion-button")
    plug.plug_in()
    page.reload()
    expect(page.locator("#standing")).to_have_attribute("data-xp", "40")
    expect(page.locator("#completion .done-mark")).to_be_visible()


def test_a_copy_shows_what_this_reader_last_saw_and_nobody_elses(open_browser: Open, plug: Pluggable) -> None:
    page = open_browser()
    sign_up(page)
    visit(page, FIRST)
    page.click("#completion-button")
    expect(page.locator("#standing")).to_have_attribute("data-xp", "40")
    visit(page, SECOND)
    page.goto("/en/")
    plug.unplug()
    page.goto(SECOND)
    expect(page.locator("#standing")).to_have_attribute("data-xp", "40")
    expect(page.locator("#outline li.done")).to_have_count(1)
    expect(page.locator("#outline li.here")).to_have_text("Reading the Encoder (not begun)")
    plug.plug_in()
    page.goto("/en/")
    page.click(".site-footer form button")
    expect(page.locator(".topbar >> text=Sign in")).to_be_visible()
    plug.unplug()
    page.goto(SECOND)
    expect(page.locator("#standing")).to_have_attribute("data-xp", "0")
    expect(page.locator("#outline li.done")).to_have_count(0)


def test_a_full_browser_keeps_what_it_has_and_says_so(open_browser: Open, plug: Pluggable) -> None:
    page = open_browser()
    visit(page, FIRST)
    session = page.context.new_cdp_session(page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": plug.running.address, "quotaSize": 200_000})
    page.goto(COURSE)
    page.click("[data-keep]")
    expect(page.locator("[data-keep-full]")).to_contain_text("Remove another course")
    plug.unplug()
    page.goto(FIRST)
    expect(page.locator("#lesson h1")).to_be_visible()


def test_nothing_personal_is_kept_in_copies(open_browser: Open, plug: Pluggable) -> None:
    page = open_browser()
    name = sign_up(page)
    visit(page, FIRST, "/en/", COURSE)
    page.goto("/en/me/settings")
    texts = page.evaluate("""async () => {
      const cache = await caches.open((await caches.keys())[0]);
      const answers = await Promise.all((await cache.keys()).map((request) => cache.match(request)));
      return Promise.all(answers.map((answer) => answer.text()));
    }""")
    assert len(texts) > 5
    assert [text for text in texts if name in text or 'name="csrf_token"' in text] == []


def test_a_copy_keeps_its_own_style_when_the_site_changes(open_browser: Open, plug: Pluggable) -> None:
    page = open_browser()
    visit(page, FIRST)
    style = page.locator("link[rel=stylesheet]").first.get_attribute("href")
    answer = page.request.get(style.replace(style.split("/")[2], "0" * 12))
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    plug.unplug()
    page.reload()
    assert page.evaluate("address => fetch(address).then((answer) => answer.ok)", style)


def test_an_answer_and_a_comment_without_a_network_are_sent_once_later(open_browser: Open, watch: Watch,
                                                                         plug: Pluggable) -> None:  # fmt: skip
    page = open_browser()
    sign_up(page)
    page.goto("/en/lessons/guidance-is-a-dial")
    plug.unplug()
    page.fill("#exercise textarea", "a red kite over grey hills")
    page.click("#exercise button[value=attempt]")
    expect(page.locator("#exercise .failure")).to_contain_text("looked at later")
    page.fill("#comments textarea", "Written in a tunnel.")
    page.click("#comments .comment-form button[value=send]")
    page.click("#comments .comment-form button[value=send]")
    expect(page.locator("#comments .comment-form .failure")).to_contain_text("sent later")
    context = page.context
    page.close()
    plug.plug_in()
    page = context.new_page()
    page.goto("/en/lessons/guidance-is-a-dial")
    expect(page.locator("#comments [role=article]", has_text="Written in a tunnel.")).to_have_count(1)
    expect(page.locator("#comments textarea")).to_have_value("")
    expect(page.locator("#exercise .pill.good")).to_be_visible()
    page.reload()
    expect(page.locator("#comments [role=article]", has_text="Written in a tunnel.")).to_have_count(1)
    expect(page.locator("#exercise .attempts")).to_contain_text("a red kite")


def test_a_comment_that_the_site_refuses_later_stays_with_its_reason(open_browser: Open, plug: Pluggable) -> None:
    page = open_browser()
    sign_up(page)
    page.goto(FIRST)
    plug.unplug()
    text = "[a](https://a.example) [b](https://b.example) [c](https://c.example)"
    page.fill("#comments textarea", text)
    page.click("#comments .comment-form button[value=send]")
    expect(page.locator("#comments .comment-form .failure")).to_contain_text("sent later")
    plug.plug_in()
    page.goto("/en/")
    page.goto("/en/device")
    expect(page.locator("[data-letters]")).to_contain_text("at most 2 links")
    expect(page.locator("[data-letters] [data-text]")).to_have_text(text)
    page.click("[data-letters] li button")
    expect(page.locator("[data-letters]")).to_be_hidden()


@pytest.mark.usefixtures("plug")
def test_the_site_can_be_installed(open_browser: Open) -> None:
    page = open_browser()
    page.goto("/ko/")
    session = page.context.new_cdp_session(page)
    found = session.send("Page.getAppManifest")
    assert found["errors"] == []
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [error["errorId"] for error in errors] == ["in-incognito"], "as every fresh profile of a test is"


@pytest.mark.usefixtures("plug")
def test_a_page_from_before_an_update_is_loaded_anew_when_the_new_site_answers(open_browser: Open) -> None:
    page = open_browser()
    sign_up(page)
    page.goto(FIRST)
    page.evaluate("document.body.dataset.version = 'another'")
    page.fill("#comments textarea", "half a thought")
    page.click("#completion-button")
    expect(page.locator("body:not([data-version=another]) #completion .done-mark")).to_be_visible()
    expect(page.locator("#comments textarea")).to_have_value("half a thought")
