"""People as a person sees them: lists, one person's page, the timeline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit
from pydantic import BaseModel

from tidewheel.core.errors import NotFound
from tidewheel.core.events import column_name
from tidewheel.core.ids import decode_key, split_actor
from tidewheel.core.text import Text
from tidewheel.identify.evidence import Evidence, Reason, facts_of, joining, members
from tidewheel.identify.gather import Gatherer
from tidewheel.identify.hands import handed_to, owned_runs, persons_of, runs_of
from tidewheel.identify.hidden import hidden_people
from tidewheel.identify.properties import ALL_TIME, history, kinds
from tidewheel.identify.resolve import People, person_by_key, person_id, resolve
from tidewheel.identify.steps import BEGINNING
from tidewheel.store.columns.segment import ITEMS, SOURCE, describe
from tidewheel.store.links import SAME_EVENT
from tidewheel.store.reader import item_rows
from tidewheel.store.view import Loaded, Snapshot

NAME_PROPERTIES: Final = ("name", "nickname", "email")
Ints = npt.NDArray[np.int64]


class Identifier(BaseModel):
    """One identifier of a person and the person's events that came under it; ``shared``: a device that others have a part of."""

    type: str
    value: str
    first_seen: str | None
    last_seen: str | None
    events: int
    shared: bool = False


class Link(BaseModel):
    """A fact that two identifiers belong together, or by hand that they do not.

    ``rule``: same_event, manual or undone. ``source``: the event that named both, or who decided, and ``why``. ``received``:
    when it was asserted. ``reason`` says why it is in force (same_event, manual) or not: undone, blocked (a blocked value), shared
    (claimed by too many), unsure, over_limit (``over``: of which type), over_size. ``joins``: it joined what was apart before.
    """

    a: str
    b: str
    source: str
    time: str
    received: str
    rule: str
    confidence: float
    why: str | None
    in_force: bool
    reason: Reason
    over: str | None
    joins: bool


class PropertyValue(BaseModel):
    """A person property's value now and since when."""

    value: str | float | bool | list[str]
    kind: str
    time: str


class PersonRow(BaseModel):
    """A person in a list. ``revenue`` is paid minus refunded, in minor units."""

    id: str
    name: str | None
    identifiers: list[str]
    city: str | None
    first_seen: str | None
    last_seen: str | None
    events: int
    orders: int
    revenue: float


class PeoplePage(BaseModel):
    """Some of a set of people; ``total`` is the exact size of the set."""

    total: int
    people: list[PersonRow]


class Hand(BaseModel):
    """A device that had changed hands by ``since`` (null: it was so from the beginning), when ``account`` had signed in on it.

    From then on until the next what happens there without a name is that of ``person``. ``own``: of whom one has asked.
    """

    device: str
    since: str | None
    account: str
    person: str
    own: bool


class Person(PersonRow):
    """One person's page. ``details`` have shared devices too; of those the events are the person's alone."""

    details: list[Identifier]
    hands: list[Hand]
    links: list[Link]
    properties: dict[str, PropertyValue]


class TimelineEvent(BaseModel):
    """One event of a person."""

    id: str
    name: str
    time: str
    actor: str
    source: str
    properties: dict[str, Any]
    items: list[dict[str, Any]]


class Timeline(BaseModel):
    """Newest first; ``next`` asks for what came before."""

    events: list[TimelineEvent]
    next: str | None


@dataclass(frozen=True, slots=True)
class Totals:
    """Per person: first and last event, number of events, orders, revenue."""

    first: Ints
    last: Ints
    events: Ints
    orders: Ints
    revenue: npt.NDArray[np.float64]


@njit(nogil=True, cache=True)
def _add(
    run_person: npt.NDArray[np.int32], starts: Ints, ends: Ints, time: npt.NDArray[np.uint32], base: int, counted: npt.NDArray[np.bool_],
    event: npt.NDArray[Any], first: Ints, last: Ints, events: Ints,
) -> None:  # fmt: skip
    for run in range(run_person.shape[0]):
        person = run_person[run]
        for row in range(starts[run], ends[run]):
            if counted[event[row]]:
                moment = base + time[row]
                first[person] = min(first[person], moment)
                last[person] = max(last[person], moment)
                events[person] += 1


def totals(snapshot: Snapshot) -> Totals:
    """Return everyone's figures; worked out once a snapshot."""
    found: Totals = snapshot.remember("totals", lambda: _totals(snapshot))
    return found


def _totals(snapshot: Snapshot) -> Totals:
    people = resolve(snapshot)
    first = np.full(people.count, 2**62, np.int64)
    last = np.full(people.count, -(2**62), np.int64)
    events = np.zeros(people.count, np.int64)
    orders = np.zeros(people.count, np.int64)
    revenue = np.zeros(people.count)
    for loaded in snapshot.segments:
        segment = loaded.segment
        counted = np.array([not name.startswith("$") for name in segment.names], np.bool_)
        runs = owned_runs(snapshot, loaded)
        _add(*runs, segment.time, segment.base, counted, segment.event, first, last, events)
        for name, column, sign in (("purchase", "n_value", 1), ("refund", "n_refund_value", -1)):
            if name in segment.names:
                rows = np.flatnonzero(segment.event == segment.names.index(name))
                who = persons_of(snapshot, loaded, rows)
                packed = segment.columns.get(column)
                if packed is not None:
                    np.add.at(revenue, who, sign * np.nan_to_num(packed.floats(rows)))
                if sign > 0:
                    np.add.at(orders, who, 1)
    return Totals(first, last, events, orders, revenue)


def rows(snapshot: Snapshot, chosen: npt.NDArray[np.int32]) -> list[PersonRow]:
    """Describe some persons."""
    people, sums = resolve(snapshot), totals(snapshot)
    names = [text_now(snapshot, name) for name in NAME_PROPERTIES]
    cities = text_now(snapshot, "city")
    return [
        PersonRow(
            id=person_id(snapshot, people, person),
            name=next((found[person] for found in names if found.get(person)), None),
            identifiers=snapshot.actors.strings(_actors(people, person))[:20],
            city=cities.get(person),
            first_seen=iso(int(sums.first[person])) if sums.events[person] else None,
            last_seen=iso(int(sums.last[person])) if sums.events[person] else None,
            events=int(sums.events[person]),
            orders=int(sums.orders[person]),
            revenue=float(sums.revenue[person]),
        )
        for person in chosen.tolist()
    ]


class _Lazy:
    """Values of a text property by person, decoded when looked at."""

    def __init__(self, snapshot: Snapshot, name: str) -> None:
        self._words = snapshot.interner(column_name(name, "text"))
        self._digits = history(snapshot, name, "text").now().astype(np.int64)

    def get(self, person: int) -> str | None:
        digit = int(self._digits[person])
        return self._words.strings(np.array([digit - 1]))[0] if digit else None

    __getitem__ = get


def text_now(snapshot: Snapshot, name: str) -> _Lazy:
    """Return everyone's present value of a text property."""
    found: _Lazy = snapshot.remember(("text_now", name), lambda: _Lazy(snapshot, name))
    return found


def find(
    snapshot: Snapshot, query: str, offset: int, limit: int, also: Sequence[str] = (), *, whole: bool = False
) -> PeoplePage:
    """List people seen most recently first.

    ``query`` is part of an identifier or name (case apart), a public id, or a whole order number. Who has one of the
    actors ``also`` is found as well. ``whole``: parts do not find anybody.
    """
    people, sums = resolve(snapshot), totals(snapshot)
    order: npt.NDArray[np.int64] = snapshot.remember(
        "by_last_seen", lambda: np.lexsort((np.arange(people.count), -sums.last))
    )
    wanted = query.strip()
    if wanted:
        hits = np.zeros(people.count, np.bool_)
        key = decode_key(wanted)
        if key is not None and (person := person_by_key(snapshot, people, key)) is not None:
            hits[person] = True
        needle = wanted.casefold()
        words: list[str] = snapshot.remember(
            "actor_words", lambda: [name.casefold() for name in snapshot.actors.all()]
        )
        if whole:
            found = [code for code, name in enumerate(words) if needle in (name, name.partition(":")[2])]
        else:
            found = [code for code, name in enumerate(words) if needle in name]
        found += snapshot.actors.codes(pa.array(list(also), pa.large_string()), add=False).tolist()
        known = [code for code in found if 0 <= code < len(people.person_of)]
        hits[people.person_of[known]] = True
        hits[people.steps.owners_of(known)] = True
        for name in NAME_PROPERTIES:
            digits = history(snapshot, name, "text").now().astype(np.int64)  # before its words: it adds them
            words = snapshot.interner(column_name(name, "text")).all()
            fits = [needle == word.casefold() if whole else needle in word.casefold() for word in words]
            hits |= np.array([False, *fits])[digits]
        hits[_buyers(snapshot, wanted)] = True
        order = order[hits[order]]
    if len(snapshot.hidden):
        order = order[~hidden_people(snapshot)[order]]
    return PeoplePage(
        total=len(order), people=rows(snapshot, order[offset : offset + limit].astype(np.int32))
    )


def _buyers(snapshot: Snapshot, order_id: str) -> npt.NDArray[np.int32]:
    """Return who has an event with this order number."""
    column = column_name("order_id", "text")
    found = [np.zeros(0, np.int32)]
    for loaded in snapshot.segments:
        packed = loaded.segment.columns.get(column)
        if packed is None:
            continue
        code = packed.dictionary().index(pa.scalar(order_id, pa.large_string())).as_py()
        if code >= 0:
            every = np.arange(loaded.segment.rows)
            rows = every[packed.codes(every) == code]
            found.append(persons_of(snapshot, loaded, rows))
    return np.concatenate(found)


def page(snapshot: Snapshot, chosen: npt.NDArray[np.int32], offset: int, limit: int) -> PeoplePage:
    """List a given set of persons, most recently seen first."""
    if len(snapshot.hidden):
        chosen = chosen[~hidden_people(snapshot)[chosen]]
    order = chosen[np.lexsort((chosen, -totals(snapshot).last[chosen]))]
    return PeoplePage(total=len(order), people=rows(snapshot, order[offset : offset + limit]))


def number_of(snapshot: Snapshot, person: str) -> int:
    """Return a person's number by public id or by ``type:value`` of any identifier."""
    people = resolve(snapshot)
    key = decode_key(person)
    found = person_by_key(snapshot, people, key) if key is not None else None
    if found is None and ":" in person:
        code = int(snapshot.actors.codes(_strings(person), add=False)[0])
        found = int(people.person_of[code]) if 0 <= code < len(people.person_of) else None
    if found is None or hidden_people(snapshot)[found]:
        raise NotFound(
            "no_such_person",
            Text("There is no such person.", "没有这个用户。"),
            field="id",
            hint=Text("Search people by any identifier.", "可用任一标识搜索用户。"),
        )
    return found


def who_is(snapshot: Snapshot, person: str) -> tuple[str, list[str]]:
    """Return the public id and all identifiers of a person; nothing of what they did is looked at."""
    people, number = resolve(snapshot), number_of(snapshot, person)
    return person_id(snapshot, people, number), snapshot.actors.strings(_actors(people, number))


def get(snapshot: Snapshot, person: str) -> Person:
    """Return one person's page."""
    people, number = resolve(snapshot), number_of(snapshot, person)
    summary = rows(snapshot, np.array([number], np.int32))[0]
    return Person(
        **summary.model_dump(),
        details=_details(snapshot, people, number),
        hands=hands(snapshot, people, number),
        links=links(snapshot, members(people, number)),
        properties=_properties(snapshot, number),
    )


def _details(snapshot: Snapshot, people: People, number: int) -> list[Identifier]:
    own = _actors(people, number)
    shared = handed_to(snapshot, number)
    codes = np.append(own, shared[~np.isin(shared, own)])
    found = []
    for code, name in zip(codes.tolist(), snapshot.actors.strings(codes), strict=True):
        first, last, events = 2**62, -(2**62), 0
        for loaded, start, end in runs_of(snapshot, number, code):
            segment = loaded.segment
            first = min(first, segment.base + int(segment.time[start]))
            last = max(last, segment.base + int(segment.time[end - 1]))
            events += end - start
        kind, value = split_actor(name)
        found.append(
            Identifier(
                type=kind,
                value=value,
                first_seen=iso(first) if events else None,
                last_seen=iso(last) if events else None,
                events=events,
                shared=code in people.steps.devices,
            )
        )
    return found


def hands(snapshot: Snapshot, people: People, number: int) -> list[Hand]:
    """Return who had the devices that a person has, or had, a part of."""
    return hands_of(snapshot, np.append(_actors(people, number), handed_to(snapshot, number)), number)


def hands_of(snapshot: Snapshot, own: npt.NDArray[np.int32], number: int) -> list[Hand]:
    """Return who had which of some devices when, to a person; nothing of people who are being erased."""
    found, people = [], resolve(snapshot)
    hidden, steps = hidden_people(snapshot), people.steps
    for place in np.flatnonzero(np.isin(steps.devices, own)).tolist():
        device = snapshot.actors.strings(steps.devices[place : place + 1])[0]
        for at in range(int(steps.heads[place]), int(steps.heads[place + 1])):
            person, time = int(steps.person[at]), int(steps.time[at])
            if not hidden[person]:
                found.append(
                    Hand(
                        device=device,
                        since=None if time == BEGINNING else iso(time),
                        account=snapshot.actors.strings(steps.account[at : at + 1])[0],
                        person=person_id(snapshot, people, person),
                        own=person == number,
                    )
                )
    return found


def links(snapshot: Snapshot, codes: npt.NDArray[np.int32]) -> list[Link]:
    """Return what links some identifiers, each pair with its earliest fact, and every decision, by time."""
    facts = facts_of(snapshot, codes)
    earliest: dict[tuple[tuple[int, int], str, int], Evidence] = {}
    for fact in facts:
        earliest.setdefault((fact.pair, fact.rule, 0 if fact.rule == SAME_EVENT else fact.id), fact)
    return linked(earliest.values(), joining(facts))


def linked(facts: Iterable[Evidence], tree: Iterable[Evidence]) -> list[Link]:
    """Return facts as they are shown; ``tree`` are those that joined what was apart."""
    joined = {(fact.pair, fact.id) for fact in tree}
    return [
        Link(
            a=fact.a,
            b=fact.b,
            source=fact.source,
            time=iso(fact.time),
            received=iso(fact.received),
            rule=fact.rule,
            confidence=fact.confidence,
            why=fact.why,
            in_force=fact.in_force,
            reason=fact.reason,
            over=fact.over,
            joins=(fact.pair, fact.id) in joined,
        )
        for fact in facts
    ]


def _properties(snapshot: Snapshot, number: int) -> dict[str, PropertyValue]:
    found: dict[str, PropertyValue] = {}
    for name in person_property_names(snapshot):
        for kind in kinds(snapshot, name):
            values = history(snapshot, name, kind)
            start, end = int(values.heads[number]), int(values.heads[number + 1])
            if start == end:
                continue
            raw, time = float(values.value[end - 1]), iso(int(values.time[end - 1]))
            value: Any
            if kind == "text":
                if not raw:
                    continue
                value = snapshot.interner(column_name(name, "text")).strings(np.array([int(raw) - 1]))[0]
            elif kind == "list":
                value = list(values.states[int(raw)])
            elif np.isnan(raw):
                continue
            else:
                value = bool(raw) if kind == "flag" else iso(int(raw)) if kind == "time" else raw
            found.setdefault(name, PropertyValue(value=value, kind=kind, time=time))
    return found


def person_property_names(snapshot: Snapshot) -> list[str]:
    """Return the names of all person properties ever set."""

    def make() -> list[str]:
        candidates = {describe(column)[0] for column in snapshot.columns() if column[1:2] == "_"}
        return sorted(name for name in candidates if kinds(snapshot, name))

    found: list[str] = snapshot.remember("person_properties", make)
    return found


def timeline(
    snapshot: Snapshot,
    person: str,
    before: str | None,
    limit: int,
    name: str | None = None,
    *,
    every: bool = False,
) -> Timeline:
    """Return a person's events, newest first, before a moment given by an earlier page.

    With ``every`` also what no question counts: what was said of the person, and visits taken for a program's.
    """
    number = number_of(snapshot, person)
    segments = [loaded.whole or loaded if every else loaded for loaded in snapshot.segments]
    masks = []
    for loaded in segments:
        wanted = np.array(
            [(every or not n.startswith("$") if name is None else n == name) for n in loaded.segment.names],
            np.uint8,
        )
        masks.append(wanted[loaded.segment.event] if wanted.any() else None)
    found, _ = Gatherer(snapshot, resolve(snapshot), masks, ALL_TIME).read(number, number + 1)
    end = len(found.time)
    if before:
        end = max(0, min(int(before) if before.isdigit() else 0, end))
    start = max(0, end - limit)
    events = [
        event_at(segments[int(found.segment[i])], int(found.row[i])) for i in range(end - 1, start - 1, -1)
    ]
    return Timeline(events=events, next=str(start) if start else None)


def event_at(loaded: Loaded, row: int) -> TimelineEvent:
    """Return one stored event in full."""
    segment = loaded.segment
    at = np.array([row], np.int64)
    _, inner = item_rows(loaded, at)
    items: list[dict[str, Any]] = [{} for _ in inner]
    properties: dict[str, Any] = {}
    for column, packed in segment.columns.items():
        if column in (ITEMS, SOURCE):
            continue
        name, scope, kind = describe(column)
        if scope == "item":
            for item, place in zip(items, inner.tolist(), strict=True):
                value = _value(packed, kind, place)
                if value is not None:
                    item[name] = value
        else:
            value = _value(packed, kind, row)
            if value is not None:
                properties[name] = value
    run = int(np.searchsorted(segment.runs, row, side="right")) - 1
    source = segment.columns.get(SOURCE)
    return TimelineEvent(
        id=f"{int(segment.id[row]):016x}",
        name=segment.names[int(segment.event[row])],
        time=iso(segment.base + int(segment.time[row])),
        actor=segment.actors()[run].as_py(),
        source=_value(source, "text", row) or "" if source else "",
        properties=properties,
        items=items,
    )


def _value(packed: Any, kind: str, row: int) -> Any:
    place = int(packed.places(np.array([row], np.int64))[0])
    if place < 0:
        return None
    if kind == "list":
        words = packed.dictionary()
        return [
            words[int(code)].as_py()
            for code in packed.values[packed.starts[place] : packed.starts[place + 1]]
        ]
    raw = packed.values[place]
    if kind == "text":
        return packed.dictionary()[int(raw)].as_py()
    number = float(packed.numbers[raw]) if packed.numbers is not None else float(raw)
    if kind == "flag":
        return bool(number)
    if kind == "time":
        return iso(int(number))
    return int(number) if number.is_integer() else number


def iso(ms: int) -> str:
    """Return UTC milliseconds as ISO 8601."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")


def _actors(people: People, number: int) -> npt.NDArray[np.int32]:
    return people.actors[people.heads[number] : people.heads[number + 1]]


def _strings(value: str) -> Any:
    return pa.array([value], pa.string())
