"""Random names and secrets, and the form in which secrets are kept."""

from __future__ import annotations

import hashlib
import secrets

SESSION, TOKEN, WRITE_KEY = "tws_", "twp_", "twk_"
"""How each kind of secret starts, so that scanners and people recognise it."""


def new_id() -> str:
    """Return 16 random hexadecimal digits."""
    return secrets.token_hex(8)


def new_secret(prefix: str = "") -> str:
    """Return 192 random bits behind ``prefix``."""
    return prefix + secrets.token_urlsafe(24)


def hashed(secret: str) -> str:
    """Return what is kept of a random secret; it needs no salt, being long and random."""
    return hashlib.sha256(secret.encode()).hexdigest()
