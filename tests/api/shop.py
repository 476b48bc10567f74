"""The installation under test and the ways to reach it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.new_catalog import new_catalog
from tidewheel.core.settings import Settings
from tidewheel.serve.app import create_app
from tidewheel.serve.in_process import InProcess, in_process
from tidewheel.serve.installation import Installation

NOW = 1_795_300_000_000
PASSWORD = "correct horse"


class Time:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


@dataclass
class Shop:
    """The installation under test and the ways to reach it."""

    installation: Installation
    clock: Time
    transport: InProcess

    def client(self) -> httpx.Client:
        return httpx.Client(transport=self.transport, base_url="http://tidewheel.test")

    def signed_in(self, email: str, password: str = PASSWORD) -> httpx.Client:
        client = self.client()
        reply = client.post("/api/v1/session", json={"email": email, "password": password})
        assert reply.status_code == 200, reply.text
        client.headers["X-CSRF-Token"] = reply.json()["csrf_token"]
        return client

    def with_token(self, token: str) -> httpx.Client:
        client = self.client()
        client.headers["Authorization"] = f"Bearer {token}"
        return client

    @property
    def local(self) -> httpx.Client:
        return self.with_token(self.installation.local_token)


@contextmanager
def opened(home: Path, **settings: Any) -> Iterator[Shop]:
    """Run a fresh installation."""
    new_catalog(home / "catalog.sqlite")
    clock = Time()
    installation = Installation.open(Settings(home=home, catalog_url=None, **settings), clock)
    with in_process(create_app(installation)) as transport:
        yield Shop(installation, clock, transport)
    installation.close()
