"""Who is one person: links folded in (time, id) order into components, within limits per identifier type.

A link that would give a person more identifiers of a type than ``core.ids.IDENTIFIER_TYPES`` allows is
kept but not in force. So a device shared by two members belongs to the first who signed in on it, while
events that name a member are that member's. The result depends on the set of links alone.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from tidewheel.core.ids import IDENTIFIER_TYPES, encode_key, rank, split_actor
from tidewheel.identify.fold import Fold
from tidewheel.identify.kept import LIMITS, find_fold, keep_fold
from tidewheel.store.links import LINK_SCHEMA
from tidewheel.store.pieces import LinkPiece
from tidewheel.store.view import Snapshot

Codes = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
LEAST: Final = 65_536
"""Fewest actors and links whose fold is worth a file."""


@dataclass(frozen=True)
class People:
    """The view actor → person. Persons are numbered 0…count-1 in the order of their first actor.

    ``actors[heads[p]:heads[p + 1]]`` are person ``p``'s actors. ``link_a``, ``link_b`` and ``in_force``
    describe the link facts in the order of ``links``.
    """

    count: int
    person_of: Codes
    heads: Ints
    actors: Codes
    pieces: tuple[LinkPiece, ...]
    version: str

    def first(self) -> Codes:
        """Return each person's first actor: a name that lasts while its links do."""
        return self.actors[self.heads[:-1]]

    @cached_property
    def links(self) -> pa.Table:
        """All link facts."""
        return pa.concat_tables([LINK_SCHEMA.empty_table(), *(piece.table for piece in self.pieces)])

    @cached_property
    def link_a(self) -> Codes:
        """The actor each link starts from."""
        return _joined([piece.a for piece in self.pieces], np.int32)

    @cached_property
    def link_b(self) -> Codes:
        """The actor each link goes to."""
        return _joined([piece.b for piece in self.pieces], np.int32)

    @cached_property
    def in_force(self) -> npt.NDArray[np.bool_]:
        """Whether each link is: limits are never relaxed, so a refused link never joins what it names."""
        found: npt.NDArray[np.bool_] = self.person_of[self.link_a] == self.person_of[self.link_b]
        return found


@njit(nogil=True, cache=True)
def _number(parent: Codes, blank: Codes, person_of: Codes) -> int:
    """Number persons; ``blank`` actors, ascending, are nobody: whatever they are given is never looked up."""
    count = 0
    b = 0
    for actor in range(parent.shape[0]):
        if b < blank.shape[0] and blank[b] == actor:
            person_of[actor] = 0
            b += 1
            continue
        up = parent[actor]  # a parent has a lower code than its children
        if up == actor:
            person_of[actor] = count
            count += 1
        else:
            person_of[actor] = person_of[up]
    return count


@njit(nogil=True, cache=True)
def _members(person_of: Codes, blank: Codes, count: int) -> tuple[Ints, Codes]:
    heads = np.zeros(count + 1, np.int64)
    b = 0
    for actor in range(person_of.shape[0]):
        if b < blank.shape[0] and blank[b] == actor:
            b += 1
            continue
        heads[person_of[actor] + 1] += 1
    for person in range(count):
        heads[person + 1] += heads[person]
    fill = heads[:-1].copy()
    actors = np.empty(person_of.shape[0] - b, np.int32)
    b = 0
    for actor in range(person_of.shape[0]):
        if b < blank.shape[0] and blank[b] == actor:
            b += 1
            continue
        actors[fill[person_of[actor]]] = actor
        fill[person_of[actor]] += 1
    return heads, actors


class Resolver:
    """Keeps the fold of the links of one view's latest snapshot, for the next, and beside the columns."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self._serial = -1
        self._fold = Fold(list(LIMITS.values()))
        self._pieces: dict[str, LinkPiece] = {}
        self._people: People | None = None
        self._kept: tuple[int, frozenset[str]] = (0, frozenset())

    def people(self, snapshot: Snapshot) -> People:
        """Return the people of a snapshot; one older than what is kept is folded from nothing."""
        with self._lock:
            if snapshot.serial < self._serial:
                return Resolver().people(snapshot)
            try:
                if self._serial < 0:
                    self._recall(snapshot)
                return self._advance(snapshot)
            except BaseException:
                self._forget()
                raise

    def keep(self, snapshot: Snapshot, *, whole: bool) -> bool:
        """Keep the fold when an eighth has come since, with ``whole`` when anything has; tells whether it did."""
        with self._lock:
            held = self._fold.actors + self._fold.links
            came = held - self._kept[0]
            changed = came > 0 or frozenset(self._pieces) != self._kept[1]
            if self._people is None or held < LEAST or not changed or (not whole and 8 * came < held):
                return False
            self._kept = (held, frozenset(self._pieces))
            numbered = (self._people.person_of, self._people.heads, self._people.actors)
            numbered = keep_fold(snapshot, self._fold, numbered, self._pieces)
            self._people = replace(self._people, person_of=numbered[0], heads=numbered[1], actors=numbered[2])
            return True

    def _recall(self, snapshot: Snapshot) -> None:
        """Begin with the fold that a process before has kept, if it is one of these facts."""
        found = find_fold(snapshot, self._fold)
        if found is not None:
            self._pieces, (person_of, heads, actors) = found
            self._people = People(len(heads) - 1, person_of, heads, actors, (), "")
            self._kept = (self._fold.actors + self._fold.links, frozenset(self._pieces))

    def _advance(self, snapshot: Snapshot) -> People:
        pieces = {piece.key: piece for piece in snapshot.link_pieces}
        known = self._fold.actors
        self._fold.grow(
            snapshot.actors.prefixes([f"{kind}:" for kind in LIMITS], known)[: snapshot.actor_count - known]
        )
        for key, piece in pieces.items():
            if key not in self._pieces:
                self._fold.enter(piece.a, piece.b, piece.time, piece.id)
        gone = [piece for key, piece in self._pieces.items() if key not in pieces]
        whole = all(self._fold.leave(piece.a, piece.b, piece.time, piece.id) for piece in gone)
        if not whole:
            self._forget()
            return self._advance(snapshot)
        self._pieces, self._serial = pieces, snapshot.serial
        moved = self._fold.settle(snapshot.actors.hashes())
        self._people = self._numbered(snapshot, moved=moved)
        return self._people

    def _numbered(self, snapshot: Snapshot, *, moved: bool) -> People:
        count, pieces, version = self._fold.actors, snapshot.link_pieces, snapshot.link_version
        if self._people is not None and not moved and len(self._people.person_of) == count:
            return replace(self._people, pieces=pieces, version=version)
        person_of = np.empty(count, np.int32)
        blank = snapshot.blank[snapshot.blank < count]
        people = _number(self._fold.parent[:count], blank, person_of)
        heads, actors = _members(person_of, blank, people)
        return People(people, person_of, heads, actors, pieces, version)


def resolve(snapshot: Snapshot) -> People:
    """Return the people of a snapshot; worked out once, from those of the snapshot before."""
    resolver: Resolver = snapshot.carried(Resolver)
    found: People = snapshot.remember("people", lambda: resolver.people(snapshot))
    return found


def _joined(arrays: list[npt.NDArray[Any]], dtype: Any) -> npt.NDArray[Any]:
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype)


def canonical(snapshot: Snapshot, people: People, person: int) -> str:
    """Return the identifier a person is called by: the strongest type, then the least hash."""
    codes = people.actors[people.heads[person] : people.heads[person + 1]]
    names = snapshot.actors.strings(codes)
    hashes = snapshot.actors.hashes()[codes].tolist()
    return min(zip(names, hashes, strict=True), key=lambda pair: (rank(split_actor(pair[0])[0]), pair[1]))[0]


def canonicals(snapshot: Snapshot, people: People, persons: Codes) -> list[str]:
    """Return :func:`canonical` of each of some persons."""
    lengths = people.heads[persons + 1] - people.heads[persons]
    place = np.repeat(np.arange(len(persons)), lengths)
    first = np.cumsum(lengths) - lengths
    codes = people.actors[people.heads[persons][place] + np.arange(len(place)) - first[place]]
    types = snapshot.actors.prefixes([f"{kind}:" for kind in IDENTIFIER_TYPES])[codes].astype(np.int64)
    strength = np.where(types < 0, len(IDENTIFIER_TYPES), types)
    order = np.lexsort((snapshot.actors.hashes()[codes], strength, place))
    return snapshot.actors.strings(codes[order][first])


def person_id(snapshot: Snapshot, people: People, person: int) -> str:
    """Return the public id of a person: a key of the identifier it is called by, which reveals nothing.

    Any identifier's key finds the person, so ids given out before a merge keep working.
    """
    name = canonical(snapshot, people, person)
    code = snapshot.actors.codes(pa.array([name], pa.string()), add=False)[0]
    return encode_key(int(snapshot.actors.hashes()[code]))


def person_by_key(snapshot: Snapshot, people: People, key: int) -> int | None:
    """Return the person one of whose identifiers has this key."""
    code = snapshot.actors.find_hash(key)
    return int(people.person_of[code]) if 0 <= code < len(people.person_of) else None


def grouped(names: Codes, version: str) -> tuple[People, Codes]:
    """Return people worked out elsewhere, and what each is called there.

    ``names`` says of each actor to whom it belongs, -1: to nobody here. The last person stands for nobody
    and has no actors.
    """
    belongs = names >= 0
    called, person = np.unique(names[belongs], return_inverse=True)
    count = len(called) + 1
    person_of = np.full(len(names), count - 1, np.int32)
    person_of[belongs] = person
    heads, actors = _members(person_of, np.zeros(0, np.int32), count)
    heads[count] = heads[count - 1]
    return People(count, person_of, heads, actors, (), version), np.append(called, -1).astype(np.int32)
