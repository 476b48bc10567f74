"""The browser on the machine, driven by playwright."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from typing import Final

import pytest
from playwright.sync_api import Browser, sync_playwright

PERSON = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The one without windows first: the others draw the tabs and bars of a window for each page, which nobody sees."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--process-per-site",  # a page's code stays compiled for the next one of its context
    # what people's browsers say: a headless one says so, and is left out of answers as a program
    f"--user-agent={PERSON}",
]


class Chromium:
    """The browser of this process: runs from the first test that wants it to the next one that does not.

    While playwright runs, nothing else can run an event loop in the process.
    """

    def __init__(self) -> None:
        self._running: Browser | None = None
        self._stack = ExitStack()

    def browser(self) -> Browser:
        """Return it, started if it does not run."""
        if self._running is None or not self._running.is_connected():
            self.close()
            program = next(filter(None, map(shutil.which, PROGRAMS)), None)
            if program is None:
                pytest.fail("There is no Chromium on PATH: `make test` installs one.", pytrace=False)
            driver = self._stack.enter_context(sync_playwright())
            self._running = driver.chromium.launch(executable_path=program, args=FLAGS)
            self._stack.callback(self._running.close)
        return self._running

    def close(self) -> None:
        """End it, if it runs."""
        self._running = None
        self._stack.close()


CHROMIUM: Final = Chromium()
