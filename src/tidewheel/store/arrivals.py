"""What collectors bring to a shared lake: it waits in a table of its own until a server puts it among the events.

A collector knows nothing of the history, so it cannot tell what was there before; a server can.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pyarrow as pa

from tidewheel.store.lake import LakeFile, LakeTable
from tidewheel.store.order import distinct_events, join

NAME: Final = "arrivals"
_INBOX: Final = "inbox"
_BATCH: Final = "batch"


class Arrivals:
    """Events with the inbox they were in, and the number of its last batch that is among them."""

    def __init__(self, table: LakeTable) -> None:
        self.table = table
        self._origins: dict[str, tuple[str, int]] = {}

    def bring(self, events: pa.Table, inbox: str, batch: int) -> None:
        """Add what an inbox held up to a batch; does nothing when that has been added before."""
        rows = events.num_rows
        marked = events.append_column(_INBOX, pa.repeat(pa.scalar(inbox), rows))
        marked = marked.append_column(_BATCH, pa.repeat(pa.scalar(batch, pa.int64()), rows))
        self.table.append(marked, application=inbox, version=batch)

    @property
    def rows(self) -> int:
        """Events that wait, as far as is known here."""
        return sum(file.rows for file in self.table.files())

    def first(
        self, most: int, done: Callable[[str], int | None]
    ) -> tuple[list[LakeFile], pa.Table, dict[str, int]]:
        """Return files of about ``most`` events, these events, and the last batch of each inbox among them.

        Of an inbox the earlier files come first. What is ``done`` by the last batch of its inbox counts for nothing any more.
        """
        there = {file.path: file for file in self.table.files()}
        held: dict[str, pa.Table] = {}
        for path in there.keys() - self._origins.keys():
            held[path] = self.table.load(path)
            self._origins[path] = (held[path][_INBOX][0].as_py(), held[path][_BATCH][0].as_py())
        self._origins = {path: origin for path, origin in self._origins.items() if path in there}
        files: list[LakeFile] = []
        tables: list[pa.Table] = []
        marks: dict[str, int] = {}
        for path in sorted(there, key=self._origins.__getitem__):
            if sum(table.num_rows for table in tables) >= most:
                break
            files.append(there[path])
            inbox, batch = self._origins[path]
            if batch > (done(inbox) or 0):
                marks[inbox] = batch
                rows = held[path] if path in held else self.table.load(path)
                tables.append(rows.drop_columns([_INBOX, _BATCH]))
        return files, distinct_events(join(tables)) if tables else pa.table({}), marks
