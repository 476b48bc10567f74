"""Tables of rows kept as they come, in the lake beside a project's events; and turns of work that processes share."""

from __future__ import annotations

from abc import ABC, abstractmethod

import pyarrow as pa

from tidewheel.store.inbox.queue import Inbox
from tidewheel.store.lakehouse import Lakehouse


class PlainTables(ABC):
    """Reads and writes plain tables of ``lake``. All methods may be called from any thread."""

    lake: Lakehouse

    @property
    @abstractmethod
    def inbox(self) -> Inbox:
        """The durable queue; Conflict when the store is read-only."""

    def _must_write(self) -> Inbox:
        return self.inbox

    def append_rows(self, table: str, rows: pa.Table, key: str | None = None) -> bool:
        """Add rows to a plain table; False when an import of the same ``key`` was kept before."""
        self._must_write()
        mark = f"rows-{key}" if key is not None else None
        return self.lake.plain(table).append(rows, application=mark, version=1)

    def read_table(self, table: str) -> pa.Table:
        """Return all rows of a plain table; one without columns when there are none."""
        return self.lake.plain(table).read()

    def table_version(self, table: str) -> int | None:
        """Return what changes whenever rows are added to a plain table; None while there are none."""
        return self.lake.plain(table).version

    def newest_rows(self, table: str) -> pa.Table:
        """Return what was added to a plain table last; a table without columns when there is nothing."""
        return self.lake.plain(table).newest()

    def claim(self, work: str, turn: int, *, reach: int | None = None) -> bool:
        """Take a turn of scheduled work. Of all processes that share the lake, one gets each turn.

        Turns ascend: one before a turn that was taken is not to be had any more, unless that lies more than ``reach``
        turns ahead: then it was taken while a clock was wrong.
        """
        self._must_write()
        return self.lake.plain("claims").claim(work, turn, reach=reach)

    def turn(self, work: str) -> int | None:
        """Return the last turn of scheduled work that was taken, None before the first."""
        table = self.lake.plain("claims")
        table.refresh()
        return table.committed(work)
