"""What was worked out lately: kept up to a number of things and of bytes, so that asking on and on fills no memory."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import Any, Final

MOST: Final = 2_000
ROOM: Final = 128 << 20


class Lately:
    """Keeps things with their sizes in bytes; what was asked for least lately goes first.

    The newest stays even where it alone takes more. Safe to use from several threads.
    """

    def __init__(self, most: int = MOST, room: int = ROOM) -> None:
        self._most, self._room = most, room
        self._lock = threading.Lock()
        self._held: dict[Hashable, tuple[Any, int]] = {}
        self.bytes = 0

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._held)

    def get(self, key: Hashable) -> Any:
        """Return what is kept under a key; None where nothing is."""
        with self._lock:
            found = self._held.pop(key, None)
            if found is None:
                return None
            self._held[key] = found
            return found[0]

    def keep(self, key: Hashable, made: Any, size: int) -> Any:
        """Keep something, unless another was faster; returns what is kept."""
        with self._lock:
            if key in self._held:
                return self._held[key][0]
            self._held[key] = (made, size)
            self.bytes += size
            while len(self._held) > 1 and (len(self._held) > self._most or self.bytes > self._room):
                _, gone = self._held.pop(next(iter(self._held)))
                self.bytes -= gone
            return made

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._held.clear()
            self.bytes = 0
