"""Identity: the rules that make persons, why two identifiers are one, linking and parting by hand, what was stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal

import numpy as np
from fastapi import Query, Request
from pydantic import StringConstraints

from tidewheel.core.errors import BadInput
from tidewheel.core.identity_rules import USUAL_BLOCKED, IdentityRules, parse_rules
from tidewheel.core.ids import OWN_TYPES, split_actor
from tidewheel.core.text import Text
from tidewheel.identify import deciding, evidence, quarantine
from tidewheel.identify.fold import BLOCKED
from tidewheel.identify.people import Hand, Link, hands_of, linked
from tidewheel.identify.resolve import as_of, canonical, check_patterns, person_id, resolve
from tidewheel.serve import queries
from tidewheel.serve.access import Editor, Here, Owner, Place, Viewer
from tidewheel.serve.api.analyses import asking_of
from tidewheel.serve.api.fields import Body, Limit, Moment, Offset, Reply, Words
from tidewheel.serve.api.people import AsOf, ShortIdentifier, ms
from tidewheel.serve.identity_changes import DecisionOutcome, SegmentChange, outcome, segment_changes
from tidewheel.serve.identity_rules import rules_in_force
from tidewheel.serve.privacy.names import reference
from tidewheel.serve.routes import Router
from tidewheel.store.catalog import identity_rules
from tidewheel.store.view import Snapshot

router = Router(prefix="/projects/{project}/identity", tags=["identity"])

Because = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Identifier = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300, pattern="^[^:]+:.+$")
]


class IdentityRulesVersionReply(Reply):
    """Rules that were in force from ``time`` on."""

    version: int
    rules: IdentityRules
    by: str
    why: str
    time: Moment


class IdentityRulesReply(Reply):
    """The rules in force; version 0 are the defaults. ``usual`` are blocked values and patterns worth taking over, by type.

    ``own`` are the types of what is somebody's own and never changes hands, whatever rules say.
    """

    version: int
    rules: IdentityRules
    versions: list[IdentityRulesVersionReply]
    usual: dict[str, dict[str, list[str]]]
    own: list[str]


class NewIdentityRules(Body):
    """Other rules, and why. ``dry_run`` only says what they would do; ``based_on`` refuses them if others changed meanwhile."""

    rules: dict[str, Any]
    why: Because = ""
    dry_run: bool = False
    based_on: int | None = None


class IdentityRulesOutcome(Reply):
    """What rules do: how many people there were and are, and how many of those before are not the same any more."""

    version: int
    people_before: int
    people: int
    changed: int


class Blocking(Body):
    """A value that joins nobody from now on, though it has arrived already; ``blocked`` false lets it join again."""

    identifier: Identifier
    blocked: bool = True
    why: Because = ""


class Pair(Body):
    """Two identifiers, as ``type:value``, and why they belong together or not."""

    a: Identifier
    b: Identifier
    why: Because = ""


class Splitting(Body):
    """An identifier that shall stand alone, and why."""

    identifier: Identifier
    why: Because = ""


class Supposing(Body):
    """What one thinks of doing: link or undo a pair, or split an identifier off (without ``b``)."""

    act: Literal["link", "undo", "split"]
    a: Identifier
    b: Identifier | None = None


class Decided(Reply):
    """What came of it: who is who now."""

    outcome: DecisionOutcome


class DecisionPreview(Reply):
    """What would come of it. ``segments`` are those whose membership of the people concerned would change."""

    outcome: DecisionOutcome
    segments: list[SegmentChange]


class WhyReply(Reply):
    """``path``: the links that make two identifiers one person, each earliest first asserted; ``against``: what keeps them apart.

    ``hands``: of either that is a device, who had it when.
    """

    one_person: bool
    path: list[Link]
    against: list[Link]
    hands: list[Hand]


class LogEntry(Link):
    """A fact and what became of it; ``effect``: joined, already (they were one before), refused, parted."""

    effect: Literal["joined", "already", "refused", "parted"]
    person: str
    other_person: str


class MergeLog(Reply):
    """Facts asserted last come first; ``total`` counts all."""

    total: int
    entries: list[LogEntry]


class Hub(Reply):
    """An identifier that is named with many others."""

    type: str
    value: str
    named_with: int


class StoppedPerson(Reply):
    """A person that would have grown beyond the limit; ``refused`` counts the links that were stopped."""

    id: str
    called: ShortIdentifier
    identifiers: int
    refused: int
    hubs: list[Hub]


class BarredIdentifier(Hub):
    """An identifier that joins nobody, and why."""

    reason: Literal["blocked", "shared"]


class Quarantine(Reply):
    """People who were stopped from growing, and identifiers that join nobody (``barred_total`` counts them)."""

    most_identifiers: int
    stopped: list[StoppedPerson]
    barred_total: int
    barred: list[BarredIdentifier]


@router.get("/rules")
def get_identity_rules(place: Viewer, installation: Here) -> IdentityRulesReply:
    """Return how identifiers make persons, and every version of it."""
    with installation.catalog.read() as db:
        version, rules = rules_in_force(db, place.project.id)
        versions = [
            IdentityRulesVersionReply(
                version=one.version, rules=parse_rules(one.definition), by=one.by, why=one.why, time=one.time
            )
            for one in identity_rules.history(db, place.project.id)
        ]
    usual = {
        kind: {"blocked": list(values), "patterns": list(patterns)}
        for kind, (values, patterns) in USUAL_BLOCKED.items()
    }
    own = [one.type for one in rules.types if one.type in OWN_TYPES]
    return IdentityRulesReply(version=version, rules=rules, versions=versions, usual=usual, own=own)


@router.put("/rules")
async def save_identity_rules(body: NewIdentityRules, request: Request, place: Owner) -> IdentityRulesOutcome:
    """Make persons by other rules, of all facts at once."""
    rules = parse_rules(body.rules, "rules")
    return await _run(
        request, place, lambda _: _bring(place, rules, body.why, body.based_on, keep=not body.dry_run)
    )


@router.post("/block")
async def block_identifier(body: Blocking, request: Request, place: Owner) -> IdentityRulesOutcome:
    """Block a value, or let it join again; a shorthand for changing the rules."""
    kind, value = split_actor(reference(place, body.identifier))

    def work(_: queries.Query) -> IdentityRulesOutcome:
        with place.installation.catalog.read() as db:
            version, rules = rules_in_force(db, place.project.id)
        own = rules.of(kind)
        if own is None:
            raise BadInput(
                "unknown_identifier_type",
                Text("There is no identifier type {name}.", "没有标识类型 {name}。"),
                field="identifier",
                got=body.identifier,
                expected=list(rules.ranks),
                name=kind,
            )
        values = [one for one in own.blocked if one != value] + ([value] if body.blocked else [])
        types = [
            one.model_copy(update={"blocked": tuple(values)}) if one.type == kind else one
            for one in rules.types
        ]
        wanted = rules.model_dump() | {"types": [one.model_dump() for one in types]}
        return _bring(place, parse_rules(wanted), body.why, version, keep=True)

    return await _run(request, place, work)


@router.get("/why")
def why_one_person(
    place: Viewer,
    a: Annotated[Identifier, Query(description="an identifier, such as phone:+8613800000001")],
    b: Annotated[Identifier, Query(description="another one")],
    as_of_: AsOf = None,
) -> WhyReply:
    """Say why two identifiers are one person, or why they are not."""
    snapshot = as_of(place.snapshot(), ms(as_of_))
    one = deciding.code_of(snapshot, reference(place, a), "a")
    other = deciding.code_of(snapshot, reference(place, b), "b")
    found = evidence.why(snapshot, one, other)
    path, against = found.path or (), found.against or ()
    own = int(resolve(snapshot).person_of[one])
    return WhyReply(
        one_person=found.path is not None,
        path=linked(path, path),
        against=linked(against, ()),
        hands=hands_of(snapshot, np.array([one, other], np.int32), own),
    )


@router.post("/preview")
async def preview_decision(body: Supposing, request: Request, place: Viewer) -> DecisionPreview:
    """Say who would become who, and which segments would change, before anything is done."""

    def work(query: queries.Query) -> DecisionPreview:
        before = place.snapshot()
        pairs, rule = _pairs(place, before, body)
        facts = deciding.decision(before, pairs, rule, place.asker.name, "", place.installation.clock())
        after = deciding.suppose(before, facts)
        change = deciding.change(before, after)
        found = segment_changes(
            place.installation, place.project.id, before, after, change, asking_of(place, query)
        )
        return DecisionPreview(outcome=outcome(before, after, change), segments=found)

    return await _run(request, place, work)


@router.post("/link")
async def link_identifiers(body: Pair, request: Request, place: Editor) -> Decided:
    """Make one person of two, whatever the limits say."""
    pair = reference(place, body.a), reference(place, body.b)
    return await _run(request, place, lambda _: _decide(place, [pair], "manual", body.why))


@router.post("/undo")
async def undo_link(body: Pair, request: Request, place: Editor) -> Decided:
    """Undo the link of two identifiers; it stays undone whatever events say, until somebody links them again."""
    pair = reference(place, body.a), reference(place, body.b)
    return await _run(request, place, lambda _: _decide(place, [pair], "undone", body.why))


@router.post("/split")
async def split_identifier(body: Splitting, request: Request, place: Editor) -> Decided:
    """Part an identifier from its person by undoing every link that holds it."""

    def work(_: queries.Query) -> Decided:
        pairs = _held(place.snapshot(), reference(place, body.identifier))
        return _decide(place, pairs, "undone", body.why)

    return await _run(request, place, work)


@router.get("/log")
def get_log(
    place: Viewer,
    by: Annotated[
        Literal["anything", "hand"], Query(description="hand: only what people decided")
    ] = "anything",
    offset: Offset = 0,
    limit: Limit = 50,
) -> MergeLog:
    """List what joined and parted whom, asserted last first."""
    snapshot = place.snapshot()
    people = resolve(snapshot)
    total, facts = evidence.latest(snapshot, offset, limit, by_hand=by == "hand")
    persons = {int(people.person_of[end]) for fact in facts for end in fact.ends}
    held = [evidence.members(people, person) for person in persons]
    around = evidence.facts_of(snapshot, np.concatenate(held)) if held else []
    tree = evidence.joining(around)
    entries = [
        LogEntry(
            **link.model_dump(),
            effect=_effect(link),
            person=person_id(snapshot, people, int(people.person_of[fact.ends[0]])),
            other_person=person_id(snapshot, people, int(people.person_of[fact.ends[1]])),
        )
        for fact, link in zip(facts, linked(facts, tree), strict=True)
    ]
    return MergeLog(total=total, entries=entries)


@router.get("/quarantine")
def get_quarantine(place: Viewer, q: Words = "", limit: Limit = 100) -> Quarantine:
    """List people who were stopped from growing, with the identifiers that caused it, and identifiers that join nobody."""
    snapshot = place.snapshot()
    people = resolve(snapshot)
    total, barred = quarantine.barred(snapshot, limit)

    def hub(actor: int, named_with: int) -> dict[str, Any]:
        kind, value = split_actor(snapshot.actors.strings(np.array([actor]))[0])
        return {"type": kind, "value": value, "named_with": named_with}

    stopped = []
    for one in quarantine.stopped(snapshot):
        kind, value = split_actor(canonical(snapshot, people, one.person))
        stopped.append(
            StoppedPerson(
                id=person_id(snapshot, people, one.person),
                called=ShortIdentifier(type=kind, value=value),
                identifiers=one.identifiers,
                refused=one.refused,
                hubs=[Hub(**hub(*pair)) for pair in one.hubs],
            )
        )
    shown = [
        BarredIdentifier(
            **hub(one.actor, one.named_with), reason="blocked" if one.by == BLOCKED else "shared"
        )
        for one in barred
    ]
    return Quarantine(
        most_identifiers=snapshot.rules.most_identifiers,
        stopped=stopped,
        barred_total=total,
        barred=[one for one in shown if q.casefold() in f"{one.type}:{one.value}".casefold()],
    )


def _effect(link: Link) -> Literal["joined", "already", "refused", "parted"]:
    if link.rule == "undone":
        return "parted"
    if not link.in_force:
        return "refused"
    return "joined" if link.joins else "already"


def _bring(
    place: Place, rules: IdentityRules, why: str, based_on: int | None, *, keep: bool
) -> IdentityRulesOutcome:
    check_patterns(rules)
    here, project = place.installation, place.project.id
    before = place.snapshot()
    with here.catalog.read() as db:
        version, _ = rules_in_force(db, project)
    if keep:
        with here.catalog.write() as db:
            version = identity_rules.put(
                db,
                project_id=project,
                definition=rules.model_dump(mode="json"),
                by=place.asker.name,
                why=why,
                now=here.clock(),
                based_on=based_on,
            ).version
            place.asker.note(db, here.clock(), "identity_rules_changed", f"v{version}", project, why=why)
        here.rules.see_to(project, place.store, now=True)
        after = place.snapshot()
    else:
        after = deciding.ruled(before, rules)
    changed = deciding.change(before, after)
    return IdentityRulesOutcome(
        version=version,
        people_before=resolve(before).count,
        people=resolve(after).count,
        changed=len(changed.before),
    )


def _pairs(place: Place, snapshot: Snapshot, body: Supposing) -> tuple[list[tuple[str, str]], deciding.Rule]:
    a = reference(place, body.a)
    if body.act == "split":
        return _held(snapshot, a), "undone"
    if body.b is None:
        raise BadInput(
            "second_identifier_missing",
            Text("Two identifiers are needed.", "需要两个标识。"),
            field="b",
            expected="type:value",
        )
    return [(a, reference(place, body.b))], "manual" if body.act == "link" else "undone"


def _held(snapshot: Snapshot, identifier: str) -> list[tuple[str, str]]:
    pairs = deciding.holding(snapshot, identifier)
    if not pairs:
        raise BadInput(
            "stands_alone",
            Text("Nothing holds {name} to others.", "{name} 没有与其他标识相连。"),
            field="identifier",
            got=identifier,
            name=identifier,
        )
    return pairs


def _decide(place: Place, pairs: Sequence[tuple[str, str]], rule: deciding.Rule, why: str) -> Decided:
    before = place.snapshot()
    facts = deciding.decision(before, pairs, rule, place.asker.name, why, place.installation.clock())
    place.store.decide(facts)
    action = "identifiers_linked" if rule == "manual" else "identifiers_parted"
    for a, b in pairs:
        place.note(action, f"{a} {b}", why=why)
    after = place.snapshot()
    return Decided(outcome=outcome(before, after, deciding.change(before, after)))


async def _run(request: Request, place: Place, work: Callable[[queries.Query], queries.T]) -> queries.T:
    return await place.installation.queries.run(request, place.project.id, None, work)
