"""From plain facts to the world an oracle reads: which steps each row matches, its groups, keys, values, session."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from tidewheel.analyse.contract import Labels, Plan, Trait
from tidewheel.analyse.filters import kind_for
from tidewheel.analyse.labels import told
from tidewheel.analyse.moments import MOMENTS
from tidewheel.analyse.oracle import Happening, Item, World
from tidewheel.analyse.picks import picked_in
from tidewheel.analyse.question import Breakdown, Condition, EventMatch, OneItem, Test
from tidewheel.analyse.verify.facts import Fact, Named, Person
from tidewheel.analyse.verify.plain import Look, holds, passes
from tidewheel.core.events import Kind, Scope
from tidewheel.core.period import Calendar
from tidewheel.core.working_days import is_working

EVENT: Final = "$event"
Kinds = Callable[[str, Scope], list[Kind]]
"""The kinds of values a property of a scope has been seen with, commonest first."""


class NotCompared(Exception):
    """The question uses something that is not looked at in plain Python."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is needed to read facts as a plan asks."""

    plan: Plan
    filters: tuple[Test, ...]
    calendar: Calendar
    kinds: Kinds


def build(reading: Reading, people: Iterable[Person]) -> tuple[World, Labels, tuple[Labels, ...]]:
    """Return the world of some persons, numbered from 0, and what the codes of its groups and names mean."""
    plan = reading.plan
    scopes = {one.scope for one in plan.values}
    if len(scopes - {"person"}) > 1 or ("item" in scopes and len(scopes) > 1):
        raise NotCompared("values of events and of items together")
    naming = [one for several in plan.names for one in several]
    listed = [
        one for one in (*plan.group, *naming) if kind_of(reading, one) == "list" and one.scope != "person"
    ]
    of_items = [one for one in (*plan.group, *plan.key, *plan.values) if one.scope == "item"]
    if listed:
        raise NotCompared("a split or names by a list")
    groups, keys = Coding(reading, plan.group), Coding(reading, plan.key)
    names = [Coding(reading, one) for one in plan.names]
    world = World(
        {},
        ragged_group=any(one.scope == "item" for one in plan.group),
        ragged_key=any(one.scope == "item" for one in plan.key),
        ragged_value="item" in scopes,
        grouped=bool(plan.group),
        values=max(1, len(plan.values)),
        names=len(plan.names),
    )
    rows: dict[int, list[tuple[Fact, Person, int, int]]] = {}
    for number, person in enumerate(people):
        rows[number] = list(matching(reading, person))
        for fact, *_ in rows[number]:
            for held in [*fact.items, None]:
                for coding in (groups, keys, *names):
                    coding.meet(fact, person, held)
    for coding in (groups, keys, *names):
        coding.settle()
    for number, found in rows.items():
        world.people[number] = [
            Happening(
                time=fact.time,
                match=match,
                group=0 if world.ragged_group else groups.code(fact, person, None),
                key=-1 if world.ragged_key else keys.complete(fact, person, None),
                values=(None,) if world.ragged_value else values(reading, fact, person, None),
                session=session,
                items=tuple(
                    Item(
                        bits=item_bits(reading, item),
                        group=groups.code(fact, person, item),
                        key=keys.complete(fact, person, item),
                        values=values(reading, fact, person, item),
                    )
                    for item in fact.items
                )
                if of_items
                else (),
                names=tuple(one.code(fact, person, next(iter(fact.items), None)) for one in names),
            )
            for fact, person, match, session in found
        ]
    return world, groups.labels, tuple(one.labels for one in names)


def described(reading: Reading, people: Iterable[Person], world: World) -> tuple[Trait, ...]:
    """Put the properties of persons, as they are now, into their world; return what the codes mean."""
    asked = reading.plan.traits
    held = [[trait_of(reading, one, person) for one in asked] for person in people]
    traits = []
    for at, one in enumerate(asked):
        met = {own[at] for own in held if own[at] is not None}
        table = sorted(met) if one.bins is None else [name for name in binned(one.bins) if name in met]
        traits.append(Trait("text" if one.bins is not None else kind_of(reading, one), table))
    world.traits = {
        number: tuple(
            0 if one is None else trait.table.index(one) + 1 for one, trait in zip(own, traits, strict=True)
        )
        for number, own in enumerate(held)
    }
    return tuple(traits)


def trait_of(reading: Reading, asked: Breakdown, person: Person) -> Any:
    """Return a property of a person as it is now, as a label; a list's entries apart."""
    kind = kind_of(reading, asked)
    value = person.held(asked.property, kind)
    if kind == "list" and value is not None:
        return tuple(map(told, value))
    return labelled(reading, asked, kind, value)


def matching(reading: Reading, person: Person) -> Iterable[tuple[Fact, Person, int, int]]:
    """Yield a person's rows that match a step, with their bits and session."""
    plan = reading.plan
    session, before = 0, None
    for fact in person.facts:
        if not plan.span.start <= fact.time < plan.span.end:
            continue
        if plan.sessions and not fact.name.startswith("$"):
            if before is not None and fact.time - before > plan.session_gap:
                session += 1
            before = fact.time
        match = 0
        for bit, step in enumerate(plan.steps):
            if any(matches(reading, one, fact, person) for one in step.any_of):
                match |= 1 << bit
        if match:
            yield fact, person, match, session


def matches(reading: Reading, one: EventMatch, fact: Fact, person: Person) -> bool:
    """Say whether a fact is an event of a step, and passes its tests."""
    named = not fact.name.startswith("$") if one.stored == "*" else fact.name == one.stored
    return named and tested(reading, (*one.filters, *reading.filters), fact, person)


def tested(reading: Reading, tests: tuple[Test, ...], fact: Fact, person: Person) -> bool:
    """Say whether a fact passes tests."""
    own, item = split(tests)
    look = look_at(reading, fact, person)
    goods = [look_item(reading, held) for held in fact.items]
    if not all(passes(test, look, goods) for test in own):
        return False
    return not item or any(all(holds(test, held(test)) for test in item) for held in goods)


def split(tests: tuple[Test, ...]) -> tuple[list[Test], list[Condition]]:
    """Return (tests of the event, conditions that one and the same item must meet)."""
    own: list[Test] = []
    item: list[Condition] = []
    for test in tests:
        if isinstance(test, OneItem):
            item += test.item
        elif isinstance(test, Condition) and test.scope == "item":
            item.append(test)
        else:
            own.append(test)
    return own, item


def item_bits(reading: Reading, held: Named) -> int:
    """Return the steps whose item conditions an item meets."""
    bits = 0
    look = look_item(reading, held)
    for bit, step in enumerate(reading.plan.steps):
        for one in step.any_of:
            _, item = split((*one.filters, *reading.filters))
            if all(holds(test, look(test)) for test in item):
                bits |= 1 << bit
    return bits


def look_at(reading: Reading, fact: Fact, person: Person) -> Look:
    """Return how conditions read an event and its person."""

    def look(test: Condition) -> Any:
        kind = kind_for(test, reading.kinds(test.property, test.scope))
        if test.scope == "person":
            return person.held(test.property, kind, fact.time if test.when == "event" else None)
        if test.property in MOMENTS:
            return by_the_clock(reading.calendar, test.property, fact.time)
        return fact.properties.get((test.property, kind))

    return look


def by_the_clock(calendar: Calendar, name: str, time: int) -> float | bool:
    """Return what the time of an event says by itself."""
    moment = calendar.local(time)
    if name == "$working_day":
        return is_working(moment.date(), calendar.holidays)
    return float(moment.hour if name == "$hour" else moment.isoweekday())


def look_item(reading: Reading, held: Named) -> Look:
    """Return how conditions read an item."""
    return lambda test: held.get((test.property, kind_for(test, reading.kinds(test.property, "item"))))


def kind_of(reading: Reading, asked: Breakdown) -> Kind:
    """Return the kind of values a breakdown takes."""
    if asked.scope == "event" and asked.property in MOMENTS and asked.bins is None:
        return MOMENTS[asked.property].kind
    seen = reading.kinds(asked.property, asked.scope)
    if asked.kind is None and asked.clean:
        return next((kind for kind in seen if kind in ("text", "list")), seen[0] if seen else "text")
    return asked.kind or ("number" if asked.bins is not None else seen[0] if seen else "text")


def value_of(
    reading: Reading, asked: Breakdown, kind: Kind, fact: Fact, person: Person, item: Named | None
) -> Any:
    """Return the value of a property at a row (or one of its items)."""
    if asked.scope == "person":
        return person.held(asked.property, kind, fact.time if asked.when == "event" else None)
    if asked.scope == "item":
        return None if item is None else item.get((asked.property, kind))
    if asked.property == EVENT:
        return called(reading, fact, person)
    if asked.property in MOMENTS:
        return by_the_clock(reading.calendar, asked.property, fact.time)
    return fact.properties.get((asked.property, kind))


def called(reading: Reading, fact: Fact, person: Person) -> str:
    """Return the name of an event: of the first picked one asked for that it is, else its own."""
    for one in picked_in(reading.plan.steps):
        if fact.name == one.stored and tested(reading, one.own, fact, person):
            return one.event
    return fact.name


def values(reading: Reading, fact: Fact, person: Person, item: Named | None) -> tuple[float | None, ...]:
    """Return the numbers (or, where only equality matters, codes) that the plan reads."""
    found: list[float | None] = []
    for at, asked in enumerate(reading.plan.values):
        seen = reading.kinds(asked.property, asked.scope)
        numeric: list[Kind] = [one for one in seen if one in ("number", "flag", "time")]
        kind: Kind = asked.kind or (numeric[0] if numeric else "number")
        if at in reading.plan.coded:
            kind = kind_of(reading, asked)
        value = value_of(reading, asked, kind, fact, person, item)
        if at in reading.plan.coded and value is not None:
            found.append(float(hash(str(value)) % 2**52))
        elif isinstance(value, datetime):
            found.append(value.timestamp() * 1000)
        else:
            found.append(None if value is None else float(value))
    return tuple(found) or (None,)


class Coding:
    """Gives each combination of values a code, in an order that depends on the values alone."""

    def __init__(self, reading: Reading, asked: tuple[Breakdown, ...]) -> None:
        self._reading, self._asked = reading, asked
        self._kinds = [kind_of(reading, one) for one in asked]
        self._met: list[set[Any]] = [set() for _ in asked]
        self._tables: list[list[Any]] = []
        self._strides: list[int] = []

    def meet(self, fact: Fact, person: Person, item: Named | None) -> None:
        """Note the values of a row (or of one of its items)."""
        for met, label in zip(self._met, self._labels(fact, person, item), strict=True):
            if label is not None:
                met.add(label)

    def settle(self) -> None:
        """Fix the codes."""
        stride = 1
        for met in self._met:
            self._tables.append(sorted(met, key=lambda label: (str(type(label)), label)))
            self._strides.append(stride)
            stride *= len(met) + 1

    @property
    def labels(self) -> Labels:
        """What the codes mean."""
        return Labels(tuple(self._tables), tuple(self._strides))

    def code(self, fact: Fact, person: Person, item: Named | None) -> int:
        """Return the code of a row (or item)."""
        parts = zip(self._labels(fact, person, item), self._tables, self._strides, strict=True)
        return sum((table.index(label) + 1) * stride for label, table, stride in parts if label is not None)

    def complete(self, fact: Fact, person: Person, item: Named | None) -> int:
        """Return the same, -1 where any property is not set."""
        missing = any(label is None for label in self._labels(fact, person, item))
        return -1 if missing or not self._asked else self.code(fact, person, item)

    def _labels(self, fact: Fact, person: Person, item: Named | None) -> list[Any]:
        return [
            labelled(self._reading, asked, kind, value_of(self._reading, asked, kind, fact, person, item))
            for asked, kind in zip(self._asked, self._kinds, strict=True)
        ]


def labelled(reading: Reading, asked: Breakdown, kind: Kind, value: Any) -> Any:
    """Return what stands for a value in an answer; None: not set."""
    if value is None:
        return None
    if asked.bins is not None:
        return binned(asked.bins)[bisect_right(asked.bins, float(value))]
    if isinstance(value, str):
        value = next((one.name or one.pattern for one in asked.clean if fits(one.pattern, value)), value)
    if kind == "list":
        return told(", ".join(value))
    if isinstance(value, datetime):
        return value.astimezone(reading.calendar.tz()).date().isoformat()
    if isinstance(value, str):
        return told(value)
    return float(value) if kind == "number" else value


def fits(pattern: str, text: str) -> bool:
    """Return whether a wildcard stands for a whole text, trying every way a star can go."""
    reached = {0}
    for sign in pattern:
        if sign == "*":
            reached = {at for start in reached for at in range(start, len(text) + 1)}
        else:
            reached = {at + 1 for at in reached if text[at : at + 1] == sign}
    return len(text) in reached


def binned(cuts: Sequence[float]) -> list[str]:
    """Return the names of the parts that cuts make of numbers."""
    edges = [f"{cut:g}" for cut in cuts]
    return [f"< {edges[0]}", *(f"{a} – {b}" for a, b in pairwise(edges)), f"≥ {edges[-1]}"]
