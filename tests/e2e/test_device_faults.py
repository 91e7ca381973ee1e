"""What is not so yet: storage that is blocked, odd or too full, and accounts that share a computer."""

import json

from browser import PHONE, Open, sign_up
from playwright.sync_api import Page, Route, expect

FIRST, OTHER = "/en/lessons/what-a-prompt-does", "/en/lessons/guidance-is-a-dial"
BLOCKED = """for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { get() { throw new DOMException("blocked", "SecurityError"); } });"""


def complete(page: Page, lesson: str = FIRST) -> None:
    page.goto(lesson)
    page.click("#completion-button")
    expect(page.locator("#completion .done-mark")).to_be_visible()


def add(page: Page, *acts: object) -> None:
    """Put more into what the device keeps."""
    page.evaluate(
        """acts => localStorage.setItem("stream:events",
             JSON.stringify([...JSON.parse(localStorage.getItem("stream:events") ?? "[]"), ...acts]))""",
        list(acts),
    )


def sign_out(page: Page) -> None:
    page.click(".site-footer form button")
    expect(page.locator(".topbar >> text=Sign in")).to_be_visible()


def test_blocked_storage_breaks_no_page_of_a_member(open_browser: Open) -> None:
    page = open_browser()
    page.add_init_script(BLOCKED)
    sign_up(page)
    for address in (FIRST, "/en/report?lesson=what-a-prompt-does", "/en/me/notes"):
        page.goto(address)  # `watch` complains of errors


def test_where_nothing_can_be_kept_no_page_says_that_it_is(open_browser: Open) -> None:
    page = open_browser()
    page.add_init_script(BLOCKED)
    for address in ("/en/", FIRST):
        page.goto(address)
        expect(page.locator("body")).to_contain_text("lets no site keep anything")
        expect(page.get_by_text("Progress is kept in this browser only.")).to_be_hidden()


def test_what_an_account_refused_stays_on_the_device(open_browser: Open) -> None:
    page = open_browser()
    complete(page)
    add(page, {"id": "of-a-lesson-that-is-away", "type": "lesson.completed", "subject": "withdrawn",
               "at": "2026-01-01T12:00:00Z", "day": "2026-01-01", "data": {}})  # fmt: skip
    sign_up(page)
    page.click("#device-offer button:not([type=button])")
    expect(page.locator("[data-device-merged]")).to_contain_text("There is no such lesson here.")
    kept = json.loads(page.evaluate("localStorage.getItem('stream:events')"))
    assert [each["subject"] for each in kept] == ["withdrawn"]


def test_whoever_declined_is_not_asked_again_because_somebody_else_did(open_browser: Open) -> None:
    page = open_browser()
    complete(page)
    name = sign_up(page)
    page.click("[data-device-decline]")
    sign_out(page)
    sign_up(page)
    page.click("[data-device-decline]")
    sign_out(page)
    page.goto("/en/sign-in")
    page.fill("[name=username]", name)
    page.fill("[name=password]", "a long enough passphrase")
    page.click("main form button:not([type=button])")
    page.wait_for_url("**/en/")
    expect(page.locator("#device-offer")).to_be_hidden()


def test_odd_entries_in_the_storage_do_no_harm(open_browser: Open) -> None:
    page = open_browser()
    page.goto("/en/levels")
    add(page, None, 5, {"type": "lesson.opened"}, {"type": "lesson.completed", "subject": "x"})
    complete(page)
    expect(page.locator("#standing")).to_have_attribute("data-xp", "40")


def test_many_long_answers_in_korean_do_not_hide_the_progress(open_browser: Open) -> None:
    page = open_browser()
    complete(page)
    add(page, *({"id": f"a-long-answer-{number:04}", "type": "exercise.attempted",
                 "subject": "guidance-is-a-dial/four-settings", "at": "2026-01-01T12:00:00Z", "day": "2026-01-01",
                 "data": {"answer": "가" * 1000}} for number in range(150)))  # fmt: skip
    page.reload()
    expect(page.locator("#standing")).to_have_attribute("data-xp", "60")


def test_an_answer_that_is_kept_on_the_device_is_shown_again(open_browser: Open) -> None:
    page = open_browser()
    page.goto("/en/lessons/guidance-is-a-dial")
    page.fill("#exercise textarea", "The fog is flat at 14.")
    page.click("#exercise button[value=attempt]")
    expect(page.locator("#standing")).to_have_attribute("data-xp", "20")
    page.reload()
    expect(page.locator("#exercise textarea")).to_have_value("The fog is flat at 14.")


def test_what_is_typed_while_the_page_learns_of_the_device_stays(open_browser: Open) -> None:
    page = open_browser()
    complete(page)
    held = []
    page.route("**/standing", lambda route: held.append(route))
    page.goto("/en/lessons/guidance-is-a-dial")
    page.fill("#exercise textarea", "Quicker than the network")
    page.wait_for_function("document.querySelector('#exercise textarea').value")
    with page.expect_response("**/standing"):
        held[0].continue_()
    expect(page.locator("#standing")).to_have_attribute("data-xp", "40")
    expect(page.locator("#exercise textarea")).to_have_value("Quicker than the network")


def test_an_answer_that_comes_while_the_button_is_pressed_takes_the_press_not_away(open_browser: Open) -> None:
    page = open_browser()
    complete(page, OTHER)  # for what was only opened, nobody is asked
    held: list[Route] = []
    page.route("**/standing", lambda route: held.append(route))
    page.goto(FIRST)
    page.locator("#completion-button").hover()
    page.mouse.down()
    with page.expect_response("**/standing"):
        held.pop(0).continue_()
    page.unroute("**/standing")
    expect(page.locator("#outline li.open.here")).to_be_visible()
    page.mouse.up()
    expect(page.locator("#completion .done-mark")).to_be_visible()


def test_what_was_opened_while_a_late_answer_came_stays_open(open_browser: Open) -> None:
    page = open_browser(viewport=PHONE)
    complete(page, OTHER)
    held: list[Route] = []
    page.route("**/standing", lambda route: held.append(route))
    page.goto(FIRST)
    page.click("#standing summary")
    expect(page.locator("#standing dl")).to_be_visible()
    page.evaluate("document.querySelector('#standing').dataset.old = 'yes'")
    with page.expect_response("**/standing"):
        held.pop(0).continue_()
    expect(page.locator("#standing[data-old]")).to_have_count(0)
    expect(page.locator("#standing dl")).to_be_visible()
