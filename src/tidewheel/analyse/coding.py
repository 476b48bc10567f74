"""Breakdowns as codes: every row gets one integer for its combination of property values.

Each property gives a digit (0: not set, then its values in a fixed order); digits are combined with
strides. Properties of items and lists give several codes a row.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewheel.analyse.cleaning import cleaned, rules_of
from tidewheel.analyse.contract import Labels, Ragged, Trait
from tidewheel.analyse.filters import Facts, passes
from tidewheel.analyse.labels import meant, told
from tidewheel.analyse.moments import MOMENTS
from tidewheel.analyse.moments import told as told_at
from tidewheel.analyse.question import Breakdown
from tidewheel.core.errors import BadInput
from tidewheel.core.events import Kind, column_name
from tidewheel.core.period import DAY
from tidewheel.core.text import Text
from tidewheel.identify.gather import Rows
from tidewheel.identify.properties import history, kinds
from tidewheel.store.agreement import agreed
from tidewheel.store.reader import EVENT, RowReader, digits, floats, names_lut, word_count
from tidewheel.store.view import Loaded, Snapshot

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Digits = tuple[Ints | None, Ints]
"""(offsets or None, digits)."""


class Words(Sequence[str]):
    """The strings of a text column as labels tell them, decoded when looked at."""

    def __init__(self, snapshot: Snapshot, column: str, names: tuple[str, ...] = ()) -> None:
        self._interner, self._size = snapshot.interner(column), word_count(snapshot, column)
        self._names = tuple(map(told, names))
        """What stands after the words."""
        self._places: dict[str, int] = {name: self._size + at for at, name in enumerate(self._names)}

    def __len__(self) -> int:
        return self._size + len(self._names)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [*map(told, self._interner.strings(np.arange(self._size))), *self._names][index]
        if index >= self._size:
            return self._names[index - self._size]
        return told(self._interner.strings(np.array([index]))[0])

    def index(self, value: Any, start: int = 0, stop: int | None = None) -> int:
        """Return the place of a string without looking through all of them."""
        found = self._place(value) if isinstance(value, str) else -1
        if not start <= found < min(len(self), len(self) if stop is None else stop):
            raise ValueError(value)
        return found

    def _place(self, value: str) -> int:
        if value not in self._places:
            code = int(self._interner.codes(pa.array([meant(value)]), add=False)[0])
            self._places[value] = code if code < self._size else -1
        return self._places[value]


@dataclass(frozen=True, slots=True)
class Coded:
    """One breakdown made ready: its values by digit - 1, and how to read digits at gathered rows."""

    table: Sequence[str | float | bool | None]
    read: Callable[[RowReader, Rows], Digits]
    shape: str
    """``row``, ``item`` or ``list``: what offsets mean."""


def prepare(facts: Facts, breakdown: Breakdown) -> Coded:
    """Make one breakdown ready for the rows of a snapshot."""
    if breakdown.scope == "person":
        return _person(facts, breakdown)
    if breakdown.property == EVENT:
        _check_clean(breakdown, None)
        return _event_names(facts)
    if breakdown.scope == "event" and breakdown.property in MOMENTS:
        return _moment(facts, breakdown)
    seen = facts.snapshot.kinds(breakdown.property, breakdown.scope)
    kind: Kind = breakdown.kind or _default(breakdown, list(seen))
    _check_clean(breakdown, kind)
    column = ("i" if breakdown.scope == "item" else "") + column_name(breakdown.property, kind)
    shape = "item" if breakdown.scope == "item" else "row"
    if kind in ("text", "list"):
        table, put = _words(facts.snapshot, column.removeprefix("i"), breakdown)
        if kind == "list":
            return put(Coded(table, lambda reader, rows: reader.list_digits(column), "list"))
        if shape == "row":
            return put(Coded(table, lambda reader, rows: (None, reader.digits(column)), shape))

        def words(loaded: Loaded, rows: Ints) -> Ints:
            return digits(facts.snapshot, loaded, column, rows)

        return put(Coded(table, _reader(words, shape), shape))
    numbers, code = _numbers(facts, breakdown, kind, lambda: domain(facts.snapshot, column))
    return Coded(numbers, _reader(lambda loaded, rows: code(floats(loaded, column, rows)), shape), shape)


def _words(snapshot: Snapshot, column: str, breakdown: Breakdown) -> tuple[Words, Callable[[Coded], Coded]]:
    """Return the words of a text column, and what makes a reader put together what its rules do."""
    if not breakdown.clean:
        return Words(snapshot, column), _as_it_is
    becomes, names = cleaned(snapshot, column, rules_of(breakdown))

    def put(coded: Coded) -> Coded:
        def read(reader: RowReader, rows: Rows) -> Digits:
            offsets, found = coded.read(reader, rows)
            return offsets, becomes[found].astype(np.int64)

        return Coded(coded.table, read, coded.shape)

    return Words(snapshot, column, names), put


def _as_it_is(coded: Coded) -> Coded:
    return coded


def _check_clean(breakdown: Breakdown, kind: Kind | None) -> None:
    """Refuse to put together what is no text; ``kind`` None: names of events, which are chosen one by one."""
    if breakdown.clean and kind not in ("text", "list"):
        raise BadInput(
            "clean_needs_text",
            Text(
                "Patterns put values of text together; {property} has none.",
                "通配规则只能归并文本，{property} 的值不是文本。",
            ),
            field="clean",
            got=breakdown.property,
            expected={"property": "page", "clean": [{"pattern": "/goods/*", "name": "goods"}]},
            hint=Text("Numbers are put together by bins.", "数值请使用分箱。") if kind == "number" else None,
            property=breakdown.property,
        )


def _moment(facts: Facts, breakdown: Breakdown) -> Coded:
    moment, calendar = MOMENTS[breakdown.property], facts.calendar
    if breakdown.bins is None:
        return Coded(moment.values, lambda _, rows: (None, moment.places(calendar, rows.time) + 1), "row")
    table, code = _numbers(facts, breakdown, moment.kind, lambda: np.zeros(0))
    return Coded(table, lambda _, rows: (None, code(told_at(breakdown.property, calendar, rows.time))), "row")


def _event_names(facts: Facts) -> Coded:
    snapshot = facts.snapshot
    table: Sequence[str] = Words(snapshot, EVENT)
    if not facts.picked:
        return Coded(table, lambda reader, rows: (None, reader.names()), "row")
    table = list(dict.fromkeys([*table[: len(table)], *(one.event for one in facts.picked)]))

    def read(loaded: Loaded, rows: Ints) -> Ints:
        codes = names_lut(snapshot, loaded)[loaded.segment.event[rows]]
        left = np.ones(len(rows), np.bool_)
        for one in facts.picked:
            named = np.array([name == one.stored for name in loaded.segment.names], np.bool_)
            found = left & named[loaded.segment.event[rows]]
            found[found] = passes(facts, one.own, loaded, rows[found])
            codes[found] = table.index(one.event) + 1
            left &= ~found
        return codes

    return Coded(table, _reader(read, "row"), "row")


def _default(breakdown: Breakdown, seen: list[Kind]) -> Kind:
    if breakdown.bins is not None:
        return "number"
    if breakdown.clean:
        seen = [kind for kind in seen if kind in ("text", "list")] or seen
    return seen[0] if seen else "text"


def _reader(read: Callable[[Loaded, Ints], Ints], shape: str) -> Callable[[RowReader, Rows], Digits]:
    if shape == "item":
        return lambda reader, rows: reader.items(read, np.int64)
    return lambda reader, rows: (None, reader.each(read, np.int64))


@agreed
def domain(snapshot: Snapshot, column: str) -> Floats:
    """Return the different numbers of a column, ascending."""
    found = [
        packed.numbers if packed.numbers is not None else packed.values.astype(np.float64)
        for loaded in snapshot.segments
        if (packed := loaded.segment.columns.get(column)) is not None
    ]
    return np.unique(np.concatenate(found)) if found else np.zeros(0)


def _numbers(
    facts: Facts, breakdown: Breakdown, kind: Kind, domain: Callable[[], Floats]
) -> tuple[Sequence[str | float | bool], Callable[[Floats], Ints]]:
    """Return (values by digit - 1, coder of floats)."""
    if breakdown.bins is not None:
        cuts = list(breakdown.bins)
        if not cuts or sorted(set(cuts)) != cuts:
            raise BadInput(
                "bad_bins",
                Text("Bins are ascending cut points.", "分箱必须是递增的切分点。"),
                field="breakdowns.bins",
                got=cuts,
                expected=[0, 100, 500],
            )
        edges = [f"{cut:g}" for cut in cuts]
        names = [
            f"< {edges[0]}",
            *(f"{a} – {b}" for a, b in pairwise(edges)),
            f"≥ {edges[-1]}",
        ]
        return names, lambda values: _digitize(values, np.array(cuts), "right")
    if kind == "flag":
        return [False, True], lambda values: np.where(np.isnan(values), 0, np.nan_to_num(values) + 1).astype(
            np.int64
        )
    known = domain()
    if kind == "time":
        if not len(known):
            return [], lambda values: np.zeros(len(values), np.int64)
        starts = [facts.calendar.floor(int(known[0]), "day")]
        while starts[-1] + DAY * 2 <= int(known[-1]) + DAY:
            starts.append(facts.calendar.next(starts[-1], "day"))
        days = [facts.calendar.local(start).date().isoformat() for start in starts]
        return days, lambda values: _digitize(values, np.array(starts[1:], np.float64), "right")
    return known.tolist(), lambda values: _digitize(values, known[1:], "right")


def _digitize(values: Floats, cuts: Floats, side: Any) -> Ints:
    found = np.searchsorted(cuts, values, side=side).astype(np.int64) + 1
    found[np.isnan(values)] = 0
    return found


def _person(facts: Facts, breakdown: Breakdown) -> Coded:
    seen = kinds(facts.snapshot, breakdown.property)
    kind: Kind = breakdown.kind or _default(breakdown, list(seen))
    _check_clean(breakdown, None if kind == "list" else kind)
    values = history(facts.snapshot, breakdown.property, kind)
    table: Sequence[Any]
    code: Callable[[Floats], Ints]
    put: Callable[[Coded], Coded] = _as_it_is
    if kind == "text":
        table, put = _words(facts.snapshot, column_name(breakdown.property, "text"), breakdown)
        code = _whole
    elif kind == "list":
        table, code = [told(", ".join(state)) for state in values.states[1:]], _whole
    else:
        table, code = _numbers(
            facts, breakdown, kind, lambda: held_values(facts.snapshot, breakdown.property, kind)
        )

    def read(reader: RowReader, rows: Rows) -> Digits:  # noqa: ARG001
        person = np.repeat(rows.people, np.diff(rows.offsets))
        held = values.at(person, rows.time) if breakdown.when == "event" else values.now()[person]
        return None, code(held)

    return put(Coded(table, read, "row"))


@agreed
def held_values(snapshot: Snapshot, name: str, kind: Kind) -> Floats:
    """Return the different numbers persons have had as a property, ascending."""
    values = history(snapshot, name, kind).value
    return np.unique(values[~np.isnan(values)])


def trait(facts: Facts, asked: Breakdown) -> tuple[Trait, Ints]:
    """Return a property of persons as it is now: what its codes stand for, and the code of each person."""
    if asked.scope != "person":
        raise BadInput(
            "not_a_person_property",
            Text("People are told apart by person properties.", "描述用户只能使用用户属性。"),
            field="properties",
            got=asked.property,
            expected={"scope": "person"},
        )
    kind: Kind = asked.kind or _default(asked, list(kinds(facts.snapshot, asked.property)))
    _check_clean(asked, None if kind == "list" else kind)
    values = history(facts.snapshot, asked.property, kind)
    if kind == "text":
        column, now = column_name(asked.property, "text"), _whole(values.now())
        if not asked.clean:
            return Trait(kind, Words(facts.snapshot, column)), now
        becomes, names = cleaned(facts.snapshot, column, rules_of(asked))
        return Trait(kind, Words(facts.snapshot, column, names)), becomes[now].astype(np.int64)
    if kind == "list":
        entries = [tuple(told(one) for one in state) for state in values.states[1:]]
        return Trait(kind, entries), _whole(values.now())
    table, code = _numbers(facts, asked, kind, lambda: held_values(facts.snapshot, asked.property, kind))
    return Trait("text" if asked.bins is not None else kind, table), code(values.now())


def _whole(values: Floats) -> Ints:
    return values.astype(np.int64)


class Coder:
    """Combines breakdowns into one code a row (or item)."""

    def __init__(self, facts: Facts, breakdowns: tuple[Breakdown, ...], field: str) -> None:
        self._coded = [prepare(facts, one) for one in breakdowns]
        shapes = {coded.shape for coded in self._coded} - {"row"}
        if len(shapes) > 1 or sum(coded.shape == "list" for coded in self._coded) > 1:
            raise BadInput(
                "too_many_lists",
                Text(
                    "Only one list, or properties of the items, can be combined.",
                    "只能组合一个列表属性，或同为商品明细的属性。",
                ),
                field=field,
                got=[one.property for one in breakdowns],
            )
        strides, size = [], 1
        for coded in self._coded:
            strides.append(size)
            size *= len(coded.table) + 1
        self.labels = Labels(tuple(coded.table for coded in self._coded), tuple(strides))

    def codes(self, reader: RowReader, rows: Rows, *, complete: bool = False) -> Ints | Ragged:
        """Return a code a row, or ragged codes. ``complete``: -1 where any property is not set."""
        found = [coded.read(reader, rows) for coded in self._coded]
        offsets = next((offsets for offsets, _ in found if offsets is not None), None)
        lengths = None if offsets is None else np.diff(offsets)
        total: Ints | None = None
        lacking: npt.NDArray[np.bool_] | None = None
        for (own, values), stride in zip(found, self.labels.strides, strict=True):
            spread = values if own is not None or lengths is None else np.repeat(values, lengths)
            total = spread * stride if total is None else total + spread * stride
            lacking = spread == 0 if lacking is None else lacking | (spread == 0)
        assert total is not None
        assert lacking is not None
        if complete:
            total[lacking] = -1
        return total if offsets is None else Ragged(offsets, total)


class Namer:
    """Gives what a row is called one code a row: of one property as it is, of several combined the first values."""

    def __init__(self, facts: Facts, breakdowns: tuple[Breakdown, ...]) -> None:
        self._coders = [Coder(facts, (one,), "by") for one in breakdowns]
        tables = tuple(coder.labels.tables[0] for coder in self._coders)
        sizes = [len(table) + 1 for table in tables]
        self.labels = Labels(tables, tuple(math.prod(sizes[:at]) for at in range(len(sizes))))

    def codes(self, reader: RowReader, rows: Rows) -> Ints | Ragged:
        """Return a code a row, ragged codes only for one property that has several values a row."""
        if len(self._coders) == 1:
            return self._coders[0].codes(reader, rows)
        total = np.zeros(rows.time.size, np.int64)
        for coder, stride in zip(self._coders, self.labels.strides, strict=True):
            found = coder.codes(reader, rows)
            total += (found.first() if isinstance(found, Ragged) else found) * stride
        return total


def numeric(facts: Facts, asked: Breakdown) -> Callable[[RowReader, Rows], Floats | Ragged]:
    """Return a reader of a numeric property: floats with NaN where missing, ragged for items."""
    if asked.scope == "person":
        values = history(facts.snapshot, asked.property, asked.kind or "number")

        def person(reader: RowReader, rows: Rows) -> Floats:  # noqa: ARG001
            who = np.repeat(rows.people, np.diff(rows.offsets))
            return values.at(who, rows.time) if asked.when == "event" else values.now()[who]

        return person
    if asked.scope == "event" and asked.property in MOMENTS:
        return lambda reader, rows: told_at(asked.property, facts.calendar, rows.time)
    seen = facts.snapshot.kinds(asked.property, asked.scope)
    if seen and asked.kind is None and not {"number", "flag", "time"} & set(seen):
        raise BadInput(
            "not_a_number",
            Text("{property} is {kind}, not a number.", "{property} 是 {kind}，不是数值。"),
            field="measure.property",
            got=asked.property,
            expected="number",
            property=asked.property,
            kind=next(iter(seen)),
        )
    kind: Any = asked.kind or next((kind for kind in seen if kind in ("number", "flag", "time")), "number")
    column = ("i" if asked.scope == "item" else "") + column_name(asked.property, kind)
    if asked.scope == "item":
        return lambda reader, rows: Ragged(
            *reader.items(lambda loaded, inner: floats(loaded, column, inner), np.float64)
        )
    return lambda reader, rows: reader.floats(column)


def coded(facts: Facts, asked: Breakdown) -> Callable[[RowReader, Rows], Floats | Ragged]:
    """Return a reader of a property whose values only need to be told apart: codes as floats, NaN where missing."""
    coder = Coder(facts, (asked,), "measure.property")

    def read(reader: RowReader, rows: Rows) -> Floats | Ragged:
        codes = coder.codes(reader, rows, complete=True)
        raw = codes.values if isinstance(codes, Ragged) else codes
        told = np.where(raw < 0, np.nan, raw)
        return Ragged(codes.offsets, told) if isinstance(codes, Ragged) else told

    return read


def code_of(labels: Labels, label: Sequence[Any]) -> int | None:
    """Return the group code of a label, None when no row can have it."""
    code = 0
    for value, table, stride in zip(label, labels.tables, labels.strides, strict=True):
        if value is None:
            continue
        at = _index(table, value)
        if at is None:
            return None
        code += (at + 1) * stride
    return code


def standing(
    codes: Ints, label: Sequence[Any], besides: Sequence[Sequence[Any]], labels: Labels
) -> npt.NDArray[np.bool_]:
    """Return which codes a label stands for; ``$other``: all but the labels ``besides`` it."""
    found: npt.NDArray[np.bool_]
    if list(label) == ["$other"]:
        found = ~np.isin(codes, [code for one in besides if (code := code_of(labels, one)) is not None])
        return found
    code = code_of(labels, label) if len(label) == len(labels.tables) else None
    found = codes == code if code is not None else np.zeros(codes.size, bool)
    return found


def _index(table: Sequence[Any], value: Any) -> int | None:
    if isinstance(table, list) and table and isinstance(table[0], float) and not isinstance(value, bool):
        at = bisect.bisect_left(table, float(value))
        return at if at < len(table) and table[at] == value else None
    try:
        return table.index(value)
    except ValueError:
        return None
