"""The rules of a project's enrichments: reading them, and putting them to work."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import ValidationError

from tidewheel.collect.enrich.contract import ENRICHMENTS, NO_ROWS, Enrichment, EnrichmentRules
from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text
from tidewheel.core.validation import why
from tidewheel.store.columns.segment import Segment
from tidewheel.store.enriched import Columns, Make, Said


class Rulebook:
    """All enrichments of a project with their rules; an ``Enricher`` of the store. Can be sent to other processes."""

    def __init__(self, rules: Mapping[str, EnrichmentRules], catalogue: pa.Table | None = None) -> None:
        goods = pa.table({}) if catalogue is None else catalogue
        self._parts: list[Enrichment[Any]] = [
            kind(rules.get(name) or kind.Rules(), goods if kind.reads_catalogue else pa.table({}))
            for name, kind in ENRICHMENTS.all().items()
            if (rules.get(name) or kind.Rules()).on
        ]
        self._ordered = _ordered(self._parts)
        made = hashlib.sha256()
        for part in self._parts:
            made.update(f"{part.name}\0{part.edition}\0{part.rules.model_dump_json()}\0".encode())
            if part.reads_catalogue:
                made.update(_digest(goods))
        self._version = made.hexdigest()[:16]

    @property
    def version(self) -> str:
        """Tells these rules, and what they rest on, from all others."""
        return self._version

    def part(self, name: str) -> Enrichment[Any] | None:
        """Return one enrichment; None where it is switched off."""
        return next((part for part in self._parts if part.name == name), None)

    def makes(self, segment: Segment) -> Mapping[str, Make]:
        """Return how each column is worked out."""
        found: dict[str, Make] = {}
        for part in self._parts:
            found.update(part.makes(segment))
        return found

    def leaves_out(self, segment: Segment, columns: Columns) -> npt.NDArray[np.int64]:
        """Return the rows that no question counts."""
        found = [rows for part in self._parts if len(rows := part.leaves_out(segment, columns))]
        return np.unique(np.concatenate(found)) if found else NO_ROWS

    def complete(self, time: int, said: Said, items: Sequence[Said]) -> bool:
        """Add to what an event says; return whether no question counts it."""
        out = False
        for part in self._ordered:
            out |= part.complete(time, said, items)
        return out


def _ordered(parts: Sequence[Enrichment[Any]]) -> list[Enrichment[Any]]:
    """Return each enrichment after those whose properties it reads."""
    given = {part.name: set(part.after) & {one.name for one in parts} for part in parts}
    by_name = {part.name: part for part in parts}
    return [by_name[name] for name in TopologicalSorter(given).static_order()]


def parse_rules(given: Mapping[str, Any]) -> dict[str, EnrichmentRules]:
    """Read rules by the name of their enrichment; the first mistake is told with its field."""
    found: dict[str, EnrichmentRules] = {}
    for name, raw in given.items():
        kind = ENRICHMENTS.get(name, field=name)
        try:
            found[name] = kind.Rules.model_validate(raw)
        except ValidationError as error:
            first = min(error.errors(include_url=False), key=lambda one: -len(one["loc"]))
            place = ".".join(map(str, (name, *first["loc"])))
            raise BadInput(
                "bad_rule",
                Text("{name} cannot be used: {why}.", "规则 {name} 无效：{why}。"),
                field=place,
                got=str(first["input"])[:200],
                name=place,
                why=why(first),
            ) from None
    return found


def catalogue_of(rows: pa.Table) -> pa.Table:
    """Return imported goods by (item, when imported): one row a version, the last import of a moment."""
    if not rows.num_rows or "item_id" not in rows.column_names:
        return pa.table({})
    order = pc.sort_indices(rows, [("item_id", "ascending"), ("imported", "ascending")])
    return rows.take(order).combine_chunks()


def _digest(table: pa.Table) -> bytes:
    stream = pa.BufferOutputStream()
    with pa.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return hashlib.sha256(stream.getvalue()).digest()
