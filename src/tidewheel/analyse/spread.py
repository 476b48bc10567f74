"""The asker's side of a fold spread over machines: which worker folds which shard, and what it is told."""

from __future__ import annotations

import hashlib
import math
import threading
import uuid
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidewheel.analyse.fold import Found, Opened
from tidewheel.analyse.worker import Piece, Request, RosterOf, RowsOf, RulesOf, Want
from tidewheel.identify.placement import Placed, Placement
from tidewheel.store.agreement import Words, known
from tidewheel.store.columns.strings import Interner
from tidewheel.store.reader import word_count
from tidewheel.store.view import Snapshot


def assign(shards: int, workers: Mapping[str, float]) -> dict[str, list[int]]:
    """Deal shards to workers by weight; one worker more or less moves no other worker's shards.

    Each shard goes to the worker with the highest score (weighted rendezvous hashing; Schindelhauer and
    Schomaker 2005).
    """
    found: dict[str, list[int]] = {worker: [] for worker in workers}
    for shard in range(shards):
        best = max(workers, key=lambda worker: (_score(worker, workers[worker], shard), worker))
        found[best].append(shard)
    return found


def _score(worker: str, weight: float, shard: int) -> float:
    digest = hashlib.blake2b(f"{worker}/{shard}".encode(), digest_size=8).digest()
    return -weight / math.log((int.from_bytes(digest, "big") + 1) / (2**64 + 2))


def batches(shards: Sequence[int], count: int) -> list[list[int]]:
    """Cut shards into at most ``count`` batches."""
    return [list(part) for part in np.array_split(np.array(shards, np.int64), count) if len(part)]


class Moved(Exception):
    """Persons were placed anew: spread the fold again."""


@dataclass(frozen=True, slots=True)
class Spread:
    """One fold, ready to be sent out."""

    opened: Opened
    placement: Placement
    placed: Placed
    request: Request

    def divided(self) -> Opened | None:
        """Return the fold of the persons that no shard has whole; None when there are none."""
        if not self.placed.divided.any():
            return None
        people = self.opened.people
        opened = self.opened
        return opened.fold.open(
            opened.snapshot,
            chosen=opened.chosen,
            sets=opened.sets,
            within=self.placed.divided,
            called=people.first(),
        )

    def told(self, want: Want) -> Any:
        """Return what a worker wants to be told; raises Moved when everyone was placed anew meanwhile."""
        snapshot = self.opened.snapshot
        if isinstance(want, RowsOf):
            return next(chunk.load() for chunk in snapshot.chunks if chunk.key == want.key)
        if isinstance(want, RosterOf):
            roster = self.placement.roster(snapshot, self.placed, want.shard, want.since)
            if roster is None:
                raise Moved
            return roster
        if isinstance(want, RulesOf):
            return snapshot.enricher
        if isinstance(want, Words):
            word_count(snapshot, want.column)
            interner = snapshot.interner(want.column)
            return interner.array(np.arange(want.known, len(interner), dtype=np.int32))
        return want.of(snapshot)

    def whole(self, part: Any) -> Any:
        """Return the merged part with persons numbered as in the snapshot."""
        if not isinstance(part, Found):
            return part
        return Found((self.opened.people.person_of[part.people()],))


class Placements:
    """The placement of each view that is asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: weakref.WeakKeyDictionary[Interner, Placement] = weakref.WeakKeyDictionary()

    def of(self, snapshot: Snapshot) -> Placement:
        """Return the placement of a snapshot's view."""
        with self._lock:
            return self._of.setdefault(snapshot.actors, Placement())


def spread(opened: Opened, placements: Placements) -> Spread:
    """Make a fold ready to be sent out."""
    snapshot = opened.snapshot
    placement = placements.of(snapshot)
    first = opened.people.first()  # ascends, as persons are numbered in this order
    placed = placement.of(snapshot)
    pieces = tuple(
        Piece(chunk.key, chunk.durable, chunk.load if chunk.travels else None) for chunk in snapshot.chunks
    )
    request = Request(
        id=uuid.uuid4().hex,
        view=placed.view,
        placement=placed.id,
        version=placed.version,
        data=snapshot.data_version,
        pieces=pieces,
        fold=opened.fold,
        agreed=known(snapshot),
        chosen=None if opened.chosen is None else first[opened.chosen],
        sets=None if opened.sets is None else (first[opened.sets != 0], opened.sets[opened.sets != 0]),
        rules="" if snapshot.enricher is None else snapshot.enricher.version,
    )
    return Spread(opened, placement, placed, request)
