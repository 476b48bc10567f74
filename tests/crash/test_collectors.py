"""Two collectors and the server that answers: own inboxes, one lake on S3, one catalog on PostgreSQL."""

from __future__ import annotations

import random
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from tests.cluster.hosts import namespaces_work, run
from tests.crash.load import Load
from tests.crash.servers import Place
from tests.object_store import fresh_prefix, object_store
from tests.postgres import Postgres, postgres_server

LIMIT = 120.0
CUT_SECONDS = 20.0
"""Longer than any connection is waited for."""


@dataclass(frozen=True)
class Far:
    """A host at the end of two cables: people reach it over one, and it reaches this machine over the other."""

    name: str
    near: str
    address: str

    @property
    def inside(self) -> tuple[str, ...]:
        """How to run something on it."""
        return ("ip", "netns", "exec", self.name)

    def cut(self) -> None:
        """Take away the cable to what it writes to."""
        run("ip", "-n", self.name, "link", "set", "back", "down")

    def mend(self) -> None:
        """Put it back."""
        run("ip", "-n", self.name, "link", "set", "back", "up")


@contextmanager
def far_host() -> Iterator[Far]:
    """Make a network namespace with two cables to this one."""
    mark = uuid.uuid4().hex[:6]
    far, net = Far(f"tw-{mark}", "10.78.1.1", "10.78.2.2"), (("back", "10.78.1"), ("front", "10.78.2"))
    try:
        run("ip", "netns", "add", far.name)
        run("ip", "-n", far.name, "link", "set", "lo", "up")
        for cable, addresses in net:
            here = f"{cable}{mark}"
            run("ip", "link", "add", here, "type", "veth", "peer", "name", cable, "netns", far.name)
            run("ip", "addr", "add", f"{addresses}.1/24", "dev", here)
            run("ip", "link", "set", here, "up")
            run("ip", "-n", far.name, "addr", "add", f"{addresses}.2/24", "dev", cable)
            run("ip", "-n", far.name, "link", "set", cable, "up")
        yield far
    finally:  # with the namespace go the cables
        subprocess.run(["ip", "netns", "del", far.name], capture_output=True, check=False)


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


def shared_by_all(database: Postgres) -> dict[str, str]:
    """Return the settings of processes with one lake and one catalog, both new."""
    with psycopg.connect(f"{database.url}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE shared")
    return {
        "TIDEWHEEL_LAKE": fresh_prefix(),
        "TIDEWHEEL_CATALOG_URL": f"{database.url}/shared",
        "TIDEWHEEL_REFRESH_SECONDS": "0.5",
    }


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.s3
def test_collectors_on_other_hosts(tmp_path: Path, s3: dict[str, str]) -> None:
    with postgres_server() as database:
        shared = shared_by_all(database)
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


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.s3
def test_a_collector_whose_line_is_cut_goes_on_taking_events_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not namespaces_work():
        pytest.skip("this machine lets us make no network namespaces")
    with (
        far_host() as far,
        postgres_server(far.near) as database,
        object_store(far.near) as variables,
    ):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        shared = shared_by_all(database)
        server = Place(tmp_path / "server", **shared)
        collector = Place(tmp_path / "far", inside=far.inside, **shared)
        try:
            server.start()
            server.set_up()
            collector.start("collect", "--host", far.address)
            print(load_with_a_cut(server, collector, far))  # noqa: T201 - as above
        finally:
            collector.kill()
            server.kill()


def load_with_a_cut(server: Place, collector: Place, far: Far) -> str:
    """Send to the collector while it reaches neither catalog nor lake, and let the server count once it does."""
    load = Load(server.key, seed=random.randrange(2**32), timeout=30.0)
    with load.on(collector.url) as ledger:
        load.more(200)
        far.cut()
        known = len(ledger.acknowledged)
        begun = time.monotonic()
        load.until(lambda ledger: time.monotonic() - begun > CUT_SECONDS, 90)
        cut_off = len(ledger.acknowledged) - known
        assert cut_off > 200
        assert send(collector, "twk_nobody_knows", event="came") == (503, "catalog_unavailable")
        assert "catalog" in collector.health()
        seen = server.counts()
        far.mend()
        load.more(200)
    assert not ledger.refused, ledger.refused
    assert len(ledger.acknowledged - seen.keys()) > 200
    took = until(lambda: ledger.acknowledged <= server.counts().keys())
    ledger.judge(server.counts())
    until(lambda: not collector.health())
    return f"{cut_off} events taken in without a line, all seen {took:.1f} s after; slowest {ledger.slowest():.1f} s"


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
