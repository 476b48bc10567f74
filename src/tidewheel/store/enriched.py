"""Columns worked out from stored ones when they are asked for, and rows no question counts.

What is worked out is no fact: it follows the rules in force over all history, and nothing on disk knows of it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from tidewheel.core.events import Kind
from tidewheel.store.columns.packed import Packed, smallest
from tidewheel.store.columns.segment import Segment
from tidewheel.store.shelf import Loaded

LEFT_OUT: Final = "$left_out"
"""The event name of rows that no question counts."""

Columns: TypeAlias = Mapping[str, Packed]
Said: TypeAlias = dict[tuple[str, Kind], Any]
"""The properties of an event or item, by name and kind."""
Make: TypeAlias = Callable[[Columns], Packed | None]
"""Works a column out of the others; None: no row has a value."""


class Enricher(Protocol):
    """The rules in force. ``version`` is another one whenever an answer could be."""

    @property
    def version(self) -> str:
        """Tells these rules from all others."""

    def makes(self, segment: Segment) -> Mapping[str, Make]:
        """Return the columns that can be worked out, by physical name; a stored one of the name is hidden."""

    def leaves_out(self, segment: Segment, columns: Columns) -> npt.NDArray[np.int64]:
        """Return the rows that no question counts, ascending."""

    def complete(self, time: int, said: Said, items: Sequence[Said]) -> bool:
        """Do the same to one event said plainly: add to what it says; return whether no question counts it."""


class Enriched(Mapping[str, Packed]):
    """Stored columns and those worked out from them, each when it is looked at first.

    While a column is worked out, its own name leads to the stored one.
    """

    def __init__(self, stored: Columns, makes: Mapping[str, Make]) -> None:
        self._stored, self._makes = stored, dict(makes)
        self._made: dict[str, Packed | None] = {}
        self._making: set[str] = set()
        self._lock = threading.RLock()

    def __getitem__(self, name: str) -> Packed:
        if name not in self._makes:
            return self._stored[name]
        found = self._find(name)
        if found is None:
            raise KeyError(name)
        return found

    def get(self, name: str, default: Any = None) -> Any:
        """Return a column, or ``default`` where no row has a value."""
        if name not in self._makes:
            return self._stored.get(name, default)
        found = self._find(name)
        return default if found is None else found

    def __contains__(self, name: object) -> bool:
        return self.get(name) is not None if isinstance(name, str) else False

    def __iter__(self) -> Iterator[str]:
        names = dict.fromkeys((*self._stored, *self._makes))
        return (name for name in names if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _find(self, name: str) -> Packed | None:
        with self._lock:
            if name in self._making:
                return self._stored.get(name)
            if name not in self._made:
                self._making.add(name)
                try:
                    self._made[name] = self._makes[name](self)
                finally:
                    self._making.discard(name)
            return self._made[name]


def enriched(loaded: Loaded, enricher: Enricher) -> Loaded:
    """Return a stored segment with what is worked out; kept for the rules in force."""
    key = ("enriched", enricher.version)
    found: Loaded | None = loaded.kept.get(key)
    if found is None:
        for old in [one for one in loaded.kept if isinstance(one, tuple) and one[0] == "enriched"]:
            del loaded.kept[old]  # snapshots in use have theirs
        found = loaded.kept[key] = work_out(loaded, enricher)
    return found


def work_out(loaded: Loaded, enricher: Enricher) -> Loaded:
    """Return a stored segment with what rules work out, which need not be in force."""
    segment = loaded.segment
    columns = Enriched(segment.columns, enricher.makes(segment))
    seen = replace(segment, columns=columns)
    whole = replace(loaded, segment=seen, luts={}, kept={}, rules=enricher.version, stored=loaded)
    out = enricher.leaves_out(segment, columns)
    if not len(out):
        return whole
    return replace(whole, segment=_without(seen, out), luts={}, kept={}, whole=whole)


def _without(segment: Segment, rows: npt.NDArray[np.int64]) -> Segment:
    """Give rows an event name that no question asks for."""
    names = (*segment.names, LEFT_OUT)
    event = smallest(segment.event, len(names)).copy()
    event[rows] = len(segment.names)
    return replace(segment, event=event, names=names)
