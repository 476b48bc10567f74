"""Enrichments: what is worked out of events, by which rules; rules tried before they are in force."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Request
from pydantic import Field

from tidewheel.collect.enrich import ENRICHMENTS, Enrichment, parse_rules
from tidewheel.core.events import Kind, Scope
from tidewheel.core.period import Last
from tidewheel.core.text import Text
from tidewheel.serve import queries
from tidewheel.serve.access import Editor, Here, Place, Viewer
from tidewheel.serve.api.definitions import Why
from tidewheel.serve.api.fields import Body, Moment, Reply, Title
from tidewheel.serve.enriching import try_rules
from tidewheel.serve.routes import Router
from tidewheel.store.catalog import enrichments

router = Router(prefix="/projects/{project}/enrichment", tags=["enrichment"])


class AddedReply(Reply):
    """A property that is worked out. ``fills``: only where it was not sent."""

    property: str
    title: Title
    kind: Kind
    scope: Scope
    fills: bool


class RulesVersion(Reply):
    """Rules from ``time`` on; None: ours."""

    version: int
    rules: dict[str, Any] | None
    by: str
    why: str
    time: Moment


class EnrichmentReply(Reply):
    """An enrichment with the rules in force. ``own``: they are the project's own. ``schema`` describes rules."""

    name: str
    title: Title
    description: Title
    adds: list[AddedReply]
    own: bool
    rules: dict[str, Any]
    form: dict[str, Any]
    versions: list[RulesVersion]


class EnrichmentList(Reply):
    """All enrichments."""

    enrichments: list[EnrichmentReply]


class NewRules(Body):
    """Rules to be in force from now on, over all history, and why."""

    rules: dict[str, Any]
    why: Why = ""


class TriedRules(Body):
    """Rules to be tried on the events of the last days."""

    rules: dict[str, Any]
    days: Annotated[int, Field(ge=1, le=366)] = 30


class ValueTried(Reply):
    """How many events have a value now, and would have it then."""

    value: str
    now: int
    then: int


class PropertyTried(Reply):
    """The values of a property, the most frequent first."""

    property: str
    values: list[ValueTried]


class TrialReply(Reply):
    """What rules would change. ``decided`` counts the events each rule decides, in their order."""

    events: int
    changed: int
    left_out_now: int
    left_out_then: int
    properties: list[PropertyTried]
    decided: list[int]


@router.get("")
def list_enrichments(place: Viewer, installation: Here) -> EnrichmentList:
    """List what is worked out and by which rules."""
    return EnrichmentList(
        enrichments=[_describe(kind, place, installation) for kind in ENRICHMENTS.all().values()]
    )


@router.get("/{name}")
def get_enrichment(name: str, place: Viewer, installation: Here) -> EnrichmentReply:
    """Return an enrichment, its rules and their versions."""
    return _describe(ENRICHMENTS.get(name, field="name"), place, installation)


@router.put("/{name}")
def save_rules(name: str, body: NewRules, place: Editor, installation: Here) -> EnrichmentReply:
    """Bring rules into force. All history follows at once; nothing that is stored changes."""
    kind = ENRICHMENTS.get(name, field="name")
    rules = parse_rules({name: body.rules})[name]
    _put(name, rules.model_dump(mode="json"), body.why, place, installation)
    return _describe(kind, place, installation)


@router.delete("/{name}")
def reset_rules(name: str, place: Editor, installation: Here, why: Why = "") -> EnrichmentReply:
    """Go back to the rules as we ship them."""
    kind = ENRICHMENTS.get(name, field="name")
    _put(name, None, why, place, installation)
    return _describe(kind, place, installation)


@router.post("/{name}/try")
async def try_enrichment(
    name: str, body: TriedRules, request: Request, place: Viewer, installation: Here
) -> TrialReply:
    """Say what rules would change of the last days' events; nothing is changed."""
    kind = ENRICHMENTS.get(name, field="name")
    with installation.catalog.read() as db:
        own = {one.name: one.definition or {} for one in enrichments.listed(db, place.project.id)}
    rules = parse_rules({**own, name: body.rules})
    span = place.calendar.span(Last(last=body.days), installation.clock())

    def work(_query: queries.Query) -> TrialReply:
        found = try_rules(place.store, name, rules, kind.adds, span)
        return TrialReply(
            events=found.events,
            changed=found.changed,
            left_out_now=found.left_out[0],
            left_out_then=found.left_out[1],
            properties=[
                PropertyTried(
                    property=prop,
                    values=[
                        ValueTried(value=value, now=now, then=then)
                        for value, (now, then) in sorted(
                            values.items(), key=lambda one: (-one[1][1], one[0])
                        )[:100]
                    ],
                )
                for prop, values in found.values.items()
            ],
            decided=found.decided,
        )

    return await installation.queries.run(request, place.project.id, None, work)


def _put(name: str, rules: dict[str, Any] | None, why: str, place: Place, installation: Here) -> None:
    with installation.catalog.write() as db:
        _, fresh = enrichments.put(
            db,
            project_id=place.project.id,
            name=name,
            definition=rules,
            by=place.asker.name,
            why=why,
            now=installation.clock(),
        )
        if fresh:
            action = "enrichment_saved" if rules is not None else "enrichment_reset"
            place.asker.note(db, installation.clock(), action, name, place.project.id)
    installation.enriching.apply(place.project.id, place.store)


def _describe(kind: type[Enrichment[Any]], place: Place, installation: Here) -> EnrichmentReply:
    with installation.catalog.read() as db:
        versions = [
            RulesVersion(version=one.version, rules=one.definition, by=one.by, why=one.why, time=one.time)
            for one in enrichments.history(db, place.project.id, kind.name)
        ]
    own = versions[0].rules if versions else None
    rules = parse_rules({kind.name: own})[kind.name] if own is not None else kind.Rules()
    return EnrichmentReply(
        name=kind.name,
        title=_title(kind.title),
        description=_title(kind.description),
        adds=[
            AddedReply(
                property=one.property,
                title=_title(one.title),
                kind=one.kind,
                scope=one.scope,
                fills=one.fills,
            )
            for one in kind.adds
        ],
        own=own is not None,
        rules=rules.model_dump(mode="json"),
        form=kind.Rules.model_json_schema(),
        versions=versions,
    )


def _title(text: Text) -> Title:
    return Title(en=text.en, zh=text.zh)
