"""The whole run with scripts switched off: every story here is clicked and typed, as a person does it."""

import json
import re
from datetime import UTC, datetime, timedelta
from zipfile import ZipFile

from browser import Open, Watch, sign_up
from given import PASSWORD
from playwright.sync_api import Locator, Page, expect

LESSON = "/en/lessons/reading-the-encoder"
TALKED = "/en/lessons/composition-by-scene"
RIGHT, WRONG = "15", "fourteen"


def xp(page: Page, amount: int) -> None:
    """The widget says so."""
    expect(page.locator("#standing")).to_have_attribute("data-xp", str(amount))


def field(page: Page, label: str) -> Locator:
    """The field with this label."""
    return page.get_by_label(label, exact=True)


def press(page: Page, name: str, within: str = "main") -> None:
    """Press the button that is called so."""
    page.locator(within).get_by_role("button", name=name, exact=True).click()


def sign_in(page: Page, name: str, language: str = "en") -> None:
    """Sign in by the form."""
    page.goto(f"/{language}/sign-in")
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button")


def answer(page: Page, text: str) -> None:
    """Answer the lesson's exercise."""
    page.fill(".exercise input[name=answer]", text)
    page.click(".exercise button[value=attempt]")


def report(page: Page, body: str) -> str:
    """Report a problem with the lesson that is open; returns the reference."""
    page.click("#report a")
    page.get_by_role("radio").first.check()
    page.fill("[name=body]", body)
    press(page, "Send")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    return page.locator("dl.facts code").inner_text()


def learned_days_ago(page: Page, slug: str, days: int) -> None:
    """Let the member have completed a lesson so long ago, as a device brings it: without a clock to turn."""
    at = datetime.now(UTC) - timedelta(days=days)
    act = {"id": f"long-ago-{slug}", "type": "lesson.completed", "subject": slug, "at": at.isoformat(),
           "day": at.date().isoformat(), "data": {}}  # fmt: skip
    token = page.locator("[name=csrf_token]").first.get_attribute("value") or ""
    form = {"events": json.dumps([act]), "csrf_token": token}
    assert page.request.post("/en/events", form=form, headers={"Accept": "application/json"}).json()["new"] == 1


def test_a_visitor_reads_in_both_languages_and_in_the_dark_and_reports_a_mistake(open_browser: Open) -> None:
    page = open_browser(java_script_enabled=False)
    page.goto("/en/")
    page.locator(".course h3 a").first.click()
    page.locator(".lesson-list a").nth(1).click()
    expect(page.locator("h1")).to_have_text("Reading the Encoder")
    page.click(".tools [data-language=ko]")
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    page.click(".tools [data-language=en]")
    expect(page.locator("h1")).to_have_text("Reading the Encoder")
    page.get_by_role("link", name="Dark theme").click()
    field(page, "Dark").check()
    press(page, "Save")
    assert page.url.endswith(LESSON)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    answer(page, RIGHT)
    expect(page.locator(".feedback.right")).to_contain_text("so this was not kept")
    page.fill(".topbar [name=q]", "which places does the window have")
    page.press(".topbar [name=q]", "Enter")
    page.fill("#q", "tokens window")
    press(page, "Search")
    page.locator(".results h2 a", has_text="Reading the Encoder").click()
    reference = report(page, "The window has 76 places.")
    page.goto(f"/en/report/{reference}")
    expect(page.locator(".facts .pill")).to_have_text("open")
    expect(page.locator("main")).not_to_contain_text("76 places")


def test_a_member_learns_and_finds_everything_again(open_browser: Open) -> None:
    page = open_browser(java_script_enabled=False)
    sign_up(page)
    page.goto(LESSON)
    for button, amount in (("#completion-button", 40), ("#completion-button", 0), ("#completion-button", 40)):
        page.click(button)
        xp(page, amount)
    answer(page, WRONG)
    expect(page.locator(".feedback.wrong")).to_be_visible()
    xp(page, 40)
    answer(page, RIGHT)
    expect(page.locator(".exercise .pill.good")).to_be_visible()
    page.goto(LESSON)
    xp(page, 60)
    page.click("#mine button[aria-pressed=false]")
    expect(page.locator("#mine button[aria-pressed=true]")).to_be_visible()
    page.locator("#mine summary").click()
    page.fill("#note", "Seventy-five are mine.")
    press(page, "Save", "#mine")
    page.goto("/en/me")
    page.get_by_role("link", name="My notes and bookmarks").click()
    expect(page.locator("main li", has_text="Reading the Encoder")).to_contain_text("Seventy-five are mine.")
    expect(page.locator("main li", has_text="Bookmark:")).to_have_count(1)
    page.locator("main li a").first.click()
    reference = report(page, "A missing comma.")
    page.get_by_role("link", name="My reports").click()
    expect(page.locator("main li", has_text=reference)).to_contain_text("A missing comma.")
    page.goto("/en/me/ledger")
    expect(page.locator("table.ledger caption")).to_contain_text("together 60 XP")
    expect(page.locator("td.minus")).to_have_count(1)


def test_two_members_talk_and_the_bell_counts(open_browser: Open) -> None:
    asker, helper = open_browser(java_script_enabled=False), open_browser(java_script_enabled=False)
    name, other = sign_up(asker), sign_up(helper)
    asker.goto(TALKED)
    field(asker, "Your comment").fill(f"What does {name} overlook?")
    press(asker, "Send", "#comments")
    helper.goto(TALKED)
    asked = helper.locator(".comment", has_text=f"What does {name} overlook?").first
    asked.get_by_role("link", name="Reply").click()
    field(helper, "Your reply").fill("The **horizon**.")
    press(helper, "Send")
    expect(helper.locator(".comment.reply strong", has_text="horizon")).to_be_visible()
    asker.reload()
    expect(asker.locator("#bell")).to_have_text("Notifications: 1 unread1")
    asker.click("#bell")
    expect(asker.locator(".inbox .unread")).to_have_count(1)
    expect(asker.locator(".inbox .unread")).to_contain_text(f"{other} answered you")
    press(asker, "Mark as read")
    expect(asker.locator("#bell")).to_have_text("Notifications: 0 unread")
    asker.locator(".inbox button.link").click()
    mine = asker.locator(".comment", has_text=f"What does {name} overlook?").first
    mine.get_by_role("link", name="Edit", exact=True).click()
    field(asker, "Change your comment").fill(f"What did {name} overlook?")
    press(asker, "Save")
    expect(asker.locator(".comment", has_text=f"What did {name} overlook?").first).to_contain_text("edited")


def test_in_korean_reviews_a_goal_and_a_quiet_page(open_browser: Open) -> None:
    page = open_browser(java_script_enabled=False, locale="ko-KR")
    sign_up(page, "ko")
    learned_days_ago(page, "reading-the-encoder", days=4)
    page.goto("/ko/")
    page.locator(".notice", has_text="오늘의 복습").get_by_role("link", name="시작하기").click()
    due = page.locator(".section-head .small").inner_text()
    page.fill("#review-answer", "열다섯 개")
    press(page, "답 확인")
    expect(page.locator(".notice.good")).to_contain_text("기억했어요")
    expect(page.locator(".section-head .small")).not_to_have_text(due)
    page.locator("#review summary").click()
    press(page, "아직이에요")
    expect(page.locator(".notice.warn")).to_be_visible()
    page.goto("/ko/me")
    xp(page, 42)
    page.select_option("#goal-number", "2")
    press(page, "저장", "#goal")
    expect(page.locator("#goal progress")).to_have_attribute("max", "2")
    for shown, traces in ((False, 0), (True, 1)):
        page.locator(".site-footer").get_by_role("link", name="설정").click()
        page.locator("form[action$=shown] [name=xp]").set_checked(shown)
        press(page, "저장", "#shown")
        page.goto("/ko/me")
        expect(page.locator("#standing[data-xp]")).to_have_count(traces)
        said = re.sub(r'value="[^"]*"', "", page.content())  # a form's token may hold the two letters by chance
        assert ("XP" in said) == shown


def test_a_member_takes_everything_along_and_leaves(open_browser: Open, watch: Watch) -> None:
    watch.expected = ("422",)
    page = open_browser(java_script_enabled=False)
    name = sign_up(page)
    page.goto(TALKED)
    field(page, "Your comment").fill(f"Words of {name}")
    press(page, "Send", "#comments")
    press(page, "Sign out", ".site-footer")
    expect(page.locator(".topbar").get_by_role("link", name="Sign in")).to_be_visible()
    sign_in(page, name)
    page.locator(".site-footer").get_by_role("link", name="Settings").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download everything").click()
    with ZipFile(download.value.path()) as archive:
        assert f"Words of {name}" in archive.read("data.html").decode()
    page.get_by_role("link", name="Delete the account").click()
    field(page, "Keep them without my name").check()
    field(page, "Type your user name").fill(name)
    field(page, "Current password").fill(PASSWORD)
    press(page, "Delete the account for good")
    expect(page.locator("h1")).to_have_text("The account is deleted")
    sign_in(page, name)
    expect(page.locator(".error-summary")).to_be_visible()
    page.goto(TALKED)
    expect(page.locator(".comment", has_text="Words of …").first).to_contain_text("somebody who has left")
    assert name not in page.content()
