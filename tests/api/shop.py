"""The installation under test and the ways to reach it."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from tidewheel.serve.in_process import InProcess
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
