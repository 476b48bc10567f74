"""How the names a vendor's clients use become ours: data that people may edit, a source at a time.

A name that is not listed stays as it is. Nothing is cast by guess: only what is listed as money or as a
number is read as one, and a value that is none stays as sent, with a note.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache, cached_property
from importlib import resources
from typing import Annotated, Any, Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from tidewheel.collect.wire import WireEvent, WirePerson

Names: TypeAlias = Annotated[frozenset[str], PlainSerializer(sorted, return_type=list[str], when_used="json")]
Tell: TypeAlias = Callable[[str, str, Any], None]
"""Takes the code of a note, the field and what was sent."""
_QUICK: Final = 1e11
SENT_AS: Final = "sent_as"
"""Property that keeps an event's name as it was sent, where it was renamed."""


class Words(BaseModel):
    """Names of properties: ``properties`` from theirs to ours, an empty one leaves the property out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    properties: dict[str, str] = {}
    otherwise: Annotated[
        dict[str, str], Field(description="What a property (our name) is copied from where it was not sent")
    ] = {}
    major: Annotated[
        Names,
        Field(description="Properties (our names) sent in yuan or dollars, kept in fen or cents"),
    ] = frozenset()
    numbers: Annotated[
        Names, Field(description="Properties (our names) that are numbers even when sent as text")
    ] = frozenset()

    def read(self, sent: Mapping[str, Any], place: str, tell: Tell, prefix: str = "") -> dict[str, Any]:
        """Return the properties by our names; ``prefix`` is taken off names that are not listed."""
        named = self.properties
        if named or prefix:
            out: dict[str, Any] = {}
            for theirs, value in sent.items():
                ours = named.get(theirs)
                if ours is None:
                    ours = theirs
                    if prefix and theirs.startswith(prefix):
                        bare = theirs.removeprefix(prefix)
                        ours = theirs if not bare or bare in sent or bare in out else bare
                if ours:
                    out[ours] = value
        else:
            out = dict(sent)
        for ours, source in self.otherwise.items():
            if out.get(ours) is None and out.get(source) is not None:
                out[ours] = out[source]
        for ours, money in self._amounts:
            if ours in out and (value := out[ours]) is not None:
                number = _amount(value) if money else _number(value)
                if number is None:
                    tell("not_numeric", f"{place}.{ours}", value)
                else:
                    out[ours] = number
        return out

    @cached_property
    def _amounts(self) -> tuple[tuple[str, bool], ...]:
        """Return the names that are read as numbers, and which of them are money."""
        return tuple((name, name in self.major) for name in sorted(self.major | self.numbers))


class ItemWords(Words):
    """Names of an item's properties. ``within``: the property that lists the items; none: the event is about one."""

    within: str | None = None


class EventWords(Words):
    """What becomes of one event: ``event`` is our name of it, ``set`` what is added to it."""

    event: str | None = None
    leave_out: bool = False
    set: dict[str, str | int | float | bool] = {}
    items: ItemWords | None = None


class Vocabulary(BaseModel):
    """All names of a vendor: of events, of properties of every event, of identifiers, of persons' properties."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    events: dict[str, EventWords] = {}
    prefix: Annotated[
        str,
        Field(
            description="What the vendor's own names begin with: taken off events and properties not listed",
            max_length=20,
        ),
    ] = ""
    every: Words = Words()
    person: Words = Words()
    goods: Words = Words()
    identifiers: Annotated[
        dict[str, str], Field(description="Types of identifiers, from the vendor's names to ours")
    ] = {}

    consents: Annotated[
        dict[str, str],
        Field(
            description="Purposes of consent, from the vendor's names to ours: purpose, or purpose.channel"
        ),
    ] = {}

    def translate(self, sent: WireEvent, tell: Tell) -> WireEvent | None:
        """Return an event in our words; None where it is to be left out."""
        words = self.events.get(sent.event or "", _AS_IT_IS)
        if words.leave_out:
            return None
        if self is NOTHING:
            return sent
        properties = sent.properties
        items = sent.items
        if properties:
            if words.items is not None and items is None:
                properties, items = _items(words.items, properties, tell)
            properties = self.every.read(properties, "properties", tell, self.prefix)
            if words is not _AS_IT_IS:
                properties = words.read(properties, "properties", tell)
        event = words.event or (sent.event.removeprefix(self.prefix) if sent.event else sent.event)
        if words.set or event != sent.event:
            properties = {**(properties or {}), **words.set}
            if event != sent.event:
                properties[SENT_AS] = sent.event
        person = _person(self.person, sent.person, tell, self.prefix) if sent.person else sent.person
        consent = [self._consent(one) for one in sent.consent] if sent.consent else sent.consent
        return WireEvent(event, sent.time, sent.id, sent.who, properties, items, person, consent)

    def _consent(self, sent: dict[str, Any]) -> dict[str, Any]:
        ours = self.consents.get(str(sent.get("purpose")))
        if ours is None:
            return sent
        purpose, _, channel = ours.partition(".")
        return {**sent, "purpose": purpose, "channel": channel or sent.get("channel")}


_AS_IT_IS: Final = EventWords()
NOTHING: Final = Vocabulary()
"""Every name is ours already."""


@cache
def default_vocabulary(protocol: str) -> Vocabulary:
    """Return the words of a protocol's vendor as we ship them.

    ``with`` in a file names another whose events it has too, unless it says otherwise itself.
    """
    words = _shipped(protocol)
    for other in words.pop("with", ()):
        words["events"] = _shipped(other)["events"] | words.get("events", {})
    return Vocabulary.model_validate(words)


def _shipped(name: str) -> dict[str, Any]:
    folder = resources.files("tidewheel.collect").joinpath("vocabularies")
    return tomllib.loads(folder.joinpath(f"{name}.toml").read_text("utf-8"))


def _items(
    words: ItemWords, properties: Mapping[str, Any], tell: Tell
) -> tuple[dict[str, Any], list[dict[str, Any]] | None]:
    """Take the items out of an event's properties."""
    rest = dict(properties)
    if words.within is None:
        own = {name: rest.pop(name) for name in words.properties if name in rest}
        return rest, [words.read(own, "items[0]", tell)] if own else None
    listed = rest.get(words.within)
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        return rest, None
    del rest[words.within]
    return rest, [words.read(one, f"items[{place}]", tell) for place, one in enumerate(listed)]


def _person(words: Words, sent: WirePerson, tell: Tell, prefix: str) -> WirePerson:
    def read(part: dict[str, Any] | None) -> dict[str, Any] | None:
        return words.read(part, "person", tell, prefix) if part else part

    unset = sent.unset
    if unset:
        unset = [words.properties.get(name, name.removeprefix(prefix)) for name in unset]
    return WirePerson(read(sent.set), read(sent.set_once), read(sent.add), read(sent.append), unset)


def _number(value: Any) -> int | float | None:
    """Return a number, or a number in text, whole where it is; None where it is none."""
    exact = _decimal(value)
    if exact is None:
        return None
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _amount(value: Any) -> int | None:
    """Return an amount in yuan or dollars in fen or cents, half of one to the even one."""
    if type(value) is float and -_QUICK < value < _QUICK:
        fen = value * 100
        whole = round(fen)
        if -0.4 < fen - whole < 0.4:  # too far from a half for the error of a float to matter
            return whole
    elif type(value) is int and -_QUICK < value < _QUICK:
        return value * 100
    exact = _decimal(value)
    return None if exact is None else int((exact * 100).to_integral_value())


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > 40:
        return None
    try:
        number = Decimal(str(value).strip().replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10**15 else None
