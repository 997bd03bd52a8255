"""The fixtures of the tests of the pages."""

from browser.browsing import browser, come, serve

__all__ = ["browser", "come", "serve"]
