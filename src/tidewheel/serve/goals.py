"""Goals between the catalog, which keeps every version, and analyses, which take them apart."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from tidewheel.analyse.goals import explain
from tidewheel.analyse.measures import Lookup
from tidewheel.analyse.run import Asking, Stored
from tidewheel.core.period import Last
from tidewheel.model import GoalDefinition, metrics_of, parse_goal
from tidewheel.store.catalog import Session, goals

YESTERDAY = Last(last=1)


class GoalChange(BaseModel):
    """What became, or would become, of one goal; ``version`` is the one in force then."""

    name: str
    change: Literal["added", "changed", "removed", "same"]
    version: int
    fields: list[str]


def check(wanted: dict[str, GoalDefinition], store: Stored, asking: Asking, lookup: Lookup) -> None:
    """Raise unless all goals can be taken apart; each is tried on today against yesterday."""
    for name, goal in wanted.items():
        explain(store, name, 0, goal, YESTERDAY, None, asking, lookup)


def changes(
    db: Session, project: str, wanted: dict[str, GoalDefinition], removed: set[str]
) -> list[GoalChange]:
    """Return what bringing definitions into force would change, by name."""
    now = {one.name: one for one in goals.listed(db, project)}
    found = []
    for name, means in wanted.items():
        before = now.get(name)
        old, new = (before.definition or {}) if before else {}, kept_form(means)
        fields = sorted(key for key in {*old, *new} if old.get(key) != new.get(key)) if before else []
        change: Literal["added", "changed", "same"] = (
            "added" if before is None else "changed" if fields else "same"
        )
        version = before.version if before else 0
        found.append(GoalChange(name=name, change=change, version=version, fields=fields))
    found += [
        GoalChange(name=name, change="removed", version=now[name].version, fields=[])
        for name in removed & set(now)
    ]
    return sorted(found, key=lambda one: one.name)


def kept_form(means: GoalDefinition) -> dict[str, Any]:
    """Return a definition as the catalog keeps it."""
    return means.model_dump(mode="json")


def users_of_metric(db: Session, project: str, name: str) -> list[tuple[str, str]]:
    """Return (name, title) of the goals that name a metric."""
    found = []
    for one in goals.listed(db, project):
        means = parse_goal(one.name, one.definition)
        if name in metrics_of(means):
            found.append((one.name, means.title.en))
    return found
