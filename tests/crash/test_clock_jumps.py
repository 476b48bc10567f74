"""The machine's clock is set under a server that takes events in: an hour ahead, a day back, to 2036 and back again.

libfaketime puts the wall clock of the server's process off by what stands in a file, and leaves alone the clocks nobody sets.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx
import numpy as np
import pytest

from tests.crash.load import Ledger, Load
from tests.crash.servers import Place
from tests.unit.store.builders import settings
from tidewheel.store.storehouse import Storehouse

HALF_AN_HOUR, HOUR, DAY = 1_800, 3_600, 86_400
CACHED: Final = 1
TO_2036: Final = round((2_093_000_000 - time.time()) // DAY * DAY)
LIBRARIES: Final = ("/usr/lib", "/usr/lib64", "/usr/local/lib")
CSV: Final = "订单号,付款时间,手机号,实付金额\nT1,2026-11-20 10:00:00,13800130001,9.90\n"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("faketime"), reason="needs faketime, which sets the clock of one program"),
]  # fmt: skip


class Clock:
    """The clock of a place. The program looks into the file when more than a second has gone by, counted in whole ones.

    At each look at the time would bring it to a halt.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.set(0)

    @property
    def variables(self) -> dict[str, str]:
        """What makes a program go by it."""
        library = next(
            found
            for place in LIBRARIES
            for found in sorted(Path(place).glob("**/faketime/libfaketimeMT.so.1"))
        )
        return {
            "LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_CACHE_DURATION": str(CACHED), "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1",
        }  # fmt: skip

    def set(self, seconds: int) -> None:
        """Put it off by so much."""
        torn = self.file.with_suffix(".part")
        torn.write_text(f"{seconds:+d}")
        torn.replace(self.file)
        time.sleep(CACHED + 1.1)


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Place, Clock]]:
    """Run a server that believes a leap after so many seconds, and reads a folder every half hour; yields it and its clock."""
    clock = Clock(tmp_path / "clock")
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "1.csv").write_text(CSV)
    os.utime(folder / "1.csv", (time.time() - DAY,) * 2)
    place = Place(
        tmp_path / "home",
        TIDEWHEEL_CLOCK_LEAP_SECONDS=str(request.param),
        TIDEWHEEL_CONNECTOR_FOLDERS=str(folder),
        **clock.variables,
    )
    body = {
        "kind": "folder",
        "place": {"folder": str(folder)},
        "rows": "orders",
        "schedule": {"every_minutes": 30},
    }
    try:
        place.start()
        place.set_up()
        with place.client() as client:
            made = client.put(f"/api/v1/projects/{place.project}/connectors/orders", json=body)
        assert made.status_code == 200, made.text
        yield place, clock
    finally:
        place.kill()


def timeless(place: Place, number: int) -> None:
    """Send an event that says no time: it happens when it arrives."""
    body = {"event": "now", "id": f"now-{number}", "who": {"device": "d"}, "properties": {"n": number}}
    reply = httpx.post(
        f"{place.url}/v1/events", json=body, headers={"X-Write-Key": place.key}, timeout=30, trust_env=False
    )
    assert reply.status_code == 200, reply.text


def lately(place: Place) -> int:
    """Return how many events the server sees that happened within the last day."""
    with place.client() as client:
        found = client.get(f"/api/v1/projects/{place.project}/sources").json()
    return sum(int(one["events_24h"]) for one in found["sources"])


def runs(place: Place) -> list[dict[str, Any]]:
    """Return the runs of the connector, the last first."""
    with place.client() as client:
        found = client.get(f"/api/v1/projects/{place.project}/connectors/orders/runs")
    assert found.status_code == 200, found.text
    listed: list[dict[str, Any]] = found.json()["runs"]
    return listed


def next_run(place: Place) -> float:
    """Return when the connector is read next, in seconds since 1970."""
    with place.client() as client:
        found = client.get(f"/api/v1/projects/{place.project}/connectors/orders").json()
    return datetime.fromisoformat(found["next_at"]).timestamp()


def leap(place: Place) -> int:
    """Return by how many seconds the server says its clock has leapt."""
    with place.client() as client:
        checks = client.get("/api/v1/health").json()["checks"]
    said = next(one["detail"] for one in checks if one["name"] == "clock") or "leapt by +0 s"
    return int(said.split()[2])


def until(load: Load, done: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait under load until something is so."""
    load.until(lambda ledger: done(), seconds)


def received(place: Place) -> Any:
    """Return the moments of receipt in the lake in seconds since 1970, and the last stamp of the inbox; the server is down."""
    with Storehouse.open(place.home, settings(place.home)) as house:
        store = house.project(place.project)
        found = [chunk.load()["received"].to_numpy() for chunk in store.lake.events.chunks()]
        stamps = np.concatenate(found).astype("datetime64[ms]").astype(np.int64)
        assert stamps.max() <= store.inbox.last_stamp
    return stamps / 1000


@pytest.mark.parametrize("place", [300], indirect=True)
def test_a_clock_that_is_wrong_for_a_while_changes_nothing(place: tuple[Place, Clock]) -> None:
    server, clock = place
    load = Load(server.key, seed=random.randrange(2**32))
    begun = time.time()
    with load.on(server.url) as ledger:
        for number, off in enumerate((HOUR, -DAY, TO_2036, 0)):
            clock.set(off)
            load.more(300)
            timeless(server, number)
            assert leap(server) == pytest.approx(off, abs=5)
    assert {status for status, _ in ledger.refused} <= {429}, ledger.refused
    assert lately(server) == 4
    assert len(runs(server)) == 1
    assert server.stop() == 0
    stamps = received(server)
    judge(server, ledger, {0: 1, 1: 1, 2: 1, 3: 1})
    assert begun - 5 < stamps.min() <= stamps.max() < time.time() + 5


@pytest.mark.parametrize("place", [0], indirect=True)
def test_a_clock_that_is_believed_at_once_loses_and_doubles_nothing(place: tuple[Place, Clock]) -> None:
    server, clock = place
    load = Load(server.key, seed=random.randrange(2**32), protocols=["native", "segment"] * 2)
    with load.on(server.url) as ledger:
        for done, off in enumerate((0, HOUR, HOUR + DAY, TO_2036), 1):
            clock.set(off)
            load.more(100)
            until(load, partial(ran, server, done))
        for off in (-DAY, 0, HALF_AN_HOUR):  # what was put off to 2036 is due as its schedule says
            clock.set(off)
            load.more(100)
            if off >= 0:
                done += 1
                until(load, partial(ran, server, done))
            until(load, partial(comes_within, server, off, HALF_AN_HOUR))
        load.more(100)
    assert {status for status, _ in ledger.refused} <= {429}, ledger.refused
    timeless(server, 0)
    assert lately(server) == 1
    assert server.stop() == 0
    received(server)
    judge(server, ledger, {0: 1})


def judge(place: Place, ledger: Ledger, timeless: dict[int, int]) -> None:
    """Start the server anew with the clock of the machine, and hold what it has against what was acknowledged."""
    for name in Clock(place.home.with_name("clock")).variables:
        del place.settings[name]
    place.start()
    ledger.judge(place.counts())
    assert place.counts("now") == timeless


def ran(place: Place, times: int) -> bool:
    """Say whether the connector was read so often, and see that it was not read more often."""
    found = runs(place)
    assert len(found) <= times
    return len(found) == times and found[0]["state"] == "done"


def comes_within(place: Place, off: float, seconds: float) -> bool:
    """Say whether the next run comes within some seconds by a clock that is off."""
    return next_run(place) - (time.time() + off) <= seconds
