"""Counting how often each of many million keys has come before, in eight bytes a key."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]


class Ordinals:
    """Remembers every key given. Kept as a few sorted arrays, merged as they grow."""

    def __init__(self) -> None:
        self._sorted: list[Keys] = []

    def of(self, keys: Keys) -> npt.NDArray[np.int64]:
        """Return for each key how many equal ones came before it, in this call and all earlier ones."""
        order = np.argsort(keys, kind="stable")
        ranked = keys[order]
        places = np.arange(len(keys), dtype=np.int64)
        starts = np.ones(len(keys), dtype=bool)
        starts[1:] = ranked[1:] != ranked[:-1]
        first = np.maximum.accumulate(np.where(starts, places, 0)) if len(keys) else places
        before = np.empty(len(keys), dtype=np.int64)
        before[order] = places - first
        for earlier in self._sorted:
            before += np.searchsorted(earlier, keys, "right") - np.searchsorted(earlier, keys, "left")
        self._remember(ranked)
        return before

    def _remember(self, ranked: Keys) -> None:
        self._sorted.append(ranked)
        while len(self._sorted) > 1 and len(self._sorted[-2]) <= 2 * len(self._sorted[-1]):
            last = self._sorted.pop()
            self._sorted[-1] = np.sort(np.concatenate((self._sorted[-1], last)), kind="stable")
