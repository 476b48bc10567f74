"""The strings of an interner on disk, in the order of their codes, so that codes outlive the process.

Only ever appended to, and synced before anything that holds a code is written. ``lineage`` names one sequence
of codes: whoever finds codes of another lineage has to ask for them anew. A torn journal begins another.

Layout: 8 bytes magic, 32 bytes lineage, then blocks: three 64-bit words (strings, bytes, all hashes folded with
exclusive or), a 32-bit length a string, and the bytes.
"""

from __future__ import annotations

import os
import secrets
import threading
from pathlib import Path
from typing import Final

import numpy as np

from tidewheel.store.columns.strings import Interner, hash_all

MAGIC: Final = b"TWACT01\n"
_HEAD: Final = 40
_BLOCK: Final = 24


class Journal:
    """Keeps an interner that is empty yet in ``path``; without a path nothing is kept."""

    def __init__(self, path: Path | None, interner: Interner) -> None:
        self._path, self._interner = path, interner
        self.lineage = secrets.token_hex(16)
        self.known = 0
        """Codes below this meant the same in the process before."""
        self._kept = 0
        if path is not None and path.exists():
            self._restore(path)
        self._lock = threading.Lock()

    def renew(self) -> None:
        """Begin another lineage: what was lost may have been given to other strings since."""
        with self._lock:
            self.lineage, self.known, self._kept = secrets.token_hex(16), 0, 0

    def keep(self) -> None:
        """Write and sync what has come since the last time."""
        with self._lock:
            if self._path is not None and self._kept < len(self._interner):
                self._append(self._path, len(self._interner))

    def _append(self, path: Path, count: int) -> None:
        offsets, data = self._interner.buffers(np.arange(self._kept, count, dtype=np.int32))
        hashes = self._interner.hashes()[self._kept : count]
        head = np.array([count - self._kept, offsets[-1], 0], np.uint64)
        head[2] = np.bitwise_xor.reduce(hashes)
        with path.open("ab" if self._kept else "wb") as file:
            before = file.tell()
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
        self._kept = count

    def _restore(self, path: Path) -> None:
        """Read all blocks; codes mean nothing when any is torn, as there may be files with codes out of it."""
        whole = np.fromfile(path, np.uint8)
        if whole[:8].tobytes() != MAGIC:
            return
        at = _HEAD
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
            if int(np.bitwise_xor.reduce(hashes)) != check:
                return
            self._interner.extend(offsets, data, hashes)
            at = end
        if at == len(whole):
            self.lineage = whole[8:_HEAD].tobytes().decode("ascii", "replace")
            self.known = self._kept = len(self._interner)
