"""Tracking plans between the catalog, which keeps every version, and the door, which holds events against them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from threading import Lock
from typing import Any, Literal

from pydantic import BaseModel

from tidewheel.analyse.volumes import arrived
from tidewheel.collect.plan import (
    KINDS,
    PlanKind,
    PlanPart,
    PlanRules,
    SeenEvent,
    SeenValue,
    TrackingPlan,
    check_whole,
    draft,
    parse_part,
)
from tidewheel.core.events import Scope
from tidewheel.core.period import DAY, Calendar
from tidewheel.core.text import Text
from tidewheel.serve.vocabulary import EVENTS, PROPERTIES
from tidewheel.store.catalog import Catalog, PlanVersion, Session, plans
from tidewheel.store.view import Snapshot

Part = tuple[PlanKind, str]


class PlanChange(BaseModel):
    """What became, or would become, of one part of a plan; ``version`` is the one in force then."""

    kind: PlanKind
    name: str
    change: Literal["added", "changed", "removed", "same"]
    version: int
    fields: list[str]


class Plans:
    """Plans ready to judge with, by project; made again when one changes."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog, self._lock = catalog, Lock()
        self._held: dict[str, tuple[tuple[int, int], PlanRules | None]] = {}

    def all(self) -> dict[str, PlanRules]:
        """Return the plan of each project that has one."""
        with self._lock, self._catalog.read() as db:
            held: dict[str, tuple[tuple[int, int], PlanRules | None]] = {}
            for project, state in plans.state(db).items():
                known = self._held.get(project)
                held[project] = known if known and known[0] == state else (state, _rules(db, project))
            self._held = held
        return {project: rules for project, (_, rules) in held.items() if rules is not None}


def _rules(db: Session, project: str) -> PlanRules | None:
    plan = plan_of(db, project)
    muted = [(one.source, one.event, one.property, one.code) for one in plans.mutes(db, project)]
    return PlanRules(plan, muted) if plan else None


def plan_of(db: Session, project: str) -> TrackingPlan:
    """Return a project's plan as it is in force."""
    plan = TrackingPlan()
    for saved in plans.listed(db, project):
        kind, name = part_of(saved)
        plan.of(kind)[name] = parse_part(kind, name, saved.definition)
    return plan


def part_of(saved: PlanVersion) -> Part:
    """Return the kind and the name of a kept part."""
    kind, _, name = saved.name.partition(":")
    return kind, name  # type: ignore[return-value]


def kept_name(kind: PlanKind, name: str) -> str:
    """Return the name a part is kept under."""
    return f"{kind}:{name}"


def bring(
    db: Session,
    project: str,
    wanted: TrackingPlan,
    *,
    by: str,
    why: str,
    now: int,
    removed: frozenset[Part] = frozenset(),
    prune: bool = False,
    dry_run: bool = False,
) -> list[PlanChange]:
    """Bring parts into force, all or none, and say what changed; raises where the whole would not fit together."""
    before = {part_of(saved): saved for saved in plans.listed(db, project)}
    new = {(kind, name): part for kind, name, part in wanted.parts()}
    gone = {part for part in before if part in removed or (prune and part not in new)}
    whole = TrackingPlan()
    for (kind, name), saved in before.items():
        if (kind, name) not in gone and (kind, name) not in new:
            whole.of(kind)[name] = parse_part(kind, name, saved.definition)
    for (kind, name), given in new.items():
        whole.of(kind)[name] = given
    check_whole(whole)
    told = []
    for kind, name in sorted({*new, *gone}, key=lambda one: (KINDS.index(one[0]), one[1])):
        part = new.get((kind, name))
        form = None if (kind, name) in gone else kept_form(part) if part else None
        change = _change(kind, name, before.get((kind, name)), form)
        if not dry_run and change.change != "same":
            version, _ = plans.put(
                db, project_id=project, name=kept_name(kind, name), definition=form, by=by, why=why, now=now
            )
            change.version = version.version
        told.append(change)
    return told


def _change(kind: PlanKind, name: str, before: PlanVersion | None, form: dict[str, Any] | None) -> PlanChange:
    old = (before.definition or {}) if before else {}
    if form is None:
        return PlanChange(
            kind=kind, name=name, change="removed", version=before.version if before else 0, fields=[]
        )
    fields = sorted(key for key in {*old, *form} if old.get(key) != form.get(key)) if before else []
    change: Literal["added", "changed", "same"] = (
        "added" if before is None else "changed" if fields else "same"
    )
    return PlanChange(
        kind=kind, name=name, change=change, version=before.version if before else 0, fields=fields
    )


def kept_form(part: PlanPart) -> dict[str, Any]:
    """Return a part as the catalog keeps it."""
    return part.model_dump(mode="json")


def drafted(
    snapshot: Snapshot, calendar: Calendar, now: int, days: int, before: TrackingPlan
) -> TrackingPlan:
    """Return what arrived in the last days and is not planned yet, as parts of a plan."""
    first = calendar.at(calendar.local(now).date() - timedelta(days=days - 1))
    found = arrived(snapshot, first, now + DAY)
    events = {name: SeenEvent(*counts) for name, counts in found.events.items()}
    properties: dict[tuple[str, Scope], SeenValue] = {}
    for (name, scope, kind), counts in found.properties.items():
        properties.setdefault((name, scope), SeenValue()).kinds[kind] = counts
    titles = {name: Text(title.en, title.zh) for name, title in (PROPERTIES | EVENTS).items()}
    return draft(events, properties, titles, before)


def title_of(kind: PlanKind, name: str, part: PlanPart | None) -> Mapping[str, str] | None:
    """Return what people call a part: as planned, else as the retail vocabulary calls it."""
    if part is not None and part.title is not None:
        return {"en": part.title.en, "zh": part.title.zh}
    known = (EVENTS if kind == "event" else PROPERTIES).get(name)
    return {"en": known.en, "zh": known.zh} if known else None
