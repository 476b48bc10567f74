"""One record a person: what is known of them, written in one way so that it can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tidewheel.core.errors import unknown
from tidewheel.core.events import column_name
from tidewheel.core.text import Text
from tidewheel.identify.consents import left_out
from tidewheel.identify.hands import owned_runs
from tidewheel.identify.people import person_property_names
from tidewheel.identify.properties import history, kinds
from tidewheel.identify.resolve import People, resolve
from tidewheel.identify.suggest.fields import BY_NAME, FIELDS, Field
from tidewheel.store.reader import RowReader
from tidewheel.store.view import Snapshot

Reason: TypeAlias = Literal["absent", "hashed"]
UNIQUE: Final = "unique_id"
_SEALED: Final = "h_"
_DATE: Final = (
    r"^(?P<y>(?:19|20)\d\d)[-/.年]?(?P<m>0?[1-9]|1[0-2])[-/.月]?(?P<d>0?[1-9]|[12]\d|3[01])日?(?:[T ].*)?$"
)


@dataclass(frozen=True, slots=True)
class Known:
    """A field and how many of the people have it. ``source``: the property or ``type:`` it was read from.

    ``left_out`` says why it is not compared: nobody has it (``absent``), or it is kept hashed.
    """

    field: str
    source: str | None
    people: int
    left_out: Reason | None = None


@dataclass(frozen=True, slots=True)
class Records:
    """``table`` has a row a person that can be compared, ``unique_id`` 0…n-1, and a text column a field, null: not known.

    Rows come in an order of their own that the order of arrival cannot change. ``persons`` are their numbers.
    """

    table: pa.Table
    persons: npt.NDArray[np.int32]
    known: tuple[Known, ...]

    @property
    def fields(self) -> list[Field]:
        """The fields that are compared."""
        return [BY_NAME[one.field] for one in self.known if one.left_out is None]


def records(snapshot: Snapshot, wanted: Mapping[str, str], *, honours: bool = True) -> Records:
    """Return what is known of everybody who is in answers.

    ``wanted`` names properties for fields, instead of the usual ones. Raises BadInput for a field or property there is not.
    """
    people, names = resolve(snapshot), person_property_names(snapshot)
    for chosen, name in wanted.items():
        if chosen not in BY_NAME:
            raise unknown(Text("field", "字段"), chosen, list(BY_NAME), field="fields")
        if name not in names:
            raise unknown(Text("person property", "用户属性"), name, names, field=f"fields.{chosen}")
    columns: dict[str, pa.Array] = {}
    known: list[Known] = []
    for field in FIELDS:
        values, source, sealed = _values(snapshot, people, field, names, wanted.get(field.name))
        if field.instead in columns and values is not None:
            values = pc.coalesce(values, pc.utf8_slice_codeunits(columns[field.instead], 0, 4))
        count = 0 if values is None else len(values) - values.null_count
        if values is None or count < 2:
            known.append(Known(field.name, source, count, "hashed" if sealed else "absent"))
        else:
            columns[field.name] = values
            known.append(Known(field.name, source, count))
    return _table(snapshot, people, columns, tuple(known), honours=honours)


def told(snapshot: Snapshot, known: Sequence[Known], persons: npt.NDArray[np.int32]) -> list[dict[str, str]]:
    """Return what is known of some persons by where it was read, as it was sent."""
    people, found = resolve(snapshot), [dict[str, str]() for _ in range(len(persons))]
    for one in known:
        if one.source is None or one.left_out is not None:
            continue
        field, kind = BY_NAME[one.field], one.source.removesuffix(":")
        if one.source.endswith(":"):
            values = [
                ", ".join(
                    sorted(name.removeprefix(one.source) for name in names if name.startswith(one.source))
                )
                for names in (
                    snapshot.actors.strings(people.actors[people.heads[person] : people.heads[person + 1]])
                    for person in persons.tolist()
                )
            ]
        else:
            read = _last if field.event == one.source else _property
            every = snapshot.remember(("known", read.__name__, kind), partial(read, snapshot, people, kind))
            values = every.take(pa.array(persons)).to_pylist() if every is not None else []
        for own, value in zip(found, values, strict=True):
            if value:
                own[kind] = value
    return found


def _table(
    snapshot: Snapshot,
    people: People,
    columns: dict[str, pa.Array],
    known: tuple[Known, ...],
    *,
    honours: bool,
) -> Records:
    held = np.zeros(people.count, np.int64)
    strong = np.zeros(people.count, np.bool_)
    for name, values in columns.items():
        has = np.asarray(values.is_valid())
        held += has
        strong |= has & BY_NAME[name].strong
    gone = left_out(snapshot, honours=honours)
    usable = (held >= 2) & strong & (True if gone is None else ~gone)
    persons = np.flatnonzero(usable)
    if len(persons):
        least = np.minimum.reduceat(snapshot.actors.hashes()[people.actors], people.heads[:-1])
        persons = persons[np.argsort(least[persons], kind="stable")]
    rows = pa.array(persons)
    table = pa.table(
        {UNIQUE: pa.array(np.arange(len(persons)))}
        | {name: values.take(rows) for name, values in columns.items()}
    )
    return Records(table, persons.astype(np.int32), known)


def _values(
    snapshot: Snapshot, people: People, field: Field, names: list[str], wanted: str | None
) -> tuple[pa.Array | None, str | None, bool]:
    """Return everybody's value of a field, where it was read, and whether it is kept hashed."""
    if wanted is None and field.identifier is not None:
        found = _identifiers(snapshot, people, field.identifier)
        if found is not None:
            values, sealed = found
            if len(values) - values.null_count >= 2 or sealed:
                return _tidy(field.name, values), f"{field.identifier}:", sealed
    if wanted is None and field.event is not None:
        values = _last(snapshot, people, field.event)
        return values, field.event if values is not None else None, False
    name = wanted or next((one for one in field.properties if one in names), None)
    if name is None:
        return None, None, False
    return _tidy(field.name, _property(snapshot, people, name)), name, False


def _identifiers(snapshot: Snapshot, people: People, kind: str) -> tuple[pa.Array, bool] | None:
    """Return everybody's identifier of a type, of several that with the least hash, and whether they are hashed."""
    count = len(people.person_of)
    codes = np.flatnonzero(snapshot.actors.prefixes([f"{kind}:"])[:count] == 0).astype(np.int32)
    codes = codes[~np.isin(codes, people.barred) & ~np.isin(codes, snapshot.blank)]
    if not len(codes):
        return None
    persons = people.person_of[codes]
    order = np.lexsort((snapshot.actors.hashes()[codes], persons))
    first = order[np.append(True, persons[order][1:] != persons[order][:-1])]
    words = pc.utf8_slice_codeunits(snapshot.actors.array(codes[first]).cast(pa.string()), len(kind) + 1)
    sealed = pc.starts_with(words, _SEALED)
    readable = pc.if_else(sealed, pa.scalar(None, pa.string()), words)
    return _spread(readable, persons[first], people.count), bool(pc.any(sealed).as_py())


def _property(snapshot: Snapshot, people: People, name: str) -> pa.Array:
    """Return everybody's present value of a person property as text."""
    parts = []
    for kind in kinds(snapshot, name):
        now = history(snapshot, name, kind).now()
        if kind == "text":
            has = np.flatnonzero(now > 0)
            words = snapshot.interner(column_name(name, "text")).array(now[has].astype(np.int32) - 1)
            parts.append(_spread(words.cast(pa.string()), has, people.count))
        elif kind in ("number", "time"):
            has = np.flatnonzero(~np.isnan(now))
            whole = pa.array(now[has].astype(np.int64))
            words = pc.strftime(whole.cast(pa.timestamp("ms")), "%Y-%m-%d") if kind == "time" else whole
            parts.append(_spread(words.cast(pa.string()), has, people.count))
    return pc.coalesce(*parts) if parts else pa.nulls(people.count, pa.string())


def _last(snapshot: Snapshot, people: People, name: str) -> pa.Array | None:
    """Return the value of a text property at everybody's last event of each run that has one; None: nobody has any."""
    column = column_name(name, "text")
    rows, segments, persons, times = [], [], [], []
    for number, loaded in enumerate(snapshot.segments):
        packed = loaded.segment.columns.get(column)
        if packed is None:
            continue
        owner, _, end = owned_runs(snapshot, loaded)
        by_row = np.argsort(end)
        owner, ends = owner[by_row], end[by_row].astype(np.int64) - 1
        has = packed.places(ends) >= 0
        rows.append(ends[has])
        segments.append(np.full(int(has.sum()), number, np.int32))
        persons.append(owner[has])
        times.append(loaded.segment.base + loaded.segment.time[ends[has]].astype(np.int64))
    if not rows:
        return None
    row, segment, person = np.concatenate(rows), np.concatenate(segments), np.concatenate(persons)
    digits = RowReader(snapshot, segment, row).digits(column)
    words = snapshot.interner(column).array(np.asarray(digits, np.int32) - 1).cast(pa.string())
    rank = np.asarray(pc.rank(words, tiebreaker="dense"))
    order = np.lexsort((rank, np.concatenate(times), person))
    last = order[np.append(person[order][1:] != person[order][:-1], True)] if len(order) else order
    return _spread(words.take(pa.array(last)), person[last], people.count)


def _spread(words: pa.Array, persons: npt.NDArray[np.integer], count: int) -> pa.Array:
    place = np.full(count, -1, np.int64)
    place[persons] = np.arange(len(persons))
    if isinstance(words, pa.ChunkedArray):
        words = words.combine_chunks()
    return words.take(pa.array(place, mask=place < 0))


def _tidy(field: str, values: pa.Array) -> pa.Array:
    """Return values written in one way; what cannot be read is not known."""
    coded = values.dictionary_encode()
    words = pc.utf8_trim_whitespace(coded.dictionary)
    if field == "phone":
        words = pc.replace_substring_regex(words, r"[^0-9]", "")
        words = pc.replace_substring_regex(words, r"^(?:0086|86)(1\d{10})$", r"\1")
        words = _only(words, pc.greater_equal(pc.utf8_length(words), 7))
    elif field == "email":
        words = pc.utf8_lower(words)
        words = _only(words, pc.match_substring_regex(words, r"^[^@\s]+@[^@\s]+$"))
    elif field == "birthday":
        words = _dates(words)
    elif field == "birth_year":
        words = pc.replace_substring_regex(words, r"年$", "")
        words = _only(words, pc.match_substring_regex(words, r"^(?:19|20)\d\d$"))
    else:
        words = pc.utf8_lower(pc.replace_substring_regex(words, r"\s+", " " if field != "address" else ""))
    words = _only(words, pc.greater(pc.utf8_length(words), 0))
    return words.take(coded.indices)


def _only(words: pa.Array, good: pa.Array) -> pa.Array:
    return pc.if_else(good, words, pa.scalar(None, pa.string()))


def _dates(words: pa.Array) -> pa.Array:
    """Return dates as ``YYYY-MM-DD``."""
    parts = pc.extract_regex(words, _DATE)
    year, month, day = (pc.struct_field(parts, part) for part in ("y", "m", "d"))
    month, day = (pc.utf8_lpad(part, 2, "0") for part in (month, day))
    return pc.binary_join_element_wise(year, month, day, "-")
