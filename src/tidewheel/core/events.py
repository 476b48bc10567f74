"""The fact: what every protocol, import and generator turns its input into.

Property values have five kinds, told by the value alone, so that the order of arrival cannot change
how a value is read:

====  ======  ==========================================  =====================
kind  letter  Python value                                 stored as
====  ======  ==========================================  =====================
text  ``s``   ``str``                                      string
number ``n``  ``int``/``float`` (finite, |int| ≤ 2**53)    float64
flag  ``b``   ``bool``                                     bool
time  ``t``   :class:`datetime.datetime` (aware)           timestamp[ms, UTC]
list  ``l``   ``list[str]``                                list<string>
====  ======  ==========================================  =====================

One name may hold several kinds; they are stored side by side (``n_size`` and ``s_size``) and reported.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

import msgspec

Scalar: TypeAlias = str | bool | int | float | datetime
Value: TypeAlias = Scalar | list[str]
Kind: TypeAlias = Literal["text", "number", "flag", "time", "list"]
Scope: TypeAlias = Literal["event", "item", "person"]

KIND_LETTERS: Final[dict[Kind, str]] = {"text": "s", "number": "n", "flag": "b", "time": "t", "list": "l"}
LETTER_KINDS: Final[dict[str, Kind]] = {letter: kind for kind, letter in KIND_LETTERS.items()}

UNSAFE: Final = frozenset(' ,;{}()=%"`\\.') | {chr(control) for control in range(32)}

# Person facts are events with these names; their properties are what is set.
SET: Final = "$set"
SET_ONCE: Final = "$set_once"
ADD: Final = "$add"
APPEND: Final = "$append"
UNSET: Final = "$unset"  # properties: {name: True}
CONSENT: Final = "$consent"
"""What a person has agreed to or withdrawn: ``purpose``, ``channel``, ``state``, and what shows it."""
PERSON_FACTS: Final = (SET, SET_ONCE, ADD, APPEND, UNSET, CONSENT)


class Event(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One fact. ``time`` and ``received`` are milliseconds since 1970 in UTC.

    ``actor`` is the identifier the event is stored under; ``others`` are further identifiers of the
    same sender named by the event (each becomes a link). ``id`` is unsigned 64 bit and equal for every
    delivery of the same event. ``items`` are the goods the event is about.
    """

    name: str
    time: int
    actor: str
    id: int
    source: str
    received: int
    properties: dict[str, Any] = {}  # str -> Value; msgspec has no union of text and time
    items: list[dict[str, Any]] = []  # str -> Scalar
    others: list[str] = []


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[Event])


def encode_events(events: list[Event]) -> bytes:
    """Return the compact binary form kept in the inbox."""
    return _encoder.encode(events)


def decode_events(blob: bytes) -> list[Event]:
    """Undo :func:`encode_events`."""
    return _decoder.decode(blob)


def kind_of(value: Value) -> Kind:
    """Return the kind of a property value."""
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, str):
        return "text"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, list):
        return "list"
    return "time"


def column_name(name: str, kind: Kind) -> str:
    """Return the physical column of a property: kind letter, underscore, name with unsafe signs escaped.

    Lake tables do not tell upper from lower case in column names, so a name with capitals ends in
    ``%_`` and the hexadecimal mask of their places: ``orderId`` is ``s_orderId%_20``.
    """
    safe = "".join(f"%{ord(sign):02X}" if sign in UNSAFE else sign for sign in name)
    capitals = sum(1 << place for place, sign in enumerate(name) if sign != sign.lower())
    return f"{KIND_LETTERS[kind]}_{safe}" + (f"%_{capitals:x}" if capitals else "")


def property_of(column: str) -> tuple[str, Kind]:
    """Undo :func:`column_name`."""
    parts = column[2:].partition("%_")[0].split("%")
    name = parts[0] + "".join(chr(int(part[:2], 16)) + part[2:] for part in parts[1:])
    return name, LETTER_KINDS[column[0]]
