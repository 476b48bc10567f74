"""What every test may rely on: no setting leaks in from the machine, data goes to a temporary folder."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser

from tests.chromium import CHROMIUM
from tests.object_store import object_store
from tests.sharing import Sharing, rank

# How fast examples are made is the machine's matter; a busy one fails no test for it.
settings.register_profile(
    "any machine", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

BROWSING: Final[set[Path]] = set()
"""The files of tests that need a browser."""


def pytest_configure(config: pytest.Config) -> None:
    """Forget the settings and proxies of whoever runs the tests; each run has its own data folder."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # hundreds of processes are started: compile once
    sys.dont_write_bytecode = False
    for name in list(os.environ):
        if name.startswith(("TIDEWHEEL_", "AWS_")) or name.lower() in {
            "http_proxy",
            "https_proxy",
            "all_proxy",
        }:
            del os.environ[name]
    folder = tempfile.TemporaryDirectory(prefix="tidewheel-tests-", ignore_cleanup_errors=True)
    config.add_cleanup(folder.cleanup)
    patch = pytest.MonkeyPatch()  # each of thousands of clients would read the world's certificates anew
    patch.setattr("httpx._transports.default.create_ssl_context", cache(httpx.create_ssl_context))
    config.add_cleanup(patch.undo)
    os.environ["TIDEWHEEL_HOME"] = folder.name


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no process is left with it in the end."""
    items.sort(key=rank)
    BROWSING.update(item.path for item in items if "browser" in getattr(item, "fixturenames", ()))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """End the browser before a file of tests that needs none."""
    if item.path not in BROWSING:
        CHROMIUM.close()


def pytest_sessionfinish() -> None:
    """End it with the tests."""
    CHROMIUM.close()


def pytest_collection_finish() -> None:
    """Leave what was loaded so far out of the search for garbage, and search less often: the heap is large."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 50, 20)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Have files shared out in that order."""
    return Sharing(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their length: what is in them may hold the time, and every worker must find the same names."""
    return f"{argname}-{len(val)}-bytes" if isinstance(val, bytes) else None


@pytest.fixture
def browser() -> Browser:
    """Chromium, which runs until a file of tests begins that needs none."""
    return CHROMIUM.browser()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[dict[str, str]]:
    """Run an S3 server for the whole session; yields the variables that lead there."""
    with object_store() as variables:
        yield variables


@pytest.fixture
def s3(s3_server: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Let everything in the test find the S3 server, as an operator would: by ``AWS_…`` variables."""
    for name, value in s3_server.items():
        monkeypatch.setenv(name, value)
    return s3_server
