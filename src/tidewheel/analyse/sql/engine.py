"""Running a checked query in a DuckDB of its own, over Arrow tables, within limits.

Nothing is kept: each query gets an engine in memory with files, extensions, settings and Python variables
out of reach, the project's time zone, and a watcher that interrupts it.
"""

from __future__ import annotations

import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from tidewheel.analyse.executor import Stop
from tidewheel.analyse.sql.guard import Checked, check
from tidewheel.analyse.sql.parameters import Given, Parameter, bind
from tidewheel.analyse.sql.plain import ColumnKind, kind_in_sql, kind_of, rows
from tidewheel.analyse.sql.problems import from_duckdb
from tidewheel.analyse.sql.tables import ORDERS, TABLES, Lake
from tidewheel.core.errors import Cancelled, TidewheelError, TooLarge, Unavailable
from tidewheel.core.settings import Settings
from tidewheel.core.text import Text

_BATCH: Final = 10_000
_ANSWER: Final = 1 << 28
"""Most bytes of an answer that is shown: it is written as JSON in memory."""
_PREPARE: Final = "PREPARE checked AS "
_LOOK: Final = 0.05
"""Seconds between two looks of the watcher."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may take. ``spill``: where sorting and joining may go when memory is full."""

    seconds: float
    memory_mb: int
    disk_mb: int
    threads: int
    spill: Path | None = None

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """Return the limits an installation has set."""
        return cls(
            seconds=settings.sql_timeout_seconds or settings.query_timeout_seconds,
            memory_mb=settings.sql_memory_mb,
            disk_mb=settings.sql_disk_mb,
            threads=settings.threads,
            spill=settings.home / "spill",
        )


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


@dataclass(frozen=True, slots=True)
class Opened:
    """A query that is being answered: its columns, and its rows as they come."""

    columns: list[Column]
    batches: pa.RecordBatchReader


@dataclass(frozen=True, slots=True)
class Rows:
    """The first rows of an answer; ``more`` says that there were others."""

    columns: list[Column]
    rows: list[list[Any]]
    more: bool


@contextmanager
def opened(
    lake: Lake,
    query: Query,
    limits: Limits,
    stop: Stop | None = None,
    progress: Callable[[float], None] | None = None,
) -> Iterator[Opened]:
    """Start a query; what goes wrong while its rows are read is told here too.

    Raises BadInput for what cannot be meant or is not allowed, TooLarge when memory does not suffice,
    Unavailable when it takes too long, Cancelled when stopped.
    """
    import duckdb  # noqa: PLC0415 - takes a fifth of a second, and most processes never ask

    checked = check(query.sql, list(TABLES))
    values = bind(checked.parameters, query.parameters, query.values, lake.calendar)
    spill = limits.spill / uuid.uuid4().hex if limits.spill and limits.disk_mb else None
    if spill is not None:
        spill.mkdir(parents=True)
    connection = duckdb.connect(config=_config(limits, spill))
    watch = _Watch(connection, limits.seconds, stop)
    try:
        _furnish(connection, lake, set(TABLES) if checked.shows else set(checked.tables), stop, progress)
        with watch:
            if not checked.explains:
                # binds without running: only here does DuckDB say where in the text a mistake is
                connection.execute(_PREPARE + checked.sql)
                connection.execute("DEALLOCATE checked")
            answer = connection.sql(checked.sql, params=values)
            reader = answer.to_arrow_reader(_BATCH)
            types = [str(one) for one in answer.types]
            yield Opened(
                [
                    Column(one.name, type_, kind_of(one.type))
                    for one, type_ in zip(reader.schema, types, strict=True)
                ],
                reader,
            )
            reader.close()
    except TidewheelError:
        raise
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise _told(error, query.sql, checked, watch, limits) from None
    finally:
        connection.close()
        if spill is not None:
            shutil.rmtree(spill, ignore_errors=True)


def first_rows(
    lake: Lake,
    query: Query,
    limits: Limits,
    most: int,
    stop: Stop | None = None,
    progress: Callable[[float], None] | None = None,
) -> Rows:
    """Return at most so many rows, as JSON values."""
    with opened(lake, query, limits, stop, progress) as answer:
        found: list[list[Any]] = []
        size = 0
        for batch in answer.batches:
            wanted = batch.slice(0, most + 1 - len(found))
            size += wanted.nbytes
            if size > _ANSWER:
                raise _too_large()
            found += rows(wanted)
            if len(found) > most:
                break
        return Rows(answer.columns, found[:most], more=len(found) > most)


def described(lake: Lake) -> dict[str, list[Column]]:
    """Return the columns of every table."""
    import duckdb  # noqa: PLC0415 - as above

    with duckdb.connect(config=_config(Limits(1.0, 64, 0, 1), None)) as connection:
        _furnish(connection, lake, set(TABLES), None, None)
        found = {}
        for name in TABLES:
            relation = connection.table(name) if name != "orders" else connection.view(name)
            found[name] = [
                Column(column, str(type_), kind_in_sql(str(type_)))
                for column, type_ in zip(relation.columns, relation.types, strict=True)
            ]
        return found


class _Watch:
    """Interrupts a connection when its time is over or somebody stops it."""

    def __init__(self, connection: Any, seconds: float, stop: Stop | None) -> None:
        self._connection, self._stop = connection, stop
        self._end = time.monotonic() + seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="sql-watch", daemon=True)
        self._why: str | None = None

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def why(self) -> str | None:
        """Return what ended the query from outside, if anything did."""
        return "stopped" if self._stop and _stopped(self._stop) else self._why

    def _look(self) -> None:
        while not self._over.wait(_LOOK):
            if time.monotonic() > self._end:
                self._why = "late"
            elif self._stop and _stopped(self._stop):
                self._why = "stopped"
            if self._why:
                self._connection.interrupt()


def _stopped(stop: Stop) -> bool:
    try:
        stop.check()
    except Cancelled:
        return True
    return False


def _config(limits: Limits, spill: Path | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "enable_external_access": False,
        "python_enable_replacements": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "errors_as_json": True,
        "memory_limit": f"{limits.memory_mb}MiB",
        "temp_directory": str(spill) if spill else "",
        "max_temp_directory_size": f"{limits.disk_mb}MiB",
    }
    return found | ({"threads": limits.threads} if limits.threads else {})


def _furnish(
    connection: Any, lake: Lake, wanted: set[str], stop: Stop | None, progress: Callable[[float], None] | None
) -> None:
    """Give the engine these tables, then lock it."""
    for name in sorted((wanted | {"events"}) - {"orders"} if "orders" in wanted else wanted):
        connection.register(name, lake.table(name, stop, progress))
    if "orders" in wanted:
        connection.execute(f"CREATE VIEW orders AS {ORDERS}")
    connection.execute(f"SET TimeZone = '{lake.calendar.tz().key}'")
    connection.execute("SET lock_configuration = true")


def _too_large() -> TooLarge:
    return TooLarge(
        "sql_answer_too_large",
        Text("The answer is larger than {most} MiB.", "查询结果超过 {most} MiB。"),
        field="sql",
        expected=f"<= {_ANSWER >> 20} MiB",
        hint=Text(
            "Ask for fewer columns or shorter values, or take the answer as a file.",
            "请减少列或缩短取值，也可将结果导出为文件。",
        ),
        most=_ANSWER >> 20,
    )


def _told(error: Exception, sql: str, checked: Checked, watch: _Watch, limits: Limits) -> TidewheelError:
    if watch.why() == "stopped":
        return Cancelled("cancelled", Text("The question was cancelled.", "查询已取消。"))
    if watch.why() == "late":
        return Unavailable(
            "sql_too_slow",
            Text("The query took more than {seconds:g} seconds.", "查询超过 {seconds:g} 秒。"),
            field="sql",
            hint=Text(
                "Name a shorter period in WHERE, or raise TIDEWHEEL_SQL_TIMEOUT_SECONDS.",
                "请在 WHERE 中缩短时间段，或调大 TIDEWHEEL_SQL_TIMEOUT_SECONDS。",
            ),
            seconds=limits.seconds,
        )
    start = max(sql.find(checked.sql), 0)
    before = 0 if checked.explains else len(_PREPARE)
    return from_duckdb(error, sql, before=before - len(sql[:start].encode()), memory_mb=limits.memory_mb)
