"""Arrays that can be worked out again, kept beside the columns so that a start maps them.

A file holds named arrays, the key that says what they were made from, and a checksum of all of it. A file with
another key, of another size, or with a byte changed is not used: what it held is worked out again. So nothing
is synced, and any file may be deleted at any moment.

Arrays are mapped privately: what is written into one stays in this process, and takes memory a page at a time.
They may have room at their end to grow into, which takes no space on disk.

Layout: 8 bytes magic, three 64-bit words (length of the header, checksum of it, checksum of the arrays), JSON header, then
arrays at 64-byte boundaries.
"""

from __future__ import annotations

import json
import mmap
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba import njit

MAGIC: Final = b"TWDRV01\n"
SUFFIX: Final = ".derived"
_HEAD: Final = 32
Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """An array to be made: its type, shape, and how many rows it may grow to without being copied."""

    dtype: Any
    shape: tuple[int, ...]
    room: int = 0

    @property
    def rows(self) -> int:
        """Rows there is space for."""
        return max(self.shape[0], self.room)

    @property
    def row_bytes(self) -> int:
        """Bytes of one row."""
        return int(np.dtype(self.dtype).itemsize * np.prod(self.shape[1:], dtype=np.int64))


class Drawer:
    """The derived files of one folder; without a folder arrays live in memory and nothing is found again.

    ``lineage`` names the sequence of actor codes in use; see ``store.columns.journal``.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.lineage = ""

    def make(
        self,
        name: str,
        key: Mapping[str, Any],
        wanted: Mapping[str, Wanted],
        fill: Callable[[Arrays], None],
    ) -> Arrays:
        """Return arrays that ``fill`` has filled (they begin as zeros), kept under a key when there is a folder."""
        if self.folder is None:
            arrays = {one: np.zeros((want.rows, *want.shape[1:]), want.dtype) for one, want in wanted.items()}
            fill(arrays)
            return arrays
        header, places, size = _header(key, wanted)
        torn = self.folder / f"{name}.{threading.get_ident()}.part"
        try:
            with torn.open("wb+") as file:
                file.truncate(size)
                _allot(file.fileno(), 0, min(size, _HEAD + len(header)))
                for place in places.values():
                    _allot(file.fileno(), place["at"], place["used"])
                whole = mmap.mmap(file.fileno(), size)
                arrays = _arrays(whole, places)
                fill(arrays)
                words = (len(header), _of_bytes(header), _checksum(arrays, places))
                head = MAGIC + b"".join(word.to_bytes(8, "little") for word in words)
                whole[: _HEAD + len(header)] = head + header
                made = _arrays(mmap.mmap(file.fileno(), size, access=mmap.ACCESS_COPY), places)
            torn.replace(self._path(name))
        except BaseException:
            torn.unlink(missing_ok=True)
            raise
        return made

    def find(self, name: str, fits: Callable[[dict[str, Any]], bool]) -> tuple[dict[str, Any], Arrays] | None:
        """Return (key, arrays) kept under a name when the key fits and nothing is torn; otherwise None."""
        if self.folder is None:
            return None
        path = self._path(name)
        try:
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                whole = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_COPY)
            if whole[:8] != MAGIC:
                return None
            length, check, sum_of_arrays = (
                int.from_bytes(whole[at : at + 8], "little") for at in (8, 16, 24)
            )
            header = whole[_HEAD : _HEAD + length]
            if len(header) != length or _of_bytes(header) != check:
                path.unlink(missing_ok=True)
                return None
            said = json.loads(header)
            if said["size"] != size or not fits(said["key"]):
                return None
            arrays = _arrays(whole, said["arrays"])
            if _checksum(arrays, said["arrays"]) != sum_of_arrays:
                path.unlink(missing_ok=True)
                return None
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return said["key"], arrays

    def sweep(self, prefix: str, keep: Iterable[str]) -> None:
        """Delete the files whose names begin so, but for some."""
        if self.folder is not None:
            held = {self._path(name) for name in keep}
            for path in self.folder.glob(f"{prefix}*{SUFFIX}"):
                if path not in held:
                    with suppress(OSError):
                        path.unlink()

    def _path(self, name: str) -> Path:
        assert self.folder is not None
        return self.folder / f"{name}{SUFFIX}"


def _allot(file: int, at: int, size: int) -> None:
    """Take space on disk, or raise OSError; writing into a map of a full disk would end the process."""
    if size and hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, at, size)


def digest(words: npt.NDArray[np.uint64], before: int = 0) -> int:
    """Return a number that changes with any of some words, with their order, and with what came before."""
    return int(_sum(words, np.uint64(before ^ len(words))))


def _header(
    key: Mapping[str, Any], wanted: Mapping[str, Wanted]
) -> tuple[bytes, dict[str, dict[str, Any]], int]:
    """Return (header, where the arrays are, size of the file)."""
    places: dict[str, dict[str, Any]] = {}
    at = 0
    for name, want in wanted.items():
        places[name] = {
            "type": np.dtype(want.dtype).str,
            "rows": want.rows,
            "used": want.shape[0] * want.row_bytes,
            "inner": list(want.shape[1:]),
            "at": at,
        }
        at += (want.rows * want.row_bytes + 63) // 64 * 64
    said = {"key": dict(key), "arrays": places, "size": 0}
    start = (_HEAD + len(json.dumps(said)) + 20 + 63) // 64 * 64
    for place in places.values():
        place["at"] += start
    said["size"] = start + at
    header = json.dumps(said).encode()
    while len(header) > start - _HEAD:  # moved places have more digits
        start += 64
        for place in places.values():
            place["at"] += 64
        said["size"] = start + at
        header = json.dumps(said).encode()
    return header, places, start + at


def _arrays(whole: mmap.mmap, places: Mapping[str, Mapping[str, Any]]) -> Arrays:
    found: Arrays = {}
    for name, place in places.items():
        inner = tuple(place["inner"])
        count = place["rows"] * int(np.prod(inner, dtype=np.int64))
        flat = (
            np.frombuffer(whole, np.dtype(place["type"]), count, place["at"])
            if count
            else np.zeros(0, np.dtype(place["type"]))
        )
        found[name] = flat.reshape((place["rows"], *inner))
    return found


def _of_bytes(header: bytes) -> int:
    padded = bytearray(header + bytes(-len(header) % 8))
    return int(_sum(np.frombuffer(padded, np.uint64), np.uint64(len(header))))


def _checksum(arrays: Arrays, places: Mapping[str, Mapping[str, Any]]) -> int:
    found = np.uint64(len(places))
    for name, place in places.items():
        flat = arrays[name].reshape(-1).view(np.uint8)
        whole = place["used"] // 8 * 8
        found = np.uint64(_sum(flat[:whole].view(np.uint64), found))
        rest = np.zeros(8, np.uint8)
        rest[: place["used"] - whole] = flat[whole : place["used"]]
        found = np.uint64(_sum(rest.view(np.uint64), found))
    return int(found)


@njit(nogil=True, cache=True)
def _sum(words: npt.NDArray[np.uint64], start: np.uint64) -> np.uint64:
    """Fold words into a number that changes with any of them; four lanes, so that memory sets the pace."""
    prime = np.uint64(0x9FB21C651E98DF25)
    a, b, c, d = start, start ^ prime, start + prime, ~start
    n = words.shape[0] // 4 * 4
    for i in range(0, n, 4):
        a = (a ^ words[i]) * prime
        b = (b ^ words[i + 1]) * prime
        c = (c ^ words[i + 2]) * prime
        d = (d ^ words[i + 3]) * prime
    for i in range(n, words.shape[0]):
        a = (a ^ words[i]) * prime
    for lane in (b, c, d):
        a = ((a ^ (a >> np.uint64(29))) ^ lane) * prime
    return a ^ (a >> np.uint64(32))
