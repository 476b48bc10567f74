"""Running an import: rows to events or table rows, in chunks, once however often the file is imported."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Mapping as Mapped
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeAlias, cast

import numpy as np
import pyarrow as pa

from tidewheel.collect.contract import Arrival, Decoded
from tidewheel.collect.files.cells import ColumnKind
from tidewheel.collect.files.contract import KINDS, ImportKind, Job, Made, Numbered, Skipped
from tidewheel.collect.files.guess import guess, guess_unit, kinds_of, money_columns
from tidewheel.collect.files.mapping import Mapping
from tidewheel.collect.files.ordinals import Ordinals
from tidewheel.collect.files.readers import CHUNK_ROWS, Row, Table, first_chunk, is_native, open_table
from tidewheel.collect.files.summary import Summary
from tidewheel.collect.files.tables import table_of
from tidewheel.collect.guard import Guard
from tidewheel.collect.identifiers import RANKED
from tidewheel.collect.intake import canonical, take_decoded
from tidewheel.collect.problems import Note, Refused, Rejection
from tidewheel.collect.values import shown
from tidewheel.collect.wire import WireEvent, to_wire
from tidewheel.core.errors import BadInput, unknown
from tidewheel.core.events import Event
from tidewheel.core.ids import key64
from tidewheel.core.period import Calendar
from tidewheel.core.text import Text

Progress: TypeAlias = Callable[[float, int], None]
"""Takes the part of the file that has been read (0 to 1) and the rows so far."""


_PARTS: Final = frozenset(("who", "properties", "person"))
"""Objects within an event."""


def _ignore_events(_: list[Event]) -> None:
    return None


def _ignore_rows(_: str, __: pa.Table) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Sink:
    """Where an import goes. Each returns how many were new, or None when it cannot tell."""

    events: Callable[[list[Event]], int | None] = _ignore_events
    rows: Callable[[str, pa.Table], int | None] = _ignore_rows
    rejected: Callable[[list[Rejection]], None] | None = None
    whole_rows: bool = False
    """Rejections carry the cells of rows that made no event, as ``{"row": …}``."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file, its first rows, and how it will be read."""

    table: Table
    kind: ImportKind
    job: Job


def opened(path: Path, mapping: Mapping | None) -> Table:
    """Open a file, at the sheet the mapping names."""
    return open_table(path, sheet=mapping.sheet if mapping else None)


def prepare(
    table: Table,
    kind: str,
    mapping: Mapping | None,
    zone: str,
    moment: int | None = None,
    ranks: Mapped[str, int] = RANKED,
) -> Prepared:
    """Check the mapping against a table; without a mapping, guess one.

    ``ranks`` are the types of identifiers the project knows.
    """
    importer = KINDS.get(kind, field="kind")()
    sample = [row for row in first_chunk(table) if isinstance(row, Row)]
    columns = table.columns
    if mapping is not None and table.loose:
        columns = tuple(dict.fromkeys((*columns, *mapping.columns().values())))
    Calendar(mapping.zone or zone if mapping else zone).tz()
    native = _is_native(table, importer, mapping, sample)
    if mapping is None:
        mapping = Mapping() if native else guess(columns, sample, importer, zone, ranks).mapping
    if not native:
        check_mapping(mapping, columns, importer, ranks)
        mapping = _with_units(mapping, importer, sample)
    kinds: dict[str, ColumnKind] = kinds_of(columns, sample) | mapping.kinds
    job = Job(mapping, columns, kinds, mapping.zone or zone, mapping.properties(columns), moment)
    return Prepared(replace(table, native=native), importer, job)


def run_import(
    path: Path,
    kind: str,
    mapping: Mapping | None,
    sink: Sink,
    progress: Progress | None = None,
    *,
    source: str,
    zone: str,
    now: int,
    guard: Guard | None = None,
    ranks: Mapped[str, int] = RANKED,
) -> Summary:
    """Import a file. ``now`` is the moment of the import, ``zone`` the project's, ``source`` the events' source."""
    arrival = Arrival(source, now, zone, guard=guard, ranks=ranks)
    prepared = prepare(opened(path, mapping), kind, mapping, zone, ranks=ranks)
    return run_table(prepared, sink, arrival, progress)


def run_table(prepared: Prepared, sink: Sink, arrival: Arrival, progress: Progress | None = None) -> Summary:
    """Import the rows of a table."""
    run = _Run(prepared, sink, arrival)
    for chunk in _chunked(run.made(progress)):
        run.give(chunk)
    if progress:
        progress(1.0, run.summary.rows)
    return run.summary


def try_rows(table: Table, kind: str, mapping: Mapping, arrival: Arrival) -> Summary:
    """Run an import of the first rows that goes nowhere, to show what would be wrong."""
    prepared = prepare(table, kind, mapping, arrival.zone, ranks=arrival.ranks)
    rows = first_chunk(prepared.table)
    table = replace(prepared.table, chunks=lambda: iter([(1.0, rows)]))
    run = _Run(replace(prepared, table=table), Sink(), arrival)
    for chunk in _chunked(run.made(None)):
        run.give(chunk)
    return run.summary


def check_mapping(
    mapping: Mapping, columns: tuple[str, ...], kind: ImportKind, ranks: Mapped[str, int] = RANKED
) -> None:
    """Raise when the mapping names a column that is not there, or leaves out what the kind needs."""
    for kind_of_id in mapping.who:
        if kind_of_id not in ranks:
            raise unknown(Text("identifier type", "标识类型"), kind_of_id, ranks, field="mapping.who")
    for place, column in mapping.columns().items():
        if column not in columns:
            raise unknown(Text("column", "列"), column, columns, field=f"mapping.{place}")
    for need in kind.needs:
        part, _, name = need.partition(".")
        given = getattr(mapping, part)
        if not given or (name and name not in given):
            called = _CALLED.get(need, Text(name or need, name or need))
            raise BadInput(
                "missing_mapping",
                Text("Say which column is {need_en}.", "请指明哪一列是{need_zh}。"),
                field=f"mapping.{need}",
                expected=list(columns),
                hint=_NEEDS[part],
                need_en=called.en,
                need_zh=called.zh,
            )


_CALLED = {
    "who": Text("who it is about", "用户标识"),
    "what": Text("the event's name", "事件名称"),
    "when": Text("the time", "时间"),
    "fields.order_id": Text("the order number", "订单号"),
    "fields.item_id": Text("the item number", "商品编码"),
    "fields.cost": Text("the cost", "花费"),
    "fields.orders": Text("the orders found", "增量订单数"),
}
_NEEDS = {
    "who": Text(
        "At least one identifier, such as phone, openid or device.",
        "至少一个标识，如手机号、openid 或设备号。",
    ),
    "what": Text(
        "A column with event names, or =name for all rows.", "事件名称所在的列，或用 =名称 指定所有行。"
    ),
    "when": Text("The column with the time.", "时间所在的列。"),
    "fields": Text("Choose the column in the mapping.", "请在映射中选择对应的列。"),
}


class _Run:
    def __init__(self, prepared: Prepared, sink: Sink, arrival: Arrival) -> None:
        self.table, self.kind, self.job = prepared.table, prepared.kind, prepared.job
        self.sink, self.arrival = sink, arrival
        self.summary = Summary()
        self.ordinals = Ordinals()
        self.columns = self.job.mapping.columns()

    def made(self, progress: Progress | None) -> Iterator[Made]:
        if self.table.native:
            return _native(self.rows(progress))
        seen = self.kind.first_pass(self.job, (row for _, rows in self.table.chunks() for row in rows))
        return self.kind.read(self.job, self.rows(progress), seen)

    def rows(self, progress: Progress | None) -> Iterator[Numbered]:
        for part, rows in self.table.chunks():
            self.summary.rows += len(rows)
            yield from rows
            if progress:
                progress(part, self.summary.rows)

    def give(self, chunk: list[Made]) -> None:
        rejected: list[tuple[Rejection, int]] = []
        good: list[Made] = []
        for made in chunk:
            if isinstance(made.what, Refused):
                rejected.append((self.rejection(made, made.what), made.lines))
            elif isinstance(made.what, Skipped):
                self.summary.skipped += made.lines
            else:
                good.append(made)
        keys = self.keys(good)
        if self.kind.table is None:
            self.give_events(good, keys, rejected)
        elif good:
            self.give_rows(self.kind.table, good)
        for rejection, lines in rejected:
            self.summary.refuse(rejection, lines)
        if rejected and self.sink.rejected:
            self.sink.rejected([rejection for rejection, _ in rejected])

    def keys(self, good: list[Made]) -> list[int]:
        return [
            0
            if made.content is None
            else key64(canonical(made.content), *(() if made.key is None else (made.key,)))
            for made in good
        ]

    def give_events(self, good: list[Made], keys: list[int], rejected: list[tuple[Rejection, int]]) -> None:
        ordinals = self.ordinals.of(np.array(keys, dtype=np.uint64))
        wires: list[WireEvent] = []
        for made, key, ordinal in zip(good, keys, ordinals.tolist(), strict=True):
            wire = cast("WireEvent", made.what)
            if made.content is not None:
                wire.id = f"{key:016x}.{ordinal}"
            wires.append(wire)
        taken = take_decoded(Decoded(wires), self.arrival)
        refused = {one.index for one in taken.rejected}
        told: set[tuple[int, str]] = set()
        for one in taken.rejected:
            made = good[one.index]
            if made.lines or (made.row, one.code) not in told:
                told.add((made.row, one.code))
                rejected.append((self.of_row(one, made.row), made.lines))
        for note in taken.notes:
            row = None if note.index is None else good[note.index].row
            self.summary.remark(Note(row, note.code, self.column_of(note.field), note.got, note.values))
        self.summary.accepted += sum(made.lines for place, made in enumerate(good) if place not in refused)
        if taken.events:
            for event in taken.events:
                self.summary.saw(event.time)
            self.count(len(taken.events), self.sink.events(taken.events))

    def give_rows(self, table: str, good: list[Made]) -> None:
        keys = [key64(canonical(made.content)) for made in good]
        rows = [made.what for made in good if isinstance(made.what, dict)]
        self.summary.accepted += len(rows)
        self.count(len(rows), self.sink.rows(table, table_of(rows, keys, self.arrival.received)))

    def count(self, given: int, new: int | None) -> None:
        self.summary.facts += given
        if new is not None:
            self.summary.duplicates += given - new

    def of_row(self, one: Rejection, row: int) -> Rejection:
        column = self.column_of(one.field)
        return Rejection(row, one.code, column, one.got, one.expected, one.values, one.body)

    def rejection(self, made: Made, problem: Refused) -> Rejection:
        """Return why a row is left out, with the row as it came, unless nothing of it may be kept."""
        sent, guard = made.sent if made.sent is not None else problem.got, self.arrival.guard
        private = guard is not None and (bool(guard.hashed) or guard.concerns(sent))
        body = b"" if private or sent is None or not self.sink.whole_rows else canonical({"row": sent})
        got = None if private else shown(problem.got)
        return Rejection(made.row, problem.code, problem.field, got, problem.expected, problem.values, body)

    def column_of(self, field: str | None) -> str | None:
        """Return the column a JSON path comes from."""
        if field is None or not self.columns:
            return field
        start, _, name = field.partition(".")
        if start == "time":
            return self.columns.get("when", field)
        if start == "event":
            return self.columns.get("what", field)
        if start.startswith("items["):
            return self.columns.get(f"items.{name}", field)
        if start == "person":
            name = name.partition(".")[2]
        return self.columns.get(field) or self.job.properties.get(name, field)


def _with_units(mapping: Mapping, kind: ImportKind, sample: list[Row]) -> Mapping:
    """Return the mapping with a unit for every amount; units that are not said are guessed from the values."""
    units = {
        column: guess_unit(column, name, [row.cells.get(column) for row in sample])[0]
        for column, name in money_columns(mapping, kind).items()
    }
    return mapping.model_copy(update={"money": units | mapping.money})


def _is_native(table: Table, kind: ImportKind, mapping: Mapping | None, sample: list[Row]) -> bool:
    """Say whether rows are events in the native form: all of them, or rows from anywhere of which no mapping says else.

    One that is not in that form is then refused by itself, whatever else is in its batch.
    """
    if kind.table is not None:
        return False
    if table.native or not table.loose:
        return table.native
    if mapping is None:
        return 2 * sum(is_native(row.cells) for row in sample) > len(sample)
    return not any(getattr(mapping, need.partition(".")[0]) for need in kind.needs)


def _native(rows: Iterator[Numbered]) -> Iterator[Made]:
    for row in rows:
        if not isinstance(row, Row):
            yield Made(*row)
            continue
        try:
            wire = to_wire(_nested(row.cells))
        except Refused as problem:
            yield Made(row.number, problem, sent=row.cells)
            continue
        yield Made(row.number, wire, None if wire.id else _content(wire), key=row.key)


def _nested(cells: dict[str, Any]) -> dict[str, Any]:
    """Undo ``flat`` for the parts of an event."""
    found: dict[str, Any] = {}
    for name, value in cells.items():
        part, dot, inner = name.partition(".")
        if dot and part in _PARTS and isinstance(found.setdefault(part, {}), dict):
            found[part][inner] = value
        else:
            found[name] = value
    return found


def _content(wire: WireEvent) -> tuple[Any, ...]:
    return ("native", wire.event, wire.time, wire.who, wire.properties, wire.items, wire.person)


def _chunked(made: Iterator[Made]) -> Iterator[list[Made]]:
    chunk: list[Made] = []
    for one in made:
        chunk.append(one)
        if len(chunk) >= CHUNK_ROWS:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
