"""A demo shop, an empty installation, and people with a browser.

``E2E_HOME=folder`` keeps the demo shop between runs; ``E2E_SCREENSHOTS=folder`` has pictures taken.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, StorageState

from tests.e2e.reader import Reader
from tests.e2e.server import ROOT, Server, running
from tests.e2e.tabs import Tabs
from tests.e2e.words import LANGUAGES, Words

UI = ROOT / "src" / "tidewheel" / "serve" / "ui" / "index.html"
PEOPLE = "1500"
Visit = Callable[..., Reader]


@pytest.fixture(scope="session")
def interface() -> None:
    """The browser interface is in the package."""
    if not UI.exists():
        pytest.fail(f"{UI.relative_to(ROOT)} is missing: run `make ui` first.", pytrace=False)


@pytest.fixture(scope="session")
def demo(interface: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running demo shop."""
    kept = os.environ.get("E2E_HOME")
    home = Path(kept) if kept else tmp_path_factory.mktemp("demo") / "home"
    with running(home, "demo", "--people", PEOPLE) as server:
        yield server


@pytest.fixture
def empty(interface: None, tmp_path: Path) -> Iterator[Server]:
    """A running installation that nobody has set up."""
    home = tmp_path / "home"
    home.mkdir()
    with running(home, "serve") as server:
        yield server


@pytest.fixture(scope="session")
def signed_in(demo: Server) -> StorageState:
    """What a browser keeps after the demo's user has signed in."""
    with demo.signed_in() as client:
        cookies = [
            {"name": cookie.name, "value": cookie.value or "", "url": demo.url, "httpOnly": True}
            for cookie in client.cookies.jar
        ]
    return {"cookies": cookies, "origins": []}  # type: ignore[typeddict-item]


@pytest.fixture(params=LANGUAGES)
def words(request: pytest.FixtureRequest) -> Words:
    """The language under test."""
    return Words(request.param)


@pytest.fixture(scope="session")
def tabs() -> Tabs:
    """The tabs of all files of tests."""
    return Tabs()


@pytest.fixture
def visit(
    browser: Browser, tabs: Tabs, demo: Server, words: Words, signed_in: StorageState
) -> Iterator[Visit]:
    """Opens a browser as the demo's user; whatever goes wrong on its pages fails the test."""
    readers: list[Reader] = []
    with ExitStack() as open_tabs:

        def open_browser(
            *,
            server: Server = demo,
            as_guest: bool = False,
            width: int = 1280,
            height: int = 800,
            **more: Any,
        ) -> Reader:
            viewport = {"width": width, "height": height}
            options: dict[str, Any] = {"base_url": server.url, "locale": words.language}
            options |= {"viewport": viewport, **more}
            opened = (tabs.lent if server is demo else tabs.own)(browser, options)
            page = open_tabs.enter_context(opened)
            if not as_guest:
                page.context.add_cookies(signed_in["cookies"])  # type: ignore[arg-type]
            readers.append(Reader(page, server, words))
            return readers[-1]

        yield open_browser
    wrong = [line for reader in readers for line in reader.wrong]
    assert not wrong, "\n".join(wrong)


@pytest.fixture
def reader(visit: Visit) -> Reader:
    """The demo's user at a desk."""
    return visit()
