"""One stored column: only the rows that have a value take space.

Presence is a bit a row with a running count every 64 rows, so a row's place among the values is found
in constant time (rank by popcount). A column that few rows have lists those rows instead; one present
in every row has neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from tidewheel.store.columns.pointers import addresses, load8, load16, load32, load64, read64
from tidewheel.store.columns.strings import buffers

NO_WORDS: Final = np.zeros(0, np.uint64)
NO_RANKS: Final = np.zeros(0, np.uint32)
NO_NUMBERS: Final = np.zeros(0)
TRUTH: Final = np.array([0.0, 1.0])

MANY: Final = 16
"""Rows are marked bit by bit, rather than searched for one by one, when more than one in so many is asked for."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Values of one kind. ``letter`` is the kind's (see ``core.events``).

    text: ``values`` are codes into ``words`` (dictionary offsets and bytes) · number: float64, or codes
    into ``numbers`` · flag: 0/1 · time: milliseconds · list: ``starts`` delimit runs of codes.
    """

    letter: str
    rows: int
    bits: npt.NDArray[np.uint64]
    ranks: npt.NDArray[np.uint32]
    values: npt.NDArray[Any]
    offsets: npt.NDArray[np.int64] | None = None
    data: npt.NDArray[np.uint8] | None = None
    numbers: npt.NDArray[np.float64] | None = None
    starts: npt.NDArray[np.uint32] | None = None
    present_rows: npt.NDArray[np.uint32] | None = None

    def places(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return where each row's value is in ``values`` (or ``starts``), -1 where missing."""
        if self.present_rows is not None:
            if len(rows) * MANY < len(self.present_rows):
                return find_all(self.present_rows, rows)
            return rank_all(*marked(self.present_rows, self.rows), rows)
        if not len(self.ranks):
            return rows
        return rank_all(self.bits, self.ranks, rows)

    def present_at(self) -> npt.NDArray[np.int64]:
        """Return the rows that have a value, ascending."""
        if self.present_rows is not None:
            return self.present_rows.astype(np.int64)
        if not len(self.ranks):
            return np.arange(self.rows, dtype=np.int64)
        return np.flatnonzero(np.unpackbits(self.bits.view(np.uint8), count=self.rows, bitorder="little"))

    def floats(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Return numbers, flags or times as float64, NaN where missing."""
        places = self.places(rows)
        found = np.full(len(rows), np.nan)
        has = places >= 0
        raw = self.values[places[has]]
        found[has] = self.numbers[raw] if self.numbers is not None else raw
        return found

    def codes(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return local dictionary codes (or 0/1 for flags), -1 where missing."""
        places = self.places(rows)
        found = np.full(len(rows), -1, np.int64)
        has = places >= 0
        found[has] = self.values[places[has]]
        return found

    def doubles(self) -> npt.NDArray[np.float64]:
        """Return the numbers that values are codes of; none where values are the numbers."""
        if self.letter == "b":
            return TRUTH
        return NO_NUMBERS if self.numbers is None else self.numbers

    def lists(self, rows: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return (offsets, local codes) of list values; a missing row is empty."""
        assert self.starts is not None
        places = self.places(rows)
        offsets, inner = spread(self.starts, places)
        return offsets, self.values[inner].astype(np.int64)

    def dictionary(self) -> pa.Array:
        """Return the strings behind the codes."""
        assert self.offsets is not None
        assert self.data is not None
        return pa.Array.from_buffers(
            pa.large_string(),
            len(self.offsets) - 1,
            [None, pa.py_buffer(self.offsets), pa.py_buffer(self.data)],
        )

    @property
    def bytes(self) -> int:
        """Size of all arrays."""
        given = (self.offsets, self.data, self.numbers, self.starts, self.present_rows)
        held = (self.bits, self.ranks, self.values, *(one for one in given if one is not None))
        return sum(one.nbytes for one in held)

    def present(self) -> int:
        """Return how many rows have a value."""
        if self.starts is not None:
            return len(self.starts) - 1
        return len(self.values)


@njit(nogil=True, cache=True)
def popcount(word: np.uint64) -> np.uint64:
    """Return the number of set bits (Hacker's Delight §5-1)."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (word * np.uint64(0x0101010101010101)) >> np.uint64(56)


@njit(nogil=True, cache=True)
def rank_all(
    bits: npt.NDArray[np.uint64], ranks: npt.NDArray[np.uint32], rows: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return each row's place among the present ones, -1 where absent."""
    out = np.empty(rows.shape[0], np.int64)
    for i in range(rows.shape[0]):
        word, bit = rows[i] >> 6, np.uint64(rows[i] & 63)
        held = bits[word]
        if (held >> bit) & np.uint64(1):
            out[i] = ranks[word] + popcount(held & ((np.uint64(1) << bit) - np.uint64(1)))
        else:
            out[i] = -1
    return out


@njit(nogil=True, cache=True)
def spread(
    starts: npt.NDArray[np.uint32], places: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return (offsets, inner places) of the runs at ``places``; -1 is an empty run."""
    offsets = np.zeros(places.shape[0] + 1, np.int64)
    for i in range(places.shape[0]):
        p = places[i]
        offsets[i + 1] = offsets[i] + (np.int64(starts[p + 1]) - np.int64(starts[p]) if p >= 0 else 0)
    inner = np.empty(offsets[-1], np.int64)
    for i in range(places.shape[0]):
        if places[i] >= 0:
            start = np.int64(starts[places[i]])
            for j in range(offsets[i + 1] - offsets[i]):
                inner[offsets[i] + j] = start + j
    return offsets, inner


@njit(nogil=True, cache=True)
def find_all(present: npt.NDArray[np.uint32], rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return each row's place in an ascending list of rows, -1 where it is not in it."""
    out = np.empty(rows.shape[0], np.int64)
    n = present.shape[0]
    for i in range(rows.shape[0]):
        low, high = 0, n
        while low < high:
            middle = (low + high) >> 1
            if present[middle] < rows[i]:
                low = middle + 1
            else:
                high = middle
        out[i] = low if low < n and present[low] == rows[i] else -1
    return out


@njit(nogil=True, cache=True)
def marked(
    present: npt.NDArray[np.uint32], rows: int
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint32]]:
    """Return an ascending list of rows as bits and ranks, see :class:`Packed`."""
    bits, ranks = np.zeros((rows + 63) // 64, np.uint64), np.empty((rows + 63) // 64, np.uint32)
    place = 0
    for word in range(ranks.shape[0]):
        ranks[word], held, end = place, np.uint64(0), 64 * (word + 1)
        while place < present.shape[0] and present[place] < end:
            held |= np.uint64(1) << np.uint64(present[place] & 63)
            place += 1
        bits[word] = held
    return bits, ranks


def presence(valid: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """Return how presence is kept, as fields of :class:`Packed`."""
    count = int(valid.sum())
    if count == len(valid):
        return {"bits": NO_WORDS, "ranks": NO_RANKS}
    if count * 20 < len(valid):
        return {"bits": NO_WORDS, "ranks": NO_RANKS, "present_rows": np.flatnonzero(valid).astype(np.uint32)}
    packed = np.packbits(valid, bitorder="little")
    bits = np.zeros((len(valid) + 63) // 64 * 8, np.uint8)
    bits[: len(packed)] = packed
    words = bits.view(np.uint64)
    counts = np.bitwise_count(words).astype(np.uint32)
    ranks = np.zeros(len(words), np.uint32)
    np.cumsum(counts[:-1], out=ranks[1:])
    return {"bits": words, "ranks": ranks}


def pointed(
    codes: npt.NDArray[Any],
    words: npt.NDArray[Any],
    bits: npt.NDArray[np.uint64] = NO_WORDS,
    ranks: npt.NDArray[np.uint32] = NO_RANKS,
) -> list[int]:
    """Return one row of the table for :func:`read_all`; without ``ranks`` every row has a value.

    ``words`` are what codes stand for, 8 bytes each; empty where values of 8 bytes stand for themselves.
    """
    held = addresses([codes, bits, ranks, words])
    if not len(ranks):
        held[1:3] = 0
    return [*held.tolist(), codes.itemsize]


@njit(nogil=True, cache=True)
def read_all(
    table: npt.NDArray[np.uint64],
    segment: npt.NDArray[np.int32],
    row: npt.NDArray[np.int64],
    missing: int,
    out: npt.NDArray[np.int64],
) -> None:
    """Write the 8 bytes of each row's value; ``table`` has five words a segment, all 0 where it lacks the column."""
    for i in range(row.shape[0]):
        head, place = 5 * np.int64(segment[i]), row[i]
        codes, bits, ranks, words = table[head], table[head + 1], table[head + 2], table[head + 3]
        size = table[head + 4]
        if not size:
            out[i] = missing
            continue
        if bits:
            word, bit = place >> 6, np.uint64(place & 63)
            there = load64(bits, word)
            if not (there >> bit) & np.uint64(1):
                out[i] = missing
                continue
            before = popcount(there & ((np.uint64(1) << bit) - np.uint64(1)))
            place = np.int64(load32(ranks, word)) + np.int64(before)
        if size == 1:
            out[i] = read64(words, np.int64(load8(codes, place)))
        elif size == 2:
            out[i] = read64(words, np.int64(load16(codes, place)))
        elif size == 4:
            out[i] = read64(words, np.int64(load32(codes, place)))
        else:
            out[i] = read64(codes, place)


def smallest(codes: npt.NDArray[Any], size: int) -> npt.NDArray[Any]:
    """Return codes in the narrowest unsigned type that holds ``size`` values."""
    return codes.astype(np.uint8 if size <= 256 else np.uint16 if size <= 65_536 else np.uint32)


def pack(column: pa.Array, letter: str) -> Packed:
    """Encode an Arrow column of one kind."""
    valid = column.is_valid().to_numpy(zero_copy_only=False)
    held = presence(valid)
    present = column.drop_null() if column.null_count else column
    rows = len(column)
    if letter == "s":
        codes, offsets, data = _encode(present)
        return Packed("s", rows, values=codes, offsets=offsets, data=data, **held)
    if letter == "l":
        lists = present.cast(pa.large_list(pa.string()))
        flat = lists.flatten()
        codes, offsets, data = _encode(flat.fill_null(""))
        starts = np.concatenate(([0], np.cumsum(pc.list_value_length(lists).to_numpy(zero_copy_only=False))))
        return Packed(
            "l", rows, values=codes, offsets=offsets, data=data, starts=starts.astype(np.uint32), **held
        )
    if letter == "t":
        return Packed("t", rows, values=present.cast(pa.timestamp("ms")).cast(pa.int64()).to_numpy(), **held)
    if letter == "b":
        return Packed("b", rows, values=present.cast(pa.uint8()).to_numpy(zero_copy_only=False), **held)
    floats = present.cast(pa.float64()).to_numpy(zero_copy_only=False)
    encoded = present.dictionary_encode()
    numbers = encoded.dictionary.cast(pa.float64()).to_numpy(zero_copy_only=False)
    if 2 * len(numbers) < len(floats) and len(numbers) <= 65_536:
        return Packed(
            "n", rows, values=smallest(encoded.indices.to_numpy(), len(numbers)), numbers=numbers, **held
        )
    return Packed("n", rows, values=floats, **held)


def _encode(strings: pa.Array) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    encoded = strings.dictionary_encode()
    offsets, data = buffers(encoded.dictionary)
    codes = smallest(encoded.indices.to_numpy(zero_copy_only=False), len(encoded.dictionary))
    return (
        codes,
        np.array(offsets - offsets[0]),
        np.array(data[offsets[0] : max(offsets[-1], offsets[0] + 1)]),
    )
