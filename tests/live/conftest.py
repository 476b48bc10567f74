"""A real server for the real clients of vendors, a source for each test, and what arrived there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.server import Server, running


@dataclass(frozen=True)
class Place:
    """A source, and the address its clients are pointed at."""

    admin: httpx.Client
    project: str
    id: str
    address: str

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

    def _ask(self, sql: str) -> dict[str, Any]:
        reply = self.admin.post(f"/api/v1/projects/{self.project}/sql", json={"sql": sql, "rows": 1000})
        assert reply.is_success, reply.text
        found: dict[str, Any] = reply.json()
        return found

    def rejected(self) -> list[dict[str, Any]]:
        """Return what was refused, of all sources."""
        found: list[dict[str, Any]] = self.admin.get(f"/api/v1/projects/{self.project}/rejected").json()[
            "items"
        ]
        return found


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


@pytest.fixture
def place(server: Server, admin: httpx.Client, request: pytest.FixtureRequest) -> Callable[[], Place]:
    """Add a source of this test's own."""

    def add() -> Place:
        made = admin.post("/api/v1/projects/shop/sources", json={"name": request.node.name}).json()
        return Place(admin, "shop", made["id"], f"{server.url}/in/{made['write_key']}")

    return add
