"""Reading the ``person`` part of an event: each kind of change becomes a fact of its own."""

from __future__ import annotations

from typing import Any

from tidewheel.collect.problems import Refused
from tidewheel.collect.values import Tell, read_properties, shown
from tidewheel.collect.wire import WirePerson
from tidewheel.core.events import ADD, APPEND, SET, SET_ONCE, UNSET


def read_person(person: WirePerson, tell: Tell) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Return (fact name, properties) for each part that says something."""
    facts: list[tuple[str, dict[str, Any]]] = []
    if person.set:
        facts.append((SET, read_properties(person.set, "person.set", tell)))
    if person.set_once:
        facts.append((SET_ONCE, read_properties(person.set_once, "person.set_once", tell)))
    if person.add:
        facts.append((ADD, _read_add(person.add, tell)))
    if person.append:
        facts.append((APPEND, _read_append(person.append, tell)))
    if person.unset:
        names = {name: True for name in person.unset if name.strip()}
        facts.append((UNSET, read_properties(names, "person.unset", tell)))
    return tuple(fact for fact in facts if fact[1])


def _read_add(raw: dict[str, Any], tell: Tell) -> dict[str, Any]:
    read = read_properties(raw, "person.add", tell)
    for name, value in read.items():
        if type(value) not in (int, float):
            raise Refused("not_a_number", f"person.add.{name}", shown(raw.get(name)), "number")
    return read


def _read_append(raw: dict[str, Any], tell: Tell) -> dict[str, Any]:
    listed = {
        name: value if type(value) is list else [value] for name, value in raw.items() if value is not None
    }
    return read_properties(listed, "person.append", tell)
