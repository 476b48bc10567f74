"""Taking people out of everything a catalog holds, whatever its tables are called.

All columns of text, JSON and bytes of all tables are gone through, so that a table that is added is not
forgotten; those that say who uses the installation are not about a brand's people and stay.
"""

from __future__ import annotations

import json
from typing import Any, Final

from sqlalchemy import JSON, Column, LargeBinary, String, Table, select, text, update
from sqlalchemy.orm import Session

from tidewheel.store.catalog.database import Catalog
from tidewheel.store.catalog.segments import pack, unpack
from tidewheel.store.catalog.tables import Base
from tidewheel.store.erase.needles import Needles

APART: Final = frozenset(
    {
        "users",
        "memberships",
        "sign_ins",
        "failed_sign_ins",
        "api_tokens",
        "shared_secrets",
        "suppressions",
        "erasures",
        "processes",
        "erasure_parts",
    }
)
"""Accounts, secrets, processes, and the queue itself, which forgets by itself whom it was about."""
MEMBERS: Final = ("segments", "members")
"""The column of packed lists of identifiers."""


def scrub(db: Session, project_id: str, needles: Needles) -> dict[str, int]:
    """Take people out of a project's rows, and of those of no project; returns how many rows changed, by table."""
    found: dict[str, int] = {}
    for table in Base.metadata.sorted_tables:
        if table.name in APART:
            continue
        count = _scrub_table(db, table, project_id, needles)
        if count:
            found[table.name] = count
    return found


def _scrub_table(db: Session, table: Table, project_id: str, needles: Needles) -> int:
    columns = [column for column in table.columns if _holds_words(column)]
    if not columns:
        return 0
    query = select(table)
    if "project_id" in table.columns:
        own = table.columns["project_id"]
        query = query.where((own == project_id) | own.is_(None))
    changed = 0
    for row in db.execute(query).mappings().all():
        values = {column.name: _cleaned(table, column, row[column.name], needles) for column in columns}
        fresh = {name: value for name, value in values.items() if value != row[name]}
        if not fresh:
            continue
        if (table.name, "members") == MEMBERS and "members" in fresh:
            fresh |= {"size": len(unpack(fresh["members"])), "version": row["version"] + 1}
        here = [column == row[column.name] for column in table.primary_key.columns]
        db.execute(update(table).where(*here).values(**fresh))
        changed += 1
    return changed


def _holds_words(column: Column[Any]) -> bool:
    apart = column.primary_key or column.foreign_keys
    return not apart and isinstance(column.type, String | JSON | LargeBinary)


def _cleaned(table: Table, column: Column[Any], value: Any, needles: Needles) -> Any:
    if value is None:
        return None
    if isinstance(column.type, LargeBinary):
        assert (table.name, column.name) == MEMBERS, f"{table.name}.{column.name} cannot be looked into"
        actors = unpack(value)
        kept = [actor for actor in actors if actor not in needles.actors and not needles.in_text(actor)]
        return value if len(kept) == len(actors) else pack(kept)
    if isinstance(column.type, JSON):
        return (
            needles.cleaned_value(value) if needles.in_text(json.dumps(value, ensure_ascii=False)) else value
        )
    return needles.cleaned(value)


def compress(catalog: Catalog) -> None:
    """Write the database anew, so that nothing is left in its file of what was changed or deleted."""
    with catalog.connect() as connection:
        if connection.dialect.name == "sqlite":
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute("VACUUM")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        outside = connection.execution_options(isolation_level="AUTOCOMMIT")
        for table in Base.metadata.sorted_tables:
            outside.execute(text(f'VACUUM FULL "{table.name}"'))
