"""A catalog moved to another database is the same catalog."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.api.shop import NOW, Time
from tidewheel.core.errors import Conflict
from tidewheel.store.catalog import Catalog, audit, metrics, moving, notes, projects, sources, users
from tidewheel.store.catalog.tables import Base, SavedSegment


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Catalog]:
    """A SQLite catalog with accounts, a source, a list of people, a metric and a long audit."""
    found = Catalog(f"sqlite:///{tmp_path / 'old.sqlite'}", Time())
    with found.write() as db:
        users.add(db, email="ada@shop.test", name="Ada", password_hash="x", admin=True, now=NOW)
        shop = projects.add(db, name="Shop", time_zone="Asia/Shanghai", currency="CNY", week_start=0, now=NOW)
        sources.add(db, project_id=shop.id, name="Web", kind="web", now=NOW)
        metrics.put(
            db, project_id=shop.id, name="gmv", definition={"a": [1, None]}, by="ada", why="", now=NOW
        )
        metrics.put(db, project_id=shop.id, name="gmv", definition=None, by="ada", why="gone", now=NOW)
        db.add(SavedSegment(id="s", project_id=shop.id, name="VIP", kind="list", definition=None, members=b"\0\xff", size=1, version=1, by="ada", created_at=NOW, updated_at=NOW, removed_at=None))  # fmt: skip
        notes.add(db, project_id=shop.id, start="2026-11-11", end=None, text="大促", by="ada", now=NOW)
        for number in range(1200):
            audit.note(db, now=NOW, actor="local", action="a", subject=str(number))
    yield found
    found.close()


def contents(catalog: Catalog) -> dict[str, list[dict[str, Any]]]:
    with catalog.read() as db:
        return {
            table.name: [
                dict(row) for row in db.execute(select(table).order_by(*table.primary_key)).mappings()
            ]
            for table in Base.metadata.sorted_tables
        }


def test_every_row_arrives(filled: Catalog, catalog: Catalog) -> None:
    found = moving.copy(filled, catalog)
    assert contents(catalog) == contents(filled)
    assert found["audit"] == 1200
    assert found["users"] == found["projects"] == found["sources"] == found["notes"] == 1


def test_the_copy_goes_on_counting(filled: Catalog, catalog: Catalog) -> None:
    moving.copy(filled, catalog)
    with catalog.write() as db:
        audit.note(db, now=NOW, actor="local", action="a", subject="after")
    assert contents(catalog)["audit"][-1]["subject"] == "after"


def test_a_catalog_in_use_is_not_copied_into(filled: Catalog, catalog: Catalog) -> None:
    moving.copy(filled, catalog)
    before = contents(catalog)
    with pytest.raises(Conflict) as caught:
        moving.copy(filled, catalog)
    assert caught.value.code == "catalog_not_empty"
    assert contents(catalog) == before
