"""Running one query in DuckDB, over tables that somebody else reads, within limits.

Nothing is kept: each query gets an engine in memory with files, extensions, settings and Python variables
out of reach and the project's time zone.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds

from tidewheel.analyse.sql.forms import FORMS, Form
from tidewheel.analyse.sql.guard import Checked, check
from tidewheel.analyse.sql.limits import Limits
from tidewheel.analyse.sql.parameters import Parameter, bind
from tidewheel.analyse.sql.plain import kind_in_sql, kind_of
from tidewheel.analyse.sql.problems import LARGEST, from_duckdb, out_of_memory, too_large
from tidewheel.analyse.sql.views import ORDERS, TABLES
from tidewheel.analyse.sql.wire import Line, Said, condition_packed, unpacked
from tidewheel.core.errors import TidewheelError
from tidewheel.core.period import Calendar

_BATCH: Final = 2_048
_PIECE: Final = 1 << 24
"""Most bytes of several rows that are told at once."""
_PREPARE: Final = "PREPARE checked AS "


class Reader:
    """Asks the server for tables and their rows; threads take turns."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._turn = threading.Lock()

    def ask(self, head: dict[str, Any], body: Any = b"") -> Said:
        """Say something and wait for what is said to it."""
        with self._turn:
            self._line.tell(head, body)
            return self._line.hear()

    def table(self, name: str) -> Remote:
        """Return a table."""
        _, schema = self.ask({"say": "table", "name": name})
        return Remote(self, name, pa.ipc.read_schema(pa.py_buffer(schema)))

    def rows(self, name: str, columns: list[str], condition: Any) -> Iterator[pa.RecordBatch]:
        """Yield some columns of the rows of a table that pass."""
        head, _ = self.ask({"say": "scan", "name": name, "columns": columns}, condition_packed(condition))
        while body := self.ask({"say": "next", "scan": head["scan"]})[1]:
            yield unpacked(body)


class Remote(ds.Dataset):
    """A table whose rows the server reads."""

    def __init__(self, reader: Reader, name: str, schema: pa.Schema) -> None:
        self._reader, self._name, self._columns = reader, name, schema

    @property
    def schema(self) -> pa.Schema:
        """Names and types of all columns."""
        return self._columns

    def scanner(self, columns: Sequence[str] | None = None, filter: Any = None, **_: Any) -> Remotely:  # noqa: A002
        """Return the wanted columns of the rows for which ``filter`` is true."""
        names = self._columns.names if columns is None else list(columns)
        schema = pa.schema([self._columns.field(name) for name in names])
        return Remotely(schema, self._reader.rows(self._name, names, filter))


class Remotely:
    """What a reader of a dataset asks for."""

    def __init__(self, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
        self._schema, self._batches = schema, batches

    def to_reader(self) -> pa.RecordBatchReader:
        """Return the batches."""
        return pa.RecordBatchReader.from_batches(self._schema, self._batches)


def answer(reader: Reader, job: dict[str, Any]) -> dict[str, Any]:
    """Run a query, tell its columns and rows, and return whether there are more.

    Raises BadInput for what cannot be meant or is not allowed, TooLarge when memory does not suffice.
    """
    sql, limits = job["sql"], Limits.read(job["limits"])
    declared = [Parameter.model_validate(one) for one in job["parameters"]]
    try:
        checked = check(sql, list(TABLES))
        values = bind(checked.parameters, declared, job["values"], Calendar(job["zone"]))
    except MemoryError:
        raise out_of_memory(limits.memory_mb) from None
    try:
        with _connected(job, limits) as connection:
            _furnish(connection, reader, set(TABLES) if checked.shows else set(checked.tables), job["zone"])
            return {"more": _run(connection, reader, checked, values, job)}
    except TidewheelError:
        raise
    except (duckdb.Error, pa.ArrowException, OSError, MemoryError) as error:
        raise _told(error, sql, checked, limits) from None


def warm() -> None:
    """Have what every query needs in memory."""
    with duckdb.connect(config={"enable_external_access": False}) as connection:
        check("select 1", [])
        connection.sql("SELECT 1").to_arrow_reader(1).read_all()


def describe(reader: Reader, job: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of every table."""
    with _connected(job, Limits.read(job["limits"])) as connection:
        _furnish(connection, reader, set(TABLES), job["zone"])
        found = {}
        for name in TABLES:
            relation = connection.table(name) if name != "orders" else connection.view(name)
            found[name] = [
                {"name": column, "type": str(type_), "kind": kind_in_sql(str(type_))}
                for column, type_ in zip(relation.columns, relation.types, strict=True)
            ]
    return {"tables": found}


@contextmanager
def _connected(job: dict[str, Any], limits: Limits) -> Iterator[duckdb.DuckDBPyConnection]:
    config: dict[str, Any] = {
        "enable_external_access": False,
        "python_enable_replacements": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "errors_as_json": True,
        "memory_limit": f"{limits.tables_mb()}MiB",
        "temp_directory": job["spill"] or "",
        "max_temp_directory_size": f"{limits.disk_mb}MiB",
    }
    with duckdb.connect(
        config=config | ({"threads": limits.threads} if limits.threads else {})
    ) as connection:
        yield connection


def _furnish(connection: duckdb.DuckDBPyConnection, reader: Reader, wanted: set[str], zone: str) -> None:
    """Give the engine these tables, then lock it."""
    for name in sorted((wanted | {"events"}) - {"orders"} if "orders" in wanted else wanted):
        connection.register(name, reader.table(name))
    if "orders" in wanted:
        connection.execute(f"CREATE VIEW orders AS {ORDERS}")
    connection.execute(f"SET TimeZone = '{Calendar(zone).tz().key}'")
    connection.execute("SET lock_configuration = true")


def _run(
    connection: duckdb.DuckDBPyConnection,
    reader: Reader,
    checked: Checked,
    values: dict[str, Any],
    job: dict[str, Any],
) -> bool:
    if not checked.explains:
        # binds without running: only here does DuckDB say where in the text a mistake is
        connection.execute(_PREPARE + checked.sql)
        connection.execute("DEALLOCATE checked")
    found = connection.sql(checked.sql, params=values)
    batches = found.to_arrow_reader(_BATCH)
    types = [str(one) for one in found.types]
    columns = [
        {"name": one.name, "type": type_, "kind": kind_of(one.type)}
        for one, type_ in zip(batches.schema, types, strict=True)
    ]
    reader.ask({"say": "columns", "columns": columns})
    teller = _Teller(reader, FORMS[job["form"]](), int(job["bytes"]))
    more = teller.tell(batches, int(job["rows"]))
    batches.close()
    return more


class _Teller:
    """Tells an answer in pieces of a size that a line takes."""

    def __init__(self, reader: Reader, form: Form, most: int) -> None:
        self._reader, self._form, self._most = reader, form, most
        self._told = 0

    def tell(self, batches: pa.RecordBatchReader, most: int) -> bool:
        """Tell so many rows at most; returns whether there were more."""
        self._say(self._form.begin(batches.schema))
        left = most
        for batch in batches:
            self._rows(batch.slice(0, left))
            left -= batch.num_rows
            if left < 0:
                break
        self._say(self._form.end())
        return left < 0

    def _rows(self, batch: pa.RecordBatch) -> None:
        if batch.num_rows > 1 and batch.nbytes > _PIECE:
            half = batch.num_rows // 2
            self._rows(batch.slice(0, half))
            self._rows(batch.slice(half))
        elif batch.nbytes > LARGEST:
            raise too_large(LARGEST)
        elif batch.num_rows:
            self._say(self._form.rows(batch))

    def _say(self, text: bytes) -> None:
        self._told += len(text)
        if self._told > self._most:
            raise too_large(self._most)
        for start in range(0, len(text), LARGEST):
            self._reader.ask({"say": "rows"}, memoryview(text)[start : start + LARGEST])


def _told(error: Exception, sql: str, checked: Checked, limits: Limits) -> TidewheelError:
    if isinstance(error, MemoryError | pa.ArrowMemoryError):
        return out_of_memory(limits.memory_mb)
    start = max(sql.find(checked.sql), 0)
    before = 0 if checked.explains else len(_PREPARE)
    return from_duckdb(error, sql, before=before - len(sql[:start].encode()), memory_mb=limits.memory_mb)
