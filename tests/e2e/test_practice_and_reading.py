"""Practising, switching the language and reading aids in a real browser."""

from browser import PHONE, Open, sign_up
from playwright.sync_api import expect

LESSON = "/en/lessons/what-a-prompt-does"


def test_a_wrong_choice_may_be_mended_and_the_xp_follows_at_once(open_browser: Open) -> None:
    page = open_browser()
    sign_up(page)
    page.goto(LESSON)
    options = page.locator(".exercise .option input")
    options.first.check()
    page.click(".exercise button[value=attempt]")
    expect(page.locator(".exercise .feedback.wrong")).to_contain_text("Not yet")
    for number in range(options.count()):
        page.locator(".exercise .option input").nth(number).check()
        page.click(".exercise button[value=attempt]")
        expect(page.locator(".exercise .attempts summary")).to_contain_text(f"{number + 2} attempt")
        if page.locator(".exercise.passed").count():
            break
    expect(page.locator("#standing")).to_have_attribute("data-xp", "20")
    expect(page.locator("#announcer")).to_contain_text("Second Wind")


def test_a_visitor_may_try_an_exercise_without_scripts(open_browser: Open) -> None:
    page = open_browser(java_script_enabled=False)
    page.goto("/en/lessons/reading-the-encoder")
    page.fill(".exercise input[name=answer]", "certainly not this")
    page.click(".exercise button[value=attempt]")
    expect(page.locator(".feedback.wrong")).to_be_visible()
    expect(page.locator("input[name=answer]")).to_have_value("certainly not this")


def test_switching_the_language_keeps_the_lesson_and_the_place(open_browser: Open) -> None:
    page = open_browser()
    page.goto(f"{LESSON}")
    anchor = page.locator(".prose h2").nth(1).get_attribute("id")
    page.goto(f"{LESSON}#{anchor}")
    page.click(".tools [data-language=ko]")
    page.wait_for_url(f"**/ko/lessons/what-a-prompt-does#{anchor}")
    assert page.evaluate("document.documentElement.lang") == "ko"
    page.goto("/")
    assert page.url.endswith("/ko/")


def test_code_can_be_copied_as_it_stands(open_browser: Open) -> None:
    page = open_browser(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/en/lessons/guidance-is-a-dial")
    page.hover(".code")
    page.click(".code .copy")
    expect(page.locator("#announcer")).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator(".code pre").first.text_content()


def test_the_contents_mark_the_section_that_is_read(open_browser: Open) -> None:
    page = open_browser()
    page.goto(LESSON)
    page.click(".toc a >> nth=1")
    expect(page.locator(".toc a.here")).to_have_count(1)


def test_a_member_in_korea_has_korean_words_and_days(open_browser: Open) -> None:
    page = open_browser(viewport=PHONE, locale="ko-KR", timezone_id="Asia/Seoul")
    sign_up(page, "ko")
    page.goto("/ko/lessons/what-a-prompt-does")
    page.click("#completion-button")
    expect(page.locator("#announcer")).to_contain_text("첫 빛")
    page.goto("/ko/me/ledger")
    expect(page.locator("table.ledger")).to_contain_text("레슨 완료, 한 번")
    page.goto("/ko/me/settings")
    expect(page.locator("select[name=time_zone]")).to_have_value("Asia/Seoul")


def test_without_the_game_the_page_of_ones_own_keeps_its_order(open_browser: Open) -> None:
    page = open_browser()
    sign_up(page)
    page.goto("/en/me/settings")
    for part in ("xp", "achievements", "rhythm"):
        page.uncheck(f"[name={part}]")
    page.click("#shown button")
    page.goto(LESSON)
    page.click("#completion-button")
    expect(page.locator("#announcer")).to_contain_text("Lesson completed")
    page.goto("/en/me")
    box, number = (page.locator(place).bounding_box() for place in ("#standing", "#standing dd a"))
    assert box is not None
    assert number is not None
    assert number["x"] >= box["x"] + 12
    told = page.locator(".ledger td:nth-child(2)").first
    assert told.evaluate("cell => getComputedStyle(cell).textAlign") == "start"
    card = page.locator(".card", has=page.locator(".ledger")).bounding_box()
    assert card is not None
    assert card["x"] == page.locator("h1").evaluate("heading => heading.getBoundingClientRect().x")


def test_the_printed_lesson_has_text_and_no_chrome(open_browser: Open) -> None:
    page = open_browser()
    page.goto(LESSON)
    page.emulate_media(media="print")
    for chrome in (".topbar", ".outline", ".rail", "#completion", ".site-footer"):
        expect(page.locator(chrome)).to_be_hidden()
    expect(page.locator(".prose")).to_be_visible()


def test_a_paragraph_s_mark_covers_no_button_of_the_next_block(open_browser: Open) -> None:
    page = open_browser(viewport=PHONE)
    for language in ("en", "ko"):
        page.goto(f"/{language}/lessons/guidance-is-a-dial")
        expect(page.locator(".copy").first).to_be_attached()
        covered = page.evaluate(
            """() => {
              const [marks, others] = [".thread-mark", ".prose :is(.copy, summary)"].map(
                (each) => [...document.querySelectorAll(each)].map((part) => part.getBoundingClientRect()));
              const touch = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
              return marks.flatMap((mark) => others.filter((other) => touch(mark, other))).length;
            }"""
        )
        assert covered == 0, language
