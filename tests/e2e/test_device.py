"""Progress without an account, in a real browser: kept, shown, taken along, merged once, never by itself."""

import json

from browser import WITHOUT_NETWORK, Open, Watch, sign_up
from playwright.sync_api import Page, expect

DIAL = "/en/lessons/guidance-is-a-dial"
FIRST, SECOND = "/en/lessons/what-a-prompt-does", "/en/lessons/reading-the-encoder"


def complete(page: Page, *lessons: str) -> None:
    for lesson in lessons:
        page.goto(lesson)
        page.click("#completion-button")
        expect(page.locator("#completion .done-mark")).to_be_visible()


def xp(page: Page, amount: int) -> None:
    expect(page.locator("#standing")).to_have_attribute("data-xp", str(amount))


def test_two_lessons_survive_a_reload_and_signing_up_and_another_browser(open_browser: Open) -> None:
    page = open_browser()
    complete(page, FIRST, SECOND)
    page.reload()
    xp(page, 80)
    expect(page.locator("#outline li.done")).to_have_count(2)
    before = page.locator("#standing").evaluate("element => ({...element.dataset})")
    name = sign_up(page)
    expect(page.locator("#device-offer")).to_contain_text("2")
    page.click("#device-offer button:not([type=button])")
    expect(page.locator("[data-device-merged]")).to_be_visible()
    page.goto(SECOND)
    xp(page, 80)
    assert page.locator("#standing").evaluate("element => ({...element.dataset})") == before
    expect(page.locator("#device-offer")).to_be_hidden()
    other = open_browser()
    other.goto("/en/sign-in")
    other.fill("[name=username]", name)
    other.fill("[name=password]", "a long enough passphrase")
    other.click("main form button:not([type=button])")
    other.goto(SECOND)
    xp(other, 80)


def test_home_and_achievements_know_the_device(open_browser: Open) -> None:
    page = open_browser()
    complete(page, FIRST)
    page.goto("/en/")
    xp(page, 40)
    expect(page.locator(".continue h1")).to_have_text("Reading the Encoder")
    page.goto("/en/achievements")
    expect(page.locator(".award:not(.locked)")).to_have_count(1)


def test_taking_back_and_an_exercise(open_browser: Open) -> None:
    page = open_browser()
    complete(page, DIAL)
    page.click("#completion-button")
    xp(page, 0)
    page.fill("#exercise textarea", "a red kite")
    page.click("#exercise button[value=attempt]")
    xp(page, 20)
    page.reload()
    xp(page, 20)
    expect(page.locator("#exercise .pill.good")).to_be_visible()


def test_declined_stays_here_and_is_not_asked_again(open_browser: Open) -> None:
    page = open_browser()
    complete(page, FIRST)
    sign_up(page)
    page.click("[data-device-decline]")
    page.goto("/en/")
    xp(page, 0)
    expect(page.locator("#device-offer")).to_be_hidden()
    page.goto("/en/device")
    expect(page.locator("#device-offer")).to_be_visible()


def test_the_next_person_on_this_computer_is_asked_too(open_browser: Open) -> None:
    page = open_browser()
    complete(page, FIRST)
    sign_up(page)
    page.click("[data-device-decline]")
    page.click(".site-footer form button")
    expect(page.locator(".topbar >> text=Sign in")).to_be_visible()
    sign_up(page)
    expect(page.locator("#device-offer")).to_be_visible()
    xp(page, 0)


def test_it_can_be_taken_along_and_cleared(open_browser: Open) -> None:
    page = open_browser()
    complete(page, FIRST)
    page.goto("/en/device")
    with page.expect_download() as download:
        page.click("[data-device-export]")
    events = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert {event["type"] for event in events} == {"lesson.opened", "lesson.completed"}
    page.click("[data-device-clear]")
    expect(page.locator("[data-device-empty]")).to_be_visible()
    page.goto(FIRST)
    xp(page, 0)


def test_where_storage_is_blocked_the_page_says_so_and_reads_on(open_browser: Open) -> None:
    page = open_browser()
    blocked = "{ get() { throw new DOMException('blocked', 'SecurityError'); } }"
    page.add_init_script(f"Object.defineProperty(window, 'localStorage', {blocked});")
    page.goto(FIRST)
    expect(page.get_by_text("This browser lets no site keep anything")).to_be_visible()
    assert page.get_attribute("#completion-button", "href").startswith("/en/sign-in")
    page.click("#completion-button")
    page.wait_for_url("**/sign-in?**")
    page.goto("/en/device")
    expect(page.locator("[data-device-blocked]")).to_be_visible()


def test_what_is_completed_offline_is_sent_once_also_after_closing_the_page(open_browser: Open, watch: Watch) -> None:
    watch.expected = WITHOUT_NETWORK
    page = open_browser()
    sign_up(page)
    page.goto(FIRST)
    page.context.set_offline(True)
    page.click("#completion-button")
    expect(page.locator("#completion .failure")).to_contain_text("kept here, sent later")
    page.click("#completion-button")
    context = page.context
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(FIRST)
    xp(again, 40)
    expect(again.locator("#completion .done-mark")).to_be_visible()
    again.goto("/en/me/ledger?show=lessons")
    assert again.locator("table.ledger tbody tr", has_text="Completed").count() == 1


def test_when_the_network_is_back_the_open_page_sends_what_waits(open_browser: Open, watch: Watch) -> None:
    watch.expected = WITHOUT_NETWORK
    page = open_browser()
    sign_up(page)
    page.goto(SECOND)
    page.context.set_offline(True)
    page.click("#completion-button")
    expect(page.locator("#completion .failure")).to_be_visible()
    page.context.set_offline(False)
    xp(page, 40)
    page.reload()
    xp(page, 40)
