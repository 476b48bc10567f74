"""Tables that are made while they are read: only the columns asked for, only the rows that pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from tidewheel.analyse.sql.values import listed
from tidewheel.core.events import Kind

Scan: TypeAlias = Callable[[list[str], Any], Iterator[pa.RecordBatch]]
"""Takes names of columns and an Arrow expression or None; yields batches of exactly these columns."""
Goods: TypeAlias = tuple[str, Mapping[str, tuple[str, Kind]]]
"""The column that holds lists of goods; which property and kind each field of them holds."""


class Stream:
    """What a reader of a dataset asks for."""

    def __init__(self, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
        self._schema, self._batches = schema, batches

    def to_reader(self) -> pa.RecordBatchReader:
        """Return the batches."""
        return pa.RecordBatchReader.from_batches(self._schema, self._batches)


class Relation(ds.Dataset):
    """An Arrow dataset whose rows come from ``scan``; it may be read many times.

    ``stored`` says which property and kind a column holds, ``goods`` which column holds lists of goods, and the same of
    the fields of those.
    """

    def __init__(
        self,
        schema: pa.Schema,
        scan: Scan,
        stored: Mapping[str, tuple[str, Kind]],
        goods: Goods | None = None,
    ) -> None:
        self._columns, self._scan = schema, scan
        self.stored, self.goods = stored, goods

    @property
    def schema(self) -> pa.Schema:
        """Names and types of all columns."""
        return self._columns

    def scanner(self, columns: Sequence[str] | None = None, filter: Any = None, **_: Any) -> Stream:  # noqa: A002
        """Return the wanted columns of the rows for which ``filter`` is true."""
        names = self._columns.names if columns is None else list(columns)
        schema = pa.schema([self._columns.field(name) for name in names])
        return Stream(schema, self._scan(names, filter))


Masked: TypeAlias = Callable[[str, pa.Array], pa.Array]
"""Takes the name and the values of a column; returns values of the same type."""


def veiled(relation: Relation, masked: Masked) -> Relation:
    """Return a relation whose properties and actors are masked.

    Conditions see what is masked, so that nothing can be guessed by asking.
    """
    stored = relation.stored
    goods = {} if relation.goods is None else {relation.goods[0]: relation.goods[1]}
    veil = {*stored, *goods, "actor"}

    def seen(name: str, column: pa.Array) -> pa.Array:
        if name in goods:
            return _veiled_goods(column, goods[name], masked)
        if name in stored:
            return masked(stored[name][0], column)
        return masked(name, column) if name in veil else column

    def scan(names: list[str], condition: Any) -> Iterator[pa.RecordBatch]:
        about = [] if condition is None else columns_in(condition, relation.schema)
        veils = any(name in veil for name in about)
        needed = list(dict.fromkeys([*names, *(about if veils else ())]))
        for batch in relation.scanner(needed, None if veils else condition).to_reader():
            columns = [seen(name, column) for name, column in zip(needed, batch.columns, strict=True)]
            yield chosen(pa.record_batch(columns, schema=batch.schema), names, condition if veils else None)

    return Relation(relation.schema, scan, stored, relation.goods)


def _veiled_goods(column: pa.Array, goods: Mapping[str, tuple[str, Kind]], masked: Masked) -> pa.Array:
    """Return lists of goods with each property masked as a column of its own."""
    fields = list(column.type.value_type)
    flat = column.flatten()
    parts = [masked(goods[field.name][0], flat.field(at)) for at, field in enumerate(fields)]
    struct = pa.StructArray.from_arrays(parts, fields=fields, mask=flat.is_null())
    lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy().astype(np.int64)
    return listed(
        np.concatenate(([0], np.cumsum(lengths))), struct, column.is_null().to_numpy(zero_copy_only=False)
    )


def columns_in(condition: Any, schema: pa.Schema) -> list[str]:
    """Return columns that suffice to work a condition out."""
    said = str(condition)
    likely = [field for field in schema if field.name in said]
    try:
        ds.dataset(pa.schema(likely).empty_table()).to_table(columns={"passes": condition})
    except (pa.ArrowInvalid, pa.ArrowKeyError):
        return list(schema.names)
    return [field.name for field in likely]


def passing(condition: Any, batch: pa.RecordBatch) -> pa.Array:
    """Return for each row whether a condition is true."""
    table = ds.dataset(pa.Table.from_batches([batch])).to_table(
        columns={"passes": condition}, use_threads=False
    )
    return table["passes"].combine_chunks().fill_null(False)  # noqa: FBT003 - Arrow takes it by position


def chosen(batch: pa.RecordBatch, names: list[str], condition: Any) -> pa.RecordBatch:
    """Return some columns of the rows that pass."""
    kept = batch if condition is None else batch.filter(passing(condition, batch))
    return kept.select(names)
