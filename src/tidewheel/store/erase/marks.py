"""What an erasure leaves in a shared lake for the others who keep columns of it: that there was one, never of whom."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pyarrow as pa

from tidewheel.store.lake import LakeTable

_APPLICATION: Final = "erased"
_NOBODY: Final = pa.table({"erased": pa.array([], pa.string())})


class Marks:
    """Counts the erasures of a lake. ``file`` holds how many this process, or an earlier one of its folder, followed."""

    def __init__(self, table: LakeTable, file: Path) -> None:
        self._table, self._file = table, file
        self._followed = int(file.read_text()) if file.exists() else 0

    def leave(self) -> None:
        """Tell the others that facts were erased; they hold what is in force before this returns."""
        self._table.refresh()
        before = self._count()
        while not self._table.append(_NOBODY, application=_APPLICATION, version=self._count() + 1):
            self._table.refresh()
        if self._followed == before and self._count() == before + 1:
            self.follow(before + 1)

    def unseen(self) -> int | None:
        """Return how many erasures there were, if any has not been followed; None: all have."""
        count = self._count()
        return count if count > self._followed else None

    def follow(self, count: int) -> None:
        """Take note that so many have been followed."""
        self._file.write_text(str(count))
        self._followed = count

    def _count(self) -> int:
        return self._table.committed(_APPLICATION) or 0
