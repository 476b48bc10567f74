"""Sources: an SDK, a server or a file that adds events to a project."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from tidewheel.core.errors import Conflict, NotFound, shorten
from tidewheel.core.text import Text
from tidewheel.store.catalog.projects import free_slug
from tidewheel.store.catalog.secret import WRITE_KEY, new_secret
from tidewheel.store.catalog.tables import Source


def listed(db: Session, project_id: str | None = None) -> list[Source]:
    """Return the sources of one project, or of all, oldest first."""
    query = select(Source).order_by(Source.created_at, Source.id)
    return list(db.scalars(query.where(Source.project_id == project_id) if project_id else query))


def get(db: Session, project_id: str, source_id: str) -> Source:
    """Return one source of the project."""
    source = None if "\0" in source_id else db.get(Source, (project_id, source_id))
    if source is None:
        raise NotFound(
            "no_such_source",
            Text("There is no such source.", "没有这个数据源。"),
            got=shorten(source_id, 60),
        )
    return source


def named(db: Session, project_id: str, name: str) -> Source | None:
    """Return the project's source of this name."""
    return db.scalar(select(Source).where(Source.project_id == project_id, Source.name == name))


def add(db: Session, *, project_id: str, name: str, kind: str, now: int, wanted: str = "") -> Source:
    """Add a source with a new write key; names are unique, the id is made from ``wanted`` or the name."""
    require_free_name(db, project_id, name)
    source = Source(
        project_id=project_id,
        id=free_slug(wanted or name, kind, lambda slug: db.get(Source, (project_id, slug)) is not None),
        name=name,
        kind=kind,
        write_key=new_secret(WRITE_KEY),
        enabled=True,
        created_at=now,
        vendor_keys=[],
        vocabularies={},
        plan_mode="observe",
    )
    db.add(source)
    db.flush()
    return source


def require_free_name(db: Session, project_id: str, name: str) -> None:
    """Raise if a source of the project has this name."""
    if named(db, project_id, name):
        raise Conflict(
            "name_taken",
            Text("A source of this name exists already.", "已有同名数据源。"),
            field="name",
            got=name,
        )


def renew_key(source: Source) -> None:
    """Give a source a new write key; the old one stops working."""
    source.write_key = new_secret(WRITE_KEY)


def claim_vendor_keys(db: Session, source: Source, keys: list[str]) -> None:
    """Let a source be found by keys of another vendor; each belongs to one source of the installation."""
    for other in listed(db):
        taken = next((key for key in keys if key in other.vendor_keys or key == other.write_key), None)
        if taken is not None and (other.project_id, other.id) != (source.project_id, source.id):
            raise Conflict(
                "vendor_key_taken",
                Text("Another source has this key.", "该密钥已属于另一个数据源。"),
                field="vendor_keys",
                got=shorten(taken, 60),
                hint=Text(
                    "Remove it there first; of two sources with one key nobody could tell whose events came.",
                    "请先在原数据源中移除；两个数据源使用同一密钥时无法区分事件来源。",
                ),
            )
    source.vendor_keys = keys
