"""Messages on their way: who sends one, how often it was tried, what became of it."""

from __future__ import annotations

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from tidewheel.store.catalog.tables import Delivery

LEASE_MS = 180_000
"""How long an attempt may take before somebody else makes the next one."""
FURTHEST_MS = 7_200_000
"""An attempt that lies further ahead was put off while the clock was wrong, and is due."""


def listed(db: Session, project_id: str, name: str, limit: int) -> list[Delivery]:
    """Return an alert's messages, the latest first."""
    query = select(Delivery).where(Delivery.project_id == project_id, Delivery.name == name)
    return list(db.scalars(query.order_by(Delivery.created_at.desc(), Delivery.id).limit(limit)))


def due(db: Session, now: int, limit: int) -> list[Delivery]:
    """Return messages that wait to be sent, the longest waiting first."""
    query = select(Delivery).where(
        Delivery.state == "waiting",
        or_(Delivery.next_at <= now, Delivery.next_at > now + FURTHEST_MS),
    )
    return list(db.scalars(query.order_by(Delivery.next_at, Delivery.id).limit(limit)))


def claim(db: Session, found: Delivery, now: int) -> bool:
    """Take one attempt; False where another process has taken it."""
    taken = db.scalars(
        update(Delivery)
        .where(Delivery.id == found.id, Delivery.state == "waiting", Delivery.next_at == found.next_at)
        .values(next_at=now + LEASE_MS, attempts=Delivery.attempts + 1)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return taken.first() is not None


def finish(db: Session, delivery_id: str, *, now: int, error: str | None, next_at: int | None) -> None:
    """Say what became of an attempt: sent without an error, else to be tried at ``next_at`` or never again."""
    state = "sent" if error is None else "failed" if next_at is None else "waiting"
    db.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id)
        .values(
            state=state,
            sent_at=now if error is None else None,
            error=error[:300] if error else None,
            next_at=next_at or now,
        )
        .execution_options(synchronize_session=False)
    )
