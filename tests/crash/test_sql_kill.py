"""A real server outlives every query, and no process that runs SQL outlives a server."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import sql_processes
from tests.crash.servers import Place

pytestmark = pytest.mark.slow
ENDLESS = "select count(*) from range(1000000000000) a where a.range % 7 = 3"
HUGE = "select length(string_agg(repeat(id, n.range * 1000), '')) from events, range(1000000) n"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path / "home", TIDEWHEEL_SQL_MEMORY_MB="256", TIDEWHEEL_SQL_DISK_MB="64")
    made.start()
    try:
        made.set_up()
        send(made, 0)
        yield made
    finally:
        made.kill()


def send(place: Place, number: int) -> None:
    events = [
        {"event": "load", "who": {"user": f"u{at}"}, "properties": {"n": number * 100 + at}}
        for at in range(100)
    ]
    with httpx.Client(base_url=place.url, trust_env=False) as sender:
        reply = sender.post("/v1/events", json=events, headers={"X-Write-Key": place.key})
        assert reply.json()["accepted"] == 100, reply.text


def ask(place: Place, sql: str, timeout: float = 60) -> httpx.Response:
    with place.client() as client:
        return client.post(f"/api/v1/projects/{place.project}/sql", json={"sql": sql}, timeout=timeout)


def asking(place: Place, sql: str) -> threading.Thread:
    """Ask, and wait until the query runs."""

    def work() -> None:
        with suppress(httpx.HTTPError):
            ask(place, sql)

    thread = threading.Thread(target=work)
    thread.start()
    end = time.monotonic() + 60
    while not sql_processes.of(place.pid):
        assert time.monotonic() < end
        time.sleep(0.02)
    time.sleep(1.5)
    return thread


def error(reply: httpx.Response) -> dict[str, Any]:
    found: dict[str, Any] = reply.json()["error"]
    return found


def test_events_come_in_while_a_query_asks_for_all_memory(place: Place) -> None:
    ask(place, "select 1")
    now, _ = place.memory()
    place.forget_peak()
    for number in range(1, 4):
        thread = asking(place, HUGE)
        send(place, number)
        thread.join()
        assert error(ask(place, HUGE))["code"] == "sql_out_of_memory"
        assert sum(place.counts().values()) == (number + 1) * 100
    _, most = place.memory()
    assert most < now + 150
    assert not place.health()


def test_a_client_that_goes_away_ends_its_query(place: Place) -> None:
    assert ask(place, "select 1").status_code == 200
    before = sql_processes.of(place.pid)
    with pytest.raises(httpx.ReadTimeout):
        ask(place, ENDLESS, timeout=2)
    sql_processes.wait_until_gone(before)
    assert ask(place, "select 2").json()["rows"] == [[2]]


@pytest.mark.parametrize("busy", [True, False])
@pytest.mark.parametrize("way", ["kill", "stop"])
def test_no_process_outlives_its_server(place: Place, way: str, busy: bool) -> None:
    assert ask(place, "select 1").status_code == 200
    thread = asking(place, ENDLESS) if busy else None
    running = sql_processes.of(place.pid)
    assert running
    if way == "kill":
        place.kill()
    else:
        assert place.stop() == 0
    sql_processes.wait_until_gone(running, 10)
    if thread:
        thread.join()
    place.start()
    assert sum(place.counts().values()) == 100
    assert not list((place.home / "spill").glob("*"))
