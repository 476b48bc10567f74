"""Person properties as folds over facts: how each person's value changed, now and as of any moment.

``$set`` replaces, ``$set_once`` fills what is not set, ``$add`` adds numbers (from 0), ``$append`` adds
to a list what it lacks, ``$unset`` removes. Facts are folded in (time, event id) order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

import numpy as np
import numpy.typing as npt
from numba import njit

from tidewheel.core.events import ADD, APPEND, KIND_LETTERS, SET, SET_ONCE, UNSET, Kind, column_name
from tidewheel.core.period import Span
from tidewheel.identify.gather import Rows
from tidewheel.identify.hands import persons_of_facts
from tidewheel.identify.resolve import People, resolve
from tidewheel.store.agreement import agreed
from tidewheel.store.columns.segment import Segment
from tidewheel.store.reader import RowReader
from tidewheel.store.view import Loaded, Snapshot

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
OPERATIONS: Final = (SET, SET_ONCE, ADD, APPEND, UNSET)
ALL_TIME: Final = Span(-(2**62), 2**62)


@dataclass(frozen=True, slots=True)
class History:
    """A property's values: person ``p`` has ``value[heads[p]:heads[p + 1]]`` from ``time`` on, ascending.

    Text values are digits (see ``store.reader``), 0 not set; numbers, flags and times are floats, NaN
    not set. Lists are digits into ``states`` (tuples of strings).
    """

    kind: Kind
    heads: Ints
    time: Ints
    value: npt.NDArray[np.float64]
    states: tuple[tuple[str, ...], ...] = ()

    def now(self) -> Floats:
        """Return each person's last value."""
        missing = np.nan if self.kind in ("number", "flag", "time") else 0.0
        found = np.full(len(self.heads) - 1, missing)
        has = self.heads[1:] > self.heads[:-1]
        found[has] = self.value[self.heads[1:][has] - 1]
        return found

    def at(self, person: npt.NDArray[np.int32], time: Ints) -> Floats:
        """Return persons' values as of moments (facts of the same millisecond included)."""
        missing = np.nan if self.kind in ("number", "flag", "time") else 0.0
        return cast("Floats", _as_of(self.heads, self.time, self.value, person, time, missing))


@njit(nogil=True, cache=True)
def _as_of(
    heads: Ints, time: Ints, value: Floats, person: npt.NDArray[np.int32], moment: Ints, missing: float
) -> Floats:
    out = np.empty(person.shape[0])
    for i in range(person.shape[0]):
        low, high = heads[person[i]], heads[person[i] + 1]
        start = low
        while low < high:
            middle = (low + high) >> 1
            if time[middle] <= moment[i]:
                low = middle + 1
            else:
                high = middle
        out[i] = value[low - 1] if low > start else missing
    return out


@njit(nogil=True, cache=True)
def _fold(offsets: Ints, match: npt.NDArray[np.uint64], value: Floats, missing: float) -> Floats:
    """Return the value in force after each fact."""
    out = np.empty(value.shape[0])
    for person in range(offsets.shape[0] - 1):
        held, is_set = missing, False
        for i in range(offsets[person], offsets[person + 1]):
            bits = match[i]
            if bits & np.uint64(16):
                held, is_set = missing, False
            elif bits & np.uint64(4):
                held = (held if is_set else 0.0) + value[i]
                is_set = True
            elif (bits & np.uint64(1)) or not is_set:
                held, is_set = value[i], True
            out[i] = held
    return out


def history(snapshot: Snapshot, name: str, kind: Kind | None = None) -> History:
    """Return how a property changed for everyone; worked out once a snapshot."""
    found: History = snapshot.remember(("history", name, kind), lambda: _history(snapshot, name, kind))
    return found


@agreed
def kinds(snapshot: Snapshot, name: str) -> list[Kind]:
    """Return the kinds of values person facts give a property, commonest first."""
    counts: dict[Kind, int] = {}
    for kind in KIND_LETTERS:
        column = column_name(name, kind)
        counts[kind] = sum(
            len(_facts(loaded, column, operation).row)
            for loaded in snapshot.segments
            for operation in OPERATIONS[:4]
        )
    return sorted((kind for kind in counts if counts[kind]), key=lambda kind: (-counts[kind], kind))


@dataclass(frozen=True, slots=True)
class Given:
    """The facts of one operation that give a property, in one segment: rows, actors, times, event ids."""

    row: Ints
    actor: npt.NDArray[np.int32]
    time: Ints
    id: npt.NDArray[np.uint64]


def _facts(loaded: Loaded, column: str, operation: str) -> Given:
    """Return what a segment says; segments never change, so that it is looked for once."""
    key = ("given", column, operation)
    found: Given | None = loaded.kept.get(key)
    if found is None:
        segment, packed = loaded.segment, loaded.segment.columns.get(column)
        rows = np.zeros(0, np.int64) if packed is None else _rows_named(loaded, operation)
        if packed is not None:
            rows = rows[packed.places(rows) >= 0]
        run = np.searchsorted(segment.runs, rows, side="right") - 1
        found = Given(
            rows, loaded.actors[run], segment.base + segment.time[rows].astype(np.int64), segment.id[rows]
        )
        loaded.kept[key] = found
    return found


def fact_rows(segment: Segment, wanted: tuple[str, ...]) -> Ints:
    """Return the rows of a segment whose event is one of ``wanted``."""
    table = np.array([name in wanted for name in segment.names], np.bool_)
    return np.flatnonzero(table[segment.event]) if table.any() else np.zeros(0, np.int64)


def _rows_named(loaded: Loaded, event: str) -> Ints:
    """Return the rows of a segment with this event."""
    found: Ints | None = loaded.kept.get(("rows", event))
    if found is None:
        found = loaded.kept["rows", event] = fact_rows(loaded.segment, (event,))
    return found


@njit(nogil=True, cache=True)
def _mark_twice(
    order: Ints, person: npt.NDArray[np.int32], time: Ints, ids: npt.NDArray[np.uint64], kept: npt.NDArray[np.bool_]
) -> None:  # fmt: skip
    """Unmark facts that are told twice."""
    for i in range(1, order.shape[0]):
        fact, before = order[i], order[i - 1]
        kept[i] = person[fact] != person[before] or time[fact] != time[before] or ids[fact] != ids[before]


def _gathered(snapshot: Snapshot, column: str, unset: str) -> Rows:
    """Return the facts that change a property, person by person; bit ``i`` of match is operation ``i``."""
    given, bits, segments, persons = [], [], [], []
    for number, loaded in enumerate(snapshot.segments):
        for bit, operation in enumerate(OPERATIONS):
            facts = _facts(loaded, unset if operation == UNSET else column, operation)
            given.append(facts)
            persons.append(persons_of_facts(snapshot, loaded, facts.row, facts.actor))
            bits.append(np.full(len(facts.row), 1 << bit, np.uint64))
            segments.append(np.full(len(facts.row), number, np.int32))
    if not given:
        none = np.zeros(0, np.int64)
        return Rows(none.astype(np.int32), np.zeros(1, np.int64), none, none.view(np.uint64), none.astype(np.int32), none)  # fmt: skip
    time, ids = np.concatenate([one.time for one in given]), np.concatenate([one.id for one in given])
    person = np.concatenate(persons)
    order = np.lexsort((ids, time, person)).astype(np.int64)
    kept = np.ones(len(order), np.bool_)
    _mark_twice(order, person, time, ids, kept)
    order = order[kept]
    row = np.concatenate([one.row for one in given])[order]
    who, first = np.unique(person[order], return_index=True)
    offsets = np.append(first, len(order)).astype(np.int64)
    match, segment = np.concatenate(bits)[order], np.concatenate(segments)[order]
    return Rows(who, offsets, time[order], match, segment, row)


def _history(snapshot: Snapshot, name: str, kind: Kind | None) -> History:
    seen = kinds(snapshot, name)
    chosen: Kind = kind or (seen[0] if seen else "text")
    column = column_name(name, chosen)
    people = resolve(snapshot)
    rows = _gathered(snapshot, column, column_name(name, "flag"))
    heads = _heads(rows, people)
    reader = RowReader(snapshot, rows.segment, rows.row)
    if chosen == "list":
        known = list_states(snapshot, name) if snapshot.part else ((),)
        return _lists(snapshot, rows, heads, reader, column, known)
    missing = np.nan if chosen in ("number", "flag", "time") else 0.0
    raw = reader.digits(column).astype(np.float64) if chosen == "text" else reader.floats(column)
    return History(chosen, heads, rows.time, _fold(rows.offsets, rows.match, raw, missing))


def _heads(rows: Rows, people: People) -> Ints:
    counts = np.zeros(people.count + 1, np.int64)
    counts[rows.people + 1] = np.diff(rows.offsets)
    return cast("Ints", np.cumsum(counts))


@agreed
def list_states(snapshot: Snapshot, name: str) -> tuple[tuple[str, ...], ...]:
    """Return every state a list property has been in, by digit."""
    return history(snapshot, name, "list").states


def _lists(
    snapshot: Snapshot,
    rows: Rows,
    heads: Ints,
    reader: RowReader,
    column: str,
    known: tuple[tuple[str, ...], ...],
) -> History:
    offsets, digits = reader.list_digits(column)
    words = snapshot.interner(column).all()
    states = {state: digit for digit, state in enumerate(known)}
    value = np.zeros(len(rows.time))
    for person in range(len(rows.people)):
        held: tuple[str, ...] = ()
        for i in range(int(rows.offsets[person]), int(rows.offsets[person + 1])):
            given = tuple(words[digit - 1] for digit in digits[offsets[i] : offsets[i + 1]].tolist())
            bits = int(rows.match[i])
            if bits & 16:
                held = ()
            elif bits & 8:
                held = (*held, *(word for word in dict.fromkeys(given) if word not in held))
            elif bits & 1 or not held:
                held = given
            value[i] = states.setdefault(held, len(states))
    return History("list", heads, rows.time, value, tuple(states))
