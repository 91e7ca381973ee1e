"""Laws for every page, in both languages, signed in and out: valid, accessible, self-contained, usable at 320 px."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from browser import PHONE, ROOT, WIDE, Open, Site, Watch, sign_up
from playwright.sync_api import Page

TOOLS = ROOT / ".tools" / "node_modules"
AXE = TOOLS / "axe-core" / "axe.min.js"
VNU = TOOLS / "vnu-jar" / "build" / "dist" / "vnu.jar"
PUBLIC = (
    "/",
    "/courses/prompting",
    "/lessons/what-a-prompt-does",
    "/lessons/guidance-is-a-dial",
    "/lessons/the-one-page-brief",
    "/tags/prompting",
    "/offline",
    "/search",
    "/search?q=prompt",
    "/achievements",
    "/levels",
    "/appearance",
    "/sign-in",
    "/sign-up",
    "/reset",
    "/pair",
    "/report?lesson=what-a-prompt-does",
    "/device",
    "/nothing-here",
)
MEMBERS = (
    "/",
    "/me",
    "/review",
    "/me/notes",
    "/me/leave",
    "/me/pair",
    "/device",
    "/lessons/what-a-prompt-does",
    "/me/ledger",
    "/me/profile",
    "/me/settings",
    "/me/notifications",
    "/me/reports",
    "/notifications",
    "/achievements",
    "/levels",
    "/report?lesson=what-a-prompt-does",
)
TALKED = "/lessons/negative-space"
MODERATORS = (
    "/admin/",
    "/admin/comments",
    "/admin/reports",
    "/admin/record",
    "/admin/content",
    "/admin/health",
    "/admin/backups",
    "/admin/mail",
    "/admin/members",
    "/admin/invites",
    "/admin/rules?policy=full",
    "/admin/statistics/",
    "/admin/statistics/prompting",
    "/admin/lessons",
    "/admin/lessons/negative-space/en/edit",
    "/admin/lessons/negative-space/en/pictures",
    "/admin/lessons/negative-space/en/revisions",
    TALKED,
    "/notifications",
)
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """What axe-core finds on the page in light, and of its colours in dark. Run over the debugger."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", AXE_TAGS)[
        "violations"
    ]
    page.emulate_media(color_scheme="dark")
    result += page.evaluate(
        "() => axe.run(document, {runOnly: {type: 'rule', values: ['color-contrast']}, resultTypes: ['violations']})"
    )["violations"]
    page.emulate_media(color_scheme="light")
    return [f"{found['id']}: {node['target']} {node['failureSummary']}" for found in result for node in found["nodes"]]


def nu_complaints(pages: dict[str, str], folder: Path) -> list[str]:
    """Errors and warnings of the Nu HTML checker; all pages in one run, because Java starts slowly."""
    for name, html in pages.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    run = subprocess.run(["java", "-jar", str(VNU), "--format", "json", str(folder)], capture_output=True, text=True)
    return [
        f"{Path(each['url']).name}:{each.get('lastLine')}: {each['message']} {each.get('extract', '')[:80]}"
        for each in json.loads(run.stderr)["messages"]
        if each["type"] == "error" or each.get("subType") == "warning"
    ]


def name_of(path: str) -> str:
    """A file name for a page."""
    return re.sub(r"[^a-z0-9-]+", "-", path.strip("/").casefold()) or "home"


EVERYTHING = "**Why**?\n\n> quote\n\n- a list `x`\n\n```python\nx = 1\n```\nhttps://example.org"


def publish(page: Page, name: str, language: str) -> str:
    """Publish everything of a member's profile; its address."""
    page.goto(f"/{language}/me/settings")
    for box in page.locator("#publish input[type=checkbox]").all():
        box.check()
    page.click("#publish button[value=publish]")
    page.wait_for_selector("#publish button[value=take-back]")
    return f"/people/{name}"


def talk(site: Site, page: Page, other: Page, language: str) -> list[str]:
    """Two people talk in every way there is; one of them becomes admin. The pages where that is seen."""
    name = sign_up(page, language)
    sign_up(other, language)
    assert site.stream("users", "role", name, "admin").returncode == 0
    lesson = f"/{language}{TALKED}"
    for someone, text in (
        (page, "**Why**?\n\n> quote\n\n- a list `x`\n\n```python\nx = 1\n```"),
        (other, "Hm, @" + name),
    ):
        someone.goto(lesson)
        someone.fill("#form-new-body", text)
        someone.click("#form-new button[value=send]")
        someone.wait_for_selector("#comments .comment[autofocus]")
    number = str(other.locator(".comment").first.get_attribute("id")).removeprefix("comment-")
    page.goto(f"/{language}/comments/{number}/reply")
    page.fill("form.comment-form textarea", "Because.")
    page.click("form.comment-form button[value=send]")
    block = page.locator("#lesson .prose > p").first.get_attribute("id") or ""
    other.goto(f"{lesson}/threads/{block}")
    other.fill("form.comment-form textarea", "On this paragraph.")
    other.click("form.comment-form button[value=send]")
    other.wait_for_selector("section.thread .comment")
    other.goto(f"/{language}/report?lesson=negative-space")
    other.check("input[value=typo]")
    other.fill("#body", "teh")
    other.click("main form button")
    other.wait_for_selector(".facts")
    report = other.url.removeprefix(site.address)
    page.goto(f"/{language}/comments/{number}/flag")
    page.fill("#why", "Off topic")
    page.click("main form button")
    page.wait_for_selector("main .button")
    page.goto(f"/{language}/admin/members")
    person = page.locator("main td, main th").get_by_role("link").first.get_attribute("href") or ""
    return [f"{lesson}/threads/{block}", f"{lesson}/comments", f"/{language}/comments/{number}/reply", report, person]


def as_moderator(language: str, places: list[str]) -> list[str]:
    """Every page where talk is seen."""
    return [*(f"/{language}{path}" for path in MODERATORS), *places]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_html_of_every_page_is_valid(
    site: Site, open_browser: Open, watch: Watch, tmp_path: Path, language: str
) -> None:
    watch.expected = ("404",)
    page = open_browser()
    pages = {f"visitor-{name_of(path)}": page.request.get(f"/{language}{path}").text() for path in PUBLIC}
    name = sign_up(page, language)
    page.goto(f"/{language}/lessons/what-a-prompt-does")
    page.click("#completion-button")
    page.wait_for_selector("#standing[data-xp='40']")
    person = publish(page, name, language)
    pages |= {f"member-{name_of(path)}": page.request.get(f"/{language}{path}").text() for path in (*MEMBERS, person)}
    pages["visitor-person"] = open_browser().request.get(f"/{language}{person}").text()
    moderator = open_browser()
    places = as_moderator(language, talk(site, moderator, open_browser(), language))
    pages |= {f"moderator-{name_of(path)}": moderator.request.get(path).text() for path in places}
    pages |= {f"talked-{name_of(path)}": page.request.get(path).text() for path in places if "/admin/" not in path}
    assert "\n".join(nu_complaints(pages, tmp_path)) == ""


@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_page_has_an_accessibility_violation(site: Site, open_browser: Open, watch: Watch, language: str) -> None:
    watch.expected = ("404",)
    page = open_browser(color_scheme="light", reduced_motion="reduce")
    found = {}
    for path in PUBLIC:
        page.goto(f"/{language}{path}")
        found[path] = violations(page)
    name = sign_up(page, language)
    page.goto(f"/{language}/lessons/what-a-prompt-does")
    page.click("#completion-button")
    page.wait_for_selector("#standing[data-xp='40']")
    for path in (*MEMBERS, publish(page, name, language)):
        page.goto(f"/{language}{path}")
        found[f"member {path}"] = violations(page)
    moderator = open_browser(color_scheme="light", reduced_motion="reduce")
    for path in as_moderator(language, talk(site, moderator, open_browser(), language)):
        moderator.goto(path)
        found[f"moderator {path}"] = violations(moderator)
    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("scripts", [True, False])
def test_no_page_scrolls_sideways_on_a_small_phone(
    site: Site, open_browser: Open, watch: Watch, language: str, scripts: bool
) -> None:
    watch.expected = ("404",)
    page = open_browser(viewport=PHONE, java_script_enabled=scripts)
    name = sign_up(page, language)
    widths = {}
    for path in (*PUBLIC, *MEMBERS, publish(page, name, language)):
        page.goto(f"/{language}{path}")
        widths[path] = page.evaluate("document.scrollingElement.scrollWidth")
    moderator = open_browser(viewport=PHONE, java_script_enabled=scripts)
    for path in as_moderator(language, talk(site, moderator, open_browser(), language)) if scripts else ():
        moderator.goto(path)
        widths[path] = moderator.evaluate("document.scrollingElement.scrollWidth")
    assert {path: width for path, width in widths.items() if width > PHONE["width"]} == {}


def test_an_open_phone_widget_and_an_announcement_are_accessible(open_browser: Open) -> None:
    page = open_browser(viewport=PHONE, reduced_motion="reduce")
    sign_up(page)
    page.goto("/en/lessons/what-a-prompt-does")
    page.click("#completion-button")
    page.wait_for_selector("#announcer .toast")
    page.click("#standing summary")
    assert violations(page) == []


def test_the_theme_switch_works_with_and_without_scripts(open_browser: Open) -> None:
    for scripts in (True, False):
        page = open_browser(java_script_enabled=scripts, color_scheme="light")
        page.goto("/en/")
        page.click("[data-theme-toggle]")
        if not scripts:
            page.check("input[value=dark]")
            page.click("main form button")
        page.goto("/en/levels")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 19, 20)"


def test_the_whole_site_works_by_keyboard(open_browser: Open) -> None:
    page = open_browser(viewport=WIDE)
    page.goto("/en/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_site_names_no_other_host(site: Site, open_browser: Open, watch: Watch) -> None:
    page = open_browser()
    for path in PUBLIC[:7]:
        page.goto(f"/en{path}", wait_until="networkidle")
    assert [complaint for complaint in watch.complaints if "request to" in complaint] == []
