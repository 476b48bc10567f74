"""Verifying: a sample of a project's own people, questions asked of the engine and of plain Python alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from tidewheel.analyse.contract import Context
from tidewheel.analyse.filters import kind_for
from tidewheel.analyse.oracle import ORACLES
from tidewheel.analyse.picks import expand
from tidewheel.analyse.question import Comparison, Condition, PeopleFilter, Question, Test
from tidewheel.analyse.run import ANALYSES, Asking, Held, ask, parse
from tidewheel.analyse.segments import Members, Segment
from tidewheel.analyse.verify.agree import differences
from tidewheel.analyse.verify.facts import Person, chosen, people
from tidewheel.analyse.verify.persons import Holders, Told, joined
from tidewheel.analyse.verify.plain import holds
from tidewheel.analyse.verify.world import NotCompared, Reading, build, described
from tidewheel.core.errors import NotAllowed
from tidewheel.core.events import Kind, Scope
from tidewheel.core.period import MINUTE, Span
from tidewheel.core.plugins import Registry
from tidewheel.identify.consents import left_out
from tidewheel.identify.properties import kinds
from tidewheel.identify.resolve import resolve
from tidewheel.identify.sample import in_sample
from tidewheel.store.view import Snapshot

SAMPLE = "$verify"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to verify; ``name`` says where it comes from."""

    name: str
    kind: str
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one question: how many people and rows it was asked of, and where the answers differ.

    ``left_out`` are people of the sample with more rows than the oracle can look at; ``skipped`` says why
    the question was not compared at all.
    """

    name: str
    kind: str
    people: int
    rows: int
    left_out: int
    differences: tuple[str, ...]
    skipped: str | None = None


def own_questions() -> list[Asked]:
    """Return the samples of every kind that has an oracle."""
    return [
        Asked(f"{name} sample {number + 1}", name, params)
        for name, kind in ANALYSES.all().items()
        if name in ORACLES.all()
        for number, params in enumerate(kind.samples)
    ]


def verify(
    snapshot: Snapshot, questions: Iterable[Asked], asking: Asking, share: float, seed: int = 0
) -> Iterator[Verdict]:
    """Ask each question of a ``share`` (0…1) of the people, twice; yield what came of it.

    The sample depends on ``seed`` and on who the people are, not on the order in which they came. Also
    checked is that links joined by plain Python give as many people as the engine counts.
    """
    asking = replace(asking, now=asking.now // MINUTE * MINUTE)
    tables = [chunk.load() for chunk in snapshot.chunks]
    blank = set(snapshot.blank.tolist())
    names = snapshot.actors.all()[: snapshot.actor_count]
    names = [name for code, name in enumerate(names) if code not in blank]
    known = Told(snapshot.links(), snapshot.rules, snapshot.as_of)
    groups = joined(known, names)
    every, found = groups, resolve(snapshot).count
    told = () if found == len(groups) else (f"people: {found} and {len(groups)}",)
    yield Verdict("people", "identity", len(groups), snapshot.links().num_rows, 0, told)
    gone = left_out(snapshot, before=asking.now + MINUTE, honours=asking.honours)
    if gone is not None:
        codes = snapshot.actors.codes(pa.array(names, pa.large_string()), add=False)
        absent = set(pa.array(names).filter(pa.array(gone[resolve(snapshot).person_of[codes]])).to_pylist())
        groups = [group for group in groups if group[0] not in absent]
    wanted = [group for group in groups if chosen(group, share, seed)]
    holders = Holders(known, every)
    sampled = people(tables, wanted, asking.calendar.tz(), rules=snapshot.enricher, holders=holders)
    for one in questions:
        try:
            yield _compare(snapshot, one, sampled, asking)
        except (NotCompared, NotAllowed) as why:
            yield Verdict(one.name, one.kind, 0, 0, 0, (), str(why))


def _compare(snapshot: Snapshot, one: Asked, sampled: list[Person], asking: Asking) -> Verdict:
    oracles: Registry[Any] = ORACLES
    if one.kind not in oracles.all():
        raise NotCompared("no oracle for this kind")
    analysis: Any = ANALYSES.get(one.kind)()
    asked = parse(analysis, one.params)
    question = asked.model_copy(update={"compare": ()})
    oracle = oracles.get(one.kind)()
    span = asking.calendar.span(question.period, asking.now)
    context = Context(
        asking.calendar, span, asking.now, tables={name: asking.table(name) for name in analysis.tables}
    )
    plan = analysis.plan(expand(asked, asking.picks), context)
    sets: tuple[PeopleFilter | None, ...] = plan.sets or (question.people,)
    if any(held and (held.segments or held.not_segments) for held in sets):
        raise NotCompared("people of a segment")
    plan = replace(plan, span=Span(plan.span.start, min(plan.span.end, asking.now + MINUTE)))

    def seen(name: str, scope: Scope) -> list[Kind]:
        return kinds(snapshot, name) if scope == "person" else list(snapshot.kinds(name, scope))

    reading = Reading(plan, question.filters, asking.calendar, seen)
    if question.bots == "left_out":
        sampled = [
            replace(person, facts=[fact for fact in person.facts if not fact.left_out]) for person in sampled
        ]
    if question.sample < 100:
        sampled = [person for person in sampled if in_sample(person.actors, question.sample)]
    bits = [sum(_wanted(held, person, seen) << bit for bit, held in enumerate(sets)) for person in sampled]
    who = [person for person, within in zip(sampled, bits, strict=True) if within]
    world, labels, names = build(reading, who)
    world.sets = dict(enumerate(within for within in bits if within))
    traits = described(reading, who, world)
    most = oracle.most_rows
    kept = [number for number, rows in world.people.items() if most is None or len(rows) <= most]
    world.people = {number: world.people[number] for number in kept}
    expected = oracle.answer(world, question, replace(context, labels=labels, names=names, traits=traits))
    wanted = _of_the_sample(question, plan.sets)
    result = ask(Held(snapshot), one.kind, wanted, _sampling(asking, who, kept)).result
    rows = sum(len(found) for found in world.people.values())
    return Verdict(
        one.name, one.kind, len(kept), rows, len(who) - len(kept), tuple(differences(result, expected)[:20])
    )


def _of_the_sample(question: Question, sets: Sequence[PeopleFilter | None]) -> Question:
    """Return the question, and what it is set against, asked of the sample alone."""

    def alone(held: PeopleFilter | None) -> PeopleFilter:
        return (held or PeopleFilter()).model_copy(update={"segments": (SAMPLE,)})

    against = tuple(Comparison(people=alone(held)) for held in sets[1:])
    return question.model_copy(update={"people": alone(question.people), "compare": against})


def _sampling(asking: Asking, who: list[Person], kept: list[int]) -> Asking:
    """Return the same way of asking, with the sample as a segment."""
    members = Members(tuple(min(who[number].actors) for number in kept))
    version = hash(members.actors) & 0x7FFF_FFFF
    return replace(asking, segment=lambda reference: Segment(SAMPLE, reference, version, members))


def _wanted(people: PeopleFilter | None, person: Person, seen: Any) -> bool:
    """Say whether a person passes tests of people, as they are now."""

    def look(test: Condition) -> Any:
        return person.held(test.property, kind_for(test, seen(test.property, "person")))

    def passes(test: Test) -> bool:
        if isinstance(test, Condition):
            return holds(test, look(test))
        if hasattr(test, "all"):
            return all(passes(one) for one in test.all)
        if hasattr(test, "any"):
            return any(passes(one) for one in test.any)
        raise NotCompared("this test of people")

    return people is None or all(passes(test) for test in people.filters)
