"""The server's side of a query: the tables a process asks for are read here, and its answer is heard."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Final, Self

import pyarrow as pa
import pyarrow.dataset as ds

from tidewheel.analyse.executor import Stop
from tidewheel.analyse.sql import wire
from tidewheel.analyse.sql.problems import too_slow
from tidewheel.analyse.sql.runners import Runner
from tidewheel.analyse.sql.tables import Lake
from tidewheel.analyse.sql.views import TABLES
from tidewheel.core.errors import Cancelled, Unavailable

_LOOK: Final = 0.05
"""Seconds between two looks of the watcher."""


class Watch(Stop):
    """Ends a process when its time is over or nobody waits for its answer any more."""

    def __init__(self, runner: Runner, seconds: float, stop: Stop | None) -> None:
        super().__init__()
        self._runner, self._seconds, self._outer = runner, seconds, stop
        self._end = time.monotonic() + seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="sql-watch", daemon=True)
        self.killed = False

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def check(self) -> None:
        """Raise when the query is not to go on."""
        if self._outer:
            self._outer.check()
        if time.monotonic() > self._end:
            raise too_slow(self._seconds)

    def _look(self) -> None:
        while not self._over.wait(_LOOK):
            try:
                self.check()
            except (Cancelled, Unavailable):
                self.killed = True
                self._runner.kill()
                return


class Serving:
    """One query of one process: answers what it asks, until it says what is wanted."""

    def __init__(
        self, line: wire.Line, lake: Lake, watch: Watch, progress: Callable[[float], None] | None
    ) -> None:
        self._line, self._lake, self._watch, self._progress = line, lake, watch, progress
        self._tables: dict[str, Any] = {}
        self._scans: dict[int, Iterator[pa.RecordBatch]] = {}
        self._begun = 0
        self.more = False
        """Whether there are more rows than were wanted."""
        self.fit = False
        """Whether it waits for another query."""

    def until(self, *wanted: str) -> wire.Said:
        """Return what the process says of these; raises the error it tells."""
        while True:
            head, body = self._line.hear_rows()
            said = head.get("say")
            if said in {"done", "failed"}:
                self.fit = bool(head.get("stays"))
            if said == "failed":
                raise wire.error_unpacked(head["error"])
            if said in wanted:
                return head, body
            self._watch.check()
            if said == "table":
                self._line.tell({}, self._table(head.get("name")).schema.serialize())
            elif said == "scan":
                table, columns = self._table(head.get("name")), head.get("columns")
                if not isinstance(columns, list) or any(one not in table.schema.names for one in columns):
                    raise wire.GoneError
                found = table.scanner(columns=columns, filter=wire.condition_unpacked(body))
                self._begun += 1
                self._scans[self._begun] = iter(found.to_reader())
                self._line.tell({"scan": self._begun})
            elif said == "next":
                number = head.get("scan")
                if not isinstance(number, int) or number not in self._scans:
                    raise wire.GoneError
                batch = next(self._scans[number], None)
                if batch is None:
                    del self._scans[number]
                self._line.tell({}, b"" if batch is None else wire.packed(batch))
            else:
                raise wire.GoneError

    def pieces(self) -> Iterator[bytearray]:
        """Yield the answer."""
        while True:
            self._line.tell({})
            head, body = self.until("rows", "done")
            if head["say"] == "done":
                self.more = bool(head.get("more"))
                return
            yield body

    def _table(self, name: Any) -> Any:
        """Return a table as a dataset."""
        if not isinstance(name, str) or name not in TABLES or name == "orders":  # which is made of events
            raise wire.GoneError
        if name not in self._tables:
            found = self._lake.table(name, self._watch, self._progress)
            self._tables[name] = ds.dataset(found) if isinstance(found, pa.Table) else found
        return self._tables[name]
