"""SQL queries that are kept."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tidewheel.core.errors import NotFound, shorten
from tidewheel.core.text import Text
from tidewheel.store.catalog.secret import new_id
from tidewheel.store.catalog.tables import SavedQuery


def listed(db: Session, project_id: str) -> list[SavedQuery]:
    """Return a project's queries by name."""
    query = select(SavedQuery).where(SavedQuery.project_id == project_id)
    return list(db.scalars(query.order_by(SavedQuery.name, SavedQuery.id)))


def get(db: Session, project_id: str, query_id: str) -> SavedQuery:
    """Return one query of the project."""
    found = None if "\0" in query_id else db.get(SavedQuery, query_id)
    if found is None or found.project_id != project_id:
        raise NotFound(
            "no_such_sql_query",
            Text("There is no such saved query.", "没有这个已存查询。"),
            got=shorten(query_id, 60),
        )
    return found


def add(
    db: Session,
    *,
    project_id: str,
    name: str,
    sql: str,
    parameters: list[Any],
    chart: dict[str, Any],
    by: str | None,
    now: int,
) -> SavedQuery:
    """Keep a query."""
    saved = SavedQuery(
        id=new_id(),
        project_id=project_id,
        name=name,
        sql=sql,
        parameters=parameters,
        chart=chart,
        created_at=now,
        updated_at=now,
        updated_by=by,
    )
    db.add(saved)
    db.flush()
    return saved
