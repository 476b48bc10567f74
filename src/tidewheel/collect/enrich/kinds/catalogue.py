"""What the catalogue said of an item when the event happened: name, category, cost and whatever else was imported.

An item's row holds from the moment it was imported until the next one; the first row also holds for all the time
before it, since a catalogue is imported after the goods went on sale. What the event itself says of its items comes
before what the catalogue says: it is what the customer saw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import ClassVar, Final

import numpy as np
import pyarrow as pa

from tidewheel.collect.enrich.columns import Ints, Texts, filled
from tidewheel.collect.enrich.contract import Added, Enrichment, EnrichmentRules
from tidewheel.core.events import Kind, column_name
from tidewheel.core.text import Text
from tidewheel.store.columns.packed import Packed, pack
from tidewheel.store.columns.segment import ITEMS, Segment
from tidewheel.store.enriched import Columns, Make, Said

ITEM: Final = "i" + column_name("item_id", "text")
MARKS: Final = frozenset({"item_id", "key", "imported"})


@dataclass(frozen=True, slots=True)
class Versions:
    """All rows of the catalogue by (item, moment). Item ``i`` has the rows ``heads[i]`` … ``heads[i + 1]``."""

    places: Mapping[str, int]
    heads: Ints
    since: Ints


class Catalogue(Enrichment[EnrichmentRules]):
    """See the module's description."""

    name: ClassVar[str] = "catalogue"
    title: ClassVar[Text] = Text("Catalogue", "商品资料")
    description: ClassVar[Text] = Text(
        "Items of events get what the imported catalogue said of them at the time, where the event does not say it.",
        "事件未上报的商品属性，按事件发生时的商品资料补全。",
    )
    edition: ClassVar[str] = "1"
    Rules = EnrichmentRules
    adds: ClassVar[tuple[Added, ...]] = (
        Added("item_name", Text("Item's name", "商品名称"), scope="item", fills=True),
        Added("item_category", Text("Item's category", "商品类目"), scope="item", fills=True),
        Added("price", Text("Price", "价格"), kind="number", scope="item", fills=True),
        Added("cost", Text("Cost", "成本"), kind="number", scope="item", fills=True),
    )
    """The rest is whatever columns the catalogue has."""
    reads_catalogue: ClassVar[bool] = True

    def __init__(self, rules: EnrichmentRules, catalogue: pa.Table) -> None:
        super().__init__(rules, catalogue)
        physical = {name: _physical(name, catalogue[name].type) for name in catalogue.column_names}
        self._columns = {name: column for name, column in physical.items() if column and name not in MARKS}
        self._versions = _versions(catalogue) if catalogue.num_rows else None

    def makes(self, segment: Segment) -> Mapping[str, Make]:
        """Return a column for each of the catalogue's, where a segment has items."""
        if self._versions is None or ITEM not in segment.columns or ITEMS not in segment.columns:
            return {}
        join = _Join(segment, self._versions)
        return {
            column: partial(join.column, column, self.catalogue[name].combine_chunks())
            for name, column in self._columns.items()
        }

    def complete(self, time: int, said: Said, items: Sequence[Said]) -> bool:  # noqa: ARG002
        """Add what the catalogue said of an event's items at the time."""
        for item in items if self._versions is not None else ():
            versions = self._versions
            place = versions.places.get(item.get(("item_id", "text"), "")) if versions is not None else None
            if versions is None or place is None:
                continue
            rows = range(int(versions.heads[place]), int(versions.heads[place + 1]))
            row = max((one for one in rows if versions.since[one] <= time), default=rows[0])
            for name, column in self._columns.items():
                value = self.catalogue[name][row].as_py()
                if value is not None:
                    kind: Kind = "text" if column[1] == "s" else "number"
                    item.setdefault((name, kind), float(value) if kind == "number" else value)
        return False


def _physical(name: str, kind: pa.DataType) -> str | None:
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return "i" + column_name(name, "text")
    return (
        "i" + column_name(name, "number") if pa.types.is_integer(kind) or pa.types.is_floating(kind) else None
    )


def _versions(catalogue: pa.Table) -> Versions:
    names = catalogue["item_id"].to_pylist()
    starts = [row for row, name in enumerate(names) if not row or name != names[row - 1]]
    since: Ints = catalogue["imported"].cast(pa.timestamp("ms", "UTC")).cast(pa.int64()).to_numpy()
    return Versions(
        {names[row]: place for place, row in enumerate(starts)}, np.array([*starts, len(names)]), since
    )


class _Join:
    """The catalogue's row for each item of a segment, found once."""

    def __init__(self, segment: Segment, versions: Versions) -> None:
        self._segment, self._versions = segment, versions

    @cached_property
    def rows(self) -> tuple[Ints, Ints]:
        """Items that the catalogue has, ascending, and the row in force for each."""
        segment, versions = self._segment, self._versions
        packed, items = segment.columns[ITEM], segment.columns[ITEMS]
        assert items.starts is not None
        place = np.array(
            [versions.places.get(word, -1) for word in packed.dictionary().to_pylist()], np.int64
        )
        places = place[packed.values]
        known = places >= 0
        item, places = packed.present_at()[known], places[known]
        first, last = versions.heads[places], versions.heads[places + 1] - 1
        if (last > first).any():
            of = np.repeat(items.present_at(), np.diff(items.starts))[item]
            first = _latest(first, last, versions.since, segment.base + segment.time[of].astype(np.int64))
        return item, first

    def column(self, name: str, values: pa.Array, columns: Columns) -> Packed | None:
        """Return what was sent of a property, filled with what the catalogue says."""
        stored, (item, row) = columns.get(name), self.rows
        count = self._segment.columns[ITEM].rows
        if name[1] == "s":
            encoded = values.dictionary_encode()
            codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)[row]
            said = codes >= 0
            return filled(stored, Texts(count, item[said], codes[said], encoded.dictionary.to_pylist()))
        held = np.full(count, np.nan)
        held[item] = values.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)[row]
        if stored is not None:
            held[stored.present_at()] = stored.floats(stored.present_at())
        lacking = np.isnan(held)
        return None if lacking.all() else pack(pa.array(held, pa.float64(), mask=lacking), "n")


def _latest(first: Ints, last: Ints, since: Ints, moment: Ints) -> Ints:
    """Return the last row from ``first`` to ``last`` in force at each moment; the first where none is yet."""
    low, high = first.copy(), last.copy()
    while (low < high).any():
        middle = (low + high + 1) >> 1
        reached = since[middle] <= moment
        low = np.where(reached & (low < high), middle, low)
        high = np.where(~reached & (low < high), middle - 1, high)
    return low
