"""Alerts, how they stand, and every period they were judged on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tidewheel.core.clock import out_of_reach
from tidewheel.core.errors import NotFound, nearest, shorten
from tidewheel.core.text import Text
from tidewheel.store.catalog.tables import Alert, AlertCheck, Delivery

KEPT_DAYS = 400
"""How long judged periods and what was sent of them are kept."""


def listed(db: Session, project_id: str | None = None) -> list[Alert]:
    """Return a project's alerts by name, or everybody's."""
    query = select(Alert).order_by(Alert.project_id, Alert.name)
    return list(db.scalars(query if project_id is None else query.where(Alert.project_id == project_id)))


def find(db: Session, project_id: str, name: str) -> Alert | None:
    """Return an alert by name."""
    return None if "\0" in name else db.get(Alert, (project_id, name))


def get(db: Session, project_id: str, name: str) -> Alert:
    """Return an alert by name, or say which one may be meant."""
    found = find(db, project_id, name)
    if found is None:
        near = nearest(name, [one.name for one in listed(db, project_id)])
        raise NotFound(
            "no_such_alert",
            Text("There is no alert {name}.", "没有预警 {name}。"),
            got=shorten(name, 64),
            hint=Text("Did you mean {near}?", "是不是想写 {near}？") if near else None,
            name=shorten(name, 64),
            near=near,
        )
    return found


def put(db: Session, *, project_id: str, name: str, definition: dict[str, Any], by: str, now: int) -> Alert:
    """Add an alert, or change it; one that watches something else, or otherwise, begins anew as if all were well."""
    found = find(db, project_id, name)
    if found is None:
        found = Alert(project_id=project_id, name=name, created_at=now, told=False, standings=[])
        db.add(found)
    elif any(
        found.definition.get(part) != definition.get(part) for part in ("metric", "by", "arrivals", "rule")
    ):
        found.since, found.told, found.last_told = None, False, None
        found.standings, found.looked_at = [], None
    found.definition, found.by, found.updated_at, found.problem = definition, by, now, None
    db.flush()
    return found


def checks(db: Session, project_id: str, name: str, limit: int) -> list[AlertCheck]:
    """Return the last periods an alert was judged on, the latest first."""
    query = select(AlertCheck).where(AlertCheck.project_id == project_id, AlertCheck.name == name)
    return list(db.scalars(query.order_by(AlertCheck.start.desc()).limit(limit)))


def check(db: Session, project_id: str, name: str, start: int) -> AlertCheck | None:
    """Return what became of one period."""
    return db.get(AlertCheck, (project_id, name, start))


def settle(
    db: Session, found: AlertCheck, decide: Callable[[Alert, AlertCheck], list[Delivery]]
) -> AlertCheck | None:
    """Keep the judgement of a period once and for all; None: somebody was faster, or the alert is gone.

    ``decide`` is called with the alert held still. It sets how the alert stands and what is new, and
    returns the messages to send; all that is kept together or not at all.
    """
    key = (found.project_id, found.name)
    held = db.get(Alert, key, with_for_update=True, populate_existing=True)
    if held is None:
        return None
    try:
        with db.begin_nested():
            db.add(found)
            db.flush()
    except IntegrityError:
        return None
    db.add_all(decide(held, found))
    held.looked_at, held.problem = found.time, None
    _forget(db, key, found.time)
    db.flush()
    return found


def settle_look(
    db: Session,
    project_id: str,
    name: str,
    time: int,
    decide: Callable[[Alert], tuple[AlertCheck | None, list[Delivery]]],
) -> AlertCheck | None:
    """Keep what a look at ``time`` saw, with the messages to send; None: there is nothing new.

    ``decide`` is called with the alert held still, unless somebody has looked later already or it is gone. It sets how
    the alert stands, and returns a row where there is news.
    """
    key = (project_id, name)
    held = db.get(Alert, key, with_for_update=True, populate_existing=True)
    if held is None:
        return None
    looked = held.looked_at
    if looked is not None and looked >= time and not out_of_reach(looked, time):
        return None
    row, messages = decide(held)
    if row is not None:
        db.add(row)
    db.add_all(messages)
    held.looked_at, held.problem = time, None
    _forget(db, key, time)
    db.flush()
    return row


def _forget(db: Session, key: tuple[str, str], now: int) -> None:
    long_ago = now - KEPT_DAYS * 86_400_000
    for table, moment in ((AlertCheck, AlertCheck.time), (Delivery, Delivery.created_at)):
        db.execute(
            delete(table)
            .where(table.project_id == key[0], table.name == key[1], moment < long_ago)
            .execution_options(synchronize_session=False)
        )
