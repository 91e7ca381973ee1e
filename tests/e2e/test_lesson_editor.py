"""The lesson editor in a real browser: live preview, what is kept of an unsaved text, and two tabs with one file."""

from browser import Open, Site, Watch, sign_up

LESSON = "seeds-and-families"
EDIT = f"/en/admin/lessons/{LESSON}/en/edit"


def test_nothing_that_was_typed_is_lost(open_browser: Open, site: Site, watch: Watch) -> None:
    watch.expected = ("status of 409",)
    page = open_browser()
    name = sign_up(page)
    assert site.stream("users", "role", name, "author").returncode == 0
    page.goto(EDIT)
    page.wait_for_function("document.querySelector('#text').value.length > 500")
    other = page.context.new_page()
    watch.follow(other)
    other.goto(EDIT)
    text = page.input_value("#text")

    page.fill("#text", f"{text}\nA **first** 문장.\n")
    page.wait_for_selector("#shown strong:text-is('first')")
    page.wait_for_function("document.querySelector('#kept').textContent.includes('kept in this browser')")
    page.reload()
    page.wait_for_selector("#draft-offer:not([hidden])")
    assert page.input_value("#text") == text
    page.click("[data-draft-take]")
    assert page.input_value("#text") == f"{text}\nA **first** 문장.\n"
    page.click("button[value=save]")
    page.wait_for_selector(".notice.good")
    assert "A **first** 문장." in page.input_value("#text")
    assert not page.is_visible("#draft-offer")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('lesson-text:'))") == []

    other.fill("#text", f"{text}\nA second sentence.\n")
    other.keyboard.press("Control+s")
    other.wait_for_selector("#conflict")
    assert other.locator("#text").input_value() == f"{text}\nA second sentence.\n"
    assert "first" in str(other.locator(".changes del").first.text_content())
    other.goto(EDIT)
    other.wait_for_selector("#draft-offer:not([hidden])")
    other.click("[data-draft-drop]")

    other.fill("#text", text.replace("status: published", "status: nonsense"))
    other.click("#shown [data-line]")
    assert "status: nonsense" in other.evaluate("getSelection().toString()")
    file = next(site.folder.glob(f"lessons/prompting/*-{LESSON}.en.md"))
    assert "A **first** 문장." in file.read_text("utf-8")
    file.write_text(text, "utf-8")
