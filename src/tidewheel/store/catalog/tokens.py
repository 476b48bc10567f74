"""Personal API tokens."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from tidewheel.core.errors import NotFound, shorten
from tidewheel.core.text import Text
from tidewheel.store.catalog.secret import TOKEN, hashed, new_id, new_secret
from tidewheel.store.catalog.tables import ApiToken, User

_USED_EVERY_MS = 60_000


def listed(db: Session, user_id: str) -> list[ApiToken]:
    """Return a user's tokens, newest first."""
    query = select(ApiToken).where(ApiToken.user_id == user_id)
    return list(db.scalars(query.order_by(ApiToken.created_at.desc(), ApiToken.id)))


def add(
    db: Session,
    *,
    user_id: str,
    name: str,
    scopes: list[str],
    project_id: str | None,
    now: int,
    expires_at: int | None,
) -> tuple[str, ApiToken]:
    """Make a token; returns its secret, which is not kept, and what is."""
    secret = new_secret(TOKEN)
    token = ApiToken(
        id=new_id(),
        user_id=user_id,
        project_id=project_id,
        name=name,
        hash=hashed(secret),
        start=secret[:8],
        scopes=scopes,
        created_at=now,
        expires_at=expires_at,
        last_used_at=None,
    )
    db.add(token)
    db.flush()
    return secret, token


def find(db: Session, secret: str, now: int) -> tuple[ApiToken, User] | None:
    """Return the token of a secret and its user, unless it has expired."""
    query = (
        select(ApiToken, User).join(User, User.id == ApiToken.user_id).where(ApiToken.hash == hashed(secret))
    )
    found = db.execute(query).first()
    if not found or (found[0].expires_at is not None and found[0].expires_at <= now):
        return None
    return found[0], found[1]


def use_is_stale(token: ApiToken, now: int) -> bool:
    """Say whether the last use on record is old enough to be worth a write."""
    return token.last_used_at is None or abs(now - token.last_used_at) > _USED_EVERY_MS


def used(db: Session, token_id: str, now: int) -> None:
    """Note that a token was used."""
    token = db.get(ApiToken, token_id)
    if token:
        token.last_used_at = now


def remove(db: Session, user_id: str, token_id: str) -> None:
    """Revoke one of a user's tokens."""
    token = None if "\0" in token_id else db.get(ApiToken, token_id)
    if token is None or token.user_id != user_id:
        raise NotFound(
            "no_such_token",
            Text("There is no such token.", "没有这个令牌。"),
            got=shorten(token_id, 60),
        )
    db.delete(token)
