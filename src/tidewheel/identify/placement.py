"""Which shard of a project keeps which actors, and what a shard must know about people.

An actor's shard never changes, so that what a shard keeps of a file is kept for good. Actors of one
person are placed together. Links that come later may join actors of two shards: such *divided* persons
belong to no shard and are folded where the whole is, and so are people who have parts of a device that changes hands. When
those of two shards become many, everyone is placed anew.
"""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewheel.identify.resolve import People, resolve
from tidewheel.store.view import Snapshot

Codes = npt.NDArray[np.int32]
SHARDS: Final = 64
MANY: Final = 0.02
"""Share of divided persons that is worth placing everyone anew."""
FEW: Final = 1000
"""Divided persons that never are."""
REMEMBERED: Final = 8


@dataclass(frozen=True, slots=True)
class Roster:
    """What a shard is told: actors, and to whom each belongs (-1: to a divided person).

    ``since`` is the version this adds to; None: it is all there is to know.
    """

    version: str
    since: str | None
    actors: pa.Array
    names: Codes


@dataclass(frozen=True, slots=True)
class Placed:
    """The people of one snapshot, by shard. Persons are called by their first actor's code.

    ``view`` stands for the view for as long as this process lives, ``id`` for one placing of its actors.
    """

    view: str
    id: str
    version: str
    names: Codes
    divided: npt.NDArray[np.bool_]
    parted: int
    """How many are divided because their actors are in several shards, and not because they share a device."""


class Placement:
    """Places the actors of one view. All methods may be called from any thread."""

    def __init__(self, shards: int = SHARDS) -> None:
        self.shards = shards
        self.view = uuid.uuid4().hex
        self._lock = threading.Lock()
        self._begin()

    def _begin(self) -> None:
        self.id = uuid.uuid4().hex
        self._place = np.zeros(0, np.uint8)
        self._known: dict[str, Codes] = {}

    def of(self, snapshot: Snapshot) -> Placed:
        """Place the people of a snapshot."""
        people = resolve(snapshot)
        with self._lock:
            found: Placed = snapshot.remember(("placed", self.id), lambda: self._of(snapshot, people))
            if found.parted > max(FEW, MANY * people.count):
                self._begin()
                found = snapshot.remember(("placed", self.id), lambda: self._of(snapshot, people))
            return found

    def roster(self, snapshot: Snapshot, placed: Placed, shard: int, since: str | None) -> Roster | None:
        """Return what a shard that knows version ``since`` must be told; None when placed anew meanwhile."""
        with self._lock:
            if placed.id != self.id:
                return None
            old = self._known.get(since) if since is not None else None
            here = self._place[: len(placed.names)] == shard
            if old is not None:
                shared = min(len(old), len(placed.names))
                here[:shared] &= old[:shared] != placed.names[:shared]
            codes = np.flatnonzero(here).astype(np.int32)
            told = since if old is not None else None
            return Roster(placed.version, told, snapshot.actors.array(codes), placed.names[codes])

    def _of(self, snapshot: Snapshot, people: People) -> Placed:
        names = people.first()[people.person_of]
        self._grow(names, snapshot.actors.hashes())
        place = self._place[: len(names)]
        ends = place[people.actors]
        parted = np.minimum.reduceat(ends, people.heads[:-1]) != np.maximum.reduceat(ends, people.heads[:-1])
        divided = parted.copy()
        divided[people.steps.owners()] = True
        names = np.where(divided[people.person_of], np.int32(-1), names)
        version = next(
            (version for version, known in self._known.items() if np.array_equal(known, names)), None
        )
        if version is None:
            version = uuid.uuid4().hex
            self._known[version] = names
            while len(self._known) > REMEMBERED:
                del self._known[next(iter(self._known))]
        return Placed(self.view, self.id, version, names, divided, int(parted.sum()))

    def _grow(self, names: Codes, hashes: npt.NDArray[np.uint64]) -> None:
        """Place actors that have none: with the first of their person, who goes by its hash."""
        known = len(self._place)
        if len(names) <= known:
            return
        place = np.zeros(len(names), np.uint8)
        place[:known] = self._place
        fresh = np.arange(known, len(names))
        own = fresh[names[fresh] >= known]
        place[own] = hashes[names[own]] % np.uint64(self.shards)
        with_known = fresh[names[fresh] < known]
        place[with_known] = self._place[names[with_known]]
        self._place = place
