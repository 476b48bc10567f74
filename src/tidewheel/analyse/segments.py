"""Segments: people kept by a rule, which is worked out anew, or as a list of who they were.

A question names segments by id or name; where the definitions are kept is the asker's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewheel.analyse.question import PeopleFilter, Question
from tidewheel.core.errors import BadInput, NotFound, shorten
from tidewheel.core.text import Text
from tidewheel.identify.resolve import resolve
from tidewheel.store.view import Snapshot

DEEPEST: Final = 8
"""How many segments may stand one behind the other."""

Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Rule:
    """A cell of a question: whoever stands behind it when the segment is used."""

    kind: str
    params: dict[str, Any]
    cell: dict[str, Any]
    comparison: int | None = None


@dataclass(frozen=True, slots=True)
class Members:
    """Identifiers (``type:value``), one a person when they were kept: whoever has one of them now."""

    actors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment as a question uses it; another definition has another ``version``."""

    id: str
    name: str
    version: int
    people: Rule | Members = field(repr=False)


Lookup: TypeAlias = Callable[[str], Segment]
"""Returns the segment of an id or name, or raises NotFound."""


def absent(reference: str) -> NotFound:
    """Make the error for a segment that is not there."""
    return NotFound(
        "no_such_segment",
        Text("There is no segment {reference}.", "没有人群 {reference}。"),
        field="people.segments",
        got=shorten(reference, 60),
        hint=Text("People → Segments lists them.", "可在「用户 → 人群」中查看。"),
        reference=shorten(reference, 60),
    )


def references(question: Question) -> Iterator[str]:
    """Yield the segments a question names, those of its comparisons included."""
    for people in (question.people, *(comparison.people for comparison in question.compare)):
        if people is not None:
            yield from (*people.segments, *people.not_segments)


def versions(question: Question, lookup: Lookup, read: Callable[[Rule], Question]) -> list[str]:
    """Return ``id@version`` of every segment the question rests on, directly or through rules, sorted.

    Raises NotFound for one that is not there, BadInput for rules that rest on themselves or too many others.
    """
    found: dict[str, int] = {}

    def visit(asked: Question, path: tuple[Segment, ...]) -> None:
        for reference in references(asked):
            segment = lookup(reference)
            if any(one.id == segment.id for one in path):
                raise _circle([*path, segment])
            if segment.id in found:
                continue
            if len(path) >= DEEPEST:
                raise _too_deep([*path, segment])
            if isinstance(segment.people, Rule):
                visit(read(segment.people), (*path, segment))
            found[segment.id] = segment.version

    visit(question, ())
    return sorted(f"{name}@{version}" for name, version in found.items())


def members(snapshot: Snapshot, kept: Members) -> Codes:
    """Return the persons who have one of the identifiers, ascending; those never seen are left out."""
    people = resolve(snapshot)
    codes = snapshot.actors.codes(pa.array(kept.actors, pa.large_string()), add=False)
    known = codes[(codes >= 0) & (codes < len(people.person_of))]
    return np.unique(people.person_of[known])


def chosen(people: PeopleFilter | None, count: int, persons: Callable[[str], Codes]) -> Bools | None:
    """Return which of ``count`` persons the segments of a filter leave; None when it names none."""
    if people is None or not (people.segments or people.not_segments):
        return None
    keep = np.ones(count, np.bool_)
    inside = [_mask(count, persons(reference)) for reference in people.segments]
    if inside:
        keep = np.logical_or.reduce(inside) if people.match == "any" else np.logical_and.reduce(inside)
    for reference in people.not_segments:
        keep[persons(reference)] = False
    return keep


def _mask(count: int, persons: Codes) -> Bools:
    found = np.zeros(count, np.bool_)
    found[persons] = True
    return found


def _circle(path: list[Segment]) -> BadInput:
    return BadInput(
        "segment_circle",
        Text("Segment {name} rests on itself: {path}.", "人群「{name}」循环引用了自身：{path}。"),
        field="people.segments",
        got=path[-1].id,
        hint=Text("Take one of them out of the other's rule.", "请从其中一个人群的规则里去掉另一个。"),
        name=path[-1].name,
        path=" → ".join(one.name for one in path),
    )


def _too_deep(path: list[Segment]) -> BadInput:
    return BadInput(
        "segments_too_deep",
        Text(
            "More than {limit} segments stand one behind the other: {path}.",
            "人群的引用超过 {limit} 层：{path}。",
        ),
        field="people.segments",
        got=len(path),
        expected=DEEPEST,
        hint=Text("Save one of them as a list.", "可把其中一个另存为名单。"),
        limit=DEEPEST,
        path=" → ".join(one.name for one in path),
    )
