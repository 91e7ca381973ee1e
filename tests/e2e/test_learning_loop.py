"""The main job in a real browser: read, practise, complete, see what was earned and why."""

from browser import PHONE, Open, Watch, sign_up
from playwright.sync_api import Page, expect

LESSON = "/en/lessons/what-a-prompt-does"


def standing(page: Page) -> dict[str, str]:
    """The widget's numbers."""
    values = page.locator("#standing").evaluate("element => ({...element.dataset})")
    return {key: values[key] for key in ("xp", "level", "lessonsDone", "achievements")}


def test_a_visitor_sees_the_widget_at_zero(open_browser: Open) -> None:
    page = open_browser()
    page.goto(LESSON)
    assert standing(page) == {"xp": "0", "level": "0", "lessonsDone": "0", "achievements": "0"}
    expect(page.locator("#standing")).to_contain_text("kept on this device")


def test_completing_moves_widget_outline_and_announcement_without_a_reload(open_browser: Open) -> None:
    page = open_browser()
    sign_up(page)
    page.goto(LESSON)
    page.evaluate("window.sameDocument = true")
    page.click("#completion-button")
    expect(page.locator("#standing")).to_have_attribute("data-xp", "40")
    expect(page.locator("#outline li.done.here")).to_have_count(1)
    expect(page.locator("#announcer")).to_contain_text("First Light")
    assert standing(page) == {"xp": "40", "level": "0", "lessonsDone": "1", "achievements": "1"}
    assert page.evaluate("window.sameDocument")


def test_the_focus_stays_on_the_control_that_was_used(open_browser: Open) -> None:
    page = open_browser()
    sign_up(page)
    page.goto(LESSON)
    page.focus("#completion-button")
    page.keyboard.press("Enter")
    expect(page.locator("#standing")).to_have_attribute("data-xp", "40")
    assert page.evaluate("document.activeElement.closest('#completion') !== null")


def test_taking_back_restores_the_numbers_exactly(open_browser: Open) -> None:
    page = open_browser()
    sign_up(page)
    page.goto(LESSON)
    before = standing(page)
    page.click("#completion-button")
    expect(page.locator("#standing")).to_have_attribute("data-xp", "40")
    page.click("#completion-button")
    expect(page.locator("#standing")).to_have_attribute("data-xp", "0")
    assert standing(page) == before


def test_the_back_button_shows_the_new_numbers(open_browser: Open) -> None:
    page = open_browser()
    sign_up(page)
    page.goto("/en/")
    page.goto(LESSON)
    page.click("#completion-button")
    expect(page.locator("#standing")).to_have_attribute("data-xp", "40")
    page.go_back()
    expect(page.locator("#standing")).to_have_attribute("data-xp", "40")
    page.go_forward()
    expect(page.locator("#standing")).to_have_attribute("data-xp", "40")


def test_every_number_of_the_widget_leads_to_its_entries(open_browser: Open) -> None:
    page = open_browser()
    sign_up(page)
    page.goto(LESSON)
    page.click("#completion-button")
    expect(page.locator("#standing")).to_have_attribute("data-xp", "40")
    page.click("#standing dl a:has-text('40')")
    expect(page.locator("table.ledger")).to_contain_text("Completed What a Prompt Actually Does")
    expect(page.locator("table.ledger caption")).to_contain_text("together 40 XP")


def test_a_failed_request_says_so_in_place_and_is_made_good(open_browser: Open, watch: Watch) -> None:
    watch.expected = ("Failed to load resource", "Failed to fetch", "net::ERR", "htmx")
    page = open_browser()
    sign_up(page)
    page.goto(LESSON)
    page.context.set_offline(True)
    page.click("#completion-button")
    expect(page.locator("#completion .failure")).to_contain_text("kept here, sent later")
    page.context.set_offline(False)
    expect(page.locator("#standing")).to_have_attribute("data-xp", "40")


def test_without_javascript_the_same_forms_work(open_browser: Open) -> None:
    page = open_browser(java_script_enabled=False)
    sign_up(page)
    page.goto(LESSON)
    page.click("#completion-button")
    assert page.url.endswith(f"{LESSON}#completion")
    expect(page.locator("#standing")).to_have_attribute("data-xp", "40")
    page.click("#completion-button")
    expect(page.locator("#standing")).to_have_attribute("data-xp", "0")


def test_a_visitor_without_scripts_who_wants_to_complete_signs_in_and_it_is_done_once(open_browser: Open) -> None:
    page = open_browser(java_script_enabled=False)
    username = sign_up(page)
    page.context.clear_cookies()
    page.goto(LESSON)
    page.click("#completion a.button")
    page.fill("[name=username]", username)
    page.fill("[name=password]", "a long enough passphrase")
    page.click("main form button:not([type=button])")
    expect(page.locator("#standing")).to_have_attribute("data-xp", "40")
    assert page.url.endswith(f"{LESSON}#completion")


def test_on_a_phone_the_strip_opens_to_all_four_numbers(open_browser: Open) -> None:
    page = open_browser(viewport=PHONE)
    page.goto(LESSON)
    expect(page.locator("#standing dl")).to_be_hidden()
    page.click("#standing summary")
    expect(page.locator("#standing dl")).to_be_visible()
    expect(page.locator("#standing dd")).to_have_count(4)


def test_on_a_phone_an_entry_of_the_ledger_shows_what_it_gave_and_why(open_browser: Open) -> None:
    page = open_browser(viewport=PHONE)
    sign_up(page)
    page.goto("/en/lessons/reading-the-encoder")
    page.click("#completion-button")
    expect(page.locator("#completion .done-mark")).to_be_visible()
    for address in ("/en/me/ledger", "/en/me"):
        page.goto(address)
        entry = page.locator(".ledger tbody tr", has_text="Completed").first
        for part in (".amount", ".balance", entry.get_by_text("A completed lesson")):
            found = entry.locator(part) if isinstance(part, str) else part
            box = found.bounding_box()
            assert box is not None
            assert 0 <= box["x"] <= box["x"] + box["width"] <= PHONE["width"]
        expect(entry.locator(".amount")).to_have_text("+40")
