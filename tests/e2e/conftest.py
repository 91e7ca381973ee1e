"""The running site and the browser, for the tests of this folder."""

from browser import chromium, made, open_browser, site, watch

__all__ = ["chromium", "made", "open_browser", "site", "watch"]
