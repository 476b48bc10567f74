"""Picked events in questions: whatever names one is asked as what it means, before anything is planned.

A question about a picked event equals the same question about events that were stored under its name. That
holds because it is the same rows in the same order, told by tests instead of by their name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeVar, cast

from pydantic import BaseModel

from tidewheel.analyse.question import Condition, EventMatch, Step, Test
from tidewheel.model import PickDefinition

M = TypeVar("M", bound=BaseModel)


class PickedMatch(EventMatch):
    """Events called ``event``: those stored as ``base`` that pass ``own``, which are among ``filters`` too."""

    base: str
    own: tuple[Test, ...] = ()

    @property
    def stored(self) -> str:
        """The name such events are stored under."""
        return self.base


@dataclass(frozen=True, slots=True)
class Pick:
    """A picked event as questions use it; another meaning has another ``digest``."""

    name: str
    any_of: tuple[PickedMatch, ...]
    digest: str


Picks: TypeAlias = Mapping[str, Pick]


def pick_of(name: str, definition: PickDefinition) -> Pick:
    """Return a definition as questions use it."""
    found = []
    for rule in definition.any_of:
        own: tuple[Test, ...] = tuple(
            Condition(
                property=one.property,
                op=one.op,
                value=list(one.value) if isinstance(one.value, tuple) else one.value,
                kind="text",
            )
            for one in rule.where
        )
        found.append(PickedMatch(event=name, filters=own, base=rule.event, own=own))
    meaning = definition.model_dump_json(include={"any_of"})
    return Pick(name, tuple(found), hashlib.sha256(meaning.encode()).hexdigest()[:16])


def expand(question: M, picks: Picks) -> M:
    """Return a question with each step that names a picked event as what it means."""
    return cast("M", _meant(question, picks)) if picks else question


def used(question: BaseModel, picks: Picks) -> dict[str, Pick]:
    """Return the picked events a question names."""
    return {name: picks[name] for name in _names(question) if name in picks} if picks else {}


def picked_in(steps: tuple[Step, ...]) -> tuple[PickedMatch, ...]:
    """Return what steps say of picked events, in order; the first that fits names an event."""
    found = (one for step in steps for one in step.any_of if isinstance(one, PickedMatch))
    return tuple({one.model_dump_json(exclude={"filters"}): one for one in found}.values())


def _meant(value: object, picks: Picks) -> object:
    if isinstance(value, Step):
        if not any(one.event in picks for one in value.any_of):
            return value
        return value.model_copy(
            update={"any_of": tuple(each for one in value.any_of for each in _matches(one, picks))}
        )
    if isinstance(value, BaseModel):
        changed = {
            name: meant
            for name in type(value).model_fields
            if (meant := _meant(before := getattr(value, name), picks)) is not before
        }
        return value.model_copy(update=changed) if changed else value
    if isinstance(value, tuple):
        each = tuple(_meant(one, picks) for one in value)
        return value if all(a is b for a, b in zip(each, value, strict=True)) else each
    return value


def _matches(one: EventMatch, picks: Picks) -> tuple[EventMatch, ...]:
    if one.event not in picks or isinstance(one, PickedMatch):
        return (one,)
    return tuple(
        rule.model_copy(update={"filters": (*rule.own, *one.filters)}) for rule in picks[one.event].any_of
    )


def _names(value: object) -> Iterator[str]:
    if isinstance(value, EventMatch):
        yield value.event
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _names(getattr(value, name))
    elif isinstance(value, tuple):
        for one in value:
            yield from _names(one)
