"""Passwords are kept as argon2id (RFC 9106)."""

from __future__ import annotations

import secrets
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
_at_once = BoundedSemaphore(2)  # each takes 64 MiB


def hash_password(password: str) -> str:
    """Return what is kept of a password."""
    with _at_once:
        return _hasher.hash(password)


def password_fits(kept: str | None, password: str) -> bool:
    """Compare; takes equally long when there is nobody to compare with."""
    with _at_once:
        try:
            return _hasher.verify(kept or _nobodys(), password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


@cache
def _nobodys() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


def new_password() -> str:
    """Return a password that can be read out: four groups of four."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))
