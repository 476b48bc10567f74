"""A fresh installation per test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher

from tests.api.shop import PASSWORD, Shop, opened
from tidewheel.serve import passwords


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with opened(tmp_path / "home") as found:
        yield found


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


@pytest.fixture
def people(shop: Shop, admin: httpx.Client) -> dict[str, httpx.Client]:
    """Somebody of every kind, seen from project ``shop-a``; ``shop-b`` is another."""
    assert admin.post("/api/v1/projects", json={"name": "Shop B"}).json()["id"] == "shop-b"
    found = {"nobody": shop.client(), "admin": admin}
    for role, roles in {
        "stranger": {"shop-b": "owner"},
        "viewer": {"shop-a": "viewer"},
        "editor": {"shop-a": "editor"},
        "owner": {"shop-a": "owner"},
    }.items():
        body = {"email": f"{role}@shop.test", "name": role, "password": PASSWORD, "roles": roles}
        assert admin.post("/api/v1/users", json=body).status_code == 201
        found[role] = shop.signed_in(f"{role}@shop.test")
    for scope in ("read", "write", "admin"):
        token = found["owner"].post("/api/v1/tokens", json={"name": scope, "scopes": [scope]}).json()["token"]
        found[f"owner's {scope} token"] = shop.with_token(token)
    body = {"name": "b", "scopes": ["admin"], "project": "shop-b"}
    elsewhere = admin.post("/api/v1/tokens", json=body).json()["token"]
    found["token for shop-b"] = shop.with_token(elsewhere)
    return found
