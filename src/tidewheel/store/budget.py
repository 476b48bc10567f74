"""How much memory putting facts in order may take: merges of columns, compaction of the lake, bulk loads.

Merging and compaction take turns and get half; a bulk load, of which there is one at a time, gets a quarter.
The rest is for what both leave to the system and to threads that wait. What an amount of rows takes was
measured, and errs on the high side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MERGED_ROW: Final = 40
"""Bytes a row takes while columns are merged, beside the merged columns."""
WOVEN_ROW: Final = 24
"""Bytes that every row takes while a month is merged one range of actors after another."""
READ_ROW: Final = 300
"""Bytes a row of the lake takes while rows are sorted, at least; and so many times its bytes on disk:"""
READ: Final = 12
LOADED_ROW: Final = 500
"""Bytes a row of a bulk load takes until it is in the lake."""


@dataclass(frozen=True, slots=True)
class Budget:
    """``memory`` in bytes, of one project."""

    memory: int = 2048 << 20

    def may_merge(self, rows: int, size: int) -> bool:
        """Say whether columns of so many rows and bytes can be merged at a time."""
        return size + rows * MERGED_ROW <= self.memory // 2

    def ranges(self, rows: int, size: int, most: int) -> int:
        """Return into how many ranges of actors, each of at most so many rows, columns are merged; 0: they cannot be."""
        left = self.memory // 2 - rows * WOVEN_ROW
        if left <= 0:
            return 0
        return max(-(-(size + rows * MERGED_ROW) // left), -(-rows // most))

    def may_compact(self, rows: int, size: int) -> bool:
        """Say whether lake files of so many rows and bytes can be put together at a time."""
        return max(size * READ, rows * READ_ROW) <= self.memory // 2

    def load_rows(self, most: int) -> int:
        """Return how many rows a bulk load may hold, at most so many."""
        return max(1, min(most, self.memory // 4 // LOADED_ROW))
