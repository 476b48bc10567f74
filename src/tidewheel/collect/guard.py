"""What a project does with identifiers before anything of an event is kept: hashing them, and refusing some.

A hashed identifier is a keyed hash (HMAC-SHA256) of its type and tidied value, so that the same person keeps
the same identifier, while who has the data without the installation's key can neither read nor guess it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final
from urllib.parse import unquote_to_bytes

import msgspec

from tidewheel.collect.identifiers import read_who
from tidewheel.collect.problems import Refused
from tidewheel.collect.wire import WireEvent, WirePerson
from tidewheel.core.ids import IDENTIFIER_TYPES, split_actor

PREFIX: Final = "h_"
_SEALED: Final = re.compile(r"h_[a-z2-7]{32}")
_ALSO: Final = {"mobile": "phone", "phone_number": "phone", "mail": "email"}
"""Properties that hold an identifier of a type by another name."""
_WRITTEN_VARIOUSLY: Final = ("phone", "email")
_FEWEST_DIGITS: Final = 7
_MOST_WORDS: Final = 40
"""Of what is refused and is no event, so many are looked at, as each may be an identifier of any type."""
_BETWEEN_SIGNS: Final = re.compile(r"""[^\s"'{}\[\](),:;&=?<>|\\]{4,256}""")


class Guard:
    """Hashes identifiers of some types and knows who is not to be known again. Safe to share between threads."""

    def __init__(self, key: bytes, hashed: Collection[str] = (), suppressed: Collection[str] = ()) -> None:
        self._key = key
        self.hashed = frozenset(hashed)
        self._suppressed = frozenset(suppressed)

    def seal(self, actor: str) -> str:
        """Return an actor as it is kept; one that is hashed already stays."""
        kind, value = split_actor(actor)
        if kind not in self.hashed or is_sealed(value):
            return actor
        digest = hmac.new(self._key, actor.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
        return f"{kind}:{PREFIX}{base64.b32encode(digest[:20]).decode().lower()}"

    def mark(self, actor: str) -> str:
        """Return what is remembered of an actor that was erased: a keyed hash that names nobody."""
        return hmac.digest(self._key, f"suppressed {actor}".encode("utf-8", "surrogatepass"), "sha256").hex()

    def suppresses(self, actors: Iterable[str]) -> bool:
        """Say whether any of the actors is not to be known again."""
        return bool(self._suppressed) and any(self.mark(actor) in self._suppressed for actor in actors)

    def concerns(self, refused: Any) -> bool:
        """Say whether something that is refused, in whatever form it came, names somebody who is not to be known again.

        Of an event it is asked who it is of; of anything else, whether one of its words is such an identifier.
        """
        if not self._suppressed:
            return False
        try:
            return self.suppresses(self._named(refused))
        except RecursionError:
            return True

    def _named(self, refused: Any) -> Iterator[str]:
        who = refused.who if isinstance(refused, WireEvent) else None
        if isinstance(refused, dict):
            who = refused.get("who")
        if isinstance(who, dict):
            named = [
                (kind, one) for kind, raw in who.items() for one in (raw if isinstance(raw, list) else [raw])
            ]
            yield from filter(None, (self._tidied(kind, value) for kind, value in named))
            return
        for word in dict.fromkeys(islice(_words(refused), _MOST_WORDS)):
            for kind in IDENTIFIER_TYPES:
                if kind not in _WRITTEN_VARIOUSLY:
                    yield self.seal(f"{kind}:{word.strip()}")
                elif _may_be(kind, word) and (actor := self._tidied(kind, word)) is not None:
                    yield actor

    def sealed(self, sent: WireEvent) -> WireEvent:
        """Return an event without the identifiers that are to be hashed, wherever they stand in it."""
        if not self.hashed:
            return sent
        known: dict[str, str] = {}
        who: dict[str, Any] = {}
        for kind, raw in (sent.who or {}).items():
            who[kind] = self._identifiers(kind, raw, known) if kind in self.hashed else raw
        person = sent.person
        if person is not None:
            person = WirePerson(
                set=self._bag(person.set, known),
                set_once=self._bag(person.set_once, known),
                add=person.add,
                append=self._bag(person.append, known),
                unset=person.unset,
            )
        properties = self._bag(sent.properties, known)
        items = None if sent.items is None else [self._bag(item, known) or {} for item in sent.items]
        return msgspec.structs.replace(
            sent, who=who if sent.who is not None else None, properties=properties, items=items, person=person
        )

    def _identifiers(self, kind: str, raw: Any, known: dict[str, str]) -> Any:
        """Return one or several values of a type hashed, each by itself; adds to ``known`` what each became."""
        if isinstance(raw, list):
            return [self._identifiers(kind, one, known) for one in raw]
        sealed = None if raw is None else self._tidied(kind, raw)
        if sealed is None:
            return raw
        value = known[str(raw).strip()] = split_actor(sealed)[1]
        return value

    def _tidied(self, kind: str, raw: Any) -> str | None:
        """Return the hashed actor of a value as sent; None when it is no identifier."""
        try:
            return self.seal(read_who({kind: raw}, _quietly, {kind: 0})[0])
        except Refused:
            return None

    def _bag(self, bag: Mapping[str, Any] | None, known: Mapping[str, str]) -> dict[str, Any] | None:
        return None if bag is None else {name: self._value(name, value, known) for name, value in bag.items()}

    def _value(self, name: str, value: Any, known: Mapping[str, str]) -> Any:
        if isinstance(value, dict):
            return self._bag(value, known)
        if isinstance(value, list):
            return [self._value(name, one, known) for one in value]
        if isinstance(value, bool) or not isinstance(value, str | int):
            return value
        found = known.get(str(value).strip())
        if found is not None:
            return found
        kind = _ALSO.get(name.lower(), name.lower())
        sealed = self._tidied(kind, value) if kind in self.hashed else None
        return value if sealed is None else split_actor(sealed)[1]


def is_sealed(value: str) -> bool:
    """Say whether an identifier's value is a keyed hash of it."""
    return _SEALED.fullmatch(value) is not None


def _may_be(kind: str, word: str) -> bool:
    """Say whether a word may be a telephone number, or an address."""
    return sum(map(str.isdigit, word)) >= _FEWEST_DIGITS if kind == "phone" else "@" in word


def _words(value: Any) -> Iterator[str]:
    """Yield texts and numbers that may be identifiers; of bytes that could not be read, what stands between signs."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _words(one)
    elif isinstance(value, bytes):
        yield from _BETWEEN_SIGNS.findall(unquote_to_bytes(value).decode("utf-8", "ignore"))
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield str(value)


def _quietly(code: str, field: str, got: Any) -> None:  # noqa: ARG001
    return None
