"""Which words of a vocabulary made an event what it is: where each value came from, and by which entries.

The vocabulary itself translates the event with a mark in the place of every value; where a mark comes out is where
the value goes. So what is told here cannot differ from what is done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from tidewheel.collect.translating import translate
from tidewheel.collect.vocabulary import SENT_AS, EventWords, ItemWords, Vocabulary, Words
from tidewheel.collect.wire import WireEvent

_PARTS: Final = ("set", "set_once", "add", "append")


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """A value as sent; ``place`` is ``properties``, ``items[0]``, ``products[0]`` (a property) or ``person.set``."""

    place: str
    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class Came:
    """What a value came from (None: the words set it), and the entries of the vocabulary that brought it there."""

    origin: Origin | None
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """What words made of one event. ``event`` None: they leave it out, or it has no name.

    ``places`` has the values by our names at ``properties``, ``items[0]`` or ``person.set``; ``dropped`` are values
    that the words leave out.
    """

    event: str | None
    by: tuple[str, ...] = ()
    left_out: bool = False
    places: dict[str, dict[str, Came]] = field(default_factory=dict)
    dropped: tuple[Came, ...] = ()


def wording(words: Vocabulary, sent: WireEvent) -> Wording:
    """Return what words make of an event, value by value."""
    own = words.events.get(sent.event or "", EventWords())
    entry = f"events.{sent.event}"
    marked = _marked(sent, own.items if sent.items is None else None)
    said = translate(words, marked, lambda *_: None)
    if said is None:
        return Wording(None, (f"{entry}.leave_out",), left_out=True)
    renamed = said.event != sent.event
    by = () if not renamed else (f"{entry}.event",) if own.event else ("prefix",)
    found = Wording(said.event, by, places={})
    path = _Path(words, own, entry, sent)
    kept: set[int] = set()
    for place, name, value in _values(said):
        held = found.places.setdefault(place, {})
        if isinstance(value, Origin):
            kept.add(id(value))
            held[name] = Came(value, path.of(value, place, name))
        else:
            held[name] = Came(None, ("sent_as",) if name == SENT_AS else (f"{entry}.set.{name}",))
    lost = [one for _, _, one in _values(marked) if isinstance(one, Origin) and id(one) not in kept]
    dropped = tuple(Came(one, path.of(one, one.place, "")) for one in lost)
    return Wording(found.event, by, places=found.places, dropped=dropped)


def _marked(sent: WireEvent, items: ItemWords | None) -> WireEvent:
    """Return the event with a mark for each value; those of items too, where they stand in a property."""
    within = items.within if items else None
    properties: dict[str, Any] = _bag("properties", sent.properties or {})
    listed = (sent.properties or {}).get(within) if within else None
    if within and isinstance(listed, list) and all(isinstance(one, dict) for one in listed):
        properties[within] = [_bag(f"{within}[{at}]", one) for at, one in enumerate(listed)]
    goods = None if sent.items is None else [_bag(f"items[{at}]", one) for at, one in enumerate(sent.items)]
    person = sent.person
    if person is not None:
        parts = {part: _bag(f"person.{part}", getattr(person, part) or {}) for part in _PARTS}
        person = msgspec.structs.replace(person, **{part: bag or None for part, bag in parts.items()})
    return msgspec.structs.replace(sent, properties=properties or None, items=goods, person=person)


def _bag(place: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: None if value is None else Origin(place, name, value) for name, value in values.items()}


def _values(event: WireEvent) -> Iterator[tuple[str, str, Any]]:
    """Yield (place, name, value) for all values."""
    for name, value in (event.properties or {}).items():
        if isinstance(value, list):
            for at, one in enumerate(value):
                yield from ((f"{name}[{at}]", inner, part) for inner, part in one.items() if part is not None)
        elif value is not None:
            yield "properties", name, value
    for at, item in enumerate(event.items or ()):
        yield from ((f"items[{at}]", name, value) for name, value in item.items() if value is not None)
    for part in _PARTS if event.person is not None else ():
        bag = getattr(event.person, part) or {}
        yield from ((f"person.{part}", name, value) for name, value in bag.items() if value is not None)


def _copied(section: Words, name: str, ours: str) -> list[str]:
    """Return the names that a value was copied to, one from the other, on its way to ours."""
    steps: list[str] = []
    at = ours
    while at != name and at in section.otherwise and at not in steps:
        steps.insert(0, at)
        at = section.otherwise[at]
    return steps if at == name else []


class _Path:
    """The entries of a vocabulary that lead from a name as sent to ours."""

    def __init__(self, words: Vocabulary, own: EventWords, entry: str, sent: WireEvent) -> None:
        self.words, self.own, self.entry, self.sent = words, own, entry, sent

    def of(self, origin: Origin, place: str, ours: str) -> tuple[str, ...]:
        """Return the entries in their order; none where a value keeps its name and is read as it is."""
        if place.startswith("person"):
            sections = [("person", self.words.person, self.words.prefix)]
        elif place == "properties":
            sections = [
                ("every", self.words.every, self.words.prefix),
                (self.entry, self.own, ""),
            ]
        else:
            sections = [(f"{self.entry}.items", self.own.items or Words(), "")]
        ways: list[tuple[str, tuple[str, ...]]] = [(origin.name, ())]
        for title, section, prefix in sections:
            ways = [
                (reached, (*before, *entries))
                for theirs, before in ways
                for reached, entries in self._through(title, section, prefix, theirs, ours)
            ]
        return next((entries for reached, entries in ways if reached == ours), ways[0][1])

    def _through(
        self, title: str, section: Words, prefix: str, theirs: str, ours: str
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the names a value has after a section, and by which entries: its own first, then those it is copied to."""
        name = self._renamed(section, prefix, theirs, ours)
        if theirs in section.properties:
            found = [f"{title}.properties.{theirs}"]
        else:
            found = ["prefix"] if theirs != name else []
        for copies in [[], *filter(None, (_copied(section, name, copy) for copy in section.otherwise))]:
            end = copies[-1] if copies else name
            read = [f"{title}.{what}" for what in ("major", "numbers") if end in getattr(section, what)]
            yield end, (*found, *(f"{title}.otherwise.{copy}" for copy in copies), *read)

    def _renamed(self, section: Words, prefix: str, theirs: str, ours: str) -> str:
        """Return our name; one whose prefix is taken off keeps it where the bare name was sent as well."""
        listed = section.properties.get(theirs)
        if listed is not None:
            return listed
        bare = theirs.removeprefix(prefix)
        goes_on = ours == bare or bare in self.own.properties or bare in {*section.otherwise.values()}
        return bare if prefix and bare and (goes_on or ours not in {theirs, ""}) else theirs
