"""Talk beside the text in real browsers: two at once, bad connections, ended sessions, no scripts, small screens."""

import re

import pytest
from browser import PHONE, WITHOUT_NETWORK, Open, Watch, sign_up
from playwright.sync_api import Page, expect

LESSON = "/en/lessons/seeds-and-families"
BOX = "#form-new-body"


def write(page: Page, text: str, box: str = BOX) -> None:
    """Write a comment and send it."""
    page.fill(box, text)
    page.locator(box).locator("xpath=ancestor::form").locator("button[value=send]").click()


def comment(page: Page, text: str) -> str:
    """The place of the comment with this text."""
    article = page.locator(".comment", has_text=text).first
    expect(article).to_be_visible()
    return str(article.get_attribute("id"))


def test_an_answer_rings_the_bell_of_an_open_page(open_browser: Open) -> None:
    asker, helper = open_browser(), open_browser()
    name, other = sign_up(asker), sign_up(helper)
    asker.clock.install()
    asker.goto(LESSON)
    asker.evaluate("window.sameDocument = true")
    write(asker, f"Why does {name} ask?")
    place = comment(asker, f"Why does {name} ask?")
    helper.goto(LESSON)
    helper.click(f"#{place} footer >> text=Reply")
    write(helper, "Because of **seeds**.", f"#{place} form textarea")
    expect(helper.locator(".comment.reply", has_text="Because of seeds.")).to_have_count(1)
    asker.clock.fast_forward("01:00")
    expect(asker.locator("#bell")).to_contain_text("Notifications: 1 unread")
    assert asker.evaluate("window.sameDocument")
    asker.click("#bell")
    expect(asker.locator(".inbox .unread")).to_contain_text(f"{other} answered you")
    asker.click(".inbox .unread button.link")
    expect(asker.locator(".comment.reply", has_text="Because of seeds.")).to_be_in_viewport()


def test_the_preview_follows_the_typing(open_browser: Open) -> None:
    page = open_browser()
    sign_up(page)
    page.goto(LESSON)
    page.locator(BOX).press_sequentially("**마크다운(Markdown)**을")
    expect(page.locator("#form-new-preview strong")).to_have_text("마크다운(Markdown)")
    expect(page.locator(BOX)).to_be_focused()


def test_an_answer_that_is_being_written_stays_open_while_another_comment_is_sent(open_browser: Open) -> None:
    helper, page = open_browser(), open_browser()
    other, name = sign_up(helper), sign_up(page)
    helper.goto(LESSON)
    write(helper, f"{other} asks.")
    comment(helper, f"{other} asks.")
    page.goto(LESSON)
    place = comment(page, f"{other} asks.")
    page.click(f"#{place} footer >> text=Reply")
    reply = page.locator(f"#{place} .after textarea")
    reply.fill("Half an answ")
    write(page, f"{name} says something else first.")
    comment(page, f"{name} says something else first.")
    expect(reply).to_have_value("Half an answ")
    write(page, f"Half an answer by {name}", f"#{place} .after textarea")
    expect(page.locator(".comment.reply", has_text=f"Half an answer by {name}")).to_have_count(1)
    expect(page.locator(".after form")).to_have_count(0)


def test_a_sent_comment_leaves_an_empty_box_and_shows_itself(open_browser: Open) -> None:
    page = open_browser()
    name = sign_up(page)
    page.goto(LESSON)
    write(page, f"First words of {name}")
    comment(page, f"First words of {name}")
    expect(page.locator(BOX)).to_have_value("")
    page.reload()
    expect(page.locator(BOX)).to_have_value("")


def test_a_thread_opens_beside_its_paragraph_and_closes(open_browser: Open) -> None:
    page = open_browser()
    name = sign_up(page)
    page.goto(LESSON)
    paragraph = page.locator("#lesson .prose > p").nth(2)
    words, block = paragraph.inner_text(), paragraph.get_attribute("id")
    paragraph.hover()
    page.click(f".thread-mark[href$='{block}']")
    write(page, f"On this, {name}", f"#thread-{block} textarea")
    expect(page.locator(f"#thread-{block} .comment", has_text=f"On this, {name}")).to_be_visible()
    page.click(f"#thread-{block} header >> text=Close")
    mark = page.locator(f".thread-mark[href$='{block}']")
    expect(mark).to_have_class(re.compile("has-comments"))
    assert page.locator("#lesson .prose > p").nth(2).inner_text() == words


@pytest.mark.parametrize("scripts", [True, False])
def test_a_helpful_comment_is_marked_with_one_press_and_the_mark_taken_back(open_browser: Open, scripts: bool) -> None:
    writer, reader = open_browser(), open_browser(java_script_enabled=scripts)
    name = sign_up(writer)
    sign_up(reader)
    writer.goto(LESSON)
    write(writer, f"{name} has an idea.")
    place = comment(writer, f"{name} has an idea.")
    reader.goto(LESSON)
    button = reader.locator(f"#{place}").get_by_role("button", name="Helpful")
    for pressed, said in (("true", "♥Helpful 1"), ("false", "♡Helpful 0")):
        button.click()
        expect(button).to_have_attribute("aria-pressed", pressed)
        expect(button).to_have_text(said)


def test_a_mark_that_met_no_network_says_so_beside_its_button(open_browser: Open, watch: Watch) -> None:
    watch.expected = WITHOUT_NETWORK
    writer, reader = open_browser(), open_browser()
    name = sign_up(writer)
    sign_up(reader)
    writer.goto(LESSON)
    write(writer, f"{name} has another idea.")
    place = comment(writer, f"{name} has another idea.")
    reader.goto(LESSON)
    reader.context.set_offline(True)
    button = reader.locator(f"#{place}").get_by_role("button", name="Helpful")
    button.click()
    expect(reader.locator(f"#{place} .failure")).to_contain_text("Nothing is lost: try again.")
    reader.context.set_offline(False)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(reader.locator(f"#{place} .failure")).to_be_hidden()


def test_what_met_no_network_says_so_and_is_sent_once_when_there_is_one(open_browser: Open, watch: Watch) -> None:
    watch.expected = WITHOUT_NETWORK
    page = open_browser()
    name = sign_up(page)
    page.goto(LESSON)
    page.context.set_offline(True)
    write(page, f"Sent later by {name}")
    expect(page.locator("#form-new .failure")).to_contain_text("kept here, sent later")
    expect(page.locator(BOX)).to_have_value(f"Sent later by {name}")
    page.context.set_offline(False)
    comment(page, f"Sent later by {name}")
    expect(page.locator(BOX)).to_have_value("")
    page.reload()
    assert page.locator(".comment", has_text=f"Sent later by {name}").count() == 1


def test_a_text_outlives_a_reload(open_browser: Open) -> None:
    page = open_browser()
    sign_up(page)
    page.goto(LESSON)
    page.fill(BOX, "Half a thought")
    page.goto("/en/")
    page.goto(LESSON)
    expect(page.locator(BOX)).to_have_value("Half a thought")


@pytest.mark.parametrize("scripts", [True, False])
def test_an_ended_session_gives_the_text_back_after_signing_in(open_browser: Open, watch: Watch, scripts: bool) -> None:
    watch.expected = ("401",)
    page = open_browser(java_script_enabled=scripts)
    name = sign_up(page)
    page.goto(LESSON)
    page.fill(BOX, f"Kept for {name}")
    page.context.clear_cookies()
    page.locator("#form-new button[value=send]").click()
    page.fill("[name=username]", name)
    page.fill("[name=password]", "a long enough passphrase")
    page.click("main form button:not([type=button])")
    expect(page.locator(BOX)).to_have_value(f"Kept for {name}")
    page.locator("#form-new button[value=send]").click()
    comment(page, f"Kept for {name}")


def test_signing_out_leaves_no_text_behind(open_browser: Open) -> None:
    page = open_browser()
    sign_up(page)
    page.goto(LESSON)
    page.fill(BOX, "Nobody else's business")
    page.click(".site-footer form button")
    expect(page.locator(".topbar >> text=Sign in")).to_be_visible()
    sign_up(page)
    page.goto(LESSON)
    expect(page.locator(BOX)).to_have_value("")


def test_everything_works_without_scripts(open_browser: Open) -> None:
    page, other = open_browser(java_script_enabled=False), open_browser(java_script_enabled=False)
    name, helper = sign_up(page, "ko"), sign_up(other, "ko")
    page.goto("/ko/lessons/seeds-and-families")
    page.fill(BOX, f"**{name}**의 질문")
    page.click("#form-new button[value=preview]")
    expect(page.locator(".preview strong")).to_have_text(name)
    page.click("button[value=send]")
    place = comment(page, f"{name}의 질문")
    other.goto("/ko/lessons/seeds-and-families")
    other.click(f"#{place} footer >> text=답글")
    write(other, f"{helper}의 답", "form.comment-form textarea")
    comment(other, f"{helper}의 답")
    other.click(f"#{place} footer [data-control] button")
    expect(other.locator(f"#{place} button[aria-pressed=true]")).to_have_count(1)
    page.goto("/ko/notifications")
    expect(page.locator(".inbox .unread")).to_contain_text("님이 답글을 남겼어요")
    page.click(".inbox .unread button.link")
    page.click(f"#{place} footer >> text=고치기")
    write(page, f"{name}의 고친 질문", "form.comment-form textarea")
    expect(page.locator(f"#{place}")).to_contain_text("고친 질문")
    page.locator(f"#{place} details", has_text="거두기").locator("summary").click()
    page.click(f"#{place} details form button")
    expect(page.locator(f"#{place}")).to_contain_text("글쓴이가 거둔 댓글이에요.")


def test_on_a_phone_the_thread_opens_below_the_paragraph(open_browser: Open) -> None:
    page = open_browser(viewport=PHONE, has_touch=True)
    sign_up(page, "ko")
    page.goto("/ko/lessons/seeds-and-families")
    paragraph = page.locator("#lesson .prose > p").nth(1)
    block = paragraph.get_attribute("id")
    page.locator(f".thread-mark[href$='{block}']").tap()
    thread = page.locator(f"section#thread-{block}")
    expect(thread.locator("textarea")).to_be_visible()
    above, below = paragraph.bounding_box(), thread.bounding_box()
    assert above is not None
    assert below is not None
    assert below["y"] >= above["y"] + above["height"]
    assert page.evaluate("document.scrollingElement.scrollWidth") == PHONE["width"]


def test_a_second_press_sends_no_second_comment(open_browser: Open) -> None:
    page = open_browser()
    name = sign_up(page)
    page.goto(LESSON)
    page.fill(BOX, f"Once from {name}")
    page.locator("#form-new button[value=send]").dblclick()
    comment(page, f"Once from {name}")
    page.reload()
    assert page.locator(".comment", has_text=f"Once from {name}").count() == 1
