"""Reading a connector to its end, with kills where they hurt."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tidewheel.collect.contract import Arrival
from tidewheel.collect.files.mapping import Mapping
from tidewheel.collect.files.readers import Row
from tidewheel.collect.files.run import Sink
from tidewheel.collect.pull import Batch, Connector, Cursor, Job, Kept, World, pull
from tidewheel.core.events import Event

NOW = 1_795_300_000_000


class Killed(Exception):
    """The process is gone."""


def world(tmp_path: Path, **more: Any) -> World:
    return World((tmp_path,), tmp_path / "scratch", lambda: NOW, **more)


def rows_of(batches: list[Batch]) -> list[Row]:
    """Return all rows of batches that were read at once."""
    return [
        row for batch in batches for _, part in batch.open().chunks() for row in part if isinstance(row, Row)
    ]


class Facts:
    """What a store keeps: each id once."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, int], Event] = {}

    def take(self, events: list[Event]) -> int:
        fresh = {(one.actor, one.id): one for one in events if (one.actor, one.id) not in self.kept}
        self.kept |= fresh
        return len(fresh)

    def said(self) -> list[tuple[Any, ...]]:
        """Return everything but the moment of arrival."""
        return sorted(
            (one.actor, one.id, one.name, one.time, repr(one.properties), repr(one.items), tuple(one.others))
            for one in self.kept.values()
        )


def read(
    connector: Connector, place: Any, here: World, kind: str, mapping: Mapping, facts: Facts,
    cursor: Cursor, dice: random.Random | None = None,
) -> Cursor:  # fmt: skip
    """Run a connector until a run ends, killed now and then: before, amid and after keeping, before saving."""
    at = [cursor]
    for attempt in range(200):
        kill = dice.choice([0, 0, 1, 2, 3]) if dice and attempt < 30 else 0
        after = dice.randrange(4) if dice else 0
        seen = [0]

        def take(events: list[Event], kill: int = kill, after: int = after, seen: list[int] = seen) -> int:
            seen[0] += 1
            if kill == 1 and seen[0] > after:
                facts.take(events[: len(events) // 2])
                raise Killed
            new = facts.take(events)
            if kill == 2 and seen[0] > after:
                raise Killed
            return new

        def save(after_batch: Cursor, _tally: object, kill: int = kill, after: int = after, seen: list[int] = seen) -> None:  # fmt: skip
            if kill == 3 and seen[0] > after:
                raise Killed
            at[0] = after_batch

        def kept(take: Callable[[list[Event]], int] = take) -> Kept:
            return Kept(Sink(events=take), lambda: None)

        job = Job(kind, mapping, Arrival("source", NOW), kept)
        try:
            pull(connector.read(place, at[0], here), job, save)
        except Killed:
            continue
        return at[0]
    raise AssertionError("no run came to its end")
