"""Metrics, goals and picked events between requests and the catalog, which keeps every version of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar

from pydantic import BaseModel

from tidewheel.model import (
    GoalDefinition,
    MetricDefinition,
    PickDefinition,
    parse,
    parse_goal,
    parse_pick,
)
from tidewheel.serve.access import Place
from tidewheel.store.catalog import Session, goals, metrics, picks
from tidewheel.store.catalog.versions import Versions

D = TypeVar("D", bound=BaseModel)
What: TypeAlias = Literal["metric", "goal", "pick", "alert"]


class Change(BaseModel):
    """What became, or would become, of one definition; ``version`` is the one in force then, 0 of an alert."""

    what: What
    name: str
    change: Literal["added", "changed", "removed", "same"]
    version: int
    fields: list[str]


@dataclass(frozen=True)
class Definitions(Generic[D]):
    """The definitions of one kind: where they are kept, and how they are read."""

    what: What
    kept: Versions[Any]
    parse: Callable[[str, object], D]

    def listed(self, db: Session, project: str) -> dict[str, D]:
        """Return the definitions in force, by name."""
        return {one.name: self.parse(one.name, one.definition) for one in self.kept.listed(db, project)}

    def changes(self, db: Session, project: str, wanted: Mapping[str, D], removed: set[str]) -> list[Change]:
        """Return what bringing definitions into force would change, by name."""
        now = {one.name: one for one in self.kept.listed(db, project)}
        found = [
            change_of(self.what, name, now[name].definition if name in now else None, means, now)
            for name, means in wanted.items()
        ]
        found += [
            Change(what=self.what, name=name, change="removed", version=now[name].version, fields=[])
            for name in removed & set(now)
        ]
        return sorted(found, key=lambda one: one.name)

    def bring(self, db: Session, place: Place, told: list[Change], wanted: Mapping[str, D], why: str) -> None:
        """Bring definitions into force, and write the versions into what is told of the changes."""
        for one in told:
            one.version = self.put(db, place, one.name, wanted.get(one.name), why)

    def put(self, db: Session, place: Place, name: str, means: D | None, why: str) -> int:
        """Bring one definition into force, None to remove it; returns the version."""
        version, _ = self.kept.put(
            db,
            project_id=place.project.id,
            name=name,
            definition=kept_form(means) if means is not None else None,
            by=place.asker.name,
            why=why,
            now=place.installation.clock(),
        )
        found: int = version.version
        return found

    def remove(self, db: Session, place: Place, name: str, why: str) -> None:
        """Take a definition out of force, and write that down; NotFound when there is none."""
        self.kept.get(db, place.project.id, name)
        self.put(db, place, name, None, why)
        place.asker.note(db, place.installation.clock(), f"{self.what}_removed", name, place.project.id)


def change_of(
    what: What, name: str, before: dict[str, Any] | None, means: BaseModel, now: Mapping[str, Any]
) -> Change:
    """Return what a definition changes; ``now`` knows the versions in force."""
    fields = [] if before is None else differing(before, kept_form(means))
    change: Literal["added", "changed", "same"] = (
        "added" if before is None else "changed" if fields else "same"
    )
    version = now[name].version if name in now and what != "alert" else 0
    return Change(what=what, name=name, change=change, version=version, fields=fields)


def kept_form(means: BaseModel) -> dict[str, Any]:
    """Return a definition as the catalog keeps it."""
    return means.model_dump(mode="json")


def differing(a: dict[str, Any], b: dict[str, Any]) -> list[str]:
    """Return the names of fields that are not the same."""
    return sorted(name for name in {*a, *b} if a.get(name) != b.get(name))


METRICS: Final = Definitions[MetricDefinition]("metric", metrics.KEPT, parse)
GOALS: Final = Definitions[GoalDefinition]("goal", goals.KEPT, parse_goal)
PICKS: Final = Definitions[PickDefinition]("pick", picks.KEPT, parse_pick)
