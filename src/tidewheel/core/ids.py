"""Typed identifiers and stable 64-bit keys.

An *actor* is written ``type:value`` (``device:d-1``, ``openid:wx123/oABC``). Keys are the first eight
bytes of BLAKE2b, so that they are the same on every machine and in every run.
"""

from __future__ import annotations

import hashlib
from typing import Final

# Strongest first: an event that names several identifiers is stored under the first of these, and a
# person is called by it. The limit is how many of the type one person may have (None: any number).
IDENTIFIER_TYPES: Final[dict[str, int | None]] = {
    "user": 1,
    "member_card": 1,
    "unionid": 1,
    "phone": 2,
    "openid": None,
    "external_userid": None,
    "email": None,
    "device": None,
    "cookie": None,
}
ANONYMOUS_TYPES: Final = frozenset({"device", "cookie"})
OWN_TYPES: Final = frozenset(IDENTIFIER_TYPES) - ANONYMOUS_TYPES
"""Types of identifiers that are somebody's own and do not change hands. Types of a project may."""
ACCOUNTLESS_TYPES: Final = ANONYMOUS_TYPES | {"openid", "external_userid", "email"}
"""Types nobody signs in by. Somebody does by the others, and by types of a project."""
_RANK: Final = {name: rank for rank, name in enumerate(IDENTIFIER_TYPES)}
ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""The signs of a key as text: Crockford base 32, so that none is mistaken for another."""


def actor(kind: str, value: str) -> str:
    """Return the actor string of one identifier."""
    return f"{kind}:{value}"


def split_actor(name: str) -> tuple[str, str]:
    """Return (type, value) of an actor string."""
    kind, _, value = name.partition(":")
    return kind, value


def rank(kind: str) -> int:
    """Return how strong an identifier type is: 0 is the strongest; unknown types come last."""
    return _RANK.get(kind, len(_RANK))


def signs_in(name: str) -> bool:
    """Say whether somebody may sign in by an actor; the rules say whether it counts."""
    return name.partition(":")[0] not in ACCOUNTLESS_TYPES


def is_handed(name: str) -> bool:
    """Say whether an actor is an identifier that may change hands."""
    return name.partition(":")[0] not in OWN_TYPES


def key64(*parts: str | bytes) -> int:
    """Return an unsigned 64-bit key of the parts, length-prefixed so that they cannot run together."""
    told = bytearray()
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        told += len(raw).to_bytes(4, "little")
        told += raw
    return int.from_bytes(hashlib.blake2b(told, digest_size=8).digest(), "little")


def encode_key(key: int) -> str:
    """Return 13 URL-safe characters (Crockford base 32) for an unsigned 64-bit key."""
    return "".join(ALPHABET[(key >> shift) & 31] for shift in range(60, -1, -5))


def decode_key(text: str) -> int | None:
    """Undo :func:`encode_key`; None when the text is not such a key."""
    if len(text) != 13 or any(letter not in ALPHABET for letter in text):
        return None
    key = 0
    for letter in text:
        key = (key << 5) | ALPHABET.index(letter)
    return key if key < 2**64 else None
