"""Segments between the catalog, which keeps what they mean, and analyses, which find their people."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from tidewheel.analyse.run import ANALYSES, Asking, Stored, parse, people_behind, segment_people
from tidewheel.analyse.segments import Members, Rule, Segment, references
from tidewheel.collect.guard import Guard
from tidewheel.collect.identifiers import RANKED, read_who
from tidewheel.collect.problems import Refused
from tidewheel.core.errors import BadInput
from tidewheel.core.ids import split_actor
from tidewheel.core.text import Text
from tidewheel.identify.public_ids import public_ids
from tidewheel.identify.resolve import canonicals, resolve
from tidewheel.serve.installation import Installation
from tidewheel.store.catalog import SavedSegment, segments
from tidewheel.store.project import ProjectStore


def lookup(installation: Installation, project: str) -> Callable[[str], Segment]:
    """Return what finds a project's segments; one question sees one version of each."""
    seen: dict[str, Segment] = {}

    def find(reference: str) -> Segment:
        if reference not in seen:
            with installation.catalog.read() as db:
                seen[reference] = usable(segments.get(db, project, reference))
        return seen[reference]

    return find


def usable(saved: SavedSegment) -> Segment:
    """Return a segment as questions use it; its session must be open, for lists are read late."""
    people: Rule | Members
    people = (
        Members(tuple(segments.unpack(saved.members)))
        if saved.kind == "list"
        else Rule(**saved.definition or {})
    )
    return Segment(saved.id, saved.name, saved.version, people)


def members_table(installation: Installation, project: str, store: Stored, asking: Asking) -> pa.Table:
    """Return who is in each of a project's segments now: rows of (segment's name, person's public id)."""
    with installation.catalog.read() as db:
        found = [usable(saved) for saved in segments.listed(db, project)]
    pieces = [pa.table({"segment": pa.array([], pa.string()), "person": pa.array([], pa.string())})]
    for segment in found:
        snapshot, persons = segment_people(store, segment, asking)
        people = public_ids(snapshot).take(pa.array(persons)).cast(pa.string())
        pieces.append(
            pa.table({"segment": pa.array([segment.name] * len(persons), pa.string()), "person": people})
        )
    return pa.concat_tables(pieces)


def trial(people: Rule | Members) -> Segment:
    """Return a segment that is not kept."""
    digest = hashlib.sha256(json.dumps([type(people).__name__, _plain(people)]).encode()).hexdigest()
    return Segment(f"trial-{digest}", "", 0, people)


def _plain(people: Rule | Members) -> list[Any]:
    if isinstance(people, Members):
        return list(people.actors)
    return [people.kind, people.params, people.cell, people.comparison]


def settled(rule: Rule, asking: Asking) -> Rule:
    """Return a rule as it is kept: all parameters filled in, other segments by id."""
    question = parse(ANALYSES.get(rule.kind, field="kind")(), rule.params)
    ids = {reference: asking.segment(reference).id for reference in references(question)}
    params = question.model_dump(mode="json")
    for people in (params["people"], *(one["people"] for one in params["compare"])):
        for name in ("segments", "not_segments") if people else ():
            people[name] = [ids[reference] for reference in people[name]]
    return Rule(rule.kind, params, rule.cell, rule.comparison)


def frozen(store: ProjectStore, rule: Rule, asking: Asking) -> list[str]:
    """Return the strongest identifier of each person behind a cell now, sorted."""
    snapshot, persons = people_behind(store, rule.kind, rule.params, rule.cell, asking, rule.comparison)
    return sorted(canonicals(snapshot, resolve(snapshot), persons.astype(np.int32)))


@dataclass
class Identifiers:
    """What a file of identifiers holds: ``actors`` tidied and sorted, and the lines that are none."""

    actors: list[str] = field(default_factory=list)
    left_out: int = 0
    examples: list[str] = field(default_factory=list)


def read_identifiers(
    lines: Sequence[str], kind: str | None, guard: Guard | None = None, ranks: Mapping[str, int] = RANKED
) -> Identifiers:
    """Read lines of ``type:value``, or values of one type; raises BadInput when none can be used.

    ``guard`` hashes what the project keeps as hashes; ``ranks`` are the types it knows.
    """
    found = Identifiers()
    actors: set[str] = set()
    for line in lines:
        text = line.strip().strip("\ufeff\"'").strip()
        if not text:
            continue
        given, value = split_actor(text)
        who = {given: value} if given in ranks and value else {kind: text} if kind else {}
        try:
            read = read_who(who, lambda *_: None, ranks)
            actors.update(read if guard is None else map(guard.seal, read))
        except Refused:
            found.left_out += 1
            found.examples += [text[:60]] if len(found.examples) < 20 else []
    found.actors = sorted(actors)
    if not actors:
        raise BadInput(
            "no_identifiers",
            Text("There are no identifiers among these lines.", "这些内容里没有可用的标识。"),
            field="identifiers",
            got=found.examples[:3],
            expected=list(ranks),
            hint=Text(
                "Write type:value on each line, such as phone:13800138000, or say which type they are.",
                "请每行写「类型:值」，例如 phone:13800138000；也可以指明它们是哪种标识。",
            ),
        )
    return found
