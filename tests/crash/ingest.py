"""A process that stores events until it is killed; what it was promised goes down the pipe first."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from tidewheel.core.events import Event
from tidewheel.core.settings import Settings
from tidewheel.store.storehouse import Storehouse

BATCH = 20
MONTHS = (1_793_491_200_000, 1_796_083_200_000)


def batch(number: int) -> list[Event]:
    """Return the events of a batch; the same ones whenever they are sent."""
    return [
        Event(
            name="view_item",
            time=MONTHS[key % 2] + key,
            actor=f"device:{key % 7}",
            id=key,
            source="web",
            received=MONTHS[0],
            properties={"key": float(key), "text": str(key)},
            items=[{"item_id": str(key)}] * (key % 3),
            others=[f"user:{key % 7}"] if key % 5 == 0 else [],
        )
        for key in range(number * BATCH, (number + 1) * BATCH)
    ]


def killer(step: str | None, times: int) -> Callable[[str], None]:
    """Return a checkpoint that kills the process when ``step`` comes for the ``times``-th time."""
    left = [times]

    def checkpoint(name: str) -> None:
        if name == step:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return checkpoint


def ingest(home: Path, first: int, step: str | None, times: int, promised: Connection) -> None:
    """Store batches from ``first`` on, over and over, in every way there is; never returns."""
    settings = Settings(home=home, drain_seconds=3600, drain_events=10**9)
    store = Storehouse(home, settings, checkpoint=killer(step, times)).project("shop")
    number = first - first % 2
    while True:
        waiting = [(other, store.append(batch(other))) for other in (number, number, number + 1)]
        for other, future in waiting:
            future.result()
            promised.send(other)
        if number % 4 == 2:
            store.bulk([batch(number + 1), batch(number + 2)])
            promised.send(number + 2)
        if number % 6 == 0:
            store.flush()
        if number % 20 == 0:
            store.tidy(keep_hours=0)
        number += 2
