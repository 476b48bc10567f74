"""A disk that takes its time and a clock that jumps: senders wait or are told to, and nothing is lost or doubled."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from tests.crash.faulty import give
from tests.crash.load import PROTOCOLS, Load, native, segment
from tests.crash.servers import FAULTY, Place
from tests.unit.store.builders import settings
from tidewheel.store.storehouse import Storehouse

HOUR = 3_600_000
SLOW = 0.4
MOST_MIB = 150


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(
        tmp_path / "home", program=FAULTY, TIDEWHEEL_INBOX_MAX_EVENTS="600", TIDEWHEEL_DRAIN_SECONDS="0.5"
    )
    place.home.mkdir()
    give(place.home)
    place.start()
    place.set_up()
    yield place
    place.kill()


@pytest.mark.slow
def test_a_slow_disk_slows_senders_down(place: Place) -> None:
    load = Load(place.key, seed=random.randrange(2**32), protocols=[*PROTOCOLS] * 3)
    with load.on(place.url) as ledger:
        load.more(200)
        place.forget_peak()
        before, _ = place.memory()
        give(place.home, commit_seconds=SLOW)
        slow = len(ledger.seconds)
        load.more(600)
        path, headers, body = native(place.key, range(10**9, 10**9 + 590))
        with ledger.lock:
            ledger.sent.update(range(10**9, 10**9 + 590))
        begun = time.monotonic()
        reply = httpx.post(place.url + path, headers=headers, json=body, timeout=30, trust_env=False)
        assert reply.status_code == 429 or time.monotonic() - begun >= SLOW * 0.9
        load.until(lambda ledger: ledger.refused[429, "inbox_full"] > 0)
        _, peak = place.memory()
        give(place.home)
        load.more(600)
    took = sorted(ledger.seconds[slow + 30 :])
    print(f"+{peak - before} MiB, a batch took {took[len(took) // 2]:.2f} s, at most {took[-1]:.2f}")  # noqa: T201
    assert peak - before < MOST_MIB
    assert {status for status, _ in ledger.refused} == {429}, ledger.refused
    ledger.judge(place.counts())


@pytest.mark.slow
def test_a_clock_that_jumps_neither_loses_nor_doubles(place: Place) -> None:
    load = Load(place.key, seed=random.randrange(2**32), protocols=["native", "segment"] * 2)
    with load.on(place.url) as ledger:
        for jump in (0, 24 * HOUR, -HOUR, 0):
            give(place.home, clock_ms=jump)
            load.more(200)
        give(place.home, clock_ms=-HOUR)
        place.kill()
        place.start()
        load.urls = (place.url,)
        load.more(200)
    assert {status for status, _ in ledger.refused} <= {429}, ledger.refused
    for path, headers, body in resent(place.key, sorted(ledger.acknowledged)[:200]):
        again = httpx.post(place.url + path, headers=headers, json=body, timeout=30, trust_env=False)
        assert again.status_code in {200, 429}, again.text
    ledger.judge(place.counts())
    assert place.stop() == 0
    with Storehouse.open(place.home, settings(place.home)) as house:
        store = house.project(place.project)
        received = np.concatenate(
            [chunk.load()["received"].to_numpy() for chunk in store.lake.events.chunks()]
        )
        ahead = received.max().astype("datetime64[ms]").astype(int) - time.time() * 1000
        assert 0 < ahead < 25 * HOUR, "a stamp is never before one that was given"
        assert store.inbox.last_stamp >= received.max().astype("datetime64[ms]").astype(int)


def resent(key: str, numbers: list[int]) -> list[tuple[str, dict[str, str], object]]:
    """Return old events once more, in another order and in two protocols that name them alike."""
    backwards = numbers[::-1]
    return [
        make(key, backwards[at : at + 50])
        for make in (native, segment)
        for at in range(0, len(backwards), 50)
    ]
