"""SQL: a query is run by a process of its own, in DuckDB, over tables that this one reads.

A process asks for the columns and rows its query needs; they come from the snapshot, masked and with nobody who is left out,
so that it holds no more than the asker may see, and only while it needs it.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from tidewheel.analyse.executor import Stop
from tidewheel.analyse.sql.limits import MIB, Limits
from tidewheel.analyse.sql.parameters import Given, Parameter
from tidewheel.analyse.sql.plain import ColumnKind
from tidewheel.analyse.sql.problems import LARGEST, ended, not_understood
from tidewheel.analyse.sql.runners import Runners
from tidewheel.analyse.sql.serving import Serving, Watch
from tidewheel.analyse.sql.tables import Lake
from tidewheel.analyse.sql.wire import GoneError
from tidewheel.core.settings import Settings

log = structlog.get_logger("tidewheel.sql")


@dataclass(frozen=True, slots=True)
class Query:
    """SQL with its parameters and their values."""

    sql: str
    parameters: Sequence[Parameter] = ()
    values: Mapping[str, Given] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an answer: ``type`` as SQL calls it, ``kind`` as a page shows it."""

    name: str
    type: str
    kind: ColumnKind


@dataclass(slots=True)
class Opened:
    """A query that is being answered: its columns, and its answer in pieces as they come."""

    columns: list[Column]
    pieces: Iterator[bytearray]
    _serving: Serving

    @property
    def more(self) -> bool:
        """Whether there are more rows than were wanted; known after the last piece."""
        return self._serving.more


@dataclass(frozen=True, slots=True)
class Rows:
    """The first rows of an answer as JSON; ``more`` says that there were others."""

    columns: list[Column]
    json: bytes
    more: bool

    @property
    def rows(self) -> list[list[Any]]:
        """The rows as values."""
        found: list[list[Any]] = json.loads(self.json)
        return found


def limits_of(settings: Settings) -> Limits:
    """Return the limits an installation has set."""
    return Limits(
        seconds=settings.sql_timeout_seconds or settings.query_timeout_seconds,
        memory_mb=settings.sql_memory_mb,
        disk_mb=settings.sql_disk_mb,
        threads=settings.threads,
    )


class Engine:
    """Answers queries, several at once. ``spill``: where sorting and joining may go when memory is full; its own."""

    def __init__(self, spill: Path | None = None) -> None:
        self._spill = spill
        if spill is not None:
            shutil.rmtree(spill, ignore_errors=True)
        self._runners = Runners()

    @contextmanager
    def opened(
        self,
        lake: Lake,
        query: Query,
        limits: Limits,
        form: str,
        most: int,
        stop: Stop | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> Iterator[Opened]:
        """Start a query of which so many rows are wanted; what goes wrong while it is answered is told here too.

        Raises BadInput for what cannot be meant or is not allowed, TooLarge when memory does not suffice or the answer is too
        large, Unavailable when it takes too long or its process ends, Cancelled when stopped.
        """
        job = {
            "do": "answer",
            "sql": query.sql,
            "parameters": [one.model_dump(mode="json") for one in query.parameters],
            "values": dict(query.values),
            "form": form,
            "rows": most,
            "bytes": LARGEST if form == "json" else max(LARGEST, limits.disk_mb * MIB),
        }
        with self._asked(lake, job, limits, stop, progress) as serving:
            head, _ = serving.until("columns")
            yield Opened([Column(**one) for one in head["columns"]], serving.pieces(), serving)

    def first_rows(
        self,
        lake: Lake,
        query: Query,
        limits: Limits,
        most: int,
        stop: Stop | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> Rows:
        """Return at most so many rows."""
        with self.opened(lake, query, limits, "json", most, stop, progress) as answer:
            text = b"".join(answer.pieces)
            return Rows(answer.columns, text, answer.more)

    def described(self, lake: Lake, limits: Limits, stop: Stop | None = None) -> dict[str, list[Column]]:
        """Return the columns of every table."""
        with self._asked(lake, {"do": "describe"}, limits, stop, None) as serving:
            head, _ = serving.until("done")
            return {name: [Column(**one) for one in columns] for name, columns in head["tables"].items()}

    def close(self) -> None:
        """End the processes."""
        self._runners.close()

    @contextmanager
    def _asked(
        self,
        lake: Lake,
        job: dict[str, Any],
        limits: Limits,
        stop: Stop | None,
        progress: Callable[[float], None] | None,
    ) -> Iterator[Serving]:
        """Lend a process; one that is not done with its query in the end is killed."""
        spill = self._spill / uuid.uuid4().hex if self._spill and limits.disk_mb else None
        if spill is not None:
            spill.mkdir(parents=True, mode=0o700)
        runner = self._runners.take()
        watch = Watch(runner, limits.seconds, stop)
        serving = Serving(runner.line, lake, watch, progress)
        try:
            with watch:
                runner.line.tell(
                    {
                        **job,
                        "zone": lake.calendar.zone,
                        "limits": limits.told(),
                        "spill": str(spill) if spill else None,
                    }
                )
                yield serving
        except GoneError:
            watch.check()
            how = runner.ended()
            log.warning("sql_process_ended", how=how)
            raise (ended(how, limits.memory_mb) if how else not_understood()) from None
        finally:
            if serving.fit and not watch.killed:
                self._runners.give(runner)
            else:
                runner.end()
                self._runners.replace()
            if spill is not None:
                shutil.rmtree(spill, ignore_errors=True)
