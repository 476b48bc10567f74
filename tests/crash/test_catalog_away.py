"""The catalog's database stops, or falls silent: events are taken in, questions say what is away, all comes back."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.crash.load import Load, native
from tests.crash.servers import Place
from tests.postgres import postgres_server

STALE_SECONDS = 6.0
"""After which what was read from the catalog would be read anew."""


def refusal(place: Place, key: str) -> tuple[int, str]:
    """Return what a sender with a key is told."""
    path, headers, body = native(key, [10**9])
    reply = httpx.post(place.url + path, headers=headers, json=body, timeout=30, trust_env=False)
    return reply.status_code, reply.json()["error"]["code"]


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
                with place.client() as client:
                    asked = client.get(f"/api/v1/projects/{place.project}/sources")
                assert (asked.status_code, asked.json()["error"]["code"]) == (503, "catalog_unavailable")
                assert "catalog" in place.health()
                database.start()
                load.until(lambda ledger: not place.health())
                assert refusal(place, "twk_nobody_knows") == (401, "unknown_write_key")

                database.signal(signal.SIGSTOP)
                try:
                    wait(STALE_SECONDS, load)
                    load.more(400)
                finally:
                    database.signal(signal.SIGCONT)
                load.until(lambda ledger: not place.health())
            assert not ledger.refused, ledger.refused
            print(f"the slowest of {len(ledger.seconds)} batches took {ledger.slowest():.1f} s")  # noqa: T201
            assert ledger.slowest() < 10
            ledger.judge(place.counts())
        finally:
            place.kill()
