"""The fixtures of the tests of the pages."""

from browsing import browser, come, serve

__all__ = ["browser", "come", "serve"]
