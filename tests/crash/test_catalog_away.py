"""The catalog's database stops, or falls silent: events are taken in, questions say what is away, all comes back."""

from __future__ import annotations

import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.crash.load import Load, native
from tests.crash.servers import Place
from tests.postgres import postgres_server

STALE_SECONDS = 6.0
"""After which what was read from the catalog would be read anew."""
SILENT_SECONDS = 60.0
"""Longer than anything is waited for."""
PAGE_SECONDS = 40.0
"""A page is told sooner that the database is silent, however many ask."""


def refusal(place: Place, key: str) -> tuple[int, str]:
    """Return what a sender with a key is told."""
    path, headers, body = native(key, [10**9])
    reply = httpx.post(place.url + path, headers=headers, json=body, timeout=30, trust_env=False)
    return reply.status_code, reply.json()["error"]["code"]


def page(place: Place) -> tuple[int, str, str]:
    """Return what a page is told, and when it may ask again."""
    with place.client() as client:
        reply = client.get(f"/api/v1/projects/{place.project}/sources")
    code = "" if reply.is_success else reply.json()["error"]["code"]
    return reply.status_code, code, reply.headers.get("retry-after", "")


def wait(seconds: float, load: Load) -> None:
    """Let time pass under load."""
    end = time.monotonic() + seconds
    load.until(lambda ledger: time.monotonic() > end, seconds + 30)


@pytest.mark.slow
@pytest.mark.postgres
def test_events_are_taken_in_while_the_catalog_is_away(tmp_path: Path) -> None:
    with postgres_server() as database:
        with psycopg.connect(f"{database.url}/postgres", autocommit=True) as server:
            server.execute("CREATE DATABASE away")
        place = Place(tmp_path / "home", TIDEWHEEL_CATALOG_URL=f"{database.url}/away")
        place.start()
        place.set_up()
        load = Load(place.key, seed=random.randrange(2**32))
        try:
            with load.on(place.url) as ledger:
                load.more(200)
                database.stop()
                wait(STALE_SECONDS, load)
                load.more(400)
                assert refusal(place, "twk_nobody_knows") == (503, "catalog_unavailable")
                assert page(place) == (503, "catalog_unavailable", "5")
                assert "catalog" in place.health()
                database.start()
                load.until(lambda ledger: not place.health())
                assert refusal(place, "twk_nobody_knows") == (401, "unknown_write_key")

                database.signal(signal.SIGSTOP)
                try:
                    silent = time.monotonic()
                    with ThreadPoolExecutor(20) as pages:  # more than there are connections
                        told = [pages.submit(page, place) for _ in range(20)]
                        wait(PAGE_SECONDS, load)
                        assert all(one.done() for one in told)
                    assert {one.result() for one in told} == {(503, "catalog_unavailable", "5")}
                    assert refusal(place, "twk_nobody_knows") == (503, "catalog_unavailable")
                    wait(silent + SILENT_SECONDS - time.monotonic(), load)
                    load.more(400)
                finally:
                    database.signal(signal.SIGCONT)
                load.until(lambda ledger: not place.health())
                assert page(place)[0] == 200
            assert not ledger.refused, ledger.refused
            print(f"the slowest of {len(ledger.seconds)} batches took {ledger.slowest():.1f} s")  # noqa: T201
            assert ledger.slowest() < 10
            ledger.judge(place.counts())
        finally:
            place.kill()
