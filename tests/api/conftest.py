"""A fresh installation per test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.api.shop import PASSWORD, Shop, Time
from tidewheel.core.settings import Settings
from tidewheel.serve.app import create_app
from tidewheel.serve.in_process import in_process
from tidewheel.serve.installation import Installation


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    clock = Time()
    installation = Installation.open(Settings(home=tmp_path / "home", catalog_url=None), clock)
    with in_process(create_app(installation)) as transport:
        yield Shop(installation, clock, transport)
    installation.close()


@pytest.fixture
def admin(shop: Shop) -> httpx.Client:
    client = shop.client()
    reply = client.post(
        "/api/v1/setup",
        json={"email": "Ada@shop.test", "name": "Ada", "password": PASSWORD, "project_name": "Shop A"},
    )
    assert reply.status_code == 201, reply.text
    client.headers["X-CSRF-Token"] = reply.json()["csrf_token"]
    return client
