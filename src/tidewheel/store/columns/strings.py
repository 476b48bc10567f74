"""Interning: strings to dense codes, exactly.

Strings live as one run of bytes with offsets. A table of slots finds them by a 64-bit hash; equal hashes
are told apart by their bytes, so two different strings never share a code.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
BLANK: Final = 0x7F
"""First byte of what stands where a string was forgotten."""


@njit(nogil=True, cache=True)
def _hash_range(data: Bytes, start: int, end: int) -> np.uint64:
    h = np.uint64(0x9E3779B97F4A7C15) ^ np.uint64(end - start)
    for i in range(start, end):
        h = (h ^ np.uint64(data[i])) * np.uint64(0x100000001B3)
        h ^= h >> np.uint64(29)
    h ^= h >> np.uint64(32)
    h *= np.uint64(0xD6E8FEB86659FD93)
    h ^= h >> np.uint64(32)
    h *= np.uint64(0xD6E8FEB86659FD93)
    return h ^ (h >> np.uint64(32))


@njit(nogil=True, cache=True)
def hash_all(offsets: Ints, data: Bytes) -> npt.NDArray[np.uint64]:
    """Return the 64-bit hash of each string; the same on every machine."""
    n = offsets.shape[0] - 1
    out = np.empty(n, np.uint64)
    for i in range(n):
        out[i] = _hash_range(data, offsets[i], offsets[i + 1])
    return out


@njit(nogil=True, cache=True)
def _same(data: Bytes, a: int, a_end: int, other: Bytes, b: int, b_end: int) -> bool:
    if a_end - a != b_end - b:
        return False
    for i in range(a_end - a):
        if data[a + i] != other[b + i]:
            return False
    return True


@njit(nogil=True, cache=True)
def _find(
    offsets: Ints, data: Bytes, hashes: npt.NDArray[np.uint64],
    known_offsets: Ints, known_data: Bytes, known_hashes: npt.NDArray[np.uint64], known: int,
    slots: npt.NDArray[np.int32], insert: bool, codes: npt.NDArray[np.int32], fresh: npt.NDArray[np.int32],  # noqa: FBT001
) -> int:  # fmt: skip
    """Fill ``codes``; unknown strings get -1, or with ``insert`` the next codes, listed in ``fresh``."""
    mask = np.uint64(slots.shape[0] - 1)
    added = 0
    for i in range(hashes.shape[0]):
        h = hashes[i]
        slot = h & mask
        code = np.int32(-1)
        while True:
            at = slots[slot]
            if at < 0:
                if insert:
                    code = np.int32(known + added)
                    slots[slot] = code
                    fresh[added] = i
                    added += 1
                break
            if at < known:
                if known_hashes[at] == h and _same(
                    data, offsets[i], offsets[i + 1], known_data, known_offsets[at], known_offsets[at + 1]
                ):
                    code = at
                    break
            else:
                j = fresh[at - known]
                if hashes[j] == h and _same(
                    data, offsets[i], offsets[i + 1], data, offsets[j], offsets[j + 1]
                ):
                    code = at
                    break
            slot = (slot + np.uint64(1)) & mask
        codes[i] = code
    return added


@njit(nogil=True, cache=True)
def _place(hashes: npt.NDArray[np.uint64], start: int, count: int, slots: npt.NDArray[np.int32]) -> None:
    mask = np.uint64(slots.shape[0] - 1)
    for code in range(start, count):
        slot = hashes[code] & mask
        while slots[slot] >= 0:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = code


@njit(nogil=True, cache=True)
def _by_hash(hashes: npt.NDArray[np.uint64], slots: npt.NDArray[np.int32], wanted: np.uint64) -> int:
    mask = np.uint64(slots.shape[0] - 1)
    slot = wanted & mask
    while slots[slot] >= 0:
        if hashes[slots[slot]] == wanted:
            return slots[slot]
        slot = (slot + np.uint64(1)) & mask
    return -1


def buffers(strings: pa.Array) -> tuple[Ints, Bytes]:
    """Return (offsets, bytes) of an Arrow string array without nulls."""
    if not pa.types.is_large_string(strings.type):
        strings = strings.cast(pa.large_string())
    _, offsets, data = strings.buffers()
    found = np.frombuffer(offsets, np.int64)[strings.offset : strings.offset + len(strings) + 1]
    return found, np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)


@dataclass(frozen=True, slots=True)
class Held:
    """All arrays of an interner; those by string have room at their end."""

    count: int
    offsets: Ints
    data: Bytes
    hashes: npt.NDArray[np.uint64]
    slots: npt.NDArray[np.int32]


class Interner:
    """A growing set of strings with dense codes. Codes never change; adding is serialised by a lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._offsets = np.zeros(1025, np.int64)
        self._data = np.zeros(16_384, np.uint8)
        self._hashes = np.zeros(1024, np.uint64)
        self._slots = np.full(4096, -1, np.int32)
        self._blank = np.zeros(0, np.int32)

    def __len__(self) -> int:
        return self._count

    def codes(self, strings: pa.Array, *, add: bool) -> npt.NDArray[np.int32]:
        """Return a code per string; unknown ones are added, or get -1."""
        offsets, data = buffers(strings)
        hashes = hash_all(offsets, data)
        codes = np.empty(len(strings), np.int32)
        with self._lock:
            if add:
                self._reserve(len(strings), int(offsets[-1] - offsets[0]))
            fresh = np.empty(len(strings) if add else 0, np.int32)
            added = _find(
                offsets,
                data,
                hashes,
                self._offsets,
                self._data,
                self._hashes,
                self._count,
                self._slots,
                add,
                codes,
                fresh,
            )
            if added:
                self._append(offsets, data, hashes, fresh[:added])
        return codes

    def extend(self, offsets: Ints, data: Bytes, hashes: npt.NDArray[np.uint64]) -> None:
        """Add strings that are all different and unknown; they get the next codes in order."""
        with self._lock:
            start, count = self._count, len(hashes)
            self._reserve(count, int(offsets[-1] - offsets[0]))
            self._append(offsets, data, hashes, np.arange(count, dtype=np.int32))
            _place(self._hashes, start, self._count, self._slots)

    def held(self) -> Held:
        """Return the arrays as they are; only ``slots`` change later, where strings beyond ``count`` come."""
        with self._lock:
            return Held(self._count, self._offsets, self._data, self._hashes, self._slots)

    def adopt(self, held: Held) -> None:
        """Go on with other arrays that hold the first ``count`` of these strings, or any when there are none."""
        other = Interner()
        with self._lock:
            other._count, other._offsets, other._data = held.count, held.offsets, held.data
            other._hashes, other._slots = held.hashes, held.slots
            if self._count > held.count:
                since = slice(held.count, self._count)
                other.extend(
                    self._offsets[held.count : self._count + 1], self._data, self._hashes[since].copy()
                )
            self._offsets, self._data, self._hashes = other._offsets, other._data, other._hashes
            self._slots, self._count = other._slots, other._count

    def strings(self, codes: npt.NDArray[np.integer]) -> list[str]:
        """Return the strings of some codes."""
        data, offsets = self._data, self._offsets
        return [data[offsets[code] : offsets[code + 1]].tobytes().decode("utf-8") for code in codes.tolist()]

    def buffers(self, codes: npt.NDArray[np.int32]) -> tuple[Ints, Bytes]:
        """Return (offsets, bytes) of the strings of some codes; the bytes are one at least."""
        lengths = self._offsets[codes + 1] - self._offsets[codes]
        offsets: Ints = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))
        data = np.zeros(max(int(offsets[-1]), 1), np.uint8)
        _copy(self._offsets, self._data, codes, data, 0)
        return offsets, data

    def array(self, codes: npt.NDArray[np.int32]) -> pa.Array:
        """Return the strings of some codes."""
        offsets, data = self.buffers(codes)
        held = [None, pa.py_buffer(offsets), pa.py_buffer(data)]
        return pa.Array.from_buffers(pa.large_string(), len(codes), held)

    def all(self) -> list[str]:
        """Return every string, by code."""
        return self.strings(np.arange(self._count))

    def hashes(self) -> npt.NDArray[np.uint64]:
        """Return the hash of every string, by code."""
        return self._hashes[: self._count]

    def prefixes(self, prefixes: list[str], start: int = 0) -> npt.NDArray[np.int8]:
        """Return for each string from code ``start`` on the index of the prefix it starts with, or -1."""
        count = self._count
        found = np.full(count - start, -1, np.int8)
        offsets = self._offsets[start : count + 1]
        for index, prefix in enumerate(prefixes):
            _mark_prefix(offsets, self._data, np.frombuffer(prefix.encode(), np.uint8), index, found)
        return found

    @property
    def blank(self) -> npt.NDArray[np.int32]:
        """Codes that stand for nothing any more, ascending."""
        return self._blank

    def forget(self, codes: npt.NDArray[np.int32]) -> None:
        """Write over the strings of some codes, for good; the codes are never given again.

        What stands there instead has the same length, begins with :data:`BLANK` and is no text anybody types.
        """
        with self._lock:
            given = np.sort(self._hashes[: self._count])
            for code in codes.tolist():
                start, end = int(self._offsets[code]), int(self._offsets[code + 1])
                while True:
                    noise = np.frombuffer(secrets.token_bytes(end - start), np.uint8) % 30 + 1
                    noise[:1] = BLANK
                    found = np.uint64(_hash_range(noise, 0, end - start))
                    at = int(np.searchsorted(given, found))
                    if at == len(given) or given[at] != found:
                        break
                self._data[start:end] = noise
                self._hashes[code] = found
            self._blank = np.union1d(self._blank, codes).astype(np.int32)

    def recall_blank(self) -> None:
        """Find the codes that were forgotten before the strings were read back."""
        offsets = self._offsets[: self._count]
        whole = self._data[offsets[self._offsets[1 : self._count + 1] > offsets]]
        held = np.flatnonzero(self._offsets[1 : self._count + 1] > offsets)
        self._blank = held[whole == BLANK].astype(np.int32)

    def find_hash(self, wanted: int) -> int:
        """Return a code whose string has this hash, or -1."""
        with self._lock:
            return int(_by_hash(self._hashes, self._slots, np.uint64(wanted)))

    def _reserve(self, strings: int, size: int) -> None:
        need = self._count + strings
        if need > len(self._hashes):
            capacity = max(need, 2 * len(self._hashes))
            self._hashes = np.resize(self._hashes, capacity)
            self._offsets = np.resize(self._offsets, capacity + 1)
        used = int(self._offsets[self._count])
        if used + size > len(self._data):
            self._data = np.resize(self._data, max(used + size, 2 * len(self._data)))
        if 2 * need > len(self._slots):
            self._slots = np.full(1 << (4 * need - 1).bit_length(), -1, np.int32)
            _place(self._hashes, 0, self._count, self._slots)

    def _append(
        self, offsets: Ints, data: Bytes, hashes: npt.NDArray[np.uint64], fresh: npt.NDArray[np.int32]
    ) -> None:
        start = self._count
        lengths = offsets[fresh + 1] - offsets[fresh]
        ends = self._offsets[start] + np.cumsum(lengths)
        _copy(offsets, data, fresh, self._data, int(self._offsets[start]))
        self._offsets[start + 1 : start + 1 + len(fresh)] = ends
        self._hashes[start : start + len(fresh)] = hashes[fresh]
        self._count = start + len(fresh)


@njit(nogil=True, cache=True)
def _copy(offsets: Ints, data: Bytes, rows: npt.NDArray[np.int32], out: Bytes, at: int) -> None:
    for i in range(rows.shape[0]):
        for j in range(offsets[rows[i]], offsets[rows[i] + 1]):
            out[at] = data[j]
            at += 1


@njit(nogil=True, cache=True)
def _mark_prefix(offsets: Ints, data: Bytes, prefix: Bytes, index: int, found: npt.NDArray[np.int8]) -> None:
    for i in range(found.shape[0]):
        if offsets[i + 1] - offsets[i] >= prefix.shape[0] and _same(
            data, offsets[i], offsets[i] + prefix.shape[0], prefix, 0, prefix.shape[0]
        ):
            found[i] = index
