"""Events as Arrow tables and back.

A table of events has the columns of :data:`BASE`, then one column per property and kind, then one list
column per item property and kind. The lists of one row are equally long; they are null where the event
names no items. A table has only the columns that hold something.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewheel.core.events import Event, Kind, column_name, property_of

MOMENT: Final = pa.timestamp("ms", tz="UTC")
BASE: Final = pa.schema(
    [
        ("time", MOMENT),
        ("received", MOMENT),
        ("name", pa.string()),
        ("actor", pa.string()),
        ("id", pa.int64()),
        ("source", pa.string()),
    ]
)
TYPES: Final[dict[Kind, pa.DataType]] = {
    "text": pa.string(),
    "number": pa.float64(),
    "flag": pa.bool_(),
    "time": MOMENT,
    "list": pa.list_(pa.string()),
}
Ints: TypeAlias = npt.NDArray[np.int64]
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def is_item_column(column: str) -> bool:
    """Tell whether a column holds a property of items."""
    return column.startswith("i") and column[2:3] == "_"


def is_property_column(column: str) -> bool:
    """Tell whether a column holds a property of the event."""
    return column[1:2] == "_"


class _Columns:
    """Values by (kind, name) with the rows they stand in; becomes one array per column."""

    def __init__(self) -> None:
        self._kinds: dict[Kind, dict[str, tuple[list[Ints], list[Any]]]] = {kind: {} for kind in TYPES}
        self._by_type = {
            str: self._kinds["text"],
            int: self._kinds["number"],
            float: self._kinds["number"],
            bool: self._kinds["flag"],
            datetime: self._kinds["time"],
            list: self._kinds["list"],
        }

    def add(self, bags: Sequence[dict[str, Any]]) -> None:
        """Add the values of rows. Those of rows with the same names, as one kind of event has, are taken column by column."""
        alike: dict[tuple[str, ...], list[int]] = {}
        for row, bag in enumerate(bags):
            alike.setdefault(tuple(bag), []).append(row)
        for names, rows in alike.items():
            where = np.array(rows, np.int64)
            columns = zip(*[bags[row].values() for row in rows], strict=True)
            for name, values in zip(names, columns, strict=True):
                self._add(name, where, values)

    def _add(self, name: str, rows: Ints, values: Sequence[Any]) -> None:
        types = set(map(type, values))
        first = self._by_type.get(types.pop())
        if first is not None and all(self._by_type.get(other) is first for other in types):
            self._put(first, name, rows, values)
            return
        for row, value in enumerate(values):
            plain = value if type(value) in self._by_type else _plain(value)
            if plain is not None:
                self._put(self._by_type[type(plain)], name, rows[row : row + 1], (plain,))

    def _put(
        self, columns: dict[str, tuple[list[Ints], list[Any]]], name: str, rows: Ints, values: Sequence[Any]
    ) -> None:
        held = columns.get(name)
        if held is None:
            held = columns[name] = ([], [])
        held[0].append(rows)
        held[1].extend(values)

    def arrays(self, count: int) -> dict[str, pa.Array]:
        """Return arrays of ``count`` rows by column name, sorted by name."""
        found: dict[str, pa.Array] = {}
        for kind, columns in self._kinds.items():
            for name, (parts, values) in columns.items():
                array = _array(kind, values)
                if len(parts) > 1 or len(values) < count:
                    at = np.full(count, -1, np.int64)
                    at[np.concatenate(parts)] = np.arange(len(values))
                    array = array.take(pa.array(at, mask=at < 0))
                found[column_name(name, kind)] = array
        return dict(sorted(found.items()))


def to_table(events: Sequence[Event]) -> pa.Table:
    """Turn events into a table, one row each, in the order given."""
    properties, items = _Columns(), _Columns()
    properties.add([event.properties for event in events])
    goods = [item for event in events for item in event.items]
    items.add(goods)
    columns: dict[str, pa.Array] = {
        "time": pa.array(np.array([event.time for event in events], np.int64), MOMENT),
        "received": pa.array(np.array([event.received for event in events], np.int64), MOMENT),
        "name": _text([event.name for event in events]),
        "actor": _text([event.actor for event in events]),
        "id": pa.array(np.array([event.id for event in events], np.uint64).view(np.int64)),
        "source": _text([event.source for event in events]),
    }
    columns |= properties.arrays(len(events))
    if goods:
        length = np.array([len(event.items) for event in events], np.int64)
        for name, array in items.arrays(len(goods)).items():
            columns["i" + name] = lists(length, array)
    return pa.table(columns)


def lists(length: npt.NDArray[np.int64], values: pa.Array) -> pa.Array:
    """Cut ``values`` into one list per row; rows of length 0 are null."""
    offsets = np.zeros(len(length) + 1, np.int32)
    np.cumsum(length, out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), values, mask=pa.array(length == 0))


def to_events(table: pa.Table) -> list[Event]:
    """Undo :func:`to_table`; identifiers besides the actor are in the links, not here."""
    base = [table.column(name) for name in ("name", "actor", "source")]
    names, actors, sources = (column.to_pylist() for column in base)
    times = table.column("time").cast(pa.int64()).to_pylist()
    received = table.column("received").cast(pa.int64()).to_pylist()
    ids = table.column("id").to_numpy().view(np.uint64).tolist()
    properties: list[dict[str, Any]] = [{} for _ in names]
    items: list[list[dict[str, Any]]] = [[] for _ in names]
    for column in table.column_names:
        if is_property_column(column):
            name = property_of(column)[0]
            for row, value in _present(table.column(column)):
                properties[row][name] = value
        elif is_item_column(column):
            name = property_of(column[1:])[0]
            for row, values in _present(table.column(column)):
                if not items[row]:
                    items[row] = [{} for _ in values]
                for item, value in zip(items[row], values, strict=True):
                    if value is not None:
                        item[name] = value
    return [
        Event(name, time, actor, key, source, arrived, props, goods)
        for name, time, actor, key, source, arrived, props, goods in zip(
            names, times, actors, ids, sources, received, properties, items, strict=True
        )
    ]


def _present(column: pa.ChunkedArray) -> Iterator[tuple[int, Any]]:
    return ((row, value) for row, value in enumerate(column.to_pylist()) if value is not None)


def _text(values: list[str]) -> pa.Array:
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:  # half of a surrogate pair has no UTF-8 form
        return pa.array([value.encode("utf-8", "replace").decode() for value in values], pa.string())


def _array(kind: Kind, values: list[Any]) -> pa.Array:
    if kind == "text":
        return _text(values)
    if kind == "number":
        return pa.array(np.array(values, np.float64))
    if kind == "time":
        return pa.array([_milliseconds(value) for value in values], MOMENT)
    if kind == "list":
        try:
            return pa.array(values, TYPES[kind])
        except (pa.ArrowException, TypeError, UnicodeEncodeError):
            return pa.array([_strings(value) for value in values], TYPES[kind])
    return pa.array(values, TYPES[kind])


def _milliseconds(value: datetime) -> int:
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return (aware - _EPOCH) // _MILLISECOND


def _strings(values: list[Any]) -> list[str]:
    return [str(value).encode("utf-8", "replace").decode() for value in values if value is not None]


def _plain(value: Any) -> Any:
    """Return a value of another Python type as one of the five kinds; None stays None."""
    if value is None:
        return None
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    if isinstance(value, datetime):
        return datetime.fromtimestamp(0, UTC) + _milliseconds(value) * _MILLISECOND
    for kind in (str, int, float):
        if isinstance(value, kind):
            return kind(value)
    try:
        simple = msgspec.to_builtins(value, enc_hook=str)
        return simple if isinstance(simple, str) else msgspec.json.encode(simple).decode()
    except (TypeError, ValueError, RecursionError):
        return str(value)
