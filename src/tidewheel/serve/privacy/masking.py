"""Masking: what those see of people who may not see personal data. The one place that does it.

Every JSON answer about a project passes :func:`Masking.json` on its way out, whichever route made it, so no route
can forget it. Telephone numbers and mail addresses are found wherever they stand in a text, also as they are written in
addresses of pages (``%40``), and telephone numbers where a property's value is a number; names, addresses and what the
project lists are found by the property they are a value of, however that is spelled (``firstName`` is ``first_name``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from tidewheel.collect.guard import is_sealed
from tidewheel.collect.values import MONEY
from tidewheel.core.ids import split_actor

_PLUS: Final = r"(?:\+|%(?:25)*2B)"
_PHONE: Final = (
    rf"(?:{_PLUS}?86(?:[- +]|%(?:25)*20)?)?1[3-9]\d{{9}}"
    rf"|{_PLUS}[1-9](?:[- ]?\d){{9,14}}"  # of other countries: those that say so
)
_AT: Final = r"(?:@|%(?:25)*40)"
_EMAIL: Final = rf"(?:[A-Za-z0-9._+'-]|%(?:25)*2B)+{_AT}[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
_FOUND: Final = re.compile(
    rf"(?:(?<![0-9A-Za-z])|(?<=%[0-9A-Fa-f]{{2}}))(?:(?P<phone>{_PHONE})(?![0-9A-Za-z])|(?P<email>{_EMAIL}))",
    re.IGNORECASE,
)
_LIKELY: Final = rf"1[3-9]\d{{9}}|(?i:{_PLUS})[1-9]|{_AT}"
"""What a text has that may hold either: worth a closer look."""
_AT_SIGN: Final = re.compile(_AT, re.IGNORECASE)
_NUMBERS: Final = (13_000_000_000, 19_999_999_999)
"""The least and the greatest telephone number that is kept as a number."""
_TYPES: Final = frozenset({"phone", "email"})
_ACTORS: Final = tuple(f"{kind}:" for kind in sorted(_TYPES))
_BAGS: Final = frozenset({"properties", "set", "set_once", "append", "add", "who", "traits"})
"""What a JSON object of values by property is called."""
_RAW: Final = frozenset({"body", "sent"})
"""What holds something as it was sent, by whatever names."""
_SAMPLED: Final = frozenset({"samples", "got", "sent_value", "group"})
"""What holds values as they were sent, whatever stands around them."""
_SPELLING: Final = re.compile(r"[\s_-]+")
_OF_A_PROPERTY: Final = frozenset({"count", "made"})
"""What stands beside the value of a property: how often it has it, and what made it what it is."""
_GOODS: Final = "items"
"""What a list of goods is called, each a bag of values by property; lists of refused events are called so too."""
_ENTRIES: Final = frozenset({"code", "received"})
_SAID: Final = frozenset({"message", "hint"})
HIDDEN: Final = "•••"


def masked_phone(number: str) -> str:
    """Return a number of which the first three and last two digits can be read."""
    digits = re.sub(r"\D", "", number)[-11:]
    return f"{digits[:3]}••••••{digits[-2:]}"


def masked_email(address: str) -> str:
    """Return an address of which the first letter and the host can be read."""
    name, host = _AT_SIGN.split(address, maxsplit=1)
    return f"{name[:1]}•••@{host}"


def masked_word(text: str) -> str:
    """Return a name or an address of which the first sign can be read."""
    return f"{text[:1]}{HIDDEN}" if text else text


def masked_text(text: str) -> str:
    """Return a text with its numbers and addresses masked."""
    return _FOUND.sub(lambda hit: masked_phone(hit[0]) if hit["phone"] else masked_email(hit[0]), text)


def contacts_in(values: Iterable[Any]) -> Iterator[str]:
    """Yield the telephone numbers and mail addresses within values."""
    for value in values:
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str):
                yield from (hit[0] for hit in _FOUND.finditer(text))


@dataclass(frozen=True, slots=True)
class Masking:
    """What to mask: properties by name (capitals do not matter), and types of identifiers."""

    properties: frozenset[str]

    def names(self, name: str) -> bool:
        """Say whether a property is personal; ``address.street`` is when the whole or one of its parts is."""
        known, plain = _plain_names(self.properties), _plain(name)
        return plain in known or any(part in known for part in plain.split("."))

    def json(self, value: Any, *, bag: bool = False) -> Any:
        """Return a JSON value as those see it who may not see personal data; ``bag``: names are properties."""
        if isinstance(value, str):
            return self.actor(value) if value.startswith(_ACTORS) else masked_text(value)
        if isinstance(value, list):
            return [self.json(one, bag=bag and not isinstance(one, dict)) for one in value]
        if not isinstance(value, dict):
            return masked_number(value) if bag else value
        found = {name: self._entry(name, one, bag=bag) for name, one in value.items()}
        if "identifiers" in value and isinstance(value.get("name"), str):  # a person
            found["name"] = masked_word(value["name"])
        named = value.get("property", value.get("name"))
        if isinstance(named, str) and self.names(named) and "samples" in value:  # a property and some values
            found["samples"] = [self.hidden(one) for one in value["samples"]]
        for part in _SAMPLED.intersection(value):  # what somebody sent, by itself
            found[part] = self.json(found[part], bag=True)
        if isinstance(named, str) and self.names(_bare(named)) and "made" in value:  # and what it came from
            parts = value.keys() & {"value", "sent_value"}
            found |= {part: self.raw(value[part], personal=True) for part in parts}
        if value.get("type") in _TYPES and isinstance(value.get("value"), str):  # an identifier
            found["value"] = self.actor(f"{value['type']}:{value['value']}").partition(":")[2]
        if "evidence" in value and "purpose" in value:  # a consent, and what somebody wrote down about it
            found["evidence"] = self.hidden(value["evidence"])
        field = value.get("field")
        if "value" in value and not _OF_A_PROPERTY.isdisjoint(value):
            found["value"] = self.json(found["value"], bag=True)
        if "got" in value and isinstance(field, str) and self.names(re.sub(r"\[\d+\]", "", field)):
            found["got"] = self.hidden(value["got"])
            for said in _SAID.intersection(value):  # what was sent may be told again in words
                found[said] = _untold(found[said], value["got"])
        return found

    def _entry(self, name: str, value: Any, *, bag: bool) -> Any:
        if bag and self.names(name):
            return self.hidden(value)
        if name in _RAW and isinstance(value, dict | list):
            return self.raw(value)
        if name == _GOODS and isinstance(value, list):
            return [self.json(one, bag=isinstance(one, dict) and not _ENTRIES.issubset(one)) for one in value]
        return self.json(value, bag=bag or (isinstance(value, dict | list) and name in _BAGS))

    def raw(self, value: Any, also: Collection[str] = (), *, personal: bool = False) -> Any:
        """Return what somebody sent with all that is personal masked, however deep.

        Vendors' signs before a name do not matter; ``also`` are further names of personal values.
        """
        if isinstance(value, dict):
            return {
                name: self.raw(one, also, personal=personal or name in also or self.names(_bare(name)))
                for name, one in value.items()
            }
        if isinstance(value, list):
            return [self.raw(one, also, personal=personal) for one in value]
        return self.hidden(value) if personal else self.json(value, bag=True)

    def hidden(self, value: Any) -> Any:
        """Return what is shown of a personal value, whatever its form."""
        if isinstance(value, dict):
            return {
                name: self.hidden(one) if name in {"value", "set"} else one for name, one in value.items()
            }
        if isinstance(value, list):
            return [self.hidden(one) for one in value]
        if not isinstance(value, str):
            return value if isinstance(value, bool) or value is None else HIDDEN
        shown = masked_text(value)
        return shown if shown != value else masked_word(value)

    def actor(self, name: str) -> str:
        """Return an actor whose value is masked if its type is that of a contact."""
        kind, value = split_actor(name)
        if kind not in _TYPES or not value or is_sealed(value):
            return name
        shown = masked_text(value)
        return f"{kind}:{shown if shown != value else masked_word(value)}"

    def column(self, name: str, column: pa.Array) -> pa.Array:
        """Return a column of a table as those see it who may not see personal data."""
        kind = column.type
        if pa.types.is_list(kind) or pa.types.is_large_list(kind):
            return pa.array(self.json({name: column.to_pylist()}, bag=True)[name], kind)
        if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
            if self.names(name):
                return pa.nulls(len(column), kind)
            return column if name in MONEY else _without_numbers(column)
        personal = self.names(name)
        if (
            not personal
            and not pc.any(pc.match_substring_regex(pc.unique(column).drop_null(), _LIKELY)).as_py()
        ):
            return column
        coded = column.dictionary_encode()
        words = [
            self.hidden(word) if personal else masked_text(word) for word in coded.dictionary.to_pylist()
        ]
        return pa.array(words, kind).take(coded.indices)


def _untold(words: Any, got: Any) -> Any:
    """Return a text, or one in each language, that does not repeat a personal value."""
    if isinstance(words, dict):
        return {name: _untold(one, got) for name, one in words.items()}
    return words.replace(got, HIDDEN) if isinstance(words, str) and isinstance(got, str) and got else words


def masked_number(value: Any) -> Any:
    """Return a telephone number that is kept as a number as a masked text; anything else as it is."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not _NUMBERS[0] <= value <= _NUMBERS[1]
    ):
        return value
    return masked_phone(str(int(value))) if value == int(value) else value


def _without_numbers(column: pa.Array) -> pa.Array:
    """Return a column of numbers with nothing in place of what may be a telephone number."""
    if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
        return column
    low, high = (pa.scalar(bound, pa.float64()) for bound in _NUMBERS)
    within = pc.and_(pc.greater_equal(column, low), pc.less_equal(column, high))
    if not pc.any(within).as_py():
        return column
    return pc.if_else(pc.fill_null(within, False), pa.scalar(None, column.type), column)  # noqa: FBT003


@lru_cache(maxsize=256)
def _plain_names(names: frozenset[str]) -> frozenset[str]:
    return frozenset(map(_plain, names))


@lru_cache(maxsize=16_384)
def _plain(name: str) -> str:
    """Return a name without what clients spell differently: capitals, underscores, dashes, blanks."""
    return _SPELLING.sub("", name.casefold())


def _bare(name: str) -> str:
    return name.lstrip("$_@#")
