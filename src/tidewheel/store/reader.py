"""Reading property values at rows: view-wide codes for text, floats for numbers, ragged for lists and items.

Codes are *digits*: 0 is "not set", ``c + 1`` is code ``c`` of the column's interner.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from tidewheel.store.agreement import Lacking, Words, agreed
from tidewheel.store.columns.packed import Packed, marked, pointed, read_all, spread
from tidewheel.store.columns.segment import ITEMS
from tidewheel.store.view import Loaded, Snapshot

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
TIMES: Final = "t_"
NAN: Final = int(np.array([np.nan]).view(np.int64)[0])
EVENT = "$event"
"""The event's own name, read as if it were a property."""


def lut(snapshot: Snapshot, loaded: Loaded, column: str) -> Ints:
    """Return view-wide digits of a segment's local codes; the last entry is for "not set"."""
    found = loaded.luts.get(column)
    if found is None:
        codes = word_codes(snapshot, column.removeprefix("i"), loaded.segment.columns[column].dictionary())
        found = np.concatenate((codes.astype(np.int64) + 1, [0]))
        loaded.luts[column] = found
    return found


def word_codes(snapshot: Snapshot, column: str, words: pa.Array) -> npt.NDArray[np.int32]:
    """Return the view-wide codes of words; a shard must have been told them."""
    interner = snapshot.interner(column)
    before = len(interner)
    codes = interner.codes(words, add=not snapshot.part)
    if snapshot.part and len(codes) and codes.min() < 0:
        raise Lacking(Words(column, before))
    return codes


@agreed
def word_count(snapshot: Snapshot, column: str) -> int:
    """Return how many codes the words of a text column take."""
    if column == EVENT:
        for loaded in snapshot.segments:
            names_lut(snapshot, loaded)
    for loaded in snapshot.segments:
        for name in (column, f"i{column}"):
            if name in loaded.segment.columns:
                lut(snapshot, loaded, name)
    return len(snapshot.interner(column))


def names_lut(snapshot: Snapshot, loaded: Loaded) -> Ints:
    """Return view-wide digits of a segment's event names."""
    found = loaded.luts.get(EVENT)
    if found is None:
        names = pa.array(loaded.segment.names, pa.string())
        found = word_codes(snapshot, EVENT, names).astype(np.int64) + 1
        loaded.luts[EVENT] = found
    return found


def digits(snapshot: Snapshot, loaded: Loaded, column: str, rows: Ints) -> Ints:
    """Return digits of a text column at rows (item rows for item columns)."""
    packed = loaded.segment.columns.get(column)
    if packed is None:
        return np.zeros(len(rows), np.int64)
    return lut(snapshot, loaded, column)[packed.codes(rows)]


def floats(loaded: Loaded, column: str, rows: Ints) -> Floats:
    """Return numbers, flags (0/1) or times (ms) at rows; NaN is "not set"."""
    packed = loaded.segment.columns.get(column)
    return np.full(len(rows), np.nan) if packed is None else packed.floats(rows)


def list_digits(snapshot: Snapshot, loaded: Loaded, column: str, rows: Ints) -> tuple[Ints, Ints]:
    """Return (offsets, digits) of a list column at rows."""
    packed = loaded.segment.columns.get(column)
    if packed is None:
        return np.zeros(len(rows) + 1, np.int64), np.zeros(0, np.int64)
    offsets, codes = packed.lists(rows)
    return offsets, lut(snapshot, loaded, column)[codes]


def item_rows(loaded: Loaded, rows: Ints) -> tuple[Ints, Ints]:
    """Return (offsets, item rows) of events' items."""
    packed: Packed | None = loaded.segment.columns.get(ITEMS)
    if packed is None or packed.starts is None:
        return np.zeros(len(rows) + 1, np.int64), np.zeros(0, np.int64)
    return spread(packed.starts, packed.places(rows))


@dataclass(frozen=True, slots=True)
class Table:
    """Where a column of all segments is, for ``packed.read_all``; the arrays are kept alive."""

    words: npt.NDArray[np.uint64]
    held: tuple[Any, ...]


def _table(snapshot: Snapshot, column: str, of: Callable[[Loaded], list[Any] | None]) -> Table:
    """Return where a column is, worked out once a snapshot.

    ``of`` gives what :func:`pointed` wants to know of a segment, None where it has no such column.
    """

    def make() -> Table:
        held = tuple(of(loaded) for loaded in snapshot.segments)
        words = [[0] * 5 if one is None else pointed(*one) for one in held]
        return Table(np.array(words, np.uint64).reshape(-1), held)

    made: Table = snapshot.remember(("table", column), make)
    return made


def _marks(
    loaded: Loaded, column: str, packed: Packed
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint32]]:
    """Return which rows have a value, as bits and ranks; of a column that lists its rows made once a segment."""
    if packed.present_rows is None:
        return packed.bits, packed.ranks
    key = ("marks", column)
    found = loaded.kept.get(key)
    if found is None:
        found = loaded.kept[key] = marked(packed.present_rows, packed.rows)
    return cast("tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint32]]", found)


@njit(nogil=True, cache=True)
def _by_segment(segment: npt.NDArray[np.int32], count: int) -> tuple[Ints, Ints]:
    heads = np.zeros(count + 1, np.int64)
    for i in range(segment.shape[0]):
        heads[segment[i] + 1] += 1
    for s in range(count):
        heads[s + 1] += heads[s]
    fill = heads[:-1].copy()
    order = np.empty(segment.shape[0], np.int64)
    for i in range(segment.shape[0]):
        order[fill[segment[i]]] = i
        fill[segment[i]] += 1
    return heads, order


class RowReader:
    """Reads columns at gathered rows, which lie in many segments."""

    def __init__(self, snapshot: Snapshot, segment: npt.NDArray[np.int32], row: Ints) -> None:
        self._snapshot, self._segment, self._row = snapshot, segment, row

    @cached_property
    def _parts(self) -> list[tuple[Loaded, Ints]]:
        """Each segment that has some of the rows, and which."""
        segments = self._snapshot.segments
        heads, order = _by_segment(self._segment, len(segments))
        return [
            (segments[s], order[heads[s] : heads[s + 1]])
            for s in range(len(segments))
            if heads[s + 1] > heads[s]
        ]

    def names(self) -> Ints:
        """Return digits of the events' names."""
        snapshot = self._snapshot
        table = _table(snapshot, EVENT, lambda one: [one.segment.event, names_lut(snapshot, one)])
        return self._read(table, 0)

    def digits(self, column: str) -> Ints:
        """Return digits of a text column."""
        snapshot = self._snapshot

        def of(loaded: Loaded) -> list[Any] | None:
            packed = loaded.segment.columns.get(column)
            if packed is None:
                return None
            return [packed.values, lut(snapshot, loaded, column), *_marks(loaded, column, packed)]

        return self._read(_table(snapshot, column, of), 0)

    def floats(self, column: str) -> Floats:
        """Return numbers, flags or times."""
        if column.startswith(TIMES):
            return self.each(lambda loaded, rows: floats(loaded, column, rows), np.float64)

        def of(loaded: Loaded) -> list[Any] | None:
            packed = loaded.segment.columns.get(column)
            return (
                None if packed is None else [packed.values, packed.doubles(), *_marks(loaded, column, packed)]
            )

        return self._read(_table(self._snapshot, column, of), NAN).view(np.float64)

    def _read(self, table: Table, missing: int) -> Ints:
        out = np.empty(len(self._row), np.int64)
        read_all(table.words, self._segment, self._row, missing, out)
        return out

    def list_digits(self, column: str) -> tuple[Ints, Ints]:
        """Return (offsets, digits) of a list column."""
        return self._ragged(lambda loaded, rows: list_digits(self._snapshot, loaded, column, rows), np.int64)

    def items(
        self, read: Callable[[Loaded, Ints], npt.NDArray[Any]], dtype: Any
    ) -> tuple[Ints, npt.NDArray[Any]]:
        """Return (offsets, values) with one value an item; ``read`` gets a segment and its item rows."""

        def one(loaded: Loaded, rows: Ints) -> tuple[Ints, npt.NDArray[Any]]:
            offsets, inner = item_rows(loaded, rows)
            return offsets, read(loaded, inner)

        return self._ragged(one, dtype)

    def each(self, read: Callable[[Loaded, Ints], npt.NDArray[Any]], dtype: Any) -> npt.NDArray[Any]:
        """Return one value a row; ``read`` gets a segment and its rows."""
        out = np.zeros(len(self._row), dtype)
        for loaded, where in self._parts:
            out[where] = read(loaded, self._row[where])
        return out

    def _ragged(
        self, read: Callable[[Loaded, Ints], tuple[Ints, npt.NDArray[Any]]], dtype: Any
    ) -> tuple[Ints, npt.NDArray[Any]]:
        pieces = [(where, *read(loaded, self._row[where])) for loaded, where in self._parts]
        lengths = np.zeros(len(self._row), np.int64)
        for where, offsets, _ in pieces:
            lengths[where] = np.diff(offsets)
        offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))
        values = np.empty(int(offsets[-1]), dtype)
        for where, inner, found in pieces:
            _scatter(where, inner, offsets, found, values)
        return offsets, values


@njit(nogil=True, cache=True)
def _scatter(
    where: Ints, inner: Ints, offsets: Ints, found: npt.NDArray[Any], values: npt.NDArray[Any]
) -> None:
    for i in range(where.shape[0]):
        at = offsets[where[i]]
        for j in range(inner[i], inner[i + 1]):
            values[at + j - inner[i]] = found[j]
