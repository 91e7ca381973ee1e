"""The running site and the browser, for the tests of this folder."""

from browser import chromium, open_browser, site, watch

__all__ = ["chromium", "open_browser", "site", "watch"]
