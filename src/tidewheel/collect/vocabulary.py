"""How the names a vendor's clients use become ours: data that people may edit, a source at a time.

A name that is not listed stays as it is. Nothing is cast by guess: only what is listed as money or as a
number is read as one, and a value that is none stays as sent, with a note.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache, cached_property
from importlib import resources
from typing import Annotated, Any, Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

Names: TypeAlias = Annotated[frozenset[str], PlainSerializer(sorted, return_type=list[str], when_used="json")]
Tell: TypeAlias = Callable[[str, str, Any], None]
"""Takes the code of a note, the field and what was sent."""
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

    @cached_property
    def amounts(self) -> tuple[tuple[str, bool], ...]:
        """The names that are read as numbers, and whether they are money."""
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


AS_IT_IS: Final = EventWords()
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
