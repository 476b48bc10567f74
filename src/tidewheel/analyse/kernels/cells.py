"""Sparse tables of exact numbers: a sorted key a cell, integer columns that add.

Real numbers are added as integers in two columns, so that no order of adding can change the last digit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Protocol, Self, TypeVar

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.contract import Floats, Ints
from tidewheel.analyse.kernels import kernel

DENSE = 4_000_000
FRACTION_BITS = 32
UNITS = 1 << FRACTION_BITS
LARGEST = float(2**53)


@kernel
def _add(place: Ints, columns: Ints, out: Ints) -> None:
    for i in range(place.size):
        for c in range(columns.shape[0]):
            out[c, place[i]] += columns[c, i]


@kernel
def _rank(keys: Ints, low: int, rank: npt.NDArray[np.int32], found: Ints, place: Ints) -> int:
    """Write the different keys, ascending, and where each key is among them; ``rank`` is zero on entry."""
    for i in range(keys.size):
        rank[keys[i] - low] = 1
    n = 0
    for k in range(rank.size):
        if rank[k]:
            found[n] = k + low
            rank[k] = n
            n += 1
    for i in range(keys.size):
        place[i] = rank[keys[i] - low]
    return n


@kernel
def _lengths(keys: Ints, times: Ints) -> int:
    """Leave each of the ascending keys once, with how often it was there; returns how many."""
    n = 0
    for i in range(keys.size):
        if i == 0 or keys[i] != keys[n - 1]:
            keys[n], times[n] = keys[i], 0
            n += 1
        times[n - 1] += 1
    return n


@kernel
def _blend(keys: Ints, columns: Ints, other_keys: Ints, other_columns: Ints, found: Ints, sums: Ints) -> int:
    """Add two tables whose keys ascend, each key once; returns how many keys there are."""
    i, j, n = 0, 0, 0
    width = columns.shape[0]
    while i < keys.size or j < other_keys.size:
        if j == other_keys.size or (i < keys.size and keys[i] < other_keys[j]):
            found[n] = keys[i]
            for c in range(width):
                sums[c, n] = columns[c, i]
            i += 1
        elif i == keys.size or other_keys[j] < keys[i]:
            found[n] = other_keys[j]
            for c in range(width):
                sums[c, n] = other_columns[c, j]
            j += 1
        else:
            found[n] = keys[i]
            for c in range(width):
                sums[c, n] = columns[c, i] + other_columns[c, j]
            i, j = i + 1, j + 1
        n += 1
    return n


@dataclass(frozen=True, slots=True)
class Cells:
    """``columns[:, i]`` belongs to ``keys[i]``; keys ascend."""

    keys: Ints
    columns: Ints

    def merge(self, other: Cells) -> Cells:
        """Return the sum of two tables with the same columns."""
        if not other.keys.size:
            return self
        if not self.keys.size:
            return other
        room = self.keys.size + other.keys.size
        keys, columns = np.empty(room, np.int64), np.empty((self.columns.shape[0], room), np.int64)
        n = _blend(self.keys, self.columns, other.keys, other.columns, keys, columns)
        return Cells(keys, columns) if n == room else Cells(keys[:n].copy(), columns[:, :n].copy())

    def between(self, low: int, high: int) -> tuple[Ints, Ints]:
        """Return keys in [low, high) less ``low``, and their columns."""
        first, last = np.searchsorted(self.keys, [low, high])
        return self.keys[first:last] - low, self.columns[:, first:last]


class Keyed(Protocol):
    """A table of figures by key that can be added to another."""

    @property
    def keys(self) -> Ints:
        """What figures belong to, each once."""

    def merge(self, other: Self) -> Self:
        """Return the sum of two tables."""


K = TypeVar("K", bound=Keyed)


def piled(tables: tuple[K, ...]) -> tuple[K, ...]:
    """Put small tables together, so that adding many to a large one does not copy it each time."""
    held = sorted((one for one in tables if one.keys.size), key=lambda one: -one.keys.size)
    while len(held) > 1 and held[-2].keys.size < 2 * held[-1].keys.size:
        held[-2:] = [held[-2].merge(held[-1])]
    return tuple(held)


def no_cells(columns: int) -> Cells:
    """Return a table without cells."""
    return Cells(np.empty(0, np.int64), np.empty((columns, 0), np.int64))


MANY: Final = 1 << 21
"""So many keys are counted before more are kept."""


@dataclass(frozen=True, slots=True)
class Loose:
    """Keys that are counted when asked: those that came since they were last counted, and the counts."""

    keys: tuple[Ints, ...] = ()
    counts: Cells = field(default_factory=lambda: no_cells(1))

    def merge(self, other: Loose) -> Loose:
        """Return the keys of both, counted once they are many."""
        both = Loose(self.keys + other.keys, self.counts.merge(other.counts))
        return both if sum(one.size for one in both.keys) < MANY else Loose((), both.whole())

    def whole(self) -> Cells:
        """Return how often each key occurs."""
        return self.counts.merge(occurrences(np.concatenate(self.keys))) if self.keys else self.counts


def _room(count: int) -> int:
    """Return over how wide a range so many keys are counted in place rather than sorted."""
    return min(DENSE, 8 * count + 65_536)


def ranked(keys: Ints) -> tuple[Ints, Ints]:
    """Return the different keys, ascending, and the place of each key among them."""
    if not keys.size:
        return keys, keys
    low, high = int(keys.min()), int(keys.max())
    if high - low >= _room(keys.size):
        found, place = np.unique(keys, return_inverse=True)
        return found, place
    place, rank = np.empty(keys.size, np.int64), np.zeros(high - low + 1, np.int32)
    found = np.empty(min(keys.size, rank.size), np.int64)
    return found[: _rank(keys, low, rank, found, place)], place


@kernel
def _alike(keys: Ints, slots: Ints, first: Ints, place: Ints) -> int:
    """Number the different keys as they come, by a table of twice as many slots and more, -1 on entry."""
    n, mask = 0, slots.size - 1
    for i in range(keys.size):
        at = keys[i] & mask
        while slots[at] >= 0 and keys[first[slots[at]]] != keys[i]:
            at = (at + 1) & mask
        if slots[at] < 0:
            slots[at], first[n] = n, i
            n += 1
        place[i] = slots[at]
    return n


def alike(keys: Ints) -> tuple[Ints, Ints]:
    """Return where each different key is first, by key ascending, and the place of each among them.

    For keys that are hashes of 64 bits, whatever is in them: the different ones alone are sorted.
    """
    first, place = np.empty(keys.size, np.int64), np.empty(keys.size, np.int64)
    n = _alike(keys, np.full(1 << (2 * keys.size).bit_length(), -1, np.int64), first, place)
    order = np.argsort(keys[first[:n]])
    rank = np.empty(n, np.int64)
    rank[order] = np.arange(n)
    return first[order], rank[place]


def tally(keys: Ints, columns: Ints) -> Cells:
    """Add up columns (shape columns x n) by key."""
    found, place = ranked(keys)
    return Cells(found, summed(place, columns, found.size))


def summed(place: Ints, columns: Ints, places: int) -> Ints:
    """Add up columns (shape columns x n) by place 0 … ``places`` - 1."""
    sums = np.zeros((columns.shape[0], places), np.int64)
    _add(place, np.ascontiguousarray(columns), sums)
    return sums


def occurrences(keys: Ints) -> Cells:
    """Count how often each key occurs."""
    if not keys.size:
        return no_cells(1)
    low = int(keys.min())
    if int(keys.max()) - low >= _room(keys.size):
        found, times = np.sort(keys), np.empty(keys.size, np.int64)
        n = _lengths(found, times)
        return Cells(found[:n].copy(), times[None, :n].copy())
    counts = np.bincount(keys - low if low else keys)
    found = np.flatnonzero(counts)
    return Cells(found + low, counts[None, found])


def exact(values: Floats) -> Ints:
    """Return numbers as two rows of integers: whole part, and fraction in units of 2**-32.

    Values beyond ±2**53, where floats have no units left, count as ±2**53.
    """
    held = np.clip(values, -LARGEST, LARGEST)
    whole = np.floor(held)
    fraction = np.rint((held - whole) * UNITS)
    return np.stack([whole.astype(np.int64), fraction.astype(np.int64)])


def real(whole: npt.NDArray[np.int64], fraction: npt.NDArray[np.int64]) -> Floats:
    """Undo :func:`exact` after adding."""
    units = whole + (fraction >> FRACTION_BITS)
    found: Floats = units + (fraction & (UNITS - 1)) / UNITS
    return found
