"""A note on a paragraph, in a real browser."""

from browser import Open, sign_up
from playwright.sync_api import expect

LESSON = "/en/lessons/negative-space"


def test_a_note_is_written_beside_its_paragraph_without_leaving_the_page(open_browser: Open) -> None:
    page = open_browser()
    sign_up(page)
    page.goto(LESSON)
    place = page.locator("#lesson .prose .thread-place").nth(1)
    block = (place.locator(".thread-mark").get_attribute("href") or "").rpartition("/")[2]
    page.locator(f"#{block}").hover()
    place.locator(".thread-mark").click()
    page.get_by_role("link", name="A note or bookmark here, for me only").click()
    mine = page.locator(f"#mine-{block}")
    mine.locator("textarea").fill("Say it with what is there.")
    mine.get_by_role("button", name="Save").click()
    expect(mine.get_by_role("status")).to_have_text("Saved.")
    mine.get_by_role("button", name="Bookmark").click()
    expect(mine.get_by_role("button", name="Bookmark")).to_have_attribute("aria-pressed", "true")
    page.goto("/en/me/notes")
    page.locator("main .inbox a").click()
    assert page.url.endswith(f"#{block}")
    page.locator(f"#mine-{block} summary").click()
    expect(page.locator(f"#mine-{block} textarea")).to_have_value("Say it with what is there.")
    page.locator(f"#mine-{block} textarea").fill("")
    page.locator(f"#mine-{block}").get_by_role("button", name="Save").click()
    page.locator(f"#mine-{block}").get_by_role("button", name="Bookmark").click()
    expect(page.locator(f"#mine-{block} details")).to_have_count(0)
