"""Tabs for readers: each starts with nothing kept, in a browser that has compiled the pages' code already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.reader import PATIENCE

LIGHT = "/tidewheel.svg"
"""Something at the server's address without code; while it is open, its process lives."""


class Tabs:
    """Opens tabs in contexts that tests use one after the other, or alone where they differ in their options."""

    def __init__(self) -> None:
        self._free: defaultdict[tuple[Browser, str], list[tuple[BrowserContext, Page]]] = defaultdict(list)

    @contextmanager
    def lent(self, browser: Browser, options: dict[str, Any]) -> Iterator[Page]:
        """Open a tab for a while; cookies and what pages stored go with it."""
        free = self._free[browser, repr(sorted(options.items()))]
        context, light = free.pop() if free else self._begun(browser, options)
        yield context.new_page()
        for page in context.pages:
            if page is not light:
                page.close()
        context.clear_cookies()
        light.evaluate("localStorage.clear()")
        free.append((context, light))

    @staticmethod
    @contextmanager
    def own(browser: Browser, options: dict[str, Any]) -> Iterator[Page]:
        """Open a tab in a context of its own, for a server that ends with the test."""
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        yield context.new_page()
        context.close()

    @staticmethod
    def _begun(browser: Browser, options: dict[str, Any]) -> tuple[BrowserContext, Page]:
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        light = context.new_page()
        light.goto(LIGHT)
        return context, light
