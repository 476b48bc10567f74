"""Secrets that all processes of an installation sign with, made when first asked for."""

from __future__ import annotations

from sqlalchemy.orm import Session

from tidewheel.store.catalog.secret import new_secret
from tidewheel.store.catalog.tables import SharedSecret


def get(db: Session, name: str) -> str:
    """Return a secret, on a transaction that may write."""
    found = db.get(SharedSecret, name)
    if found is None:
        found = SharedSecret(name=name, value=new_secret())
        db.add(found)
        db.flush()
    return found.value
