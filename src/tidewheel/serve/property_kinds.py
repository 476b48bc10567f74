"""The kinds of values that arrive under one name of a property: how many each, from where, since when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from tidewheel.core.events import KIND_LETTERS, PERSON_FACTS, Kind, Scope, column_name
from tidewheel.serve.dictionary import samples_of
from tidewheel.store.columns.packed import Packed
from tidewheel.store.columns.segment import ITEMS, SOURCE, Segment
from tidewheel.store.view import Snapshot

MOST_SAMPLES = 5

Ints = npt.NDArray[np.int64]


@dataclass(slots=True)
class SeenKind:
    """Values of one kind: in how many events (or items), the first and last of them, by source and by event."""

    kind: Kind
    count: int = 0
    first: int = 2**62
    last: int = -(2**62)
    sources: dict[str, int] = field(default_factory=dict)
    events: dict[str, int] = field(default_factory=dict)
    samples: list[Any] = field(default_factory=list)


def kinds_of(snapshot: Snapshot, name: str, scope: Scope) -> list[SeenKind]:
    """Return the kinds a property has arrived with, the commonest first; none when it never has."""
    found: dict[Kind, SeenKind] = {}
    for kind in KIND_LETTERS:
        column = ("i" if scope == "item" else "") + column_name(name, kind)
        for segment, packed in _packed(snapshot, column):
            rows = _rows(segment, packed, scope)
            if len(rows):
                _add(found.setdefault(kind, SeenKind(kind)), segment, packed, rows)
    return sorted(found.values(), key=lambda one: (-one.count, one.kind))


def _packed(snapshot: Snapshot, column: str) -> Iterator[tuple[Segment, Packed]]:
    for loaded in snapshot.whole().segments:
        packed = loaded.segment.columns.get(column)
        if packed is not None:
            yield loaded.segment, packed


def _rows(segment: Segment, packed: Packed, scope: Scope) -> Ints:
    """Return the rows that have a value, one that has it in several items so many times."""
    at = packed.present_at()
    if scope == "item":
        items = segment.columns[ITEMS]
        assert items.starts is not None
        return np.repeat(items.present_at(), np.diff(items.starts))[at]
    person = np.array([name in PERSON_FACTS for name in segment.names], np.bool_)
    return at[person[segment.event[at]] == (scope == "person")]


def _add(seen: SeenKind, segment: Segment, packed: Packed, rows: Ints) -> None:
    seen.count += len(rows)
    seen.first = min(seen.first, segment.base + int(segment.time[rows].min()))
    seen.last = max(seen.last, segment.base + int(segment.time[rows].max()))
    _tally(seen.events, list(segment.names), segment.event[rows].astype(np.int64))
    source = segment.columns.get(SOURCE)
    if source is not None:
        codes = source.codes(rows)
        _tally(seen.sources, source.dictionary().to_pylist(), codes[codes >= 0])
    fresh = [value for value in samples_of(packed) if value not in seen.samples]
    seen.samples = (seen.samples + fresh)[:MOST_SAMPLES]


def _tally(counts: dict[str, int], names: list[str], codes: Ints) -> None:
    for code, count in enumerate(np.bincount(codes, minlength=len(names)).tolist()):
        if count:
            counts[names[code]] = counts.get(names[code], 0) + count
