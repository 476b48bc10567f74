"""Two collectors and the server that answers: own inboxes, one lake on S3, one catalog on PostgreSQL."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from tests.crash.load import Load
from tests.crash.servers import Place
from tests.object_store import fresh_prefix
from tests.postgres import postgres_server

LIMIT = 60.0


def until(done: Callable[[], Any]) -> float:
    """Wait until something is so; returns how long it took."""
    begun = time.monotonic()
    while not done():
        assert time.monotonic() - begun < LIMIT
        time.sleep(0.1)
    return time.monotonic() - begun


def send(place: Place, key: str, path: str = "/v1/events", **event: Any) -> tuple[int, str]:
    """Send an event to a collector; returns status and code of what went wrong."""
    body = {"type": "track", "anonymousId": "a"} if path == "/v1/track" else {"who": {"device": "device-a"}}
    headers = {"Authorization": f"Bearer {key}"}
    reply = httpx.post(place.url + path, json={**body, **event}, headers=headers, timeout=30, trust_env=False)
    said = reply.json()
    faults = said.get("rejected") or [said.get("error") or {}]
    return reply.status_code, faults[0].get("code", "")


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.s3
def test_collectors_on_other_hosts(tmp_path: Path, s3: dict[str, str]) -> None:
    with postgres_server() as database:
        with psycopg.connect(f"{database.url}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE shared")
        shared = {
            "TIDEWHEEL_LAKE": fresh_prefix(),
            "TIDEWHEEL_CATALOG_URL": f"{database.url}/shared",
            "TIDEWHEEL_REFRESH_SECONDS": "0.5",
        }
        server, one, other = (Place(tmp_path / name, **shared) for name in ("server", "one", "other"))
        server.start()
        server.set_up()
        try:
            for number, collector in enumerate((one, other), 2):
                collector.start("collect", "--host", f"127.0.0.{number}")
            told = load_with_a_death(server, one, other)
            print(told)  # noqa: T201 - the measured times, for whoever runs it with -s
            changes_reach(server, other)
        finally:
            for place in (one, other, server):
                place.kill()


def load_with_a_death(server: Place, one: Place, other: Place) -> str:
    """Send to both, kill one while the other goes on, and let the server count."""
    load = Load(server.key, seed=random.randrange(2**32))
    with load.on(one.url, other.url) as ledger:
        load.more(400)
        known = set(ledger.acknowledged)
        fresh = until(lambda: known <= server.counts().keys())
        one.kill()
        load.more(300)
        one.start("collect", "--host", "127.0.0.2")
        load.urls = (one.url, other.url)
        load.more(300)
    assert not ledger.refused, ledger.refused
    until(lambda: ledger.acknowledged <= server.counts().keys())
    ledger.judge(server.counts())
    with one.client() as client:
        assert client.get("/").status_code == 404
        assert (
            client.post(f"/api/v1/projects/{server.project}/sql", json={"sql": "select 1"}).status_code == 404
        )
        assert client.get("/api/v1/health").json()["status"] == "ok"
    return f"seen after {fresh:.1f} s; a collector takes {one.memory()[1]} MiB, the server {server.memory()[1]} MiB"


def changes_reach(server: Place, collector: Place) -> None:
    """Change keys, words and the plan at the server; a collector that runs acts on them."""
    here = f"/api/v1/projects/{server.project}"
    with server.client() as client:
        made = client.post(f"{here}/sources", json={"name": "App"}).json()
        key, source = made["write_key"], f"{here}/sources/{made['id']}"
        until(lambda: send(collector, key, event="came") == (200, ""))
        words = {"events": {"Old name": {"event": "new_name"}}}
        assert client.put(f"{source}/vocabularies/segment", json=words).status_code == 200
        begun = time.monotonic()
        until(lambda: time.monotonic() - begun > 6)
        assert send(collector, key, "/v1/track", event="Old name", properties={"n": 1})[0] == 200
        plan = {
            "events": {"purchase": {"required": ["order_id"]}},
            "properties": {"order_id": {"type": "text"}},
        }
        assert client.post(f"{here}/plan/apply", json=plan).status_code == 200
        assert client.patch(source, json={"plan_mode": "block"}).status_code == 200
        until(lambda: send(collector, key, event="purchase", properties={})[1] == "plan_missing_property")
        assert client.patch(source, json={"enabled": False}).status_code == 200
        until(lambda: send(collector, key, event="came") == (403, "source_disabled"))
    until(lambda: server.counts("new_name") == {1: 1})
