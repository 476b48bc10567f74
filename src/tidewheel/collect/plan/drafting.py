"""A plan drafted from what has arrived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tidewheel.collect.plan.definition import EventPlan, PlanKind, PropertyPlan, PropertyType, TrackingPlan
from tidewheel.collect.plan.rules import ADDED
from tidewheel.collect.values import MONEY
from tidewheel.core.events import PERSON_FACTS, Kind, Scope
from tidewheel.core.text import Text

REQUIRED_SHARE: Final = 0.995
"""A property that at least this share of an event's deliveries carry is taken to be required."""
EVERYWHERE_SHARE: Final = 0.6
"""A property that this share of all events carry somewhere belongs to every event."""
FEWEST: Final = 20
"""Of rarer events it cannot be said what is required."""


@dataclass(slots=True)
class SeenValue:
    """A property as it arrived: how many events (for items: how many items) by kind and event."""

    kinds: dict[Kind, dict[str, int]] = field(default_factory=dict)


@dataclass(slots=True)
class SeenEvent:
    """An event as it arrived: how often, and how many items it held."""

    count: int = 0
    items: int = 0


def draft(
    events: Mapping[str, SeenEvent],
    properties: Mapping[tuple[str, Scope], SeenValue],
    titles: Mapping[str, Text],
    before: TrackingPlan,
) -> TrackingPlan:
    """Return what has arrived and is not in a plan yet, as parts of one; what is planned stays as it is.

    A property has the type it was seen with most. Nothing is taken to be an enumeration or sensitive.
    """
    made = TrackingPlan()
    named = [name for name in events if name not in PERSON_FACTS]
    carriers = {
        key: sorted({event for counts in seen.kinds.values() for event in counts})
        for key, seen in properties.items()
        if key[0] not in ADDED
    }
    for (name, scope), seen in sorted(properties.items()):
        if (name, scope) not in carriers or name in before.of(_KINDS[scope]):
            continue
        common = (
            scope == "event"
            and len(named) > 4
            and len(carriers[name, scope]) >= EVERYWHERE_SHARE * len(named)
        )
        title = titles.get(name)
        made.of(_KINDS[scope])[name] = PropertyPlan.model_validate(
            {
                "title": {"en": title.en, "zh": title.zh} if title else None,
                "type": _type(name, seen),
                "everywhere": common,
            }
        )
    for event in sorted(named):
        if event in before.events:
            continue
        lists = {
            scope: _lists(event, size, scope, properties, carriers, before, made)
            for scope, size in _sizes(events[event])
        }
        title = titles.get(event)
        made.events[event] = EventPlan.model_validate(
            {
                "title": {"en": title.en, "zh": title.zh} if title else None,
                "required": lists["event"][0],
                "optional": lists["event"][1],
                "item_required": lists["item"][0],
                "item_optional": lists["item"][1],
            }
        )
    return made


_KINDS: Final[dict[Scope, PlanKind]] = {"event": "property", "item": "item", "person": "person"}


def _sizes(seen: SeenEvent) -> tuple[tuple[Scope, int], ...]:
    return ("event", seen.count), ("item", seen.items)


def _lists(
    event: str,
    size: int,
    scope: Scope,
    properties: Mapping[tuple[str, Scope], SeenValue],
    carriers: Mapping[tuple[str, Scope], Sequence[str]],
    before: TrackingPlan,
    made: TrackingPlan,
) -> tuple[list[str], list[str]]:
    """Return the required and the other properties of an event."""
    required: list[str] = []
    optional: list[str] = []
    declared = {**made.of(_KINDS[scope]), **before.of(_KINDS[scope])}
    for (name, of), events in sorted(carriers.items()):
        if of != scope or event not in events or declared[name].everywhere:
            continue
        count = sum(counts.get(event, 0) for counts in properties[name, of].kinds.values())
        (required if size >= FEWEST and count >= REQUIRED_SHARE * size else optional).append(name)
    return required, optional


def _type(name: str, seen: SeenValue) -> PropertyType:
    sizes = {kind: sum(counts.values()) for kind, counts in seen.kinds.items()}
    kind = max(sizes, key=lambda one: (sizes[one], one))
    return "money" if kind == "number" and name in MONEY else kind
