"""Named definitions of which every version is kept: what metrics, goals, picks, rules and parts of a tracking plan have in common."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from tidewheel.core.errors import NotFound, nearest, shorten
from tidewheel.core.text import Text
from tidewheel.store.catalog.tables import (
    EnrichmentVersion,
    GoalVersion,
    MetricVersion,
    PickVersion,
    PlanVersion,
)

V = TypeVar("V", MetricVersion, GoalVersion, EnrichmentVersion, PickVersion, PlanVersion)


class Versions(Generic[V]):
    """The versions of one kind of definition; ``missing`` is the code and the words for a name that is none."""

    def __init__(self, table: type[V], code: str, missing: Text) -> None:
        self._table: type[V] = table
        self._code, self._missing = code, missing

    def listed(self, db: Session, project_id: str) -> list[V]:
        """Return the version in force of each definition, by name."""
        query = select(self._table).where(self._table.project_id == project_id)
        ordered = db.scalars(query.order_by(self._table.name, self._table.version))
        latest = {one.name: one for one in ordered}
        return [one for one in latest.values() if one.definition is not None]

    def history(self, db: Session, project_id: str, name: str) -> list[V]:
        """Return every version of a name, newest first, removed or not; none: there never was one."""
        query = select(self._table).where(self._table.project_id == project_id, self._table.name == name)
        return [] if "\0" in name else list(db.scalars(query.order_by(self._table.version.desc())))

    def get(self, db: Session, project_id: str, name: str) -> V:
        """Return the version that is in force."""
        found = next(iter(self.history(db, project_id, name)), None)
        if found is None or found.definition is None:
            near = nearest(name, [one.name for one in self.listed(db, project_id)])
            raise NotFound(
                self._code,
                self._missing,
                got=shorten(name, 64),
                hint=Text("Did you mean {near}?", "是不是想写 {near}？") if near else None,
                name=shorten(name, 64),
                near=near,
            )
        return found

    def put(
        self,
        db: Session,
        *,
        project_id: str,
        name: str,
        definition: dict[str, Any] | None,
        by: str,
        why: str,
        now: int,
    ) -> tuple[V, bool]:
        """Bring a definition (None: removal) into force; returns its version and whether it is a new one."""
        before = next(iter(self.history(db, project_id, name)), None)
        if before is not None and before.definition == definition:
            return before, False
        version = self._table(
            project_id=project_id,
            name=name,
            version=before.version + 1 if before else 1,
            definition=definition,
            by=by,
            why=why,
            time=now,
        )
        db.add(version)
        db.flush()
        return version, True
