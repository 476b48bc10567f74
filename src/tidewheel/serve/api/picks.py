"""Picked events: named definitions over what was recorded by itself, their versions, and how to pick them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import Field

from tidewheel.analyse.run import ask
from tidewheel.core.events import PERSON_FACTS
from tidewheel.model import PickDefinition, parse_pick
from tidewheel.serve import queries
from tidewheel.serve.access import Editor, Here, Place, Viewer
from tidewheel.serve.api.analyses import asking_of
from tidewheel.serve.api.definitions import Applied, Applying, InForce, NewDefinition, Past, Why, about
from tidewheel.serve.api.fields import Body, Done, Reply
from tidewheel.serve.definitions import PICKS
from tidewheel.serve.picks import (
    TRIED,
    Tried,
    check,
    picking_secret,
    sign,
    tried,
)
from tidewheel.serve.routes import Router
from tidewheel.store.catalog import PickVersion, picks

router = Router(prefix="/projects/{project}/picks", tags=["picks"])

_PLACE = ("page", "element", "element_text", "element_kind")
_MOST = 200


class ApplyPicks(Applying):
    """Definitions by name. ``prune`` removes picked events not among them; ``dry_run`` only compares."""

    picks: Annotated[dict[str, dict[str, Any]], Field(max_length=500)]


class TryPick(Body):
    """A definition to try; nothing is kept."""

    definition: dict[str, Any]


class PickReply(InForce):
    """A picked event as it is in force, who made it so, when and why."""

    definition: PickDefinition


class PickList(Reply):
    """A project's picked events by name."""

    picks: list[PickReply]


class OldPick(Past):
    """What a picked event meant from ``time`` on; without a definition it was removed."""

    definition: PickDefinition | None


class PickVersions(PickReply):
    """A picked event and all its versions, newest first."""

    versions: list[OldPick]


class Clicked(Reply):
    """One element of one page, and how often it was clicked in the days asked for."""

    page: str | None
    element: str | None
    element_text: str | None
    element_kind: str | None
    count: int


class ClickedElements(Reply):
    """The most clicked elements, the most clicked first."""

    elements: list[Clicked]


class PickingToken(Reply):
    """What the picker is opened with: to be put into the address of a shop's page as ``tw_pick``."""

    token: str


@router.get("")
def list_picks(place: Viewer, installation: Here) -> PickList:
    """List the project's picked events."""
    with installation.catalog.read() as db:
        return PickList(picks=[_describe(one) for one in picks.listed(db, place.project.id)])


@router.post("/apply")
def apply_picks(body: ApplyPicks, place: Editor) -> Applied:
    """Bring many definitions into force at once, all or none."""
    wanted = {name: parse_pick(name, raw) for name, raw in body.picks.items()}
    return _apply(place, wanted, body)


@router.post("/try")
async def try_pick(body: TryPick, request: Request, place: Viewer) -> Tried:
    """Say what a definition covers, without keeping it."""
    means = parse_pick(TRIED, body.definition)

    def work(query: queries.Query) -> Tried:
        return tried(place.store, means, asking_of(place, query))

    return await _run(request, place, work)


@router.get("/elements")
async def list_clicked(
    request: Request,
    place: Viewer,
    days: Annotated[int, Query(ge=1, le=90)] = 7,
    event: Annotated[str, Query(min_length=1, max_length=200)] = "click",
) -> ClickedElements:
    """List what was clicked most, by page and element."""

    def work(query: queries.Query) -> ClickedElements:
        question = {
            "series": [{"step": {"any_of": [{"event": event}]}}],
            "breakdowns": [{"property": name, "kind": "text"} for name in _PLACE],
            "period": {"last": days, "unit": "day"},
            "grain": "total",
            "top": _MOST,
        }
        lines = ask(place.store, "trends", question, asking_of(place, query)).result.lines
        return ClickedElements(
            elements=[
                Clicked(**dict(zip(_PLACE, line.group, strict=True)), count=int(line.total or 0))
                for line in lines
                if line.group and len(line.group) == len(_PLACE) and line.total
            ]
        )

    return await _run(request, place, work)


@router.post("/token")
def make_picking_token(place: Editor, installation: Here) -> PickingToken:
    """Let a page of the shop load the picker for half an hour."""
    return PickingToken(token=sign(picking_secret(installation), place.project.id, installation.clock()))


@router.get("/{name}")
def get_pick(name: str, place: Viewer, installation: Here) -> PickVersions:
    """Return what a picked event means and meant."""
    with installation.catalog.read() as db:
        found = _describe(picks.get(db, place.project.id, name))
        versions = [
            OldPick(**about(one), definition=parse_pick(name, one.definition) if one.definition else None)
            for one in picks.history(db, place.project.id, name)
        ]
    return PickVersions(**dict(found), versions=versions)


@router.put("/{name}")
def save_pick(name: str, body: NewDefinition, place: Editor) -> PickReply:
    """Add a picked event, or give it another definition; the one before is kept as a version."""
    _apply(place, {name: parse_pick(name, body.definition)}, ApplyPicks(picks={}, why=body.why))
    with place.installation.catalog.read() as db:
        return _describe(picks.get(db, place.project.id, name))


@router.delete("/{name}")
def remove_pick(name: str, place: Editor, installation: Here, why: Why = "") -> Done:
    """Remove a picked event; its versions are kept."""
    with installation.catalog.write() as db:
        PICKS.remove(db, place, name, why)
    return Done()


def _apply(place: Place, wanted: dict[str, PickDefinition], body: ApplyPicks) -> Applied:
    project = place.project.id
    held = place.installation.dictionary.contents(place.snapshot())
    with place.installation.catalog.write() as db:
        now = set(PICKS.listed(db, project))
        check(wanted, now, set(held.events) - set(PERSON_FACTS))
        told = PICKS.changes(db, project, wanted, now - set(wanted) if body.prune else set())
        if not body.dry_run:
            PICKS.bring(db, place, told, wanted, body.why)
    return Applied(changes=told)


def _describe(saved: PickVersion) -> PickReply:
    return PickReply(**about(saved), definition=parse_pick(saved.name, saved.definition))


async def _run(request: Request, place: Place, work: Callable[[queries.Query], queries.T]) -> queries.T:
    with place.installation.metrics.asking("pick"):
        return await place.installation.queries.run(request, place.project.id, None, work)
