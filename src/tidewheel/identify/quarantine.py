"""Persons that were stopped from growing, who caused it, and identifiers that join nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tidewheel.identify.hidden import hidden_actors
from tidewheel.identify.resolve import People, resolve
from tidewheel.store.pieces import APART, SIGNED
from tidewheel.store.view import Snapshot

HUBS: Final = 5
"""Identifiers that are named as the cause of a stopped person."""
SHOWN: Final = 50
Codes = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stopped:
    """A person that would have grown beyond the limit. ``hubs``: its most named identifiers, with how many others each is named with."""

    person: int
    identifiers: int
    refused: int
    hubs: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Barred:
    """An identifier that joins nobody: why (``fold.BLOCKED``, ``fold.SHARED``), and with how many others it is named."""

    actor: int
    by: int
    named_with: int


def stopped(snapshot: Snapshot) -> list[Stopped]:
    """Return the persons that were stopped, those with the most refused links first."""
    people = resolve(snapshot)
    size = np.diff(people.heads)
    free = np.ones(len(people.person_of), np.bool_)
    free[people.barred] = False
    a, b = _pairs(snapshot, people)
    one, other = people.person_of[a], people.person_of[b]
    refused = (one != other) & (size[one] + size[other] > snapshot.rules.most_identifiers) & free[a] & free[b]
    larger = np.where(size[one] >= size[other], one, other)[refused]
    persons, counts = np.unique(larger, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:SHOWN]
    return [
        Stopped(
            int(persons[at]), int(size[persons[at]]), int(counts[at]), _hubs(a, b, (one, other), persons[at])
        )
        for at in order
    ]


def barred(snapshot: Snapshot, limit: int) -> tuple[int, list[Barred]]:
    """Return how many identifiers join nobody, and those that would join the most."""
    people, gone = resolve(snapshot), hidden_actors(snapshot)
    a, b = _pairs(snapshot, people)
    seen = np.flatnonzero(~gone[people.barred]) if gone is not None else np.arange(len(people.barred))
    codes, reasons = people.barred[seen], people.barred_by[seen]
    place = np.full(len(people.person_of), -1, np.int64)
    place[codes] = np.arange(len(codes))
    counts = np.zeros(len(codes), np.int64)
    for ends in (a, b):
        at = place[ends]
        counts += np.bincount(at[at >= 0], minlength=len(counts))
    order = np.lexsort((codes, -counts))[:limit]
    return len(codes), [Barred(int(codes[at]), int(reasons[at]), int(counts[at])) for at in order]


def _pairs(snapshot: Snapshot, people: People) -> tuple[Codes, Codes]:
    """Return the ends of each pair that facts name, once."""
    found: tuple[Codes, Codes] = snapshot.remember("pairs", lambda: _make_pairs(snapshot, people))
    return found


def _make_pairs(snapshot: Snapshot, people: People) -> tuple[Codes, Codes]:
    named, gone = [np.zeros(0, np.int64)], hidden_actors(snapshot)
    for piece in people.pieces:
        keep = (piece.kind != APART) & (piece.kind != SIGNED)
        if snapshot.as_of is not None:
            keep &= piece.received <= snapshot.as_of
        if gone is not None:
            keep &= ~gone[piece.a] & ~gone[piece.b]
        a, b = piece.a[keep].astype(np.int64), piece.b[keep].astype(np.int64)
        named.append(np.minimum(a, b) << 32 | np.maximum(a, b))
    pairs = np.unique(np.concatenate(named))
    return (pairs >> 32).astype(np.int32), (pairs & 0xFFFF_FFFF).astype(np.int32)


def _hubs(a: Codes, b: Codes, persons: tuple[Codes, Codes], person: int) -> tuple[tuple[int, int], ...]:
    touches = (persons[0] == person) | (persons[1] == person)
    ends = np.concatenate(
        (a[touches][persons[0][touches] == person], b[touches][persons[1][touches] == person])
    )
    actors, counts = np.unique(ends, return_counts=True)
    order = np.lexsort((actors, -counts))[:HUBS]
    return tuple((int(actors[at]), int(counts[at])) for at in order)
