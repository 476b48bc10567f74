"""A shard: the facts of some actors of a project, kept as columns by a worker."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewheel.identify.placement import Roster
from tidewheel.identify.resolve import grouped
from tidewheel.store.columns.strings import Interner
from tidewheel.store.enriched import Enricher
from tidewheel.store.lately import Lately
from tidewheel.store.view import Chunk, Snapshot, View

Codes = npt.NDArray[np.int32]
ROOM: Final = 16 << 20
"""Bytes each of many shards keeps of what was asked lately."""


class Dealer:
    """Knows which shard each actor is placed in."""

    def __init__(self) -> None:
        self._actors = Interner()
        self._place = np.zeros(0, np.int16)

    def learn(self, actors: pa.Array, shard: int) -> None:
        """Take note where actors are."""
        codes = self._actors.codes(actors, add=True)
        place = np.full(len(self._actors), -1, np.int16)
        place[: len(self._place)] = self._place
        place[codes] = shard
        self._place = place

    def deal(self, rows: pa.Table, shards: Collection[int]) -> dict[int, pa.Table]:
        """Return each shard's own rows, in their order."""
        actor = pa.concat_arrays([pa.array([], pa.string()), *rows["actor"].cast(pa.string()).chunks])
        encoded = actor.dictionary_encode()
        codes = self._actors.codes(encoded.dictionary, add=False)
        place = np.append(self._place, np.int16(-1))[codes][encoded.indices.to_numpy()]
        order = np.argsort(place, kind="stable")
        dealt, sorted_place = rows.take(pa.array(order)), place[order]
        bounds = {shard: np.searchsorted(sorted_place, [shard, shard + 1]) for shard in shards}
        return {shard: dealt.slice(low, high - low) for shard, (low, high) in bounds.items()}


class Shard:
    """Keeps the rows of its actors; ``folder`` holds its column files, ``words`` the codes of the whole."""

    def __init__(self, folder: Path | None, words: dict[str, Interner]) -> None:
        self.version: str | None = None
        self.lock = threading.RLock()
        self._view = View(folder)
        self._words = words
        self._names: Codes = np.zeros(0, np.int32)
        self._prepared: list[Chunk] = []
        self._rows: dict[str, pa.Table] = {}
        self._held: set[str] = set()

    def tell(self, roster: Roster) -> None:
        """Learn who the actors belong to; what adds to another version than the present is passed over."""
        with self.lock:
            if roster.since is not None and roster.since != self.version:
                return
            codes = self._view.actors.codes(roster.actors, add=True)
            names = np.full(len(self._view.actors), -1, np.int32)
            if roster.since is not None:
                names[: len(self._names)] = self._names
            names[codes] = roster.names
            self._names, self.version = names, roster.version

    def lacks(self, key: str) -> bool:
        """Say whether rows under a key have not been taken in."""
        return key not in self._held

    def take(self, key: str, rows: pa.Table, *, durable: bool) -> None:
        """Keep rows, all of our actors, until they are shown."""
        with self.lock:
            self._held.add(key)
            if not durable:
                self._rows[key] = rows
                return
            self._prepared.append(Chunk(key, lambda: rows, durable))
            self._view.prepare(self._prepared)
            self._prepared[-1] = Chunk(key, _gone, durable)

    def snapshot(
        self, chunks: Sequence[tuple[str, bool]], told: dict[Any, Any], rules: Enricher | None = None
    ) -> tuple[Snapshot, Codes]:
        """Show exactly these chunks (key, durable), all taken in; returns what each person is called, too.

        ``told`` are the agreements of the whole, ``rules`` those by which columns are worked out.
        """
        with self.lock:
            self._view.enrich(rules)
            shown = [Chunk(key, partial(self._rows.__getitem__, key), durable) for key, durable in chunks]
            self._view.replace(shown, [])
            self._rows = {}
            self._held = {key for key, _ in chunks}
            self._prepared = []
            view = self._view.snapshot()
            names = np.full(view.actor_count, -1, np.int32)
            names[: len(self._names)] = self._names[: view.actor_count]
            people, called = grouped(names, self.version or "")
            own = replace(
                view,
                part=True,
                words=self._words,
                memo={**told, "people": people},
                lately=Lately(room=ROOM),
                lock=threading.RLock(),
            )
            return own, called


def _gone() -> pa.Table:
    raise AssertionError("rows are taken in before they are shown")
