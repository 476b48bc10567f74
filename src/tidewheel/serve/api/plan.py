"""The tracking plan: what is meant to arrive, versions, drafts and templates, and how much of it arrives."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request, Response
from pydantic import Field

from tidewheel.collect.plan import (
    EventPlan,
    PlanKind,
    PlanPart,
    PropertyPlan,
    TrackingPlan,
    parse_part,
)
from tidewheel.core.errors import NotFound
from tidewheel.core.text import Language, Text
from tidewheel.model import read_template, write_plan
from tidewheel.serve import coverage
from tidewheel.serve.access import Editor, Here, Place, Viewer
from tidewheel.serve.api.definitions import Applying, InForce, NewDefinition, Past, Why, about
from tidewheel.serve.api.fields import Done, Moment, Reply, Title
from tidewheel.serve.errors import language_of
from tidewheel.serve.plan_document import plan_document
from tidewheel.serve.planning import PlanChange, bring, drafted, kept_name, part_of, plan_of, title_of
from tidewheel.serve.privacy.masking import masked_text
from tidewheel.serve.privacy.veil import AT_SOURCE
from tidewheel.serve.routes import Router
from tidewheel.store.catalog import PlanVersion, plans

router = Router(prefix="/projects/{project}/plan", tags=["plan"])

Days = Annotated[int, Query(ge=1, le=90, description="Today and the days before it")]
Parts = Annotated[dict[str, dict[str, Any]], Field(default_factory=dict, max_length=5_000)]
TEMPLATES = {"retail": Text("Retail vocabulary", "零售标准埋点")}


class ApplyPlan(Applying):
    """Parts by name. ``prune`` removes parts that are not among them; ``dry_run`` only compares."""

    events: Parts
    properties: Parts
    item_properties: Parts
    person_properties: Parts


class PlanApplied(Reply):
    """What was changed, or would be."""

    changes: list[PlanChange]


class PartVersion(Past):
    """What a part said from ``time`` on; without a definition it was removed."""

    definition: EventPlan | PropertyPlan | None


class PlanEvent(InForce):
    """An event of the plan as it is in force, who made it so, when and why."""

    title: Title | None
    definition: EventPlan


class PlanProperty(InForce):
    """A property of the plan; ``kind`` says whether of events, of the items in them or of people."""

    kind: PlanKind
    title: Title | None
    definition: PropertyPlan


class PlanReply(Reply):
    """A project's plan, by name."""

    events: list[PlanEvent]
    properties: list[PlanProperty]


class PlanDraft(Reply):
    """Parts that are not in force; ``yaml`` is the same as a file."""

    events: dict[str, EventPlan]
    properties: dict[str, PropertyPlan]
    item_properties: dict[str, PropertyPlan]
    person_properties: dict[str, PropertyPlan]
    yaml: str


class PlanTemplate(Reply):
    """A plan that comes with the product."""

    name: str
    title: Title


class PlanTemplates(Reply):
    """All templates."""

    templates: list[PlanTemplate]


class PartHistory(Reply):
    """All versions of a part, newest first."""

    kind: PlanKind
    name: str
    versions: list[PartVersion]


class CoveredEvent(Reply):
    """An event that is planned, or arrives, or both. ``daily`` and ``violations_daily`` end today.

    ``sources`` counts its events by source in the days asked about.
    """

    name: str
    title: Title | None
    planned: bool
    status: str | None
    owner: str
    count: int
    sources: dict[str, int]
    last_seen: Moment | None
    daily: list[int]
    violations: int
    violations_daily: list[int]


class CoverageReply(Reply):
    """How much of what arrives is planned, and of what is planned arrives. ``clean`` had no violation."""

    events: list[CoveredEvent]
    arrived: int
    planned: int
    violations: int


@router.get("")
def get_plan(place: Viewer, installation: Here) -> PlanReply:
    """Return the tracking plan."""
    events, properties = [], []
    with installation.catalog.read() as db:
        for saved in plans.listed(db, place.project.id):
            kind, name = part_of(saved)
            part = parse_part(kind, name, saved.definition)
            told = about(saved) | {"name": name, "title": title_of(kind, name, part), "definition": part}
            if kind == "event":
                events.append(PlanEvent(**told))
            else:
                properties.append(PlanProperty(kind=kind, **told))
    return PlanReply(events=events, properties=properties)


@router.get(
    "/plan.md",
    response_class=Response,
    responses={200: {"description": "A Markdown document", "content": {"text/markdown": {}}}},
)
def get_plan_document(
    request: Request,
    place: Viewer,
    installation: Here,
    language: Annotated[
        Language | None, Query(description="en or zh; otherwise that of Accept-Language")
    ] = None,
) -> Response:
    """Return the tracking plan as Markdown for people who review it: an overview, and a table an event."""
    request.state.masking = AT_SOURCE
    with installation.catalog.read() as db:
        plan = plan_of(db, place.project.id)
    spoken = language or language_of(request.headers)
    shown = str if place.masking is None else masked_text
    return Response(
        plan_document(plan, place.project.name, spoken, shown),
        media_type="text/markdown; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="plan-{place.project.id}.md"'},
    )


@router.post("/apply")
def apply_plan(body: ApplyPlan, place: Editor, installation: Here) -> PlanApplied:
    """Bring many parts into force at once, all or none."""
    wanted = TrackingPlan(
        *({name: parse_part(kind, name, raw) for name, raw in held.items()} for kind, held in _sections(body))  # type: ignore[arg-type] # each section holds parts of its kind
    )
    with installation.catalog.write() as db:
        told = bring(
            db,
            place.project.id,
            wanted,
            by=place.asker.name,
            why=body.why,
            now=installation.clock(),
            prune=body.prune,
            dry_run=body.dry_run,
        )
        if not body.dry_run:
            changed = [f"{one.kind}:{one.name}" for one in told if one.change != "same"]
            place.asker.note(
                db, installation.clock(), "plan_applied", "", place.project.id, changed=changed[:100]
            )
    installation.write_keys.refresh()
    return PlanApplied(changes=told)


@router.post("/draft")
def draft_plan(place: Viewer, installation: Here, days: Days = 30) -> PlanDraft:
    """Make parts of what has arrived and is not planned yet; nothing comes into force."""
    with installation.catalog.read() as db:
        before = plan_of(db, place.project.id)
    found = drafted(place.snapshot(), place.calendar, installation.clock(), days, before)
    return _as_draft(found)


@router.get("/templates")
def list_plan_templates(place: Viewer) -> PlanTemplates:  # noqa: ARG001 - whoever sees the project may know
    """List the plans that come with the product."""
    return PlanTemplates(
        templates=[
            PlanTemplate(name=name, title=Title(en=title.en, zh=title.zh))
            for name, title in TEMPLATES.items()
        ]
    )


@router.get("/templates/{template}")
def get_plan_template(template: str, place: Viewer) -> PlanDraft:  # noqa: ARG001
    """Return a plan that comes with the product."""
    if template not in TEMPLATES:
        raise NotFound(
            "no_such_template",
            Text("There is no such template.", "没有这个模板。"),
            got=template[:60],
            expected=list(TEMPLATES),
        )
    return _as_draft(read_template(template))


@router.get("/coverage")
def get_plan_coverage(place: Viewer, installation: Here, days: Days = 14) -> CoverageReply:
    """Tell how much of what arrives is planned, and what of the plan arrives."""
    installation.quality.flush()
    found = coverage.coverage(installation, place.project, place.snapshot(), days)
    return CoverageReply.model_validate(found, from_attributes=True)


@router.get("/parts/{kind}/{name:path}")
def get_plan_part(kind: PlanKind, name: str, place: Viewer, installation: Here) -> PartHistory:
    """Return every version of a part."""
    with installation.catalog.read() as db:
        plans.get(db, place.project.id, kept_name(kind, name))
        versions = plans.history(db, place.project.id, kept_name(kind, name))
    return PartHistory(kind=kind, name=name, versions=[_version(kind, name, one) for one in versions])


@router.put("/parts/{kind}/{name:path}")
def save_plan_part(kind: PlanKind, name: str, body: NewDefinition, place: Editor) -> PlanApplied:
    """Add a part, or let it say something else; what it said before is kept as a version."""
    part = parse_part(kind, name, body.definition)
    return _one(place, _only(kind, name, part), body.why, frozenset())


@router.delete("/parts/{kind}/{name:path}")
def remove_plan_part(kind: PlanKind, name: str, place: Editor, installation: Here, why: Why = "") -> Done:
    """Take a part out of the plan; its versions are kept."""
    with installation.catalog.read() as db:
        plans.get(db, place.project.id, kept_name(kind, name))
    _one(place, TrackingPlan(), why, frozenset({(kind, name)}))
    return Done()


def _one(
    place: Place, wanted: TrackingPlan, why: str, removed: frozenset[tuple[PlanKind, str]]
) -> PlanApplied:
    installation = place.installation
    with installation.catalog.write() as db:
        told = bring(
            db,
            place.project.id,
            wanted,
            by=place.asker.name,
            why=why,
            now=installation.clock(),
            removed=removed,
        )
        for one in told:
            place.asker.note(
                db, installation.clock(), "plan_changed", f"{one.kind}:{one.name}", place.project.id,
                change=one.change,
            )  # fmt: skip
    installation.write_keys.refresh()
    return PlanApplied(changes=told)


def _only(kind: PlanKind, name: str, part: PlanPart) -> TrackingPlan:
    plan = TrackingPlan()
    plan.of(kind)[name] = part
    return plan


def _sections(body: ApplyPlan) -> list[tuple[PlanKind, dict[str, dict[str, Any]]]]:
    return [
        ("event", body.events),
        ("property", body.properties),
        ("item", body.item_properties),
        ("person", body.person_properties),
    ]


def _as_draft(plan: TrackingPlan) -> PlanDraft:
    return PlanDraft(
        events=plan.events,
        properties=plan.properties,
        item_properties=plan.items,
        person_properties=plan.person,
        yaml=write_plan(plan),
    )


def _version(kind: PlanKind, name: str, saved: PlanVersion) -> PartVersion:
    part = parse_part(kind, name, saved.definition) if saved.definition is not None else None
    return PartVersion(**about(saved), definition=part)
