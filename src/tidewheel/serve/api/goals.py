"""Goals: named definitions, their versions, and why they changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import Field

from tidewheel.analyse.goals import ExplainedGoal, explain
from tidewheel.model import GoalDefinition, parse_goal
from tidewheel.serve import queries
from tidewheel.serve.access import Editor, Here, Place, Viewer
from tidewheel.serve.api.analyses import asking_of
from tidewheel.serve.api.definitions import Applied, Applying, InForce, NewDefinition, Past, Why, about
from tidewheel.serve.api.fields import Done, Reply
from tidewheel.serve.definitions import GOALS
from tidewheel.serve.goals import check
from tidewheel.serve.measuring import lookup, read_period
from tidewheel.serve.routes import Router
from tidewheel.store.catalog import GoalVersion, goals

router = Router(prefix="/projects/{project}/goals", tags=["goals"])

PeriodText = Annotated[
    str, Query(max_length=32, description="30day, 8week, 6month or 2026-11-01..2026-11-30")
]
PreviousText = Annotated[
    str | None, Query(max_length=32, description="As period; without it, the days of equal number before")
]


class ApplyGoals(Applying):
    """Definitions by name. ``prune`` removes goals that are not among them; ``dry_run`` only compares."""

    goals: Annotated[dict[str, dict[str, Any]], Field(max_length=200)]


class GoalReply(InForce):
    """A goal as it is in force, who made it so, when and why."""

    definition: GoalDefinition


class GoalList(Reply):
    """A project's goals by name."""

    goals: list[GoalReply]


class OldGoal(Past):
    """What a goal meant from ``time`` on; without a definition it was removed."""

    definition: GoalDefinition | None


class GoalVersions(GoalReply):
    """A goal and all its versions, newest first."""

    versions: list[OldGoal]


@router.get("")
def list_goals(place: Viewer, installation: Here) -> GoalList:
    """List the project's goals."""
    with installation.catalog.read() as db:
        return GoalList(goals=[_describe(one) for one in goals.listed(db, place.project.id)])


@router.post("/apply")
async def apply_goals(body: ApplyGoals, request: Request, place: Editor) -> Applied:
    """Bring many definitions into force at once, all or none."""
    wanted = {name: parse_goal(name, raw) for name, raw in body.goals.items()}

    def work(query: queries.Query) -> Applied:
        return _apply(place, query, wanted, body)

    return await _run(request, place, work)


@router.get("/{name}")
def get_goal(name: str, place: Viewer, installation: Here) -> GoalVersions:
    """Return what a goal means and meant."""
    with installation.catalog.read() as db:
        found = _describe(goals.get(db, place.project.id, name))
        versions = [
            OldGoal(**about(one), definition=parse_goal(name, one.definition) if one.definition else None)
            for one in goals.history(db, place.project.id, name)
        ]
    return GoalVersions(**dict(found), versions=versions)


@router.put("/{name}")
async def save_goal(name: str, body: NewDefinition, request: Request, place: Editor) -> GoalReply:
    """Add a goal, or give it another definition; the one before is kept as a version."""
    wanted = {name: parse_goal(name, body.definition)}

    def work(query: queries.Query) -> GoalReply:
        _apply(place, query, wanted, ApplyGoals(goals={}, why=body.why))
        with place.installation.catalog.read() as db:
            return _describe(goals.get(db, place.project.id, name))

    return await _run(request, place, work)


@router.delete("/{name}")
def remove_goal(name: str, place: Editor, installation: Here, why: Why = "") -> Done:
    """Remove a goal; its versions are kept."""
    with installation.catalog.write() as db:
        GOALS.remove(db, place, name, why)
    return Done()


@router.get("/{name}/explain")
async def explain_goal(
    name: str,
    request: Request,
    place: Viewer,
    period: PeriodText = "30day",
    previous: PreviousText = None,
) -> ExplainedGoal:
    """Say why a goal changed: values, contributions that add up, and progress towards the targets."""
    wanted = read_period(period)
    against = read_period(previous) if previous else None

    def work(query: queries.Query) -> ExplainedGoal:
        with place.installation.catalog.read() as db:
            kept = goals.get(db, place.project.id, name)
            version, means = kept.version, parse_goal(name, kept.definition)
        asking, find = asking_of(place, query), lookup(place.installation, place.project.id)
        return explain(place.store, name, version, means, wanted, against, asking, find)

    return await _run(request, place, work)


def _apply(
    place: Place, query: queries.Query, wanted: dict[str, GoalDefinition], body: ApplyGoals
) -> Applied:
    project = place.project.id
    find = lookup(place.installation, project)
    check(wanted, place.store, asking_of(place, query), find)
    with place.installation.catalog.write() as db:
        now = set(GOALS.listed(db, project))
        told = GOALS.changes(db, project, wanted, now - set(wanted) if body.prune else set())
        if not body.dry_run:
            GOALS.bring(db, place, told, wanted, body.why)
    return Applied(changes=told)


def _describe(saved: GoalVersion) -> GoalReply:
    return GoalReply(**about(saved), definition=parse_goal(saved.name, saved.definition))


async def _run(request: Request, place: Place, work: Callable[[queries.Query], queries.T]) -> queries.T:
    with place.installation.metrics.asking("goal"):
        return await place.installation.queries.run(request, place.project.id, None, work)
