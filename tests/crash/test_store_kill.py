"""kill -9 at every commit boundary and at random: nothing promised is lost, nothing is doubled."""

from __future__ import annotations

import multiprocessing
import random
import signal
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest

from tests.crash.ingest import BATCH, batch, ingest
from tests.unit.store.builders import settings
from tidewheel.core.events import Event
from tidewheel.store.rows import to_events
from tidewheel.store.storehouse import Storehouse

STEPS = [
    "inbox:before commit",
    "inbox:committed",
    "drain:frozen",
    "drain:links committed",
    "events:written",
    "drain:events committed",
    "drain:published",
    "drain:deleted",
    "bulk:links committed",
    "bulk:events committed",
]
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.crash.ingest"])


def promises(pipe: Connection, limit: int | None) -> list[int]:
    """Read batch numbers until the process is gone, or ``limit`` of them."""
    found: list[int] = []
    while limit is None or len(found) < limit:
        try:
            found.append(pipe.recv())
        except EOFError:
            break
    return found


def run(home: Path, first: int, step: str | None, times: int, limit: int | None) -> list[int]:
    """Let a process store events until it is killed; return the batches it was promised."""
    pipe, far = processes.Pipe(duplex=False)
    process = processes.Process(target=ingest, args=(home, first, step, times, far), daemon=True)
    process.start()
    far.close()
    found = promises(pipe, limit)
    if limit is not None:
        process.kill()
        found += promises(pipe, None)
    process.join(30)
    assert process.exitcode == -signal.SIGKILL
    return found


def check(home: Path, promised: set[int]) -> int:
    """Open what is left, compare it with what was promised, and return the highest batch there."""
    with Storehouse.open(home, settings(home)) as house:
        store = house.project("shop")
        shown = np.concatenate([loaded.segment.id for loaded in store.snapshot().segments])
        store.flush()
        kept: list[Event] = [one for chunk in store.lake.events.chunks() for one in to_events(chunk.load())]
        links = store.snapshot().links()
    for counts in (Counter(shown.tolist()), Counter(one.id for one in kept)):
        assert max(counts.values()) == 1
        assert {
            key for number in promised for key in range(number * BATCH, (number + 1) * BATCH)
        } <= counts.keys()
    by_id = {one.id: one for one in kept}
    for number in promised:
        for sent in batch(number):
            assert by_id[sent.id].properties == sent.properties
            assert by_id[sent.id].items == sent.items
    pairs = set(zip(links["a"].to_pylist(), links["b"].to_pylist(), strict=True))
    assert pairs >= {
        (one.actor, other) for number in promised for one in batch(number) for other in one.others
    }
    return max(by_id) // BATCH


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_however_often_it_is_killed(tmp_path: Path) -> None:
    chance = random.Random(20261121)
    promised: set[int] = set()
    last = 0
    deaths: list[tuple[str | None, int, int | None]] = [
        (step, chance.randrange(1, 4), None) for step in STEPS
    ]
    deaths += [(None, 0, chance.randrange(1, 200)) for _ in range(6)]
    chance.shuffle(deaths)
    for step, times, limit in deaths:
        promised |= set(run(tmp_path, last, step, times, limit))
        if promised:
            last = check(tmp_path, promised)
    assert len(promised) > 100
