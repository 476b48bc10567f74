"""Suggestions of who may be one person: looking for them, what speaks for each, accepting and refusing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from fastapi import Query, Request
from pydantic import Field

from tidewheel.core.errors import NotFound
from tidewheel.core.text import Language, Text
from tidewheel.identify import deciding
from tidewheel.identify.people import rows
from tidewheel.identify.resolve import resolve
from tidewheel.identify.suggest.fields import BY_NAME
from tidewheel.identify.suggest.model import installed
from tidewheel.identify.suggest.pairs import Likeness, within_limits
from tidewheel.identify.suggest.records import Reason, told
from tidewheel.serve import queries, suggesting
from tidewheel.serve.access import Editor, Owner, Place, Viewer
from tidewheel.serve.api.analyses import QueryId
from tidewheel.serve.api.fields import Body, Done, Limit, Moment, Offset, Reply, Title
from tidewheel.serve.api.identity import Because, Decided
from tidewheel.serve.api.people import ShortIdentifier
from tidewheel.serve.errors import language_of
from tidewheel.serve.identity_changes import DecisionOutcome, outcome
from tidewheel.serve.privacy.masking import Masking
from tidewheel.serve.privacy.names import reference
from tidewheel.serve.routes import Router
from tidewheel.store.view import Snapshot

router = Router(prefix="/projects/{project}/identity/suggestions", tags=["identity"])

Probability = Annotated[float, Field(ge=0.5, le=1)]
Named = Annotated[str, Field(min_length=1, max_length=200)]
Who = Annotated[
    str, Field(min_length=1, max_length=300, description="a person's id or one of its identifiers")
]


class Looking(Body):
    """How to look: ``least`` probability to be told; ``fields`` names person properties for fields instead of the usual ones.

    Another ``seed`` takes other random pairs to see how alike people are by chance.
    """

    least: Probability = 0.5
    fields: Annotated[dict[str, Named], Field(max_length=20)] = Field(default_factory=dict)
    seed: Annotated[int, Field(ge=0, le=2**31)] = 0


class LevelWeight(Reply):
    """A degree of likeness and its weight: what it adds to the logarithm (base 2) of the odds."""

    level: str
    title: Title
    weight: float


class ComparedField(Reply):
    """A field and how many people have it. ``source``: the property, or the type of identifier with a colon.

    ``left_out`` says why it was not compared: ``absent``, or ``hashed`` at rest.
    """

    field: str
    title: Title
    source: str | None
    people: int
    left_out: Reason | None
    weights: list[LevelWeight]


class SuggestionRun(Reply):
    """How the suggestions were made. ``stale``: facts came or rules changed since; ``facts_since`` counts those.

    ``people`` were compared in at most ``compared`` pairs; values that more than ``cap`` people share were not followed,
    ``passed_over`` times. ``learned`` are the keys by which weights were learned; none: the usual weights were taken.
    """

    made_at: Moment
    by: str
    least: float
    stale: bool
    facts_since: int
    total: int
    people: int
    compared: int
    cap: int
    passed_over: int
    learned: list[str]
    fields: list[ComparedField]


class FieldWeight(Reply):
    """How alike two people are in a field, and what that weighs; below 0 it speaks against.

    ``instead``: where the value of whoever has none at ``source`` was read.
    """

    field: str
    title: Title
    source: str
    instead: str | None
    level: str
    level_title: Title
    weight: float


class SuggestedPerson(Reply):
    """One of two who may be one. ``properties`` are the values that were compared, by where they were read."""

    id: str
    name: str | None
    identifiers: list[ShortIdentifier]
    properties: dict[str, str]
    first_seen: str | None
    last_seen: str | None
    events: int
    orders: int
    revenue: float


class Suggestion(Reply):
    """Two people who may be one. ``over``: the types of identifiers of which together they have more than the rules allow.

    ``withheld`` are fields that were compared too: how alike they are would tell of a value that is masked for the role.
    """

    a: SuggestedPerson
    b: SuggestedPerson
    probability: float
    weight: float
    because: list[FieldWeight]
    withheld: list[Title]
    over: list[str]


class Suggestions(Reply):
    """``installed``: whether the package that makes them is there; ``run`` null: nobody has looked yet. ``total`` are open."""

    installed: bool
    run: SuggestionRun | None
    total: int
    suggestions: list[Suggestion]


class Two(Body):
    """Two people, as a suggestion names them, and why they are one or not."""

    a: Who
    b: Who
    why: Because = ""


class AcceptingAll(Body):
    """Accept every open suggestion of at least this probability; ``dry_run`` only says what would come of it."""

    least: Annotated[float, Field(ge=0.5, le=1)]
    why: Because = ""
    dry_run: bool = False


class AllAccepted(Reply):
    """``linked`` pairs were (or would be) linked. Not: those ``over_limit`` of the rules, those ``kept_apart`` by what somebody parted.

    ``outcome`` counts the people before and after, and tells the first of them.
    """

    linked: int
    over_limit: int
    kept_apart: int
    outcome: DecisionOutcome


@router.get("")
def list_suggestions(
    place: Viewer,
    least: Annotated[float, Query(ge=0, le=1, description="only at least this probability")] = 0,
    offset: Offset = 0,
    limit: Limit = 50,
) -> Suggestions:
    """List pairs of people who may be one and about whom nobody has decided, the likeliest first."""
    held = suggesting.latest(place.store)
    if held is None:
        return Suggestions(installed=installed(), run=None, total=0, suggestions=[])
    snapshot, (run, pairs) = place.snapshot(), held
    found = suggesting.undecided(snapshot, pairs, least)
    return Suggestions(
        installed=installed(),
        run=_run(snapshot, run),
        total=len(found),
        suggestions=_shown(snapshot, run, found[offset : offset + limit], place.masking),
    )


@router.post("")
async def look_for_suggestions(
    body: Looking, request: Request, place: Editor, query_id: QueryId = None
) -> SuggestionRun:
    """Compare people and keep who may be one; nobody is changed. ``query_id`` lets its progress be followed."""

    def work(query: queries.Query) -> SuggestionRun:
        run = suggesting.make(place, query, fields=body.fields, least=body.least, seed=body.seed)
        return _run(place.snapshot(), run)

    return await place.installation.queries.run(request, place.project.id, query_id, work, limited=False)


@router.post("/accept")
async def accept_suggestion(body: Two, request: Request, place: Editor) -> Decided:
    """Link two people whom a suggestion names, as by hand, whatever the limits say."""
    language = language_of(request.headers)
    return await _decide(request, place, body, "manual", language)


@router.post("/refuse")
async def refuse_suggestion(body: Two, request: Request, place: Editor) -> Done:
    """Say that two people are two: it is kept as a parted pair, changes nobody, and is not suggested again."""
    await _decide(request, place, body, "undone", language_of(request.headers))
    return Done()


@router.post("/accept-all")
async def accept_all_suggestions(body: AcceptingAll, request: Request, place: Owner) -> AllAccepted:
    """Link all open suggestions from a probability on, within the limits of the rules; or say what would come of it."""
    language = language_of(request.headers)

    def work(_: queries.Query) -> AllAccepted:
        before, held = place.snapshot(), suggesting.latest(place.store)
        if held is None:
            raise _none()
        pairs = [one.pair for one in suggesting.undecided(before, held[1], body.least)]
        chosen = within_limits(before, [(pair.a, pair.b) for pair in pairs])
        whys = {(pair.a, pair.b): suggesting.because(pair, language, body.why) for pair in pairs}
        facts = deciding.decision(
            before,
            chosen.pairs,
            "manual",
            place.asker.name,
            [whys[pair] for pair in chosen.pairs],
            place.installation.clock(),
        )
        if body.dry_run or not chosen.pairs:
            after = deciding.suppose(before, facts) if chosen.pairs else before
        else:
            place.store.decide(facts)
            note = {"pairs": len(chosen.pairs), "why": body.why}
            place.note("suggestions_accepted", suggesting.chance(body.least), **note)
            after = place.snapshot()
        return AllAccepted(
            linked=len(chosen.pairs),
            over_limit=chosen.over_limit,
            kept_apart=chosen.kept_apart,
            outcome=outcome(before, after, deciding.change(before, after)),
        )

    return await place.installation.queries.run(request, place.project.id, None, work, limited=False)


async def _decide(
    request: Request, place: Place, body: Two, rule: Literal["manual", "undone"], language: Language
) -> Decided:
    def work(_: queries.Query) -> Decided:
        before = place.snapshot()
        pair = suggesting.named(place, reference(place, body.a), reference(place, body.b)).pair
        why = suggesting.because(pair, language, body.why)
        now, who = place.installation.clock(), place.asker.name
        place.store.decide(deciding.decision(before, [(pair.a, pair.b)], rule, who, why, now))
        action = "suggestion_accepted" if rule == "manual" else "suggestion_refused"
        place.note(action, f"{pair.a} {pair.b}", why=why)
        after = place.snapshot()
        return Decided(outcome=outcome(before, after, deciding.change(before, after)))

    return await place.installation.queries.run(request, place.project.id, None, work)


def _none() -> NotFound:
    return NotFound(
        "not_suggested",
        Text("Nobody has looked for suggestions yet.", "还没有推测过。"),
        hint=Text("Run tidewheel identity suggest run.", "请运行 tidewheel identity suggest run。"),
    )


def _run(snapshot: Snapshot, run: suggesting.Run) -> SuggestionRun:
    return SuggestionRun(
        made_at=run.made_at,
        by=run.by,
        least=run.least,
        stale=run.stale(snapshot),
        facts_since=max(0, snapshot.rows - run.rows),
        total=run.total,
        people=run.people,
        compared=run.compared,
        cap=run.cap,
        passed_over=run.passed_over,
        learned=list(run.learned),
        fields=[
            ComparedField(
                field=one.field,
                title=_title(BY_NAME[one.field].title),
                source=one.source,
                people=one.people,
                left_out=one.left_out,
                weights=[
                    LevelWeight(level=level, title=_title(_level(one.field, level)), weight=weight)
                    for level, weight in run.weights.get(one.field, {}).items()
                ],
            )
            for one in run.known
        ],
    )


def _shown(
    snapshot: Snapshot, run: suggesting.Run, found: list[suggesting.Open], masking: Masking | None
) -> list[Suggestion]:
    persons = np.array([person for one in found for person in (one.one, one.other)], np.int32)
    values, people = told(snapshot, run.known, persons), rows(snapshot, persons)
    sources = {one.field: one.source or "" for one in run.known if one.left_out is None}
    sides = [
        SuggestedPerson(
            **row.model_dump(exclude={"identifiers", "city"}),
            identifiers=[
                ShortIdentifier(type=kind, value=value)
                for kind, _, value in (name.partition(":") for name in row.identifiers)
            ],
            properties=own,
        )
        for row, own in zip(people, values, strict=True)
    ]
    shown = []
    for place, one in enumerate(found):
        a, b = sides[2 * place : 2 * place + 2]
        because = [_weight(like, sources) for like in one.pair.likenesses]
        withheld = [like for like in because if masking is not None and _tells(like, a, b, masking)]
        shown.append(
            Suggestion(
                a=a,
                b=b,
                probability=one.pair.probability,
                weight=one.pair.weight,
                because=[like for like in because if like not in withheld],
                withheld=[like.title for like in withheld],
                over=deciding.over_together(snapshot, resolve(snapshot), one.one, one.other),
            )
        )
    return shown


def _weight(like: Likeness, sources: Mapping[str, str]) -> FieldWeight:
    field = BY_NAME[like.field]
    return FieldWeight(
        field=like.field,
        title=_title(field.title),
        source=sources[like.field],
        instead=sources.get(field.instead) if field.instead else None,
        level=like.level,
        level_title=_title(_level(like.field, like.level)),
        weight=like.weight,
    )


def _tells(like: FieldWeight, a: SuggestedPerson, b: SuggestedPerson, masking: Masking) -> bool:
    """Say whether a likeness holds what is masked of one against what is not of the other."""
    if like.instead is None or not masking.names(like.instead) or masking.names(like.source):
        return False
    return (like.source in a.properties) != (like.source in b.properties)


def _level(field: str, name: str) -> Text:
    return next(level.title for level in BY_NAME[field].levels if level.name == name)


def _title(text: Text) -> Title:
    return Title(en=text.en, zh=text.zh)
