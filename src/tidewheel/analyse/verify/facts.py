"""A project's facts as plain Python: events out of the stored tables, and whose they are, persons out of the links."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidewheel.analyse.verify.persons import Holders
from tidewheel.core.events import ADD, APPEND, SET, SET_ONCE, UNSET, Kind
from tidewheel.store.columns.segment import describe
from tidewheel.store.enriched import Enricher

Named = dict[tuple[str, Kind], Any]


@dataclass
class Fact:
    """One event; properties by (name, kind)."""

    time: int
    id: int
    name: str
    actor: str
    properties: Named
    items: list[Named]
    left_out: bool = False
    """Whether no question counts it, unless it asks for bots."""


@dataclass
class Person:
    """Everything under a person's identifiers, by (time, id), each event once."""

    actors: list[str]
    facts: list[Fact] = field(default_factory=list)

    def held(self, name: str, kind: Kind, until: int | None = None) -> Any:
        """Return a property as it was at a moment (UTC ms, included), or now; None: not set, as a list without entries is."""
        value: Any = None
        for fact in self.facts:
            if until is not None and fact.time > until:
                break
            given = fact.properties.get((name, kind))
            if fact.name == UNSET and (name, "flag") in fact.properties:
                value = None
            elif given is None:
                continue
            elif fact.name == SET or (fact.name == SET_ONCE and value is None):
                value = given
            elif fact.name == ADD:
                value = (value or 0) + given
            elif fact.name == APPEND:
                value = [*(value or []), *(one for one in dict.fromkeys(given) if one not in (value or []))]
            value = None if value == [] else value
        return value


def chosen(person: list[str], share: float, seed: int) -> bool:
    """Say whether a person is in the sample: by their first identifier, so that it is always the same."""
    return zlib.crc32(f"{seed}:{min(person)}".encode()) / 2**32 < share


def people(
    tables: Iterable[pa.Table],
    groups: list[list[str]],
    zone: tzinfo,
    keep: Iterable[str] | None = None,
    rules: Enricher | None = None,
    holders: Holders | None = None,
) -> list[Person]:
    """Return these persons with their facts out of tables of events in the lake's layout.

    ``rules`` add what is worked out of what was sent. ``holders`` say whose the rows of devices are that change hands.
    """
    found = [Person(group) for group in groups]
    owner = {actor: person for person in found for actor in person.actors}
    shared = set() if holders is None else holders.devices
    wanted = pa.array(sorted({*owner, *shared}), pa.string())
    for table in tables:
        rows = table.filter(pc.is_in(table["actor"].cast(pa.string()), value_set=wanted))
        for fact in read(rows, zone, keep):
            whose = fact.actor
            if holders is not None and whose in shared:
                whose = holders.of(whose, fact.time)
            if whose in owner:
                owner[whose].facts.append(fact)
    for person in found:
        unique = {(fact.time, fact.id): fact for fact in person.facts}
        person.facts = [unique[key] for key in sorted(unique)]
        for fact in person.facts if rules is not None else ():
            assert rules is not None
            fact.left_out = rules.complete(fact.time, fact.properties, fact.items)
    return found


def read(table: pa.Table, zone: tzinfo, keep: Iterable[str] | None = None) -> Iterator[Fact]:
    """Yield the rows of a table; ``keep`` names the property columns that are looked at, None: all."""
    fixed = ("time", "id", "name", "actor")
    columns = [
        name
        for name in table.schema.names
        if (name[1:2] == "_" or name[2:3] == "_") and (keep is None or name in keep)
    ]
    told = {name: describe(name) for name in columns}
    times = table["time"].cast(pa.int64()).to_pylist()
    for at, row in enumerate(table.select([*fixed, *columns]).to_pylist()):
        properties: Named = {}
        items: list[Named] = []
        for column, (name, scope, kind) in told.items():
            value = row[column]
            if value is None:
                continue
            if scope != "item":
                properties[name, kind] = plain(value, zone)
                continue
            items = items or [{} for _ in value]
            for item, one in zip(items, value, strict=True):
                if one is not None:
                    item[name, kind] = plain(one, zone)
        yield Fact(times[at], row["id"] % 2**64, row["name"], row["actor"], properties, items)


def plain(value: Any, zone: tzinfo) -> Any:
    """Return a value as tests read it: times in the project's zone."""
    return value.astimezone(zone) if isinstance(value, datetime) else value
