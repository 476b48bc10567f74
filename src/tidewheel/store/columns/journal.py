"""The strings of an interner on disk, in the order of their codes, so that codes outlive the process.

Only ever appended to, and synced before anything that holds a code is written. ``lineage`` names one sequence
of codes: whoever finds codes of another lineage has to ask for them anew. A torn journal begins another.

Reading all of it and finding every string a slot takes time that grows with the strings. So the interner's own
arrays are kept as derived ones now and then, and a start maps them and reads what the journal got since.

Layout: 8 bytes magic, 32 bytes lineage, then blocks: three 64-bit words (strings, bytes, a check of all hashes up to
here, in order), a 32-bit length a string, and the bytes. In journals of before a check is of its block alone.
"""

from __future__ import annotations

import os
import secrets
import threading
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tidewheel.store.columns.derived import Arrays, Drawer, Wanted, digest
from tidewheel.store.columns.strings import Held, Interner, hash_all
from tidewheel.store.durable import sync_folder

MAGIC: Final = b"TWACT02\n"
_BEFORE: Final = b"TWACT01\n"
_HEAD: Final = 40
_BLOCK: Final = 24
LEAST: Final = 65_536
"""Fewest strings worth keeping as arrays, and of those that came since, unless they are an eighth."""


class Journal:
    """Keeps an interner that is empty yet in ``path``; without a path nothing is kept."""

    def __init__(self, path: Path | None, interner: Interner, drawer: Drawer | None = None) -> None:
        self._path, self._interner = path, interner
        self._drawer = drawer or Drawer()
        self.lineage = secrets.token_hex(16)
        self.known = 0
        """Codes below this meant the same in the process before."""
        self._kept = 0
        self._mapped = 0
        self._last = (0, 0)  # where the last block begins, and its check
        self._chained = True
        if path is not None and path.exists():
            self._restore(path)
            if not self._kept:
                self._last, self._chained = (0, 0), True
        self._lock = threading.Lock()
        self._drawer.lineage = self.lineage

    def renew(self) -> None:
        """Begin another lineage: what was lost may have been given to other strings since."""
        with self._lock:
            self.lineage, self.known, self._kept, self._mapped = secrets.token_hex(16), 0, 0, 0
            self._last, self._chained = (0, 0), True
            self._drawer.lineage = self.lineage

    def keep(self) -> None:
        """Write and sync what has come since the last time."""
        with self._lock:
            if self._path is not None and self._kept < len(self._interner):
                self._append(self._path, len(self._interner))

    def rewrite(self) -> None:
        """Write all strings anew, without those that were forgotten; the codes stay as they are."""
        with self._lock:
            count = len(self._interner)
            if self._path is None or not self._kept:
                return
            self._drawer.sweep("actors", ())
            offsets, data = self._interner.buffers(np.arange(count, dtype=np.int32))
            self._last, self._chained, self._mapped = (0, 0), True, 0
            check = self._check(self._interner.hashes()[:count])
            torn = self._path.with_suffix(".part")
            with torn.open("wb") as file:
                file.write(MAGIC + self.lineage.encode())
                file.write(np.array([count, offsets[-1], check], np.uint64).tobytes())
                file.write(np.diff(offsets).astype(np.uint32).tobytes())
                file.write(data[: int(offsets[-1])].tobytes())
                file.flush()
                os.fsync(file.fileno())
            torn.replace(self._path)
            sync_folder(self._path.parent)
            self._kept, self._last = count, (_HEAD, check)

    def keep_arrays(self, *, whole: bool = False) -> None:
        """Keep the interner's arrays when much has come since they were kept, with ``whole`` anything."""
        self.keep()
        with self._lock:
            came = self._kept - self._mapped
            if self._path is None or came == 0 or self._kept < LEAST:
                return
            if whole or 8 * came >= self._kept:
                self._keep_arrays(self._path.stat().st_size)

    def _keep_arrays(self, size: int) -> None:
        held, count = self._interner.held(), self._kept
        used = int(held.offsets[count])
        room = count // 8

        def fill(arrays: Arrays) -> None:
            arrays["offsets"][: count + 1] = held.offsets[: count + 1]
            arrays["data"][:used] = held.data[:used]
            arrays["hashes"][:count] = held.hashes[:count]
            arrays["slots"][:] = held.slots
            arrays["slots"][arrays["slots"] >= count] = -1  # came later, so no way to another leads over it

        wanted = {
            "offsets": Wanted(np.int64, (count + 1,), count + room + 1),
            "data": Wanted(np.uint8, (used,), used + used // 8 + 1),
            "hashes": Wanted(np.uint64, (count,), count + room),
            "slots": Wanted(np.int32, (len(held.slots),)),
        }
        key = {"lineage": self.lineage, "journal": size, "last": list(self._last), "count": count}
        self._interner.adopt(_held(count, self._drawer.make("actors", key, wanted, fill)))
        self._mapped = count

    def _append(self, path: Path, count: int) -> None:
        offsets, data = self._interner.buffers(np.arange(self._kept, count, dtype=np.int32))
        hashes = self._interner.hashes()[self._kept : count]
        head = np.array([count - self._kept, offsets[-1], 0], np.uint64)
        head[2] = self._check(hashes)
        with path.open("ab" if self._kept else "wb") as file:
            before = file.tell()
            start = max(before, _HEAD)
            try:
                if not self._kept:
                    file.write(MAGIC + self.lineage.encode())
                file.write(head.tobytes() + np.diff(offsets).astype(np.uint32).tobytes())
                file.write(data[: int(offsets[-1])].tobytes())
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                os.truncate(path, before)
                raise
        self._kept, self._last = count, (start, int(head[2]))

    def _restore(self, path: Path) -> None:
        """Read all blocks; codes mean nothing when any is torn, as there may be files with codes out of it."""
        whole = np.memmap(path, np.uint8, "r") if path.stat().st_size else np.zeros(0, np.uint8)
        if whole[:8].tobytes() not in (MAGIC, _BEFORE):
            return
        self._chained = whole[:8].tobytes() == MAGIC
        lineage = whole[8:_HEAD].tobytes().decode("ascii", "replace")
        at = max(_HEAD, self._map(lineage, whole))
        while at + _BLOCK <= len(whole):
            count, size, check = (int(word) for word in whole[at : at + _BLOCK].view(np.uint64))
            end = at + _BLOCK + 4 * count + size
            if count == 0 or end > len(whole):
                return
            lengths = whole[at + _BLOCK : at + _BLOCK + 4 * count].view(np.uint32)
            offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)))
            data = np.append(whole[at + _BLOCK + 4 * count : end], np.uint8(0))
            if int(offsets[-1]) != size:
                return
            hashes = hash_all(offsets, data)
            if self._check(hashes) != check:
                return
            self._interner.extend(offsets, data, hashes)
            at, self._last = end, (at, check)
        if at == len(whole):
            self.lineage = lineage
            self.known = self._kept = len(self._interner)
            self._interner.recall_blank()

    def _check(self, hashes: npt.NDArray[np.uint64]) -> int:
        """Return the check of the next block."""
        return digest(hashes, self._last[1]) if self._chained else int(np.bitwise_xor.reduce(hashes))

    def _map(self, lineage: str, whole: npt.NDArray[np.uint8]) -> int:
        """Take the arrays that were kept, if the journal holds what they stand for; returns up to where."""

        def fits(key: dict[str, Any]) -> bool:
            at, check = key["last"]
            if key["lineage"] != lineage or not _HEAD <= at <= key["journal"] - _BLOCK <= len(whole) - _BLOCK:
                return False
            return int(whole[at + 16 : at + _BLOCK].view(np.uint64)[0]) == int(check)

        found = self._drawer.find("actors", fits)
        if found is None:
            return 0
        key, arrays = found
        self._mapped, self._last = int(key["count"]), (int(key["last"][0]), int(key["last"][1]))
        self._interner.adopt(_held(self._mapped, arrays))
        return int(key["journal"])


def _held(count: int, arrays: Arrays) -> Held:
    return Held(count, arrays["offsets"], arrays["data"], arrays["hashes"], arrays["slots"])
