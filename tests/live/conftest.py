"""A real server for the real clients of vendors, a source for each test, and what arrived there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.server import Server, running
from tests.live.sdk import served

LIMIT = 20


@dataclass(frozen=True)
class Place:
    """A source, and the address its clients are pointed at."""

    admin: httpx.Client
    project: str
    id: str
    key: str
    address: str

    def mine(self, name: str) -> str:
        """Return an identifier that no other test uses."""
        return f"{name}-{self.id}"

    def rows(self, sql: str) -> list[list[Any]]:
        """Return the rows of a query."""
        found: list[list[Any]] = self._ask(sql)["rows"]
        return found

    def arrived(self) -> list[dict[str, Any]]:
        """Return the events of this source, an object each, in the order of time."""
        answer = self._ask(f"select * from events where source = '{self.id}' order by time, name")
        names = [column["name"] for column in answer["columns"]]
        rows = [dict(zip(names, row, strict=True)) for row in answer["rows"]]
        return [{name: value for name, value in row.items() if value is not None} for row in rows]

    def awaited(self, count: int) -> list[dict[str, Any]]:
        """Return the events once there are so many: what browsers send as they leave comes after they left."""
        end = time.monotonic() + LIMIT
        while len(found := self.arrived()) < count and time.monotonic() < end:
            time.sleep(0.05)
        assert len(found) >= count, [event["name"] for event in found]
        return found

    def _ask(self, sql: str) -> dict[str, Any]:
        reply = self.admin.post(f"/api/v1/projects/{self.project}/sql", json={"sql": sql, "rows": 1000})
        assert reply.is_success, reply.text
        found: dict[str, Any] = reply.json()
        return found

    def identifiers(self, person: str) -> set[str]:
        """Return all identifiers of a person, as type:value."""
        found = self.admin.get(f"/api/v1/projects/{self.project}/people/{person}").json()["identifiers"]
        return {f"{one['type']}:{one['value']}" for one in found}

    def rejected(self) -> list[dict[str, Any]]:
        """Return what was refused of this source."""
        found = self.admin.get(f"/api/v1/projects/{self.project}/rejected").json()["items"]
        return [one for one in found if one["source"] == self.id]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run a server with one shop."""
    with running(Path(tmp_path_factory.mktemp("live")) / "home", "serve") as found:
        yield found


@pytest.fixture(scope="session")
def admin(server: Server) -> Iterator[httpx.Client]:
    """Sign in as the owner of the shop."""
    form = {"email": "a@b", "name": "A", "password": "correct horse", "project_name": "Shop"}
    with httpx.Client(base_url=server.url, timeout=300, trust_env=False) as client:
        reply = client.post("/api/v1/setup", json=form)
        assert reply.status_code < 300, reply.text
        client.headers["X-CSRF-Token"] = reply.json()["csrf_token"]
        yield client


@pytest.fixture(scope="module")
def project(admin: httpx.Client, request: pytest.FixtureRequest) -> str:
    """A shop for each vendor: what one calls a number, another sends as text."""
    made: str = admin.post("/api/v1/projects", json={"name": request.node.path.stem}).json()["id"]
    return made


@pytest.fixture
def place(
    server: Server, admin: httpx.Client, project: str, request: pytest.FixtureRequest
) -> Callable[[], Place]:
    """Add a source of this test's own."""

    def add() -> Place:
        name = {"name": request.node.nodeid[-60:]}
        made = admin.post(f"/api/v1/projects/{project}/sources", json=name).json()
        return Place(admin, project, made["id"], made["write_key"], f"{server.url}/in/{made['write_key']}")

    return add


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a shop's page that runs a script of ``clients/``, which says ``window.done`` (a promise)."""
    with ExitStack() as stack:

        def open_page(script: str, path: str = "/", title: str = "首页", **settings: Any) -> Page:
            origin = stack.enter_context(served(script, title, settings))
            context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
            stack.callback(context.close)
            page = context.new_page()
            wrong: list[str] = []
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.goto(origin + path)
            page.evaluate("window.done")
            assert not wrong, wrong
            return page

        yield open_page
