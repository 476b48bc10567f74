"""Tracking plans: parts of which every version is kept, and what was found not to be as planned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from tidewheel.core.errors import NotFound
from tidewheel.core.text import Text
from tidewheel.store.catalog.tables import PlanMute, PlanVersion, PlanViolation
from tidewheel.store.catalog.versions import Versions

KEPT: Final = Versions(
    PlanVersion, "no_such_plan_part", Text("The tracking plan has no {name}.", "埋点方案中没有 {name}。")
)
listed, history, get, put = KEPT.listed, KEPT.history, KEPT.get, KEPT.put

MOST_A_DAY: Final = 5_000
"""Different violations kept of a project's day; counts of further ones go to ``…``."""
DAYS_KEPT: Final = 92
SAMPLES: Final = 3
OTHER: Final = "…"

Where: TypeAlias = tuple[str, str, str, str]
"""Source, event, property, code."""
Counted: TypeAlias = tuple[str, Where, int, int, int, int, Sequence[Any]]
"""Day, where, count, how many of them blocked, first and last (ms), samples."""


def state(db: Session) -> dict[str, tuple[int, int]]:
    """Return how many versions and mutes each project with a plan has, and when it last changed."""
    found: dict[str, tuple[int, int]] = {}
    for table in (PlanVersion, PlanMute):
        rows = db.execute(
            select(table.project_id, func.count(), func.max(table.time)).group_by(table.project_id)
        )
        for project, count, last in rows:
            held = found.get(project, (0, 0))
            found[project] = (held[0] * 1_000_003 + count, max(held[1], last))
    return found


def count(db: Session, project_id: str, found: Iterable[Counted]) -> None:
    """Add counts; what is older than about three months goes."""
    sizes: dict[str, int] = {}
    for day, where, number, blocked, first, last, samples in found:
        held = db.get(PlanViolation, (project_id, day, *where))
        if held is None:
            if day not in sizes:
                sizes[day] = _size(db, project_id, day)
            if sizes[day] >= MOST_A_DAY and where[1] != OTHER:
                where, samples = (where[0], OTHER, "", where[3]), ()  # noqa: PLW2901
                held = db.get(PlanViolation, (project_id, day, *where))
            else:
                sizes[day] += 1
        if held is None:
            source, event, name, code = where
            db.add(
                PlanViolation(
                    project_id=project_id, day=day, source=source, event=event, property=name, code=code,
                    count=number, blocked=blocked, first_at=first, last_at=last, samples=list(samples)[:SAMPLES],
                )
            )  # fmt: skip
            db.flush()
            continue
        held.count += number
        held.blocked += blocked
        held.first_at, held.last_at = min(held.first_at, first), max(held.last_at, last)
        fresh = [one for one in samples if one not in held.samples]
        held.samples = (held.samples + fresh)[:SAMPLES]
    if sizes:
        days = db.scalars(
            select(PlanViolation.day)
            .where(PlanViolation.project_id == project_id)
            .distinct()
            .order_by(PlanViolation.day.desc())
            .offset(DAYS_KEPT)
        ).all()
        if days:
            db.execute(
                delete(PlanViolation).where(
                    PlanViolation.project_id == project_id, PlanViolation.day.in_(days)
                )
            )


def violations(db: Session, project_id: str, since: str, until: str = "9999-12-31") -> list[PlanViolation]:
    """Return what was counted from one day to another, both included."""
    query = select(PlanViolation).where(
        PlanViolation.project_id == project_id, PlanViolation.day >= since, PlanViolation.day <= until
    )
    return list(db.scalars(query))


def mutes(db: Session, project_id: str) -> list[PlanMute]:
    """Return what is muted."""
    query = select(PlanMute).where(PlanMute.project_id == project_id)
    return list(db.scalars(query.order_by(PlanMute.time, PlanMute.event, PlanMute.property, PlanMute.code)))


def mute(db: Session, project_id: str, where: Where, *, reason: str, by: str, now: int) -> PlanMute:
    """Mute a violation, or give it another reason."""
    held = db.get(PlanMute, (project_id, *where))
    if held is None:
        source, event, name, code = where
        held = PlanMute(project_id=project_id, source=source, event=event, property=name, code=code)
        db.add(held)
    held.reason, held.by, held.time = reason, by, now
    db.flush()
    return held


def unmute(db: Session, project_id: str, where: Where) -> None:
    """Hear of a violation again."""
    held = db.get(PlanMute, (project_id, *where))
    if held is None:
        raise NotFound("not_muted", Text("This violation is not muted.", "该问题未被忽略。"))
    db.delete(held)


def _size(db: Session, project_id: str, day: str) -> int:
    query = select(func.count()).where(PlanViolation.project_id == project_id, PlanViolation.day == day)
    return int(db.scalar(query) or 0)
