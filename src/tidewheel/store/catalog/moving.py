"""Moving everything a catalog holds into another, such as from SQLite to PostgreSQL."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Table, func, insert, select, text

from tidewheel.core.errors import Conflict
from tidewheel.core.text import Text
from tidewheel.store.catalog.database import Catalog, Session
from tidewheel.store.catalog.tables import Base

ROWS: Final = 500
"""Rows copied at a time."""


def copy(source: Catalog, target: Catalog) -> dict[str, int]:
    """Copy every row of every table, all or nothing; returns how many of each.

    Both catalogs have this version's tables, which opening them made sure of. Raises Conflict when the
    target holds anything already.
    """
    found = {}
    with source.read() as there, target.write() as here:
        for table in Base.metadata.sorted_tables:
            if here.scalar(select(func.count()).select_from(table)):
                raise Conflict(
                    "catalog_not_empty",
                    Text("The catalog to copy into is in use already.", "要复制到的元数据库已有内容。"),
                    field="to",
                    got=table.name,
                    hint=Text("Name an empty database.", "请指定一个空的数据库。"),
                )
        for table in Base.metadata.sorted_tables:
            rows = there.execute(select(table).execution_options(yield_per=ROWS)).mappings()
            found[table.name] = 0
            for part in rows.partitions(ROWS):
                here.execute(insert(table), [dict(row) for row in part])
                found[table.name] += len(part)
            _count_on(here, table)
    return found


def _count_on(db: Session, table: Table) -> None:
    """Let a counted column go on after the highest number that was copied."""
    counted = table.autoincrement_column
    if counted is not None and db.get_bind().dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, counted.name)
        highest = select(func.coalesce(func.max(counted), 0) + 1).scalar_subquery()
        db.execute(select(func.setval(sequence, highest, text("false"))))
