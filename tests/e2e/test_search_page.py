"""Searching in a real browser: by the slash key from any page, and as one types."""

from browser import PHONE, Open
from playwright.sync_api import expect


def test_slash_leads_to_the_field_and_results_follow_the_typing(open_browser: Open) -> None:
    page = open_browser(locale="ko-KR")
    page.goto("/ko/lessons/what-a-prompt-does")
    page.keyboard.press("/")
    page.keyboard.type("인코더")
    page.keyboard.press("Enter")
    expect(page.locator(".results h2").first).to_have_text("인코더 읽기")
    page.fill("#q", "")
    page.locator("#q").press_sequentially("중력")
    expect(page.locator(".results mark").first).to_have_text("중력")
    expect(page.locator("#q")).to_be_focused()
    assert "q=%EC%A4%91%EB%A0%A5" in page.url, "the address says what is shown"
    page.click(".results .passage")
    expect(page.locator("#lesson h1")).to_be_visible()
    page.go_back()
    expect(page.locator(".results mark").first).to_have_text("중력")


def test_on_a_phone_the_search_is_a_link(open_browser: Open) -> None:
    page = open_browser(viewport=PHONE)
    page.goto("/en/")
    page.get_by_role("link", name="Search lessons").click()
    expect(page.locator("#q[data-htmx-powered]")).to_be_focused()
    page.locator("#q").press_sequentially("vector")
    expect(page.locator(".results li").first).to_be_visible()
