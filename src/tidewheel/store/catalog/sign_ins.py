"""Browsers that are signed in, and how often signing in failed."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, func, not_, select
from sqlalchemy.orm import Session

from tidewheel.store.catalog.secret import SESSION, hashed, new_secret
from tidewheel.store.catalog.tables import FailedSignIn, SignIn, User

FAILURES_COUNT_MS = 15 * 60_000
AHEAD_MS = 31 * 86_400_000
"""A sign-in that began further ahead than this began while the clock was wrong; it would last too long."""


def start(db: Session, user_id: str, *, now: int, hours: int) -> tuple[str, SignIn]:
    """Sign a user in; returns the cookie's value, which is not kept, and what is."""
    secret = new_secret(SESSION)
    sign_in = SignIn(
        id=hashed(secret),
        user_id=user_id,
        csrf=new_secret(),
        created_at=now,
        expires_at=now + hours * 3_600_000,
    )
    db.execute(delete(SignIn).where(SignIn.expires_at <= now))
    db.add(sign_in)
    db.flush()
    return secret, sign_in


def find(db: Session, secret: str, now: int) -> tuple[SignIn, User] | None:
    """Return the sign-in of a cookie and its user, unless it is over."""
    query = (
        select(SignIn, User)
        .join(User, User.id == SignIn.user_id)
        .where(SignIn.id == hashed(secret), SignIn.expires_at > now, SignIn.created_at < now + AHEAD_MS)
    )
    found = db.execute(query).first()
    return (found[0], found[1]) if found else None


def end(db: Session, sign_in_id: str) -> None:
    """Sign one browser out."""
    db.execute(delete(SignIn).where(SignIn.id == sign_in_id))


def end_others(db: Session, user_id: str, kept: str | None) -> None:
    """Sign a user out everywhere but in the browser ``kept``."""
    db.execute(delete(SignIn).where(SignIn.user_id == user_id, SignIn.id != (kept or "")))


def failures(db: Session, key: str, now: int) -> tuple[int, int]:
    """Return how many failures counted lately under ``key``, and the time of the oldest of them."""
    count, oldest = db.execute(
        select(func.count(), func.min(FailedSignIn.time)).where(FailedSignIn.key == hashed(key), _counts(now))
    ).one()
    return count, oldest or now


def failed(db: Session, keys: list[str], now: int) -> None:
    """Note one failure under each key, and forget those that no longer count."""
    db.execute(delete(FailedSignIn).where(not_(_counts(now))))
    db.add_all(FailedSignIn(key=hashed(key), time=now) for key in keys)
    db.flush()


def _counts(now: int) -> ColumnElement[bool]:
    """Lately; what lies ahead was noted while the clock was wrong and locks nobody out."""
    return FailedSignIn.time.between(now - FAILURES_COUNT_MS + 1, now + FAILURES_COUNT_MS)


def succeeded(db: Session, key: str) -> None:
    """Forget the failures under ``key``."""
    db.execute(delete(FailedSignIn).where(FailedSignIn.key == hashed(key)))
