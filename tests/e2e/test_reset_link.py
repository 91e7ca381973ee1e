"""The one-time link for a new password, in a real browser: its page tells nobody its address, and still works."""

from browser import Open, Site, sign_up
from playwright.sync_api import expect


def test_a_new_password_is_set_through_the_link(open_browser: Open, site: Site) -> None:
    page = open_browser()
    name = sign_up(page)
    link = site.stream("users", "reset-link", name).stdout.strip()
    other = open_browser()
    other.goto(link.replace("http://127.0.0.1:8000", site.address))
    other.fill("[name=password]", "quite another passphrase")
    other.click("main form button:not([type=button])")
    expect(other.locator(".topbar .me")).to_have_text(name)
