"""What a page asks for by itself, and that what comes later is there in time."""

import re
from urllib.parse import urlsplit

from browser import Open, Watch, sign_up
from playwright.sync_api import Page, Request, Route, expect

LESSON, NEXT = "/en/lessons/guidance-is-a-dial", "/en/lessons/negative-space"
HTMX = "**/htmx.js"


def asked(page: Page) -> list[str]:
    """What this page asks for from now on, without the service worker's own."""
    found: list[str] = []

    def note(request: Request) -> None:
        if not request.service_worker and not request.url.startswith("data:"):
            found.append(f"{request.method} {urlsplit(request.url).path.rpartition('/')[2]}")

    page.on("request", note)
    return found


def test_whoever_only_reads_asks_for_three_things(open_browser: Open) -> None:
    page = open_browser()
    requests = asked(page)
    page.goto(LESSON, wait_until="networkidle")
    assert sorted(requests) == ["GET guidance-is-a-dial", "GET script.js", "GET style.css"]
    assert not page.evaluate("'htmx' in window")


def test_what_was_opened_shows_as_begun_without_asking_the_site(open_browser: Open) -> None:
    page = open_browser()
    page.goto(LESSON)
    requests = asked(page)
    page.goto(NEXT, wait_until="networkidle")
    assert "POST standing" not in requests
    expect(page.locator("#outline li.open")).to_have_count(2)
    expect(page.locator("#outline li.open.here")).to_have_text("Negative Space (begun)")


def test_a_member_s_opening_is_noted_once_and_without_htmx(open_browser: Open) -> None:
    page = open_browser()
    sign_up(page)
    with page.expect_response("**/open") as noted:
        page.goto(LESSON)
    assert noted.value.status == 204
    assert not page.evaluate("'htmx' in window")
    page.reload()
    expect(page.locator("form[data-opening]")).to_have_count(0)


def test_a_press_in_the_moment_before_htmx_looks_at_the_page_is_htmx_s_too(open_browser: Open) -> None:
    page = open_browser(service_workers="block")

    def pressed_at_its_end(route: Route) -> None:
        press = "\ndocument.querySelector('#completion-button').click();"
        route.fulfill(response=(answer := route.fetch()), body=answer.text() + press)

    sign_up(page)
    page.route(HTMX, pressed_at_its_end)
    page.goto(LESSON)
    page.hover("#completion-button")
    expect(page.locator("#announcer")).to_contain_text("+40 XP")
    assert urlsplit(page.url).fragment == ""  # the page is the same


def test_a_press_that_htmx_is_not_there_for_waits_for_it_and_counts_once(open_browser: Open) -> None:
    page = open_browser(service_workers="block")  # what it fetches cannot be held
    sign_up(page)
    held: list[Route] = []
    page.route(HTMX, lambda route: held.append(route))
    page.goto(LESSON)
    with page.expect_request(HTMX):
        page.click("#completion-button")
    page.click("#completion-button")
    expect(page.locator("#standing")).to_have_attribute("data-xp", "0")
    requests = asked(page)
    held.pop().continue_()
    expect(page.locator("#standing")).to_have_attribute("data-xp", "40")
    assert requests == ["POST complete"]
    assert page.url.endswith(LESSON), "in place, not by a page of its own"


def test_a_link_that_is_pressed_twice_before_htmx_is_there_is_followed_once(open_browser: Open) -> None:
    page = open_browser(service_workers="block")
    held: list[Route] = []
    page.route(HTMX, lambda route: held.append(route))
    page.goto(LESSON)
    mark = page.locator(".thread-mark").first
    with page.expect_request(HTMX):
        mark.click()
    mark.click()
    requests = asked(page)
    held.pop().continue_()
    expect(page.locator(".thread")).to_have_count(1)
    assert len(requests) == 1
    assert page.url.endswith(LESSON)


def test_what_is_typed_before_htmx_is_there_is_previewed_then(open_browser: Open) -> None:
    page = open_browser(service_workers="block")  # what it fetches cannot be held
    sign_up(page)
    held: list[Route] = []
    page.route(HTMX, lambda route: held.append(route))
    page.goto(LESSON)
    with page.expect_request(HTMX):
        page.fill("#form-new-body", "It **clicks**.")
    held.pop().continue_()
    expect(page.locator("#form-new-preview strong")).to_have_text("clicks")


def test_where_htmx_cannot_be_had_links_lead_to_their_pages_and_forms_say_so(open_browser: Open, watch: Watch) -> None:
    watch.expected = ("Failed to load resource",)
    page = open_browser(service_workers="block")  # what it fetches cannot be held
    page.route(HTMX, lambda route: route.abort())
    page.goto(LESSON)
    page.fill("#exercise textarea", "The fog is flat at 14.")
    page.click("#exercise button[value=attempt]")
    expect(page.locator("#exercise .failure")).to_be_visible()
    page.locator(".thread-mark").first.click()
    page.wait_for_url("**/threads/**")


def test_the_service_worker_is_asked_for_when_the_page_is_there(open_browser: Open) -> None:
    page = open_browser()
    page.add_init_script("""
      const { register } = ServiceWorkerContainer.prototype;
      ServiceWorkerContainer.prototype.register = function (...given) {
        window.begun = document.readyState;
        return register.apply(this, given);
      };""")
    page.goto(LESSON)
    page.evaluate("navigator.serviceWorker.ready.then(() => {})")
    assert page.evaluate("begun") == "complete"


COPY = """async (address) => {
  for (let tries = 0; tries < 400; tries++) {
    const copy = await caches.match(new URL(address, location));
    const at = copy?.headers.get("Kept-At") ?? "";
    if (at > (window.before ?? "")) return { at, marks: (await copy.text()).match(/data-kept="[^"]*"/g) };
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}"""


def test_a_page_that_has_not_changed_is_kept_on_as_seen_now(open_browser: Open) -> None:
    page = open_browser()
    sign_up(page)
    page.goto(LESSON)
    first = page.evaluate(COPY, LESSON)
    page.goto(LESSON)
    page.evaluate("at => { window.before = at }", first["at"])
    second = page.evaluate(COPY, LESSON)
    assert second["at"] > first["at"]
    assert second["marks"] == [f'data-kept="{second["at"]}"']


def test_what_a_first_touch_brings_looks_as_it_should(open_browser: Open) -> None:
    page = open_browser()
    requests = asked(page)
    page.goto(LESSON)
    page.locator(".thread-mark").first.click()
    thread = page.locator(".thread")
    assert thread.evaluate("box => getComputedStyle(box).borderInlineStartWidth") == "3px"
    assert [each for each in requests if each.endswith(".css")] == ["GET style.css", "GET talk.css"]


def test_what_an_act_without_an_account_brings_looks_as_it_should(open_browser: Open) -> None:
    page = open_browser()
    page.goto(LESSON)
    page.click("#completion-button")
    toast = page.locator("#announcer .toast")
    expect(toast).to_have_text("+40 XP")
    assert toast.evaluate("line => getComputedStyle(line).display") == "grid"


def test_what_was_done_before_looks_done_when_one_comes_back(open_browser: Open) -> None:
    page = open_browser()
    page.goto(LESSON)
    page.click("#completion-button")
    expect(page.locator("#outline li.done.here")).to_be_visible()
    page.reload()
    link = page.locator("#outline li.done.here a")
    expect(link).to_be_visible()
    page.wait_for_function(
        "link => getComputedStyle(link, '::before').content.includes('✓')", arg=link.element_handle()
    )
    page.goto(LESSON.replace("/en/", "/ko/"))
    expect(page.locator("#completion .done-mark")).to_have_css("font-weight", "650")


def test_a_mark_that_is_pressed_by_itself_opens_in_place_and_again_once_closed(open_browser: Open) -> None:
    page = open_browser()
    page.goto(LESSON)
    mark = page.locator(".thread-mark").first
    for _ in range(2):
        mark.evaluate("mark => mark.click()")  # as a screen reader does it: no pointer near, no focus
        expect(page.locator(".thread")).to_have_count(1)
        page.locator(".thread header a").click()
        expect(page.locator(".thread")).to_have_count(0)
    assert page.url.endswith(LESSON)


# The site is told of a copy with every navigation after it was kept.
IS_TOLD = """async (address) => {
  const { navigationPreload } = await navigator.serviceWorker.ready;
  for (let tries = 0; tries < 400; tries++) {
    const tag = (await caches.match(new URL(address, location)))?.headers.get("Kept-Tag") ?? "";
    const { headerValue } = await navigationPreload.getState();
    if (headerValue.split(",").some((mark) => tag.includes(`"${mark}`))) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}"""
NEW_EACH_TIME = re.compile(r'(name="(?:event_id|post_id)" value=")[^"]*')


def test_a_member_s_second_visit_brings_what_differs_from_the_copy_and_shows_the_same(open_browser: Open) -> None:
    page = open_browser()
    sign_up(page)
    page.goto(LESSON)
    assert page.evaluate(IS_TOLD, LESSON)
    answer = page.goto(LESSON, wait_until="networkidle")
    assert answer is not None
    assert (answer.from_service_worker, "stream-copy" in answer.headers) == (True, True)
    assert answer.headers["cache-control"] == "private, no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    whole = page.evaluate("fetch(location.href).then((answer) => answer.text())")
    assert NEW_EACH_TIME.sub(r"\1", answer.text()) == NEW_EACH_TIME.sub(r"\1", whole)
    page.click("#completion-button")
    expect(page.locator("#standing")).to_have_attribute("data-xp", "40")
    page.reload()
    expect(page.locator("#standing")).to_have_attribute("data-xp", "40")
    expect(page.locator("#completion .done-mark")).to_be_visible()


def test_a_copy_that_is_gone_is_missed_by_nobody(open_browser: Open) -> None:
    page = open_browser()
    name = sign_up(page)
    page.goto(LESSON)
    assert page.evaluate(IS_TOLD, LESSON)
    page.evaluate("caches.keys().then((names) => Promise.all(names.map((name) => caches.delete(name))))")
    answer = page.goto(LESSON)
    assert answer is not None
    assert "stream-copy" not in answer.headers
    expect(page.locator(".topbar .me")).to_have_text(name)
