"""A verification run: which planned events were seen, and whether what was seen is as planned.

What is stored is held against the plan as it is now, whatever the plan and the mode were when it came in, so
the same run gives the same report again. Events that were refused by the plan are told of beside.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tidewheel.analyse.stored import Picked, StoredEvent, known_types, stored_events
from tidewheel.collect.plan import PlanRules, Violation, masked_sample
from tidewheel.core.events import PERSON_FACTS
from tidewheel.store.view import Snapshot

MOST_EVENTS: Final = 200_000
SAMPLES: Final = 3


@dataclass(slots=True)
class CheckedProperty:
    """A required property of an event, or one something was wrong with. ``present`` counts events that had it."""

    name: str
    required: bool
    present: int = 0
    violations: int = 0
    codes: dict[str, int] = field(default_factory=dict)
    samples: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class CheckedEvent:
    """One event of the run. ``clean`` of the ``count`` are as planned; ``blocked`` more were refused."""

    name: str
    planned: bool
    status: str | None
    wanted: bool
    count: int = 0
    clean: int = 0
    blocked: int = 0
    codes: dict[str, int] = field(default_factory=dict)
    properties: dict[str, CheckedProperty] = field(default_factory=dict)

    @property
    def met(self) -> bool:
        """Whether the plan is met: seen if it is wanted, and nothing wrong."""
        return (
            self.planned
            and self.clean == self.count
            and not self.blocked
            and (self.count > 0 or not self.wanted)
        )


@dataclass(slots=True)
class Conformance:
    """The outcome. ``cut``: there were more events than were looked at, the newest were."""

    events: list[CheckedEvent]
    looked_at: int
    cut: bool

    @property
    def wanted(self) -> int:
        """How many events were to be seen."""
        return sum(one.wanted for one in self.events)

    @property
    def seen(self) -> int:
        """How many of them were."""
        return sum(one.wanted and one.count > 0 for one in self.events)

    @property
    def met(self) -> bool:
        """Whether every event of the run meets the plan."""
        return all(one.met for one in self.events)


def conformance(
    snapshot: Snapshot,
    rules: PlanRules,
    picked: Picked,
    wanted: Collection[str] | None = None,
    blocked: Iterable[tuple[str, str]] = (),
    limit: int = MOST_EVENTS,
) -> Conformance:
    """Return the report of a run.

    ``wanted`` are the events that must be seen, None: all that are planned or live. ``blocked`` are (event, code)
    of refused ones.
    """
    plan = rules.plan
    found: dict[str, CheckedEvent] = {}
    for name, part in plan.events.items():
        must = part.status != "deprecated" if wanted is None else name in wanted
        found[name] = CheckedEvent(name, planned=True, status=part.status, wanted=must)
        for prefix, names in (("", part.required), ("items.", part.item_required)):
            for one in names:
                found[name].properties[prefix + one] = CheckedProperty(prefix + one, required=True)
    events = list(stored_events(snapshot, picked, limit + 1))
    cut = len(events) > limit
    who = known_types(snapshot, (event.actor for event in events))
    looked_at = 0
    for event in events[:limit]:
        if event.name in PERSON_FACTS:
            continue
        looked_at += 1
        checked = found.get(event.name)
        if checked is None:
            checked = found[event.name] = CheckedEvent(event.name, planned=False, status=None, wanted=False)
        _check(checked, event, rules, picked.source or event.source, who)
    for name, code in blocked:
        checked = found.setdefault(name, CheckedEvent(name, planned=False, status=None, wanted=False))
        checked.blocked += 1
        checked.codes[code] = checked.codes.get(code, 0) + 1
    order = sorted(found.values(), key=lambda one: (not one.planned, not one.wanted, one.name))
    return Conformance(order, looked_at, cut)


def _check(
    checked: CheckedEvent,
    event: StoredEvent,
    rules: PlanRules,
    source: str,
    who: Mapping[str, set[str]],
) -> None:
    checked.count += 1
    actors = [f"{kind}:" for kind in sorted(who[event.actor])]
    wrong = [
        one
        for one in rules.judge(event.name, actors, event.properties, event.items)
        if not {("", *_key(one)), (source, *_key(one))} & rules.muted
    ]
    checked.clean += not wrong
    for name, one in checked.properties.items():
        if one.required:
            one.present += _has(event, name)
    for one_wrong in wrong:
        checked.codes[one_wrong.code] = checked.codes.get(one_wrong.code, 0) + 1
        if one_wrong.property:
            held = checked.properties.setdefault(
                one_wrong.property, CheckedProperty(one_wrong.property, required=False)
            )
            held.violations += 1
            held.codes[one_wrong.code] = held.codes.get(one_wrong.code, 0) + 1
            if one_wrong.got is not None and len(held.samples) < SAMPLES:
                sample = masked_sample(one_wrong.got, sensitive=one_wrong.sensitive)
                if sample not in held.samples:
                    held.samples.append(sample)


def _has(event: StoredEvent, name: str) -> bool:
    if name.startswith("items."):
        inner = name.removeprefix("items.")
        return bool(event.items) and all(inner in item for item in event.items)
    return name in event.properties


def _key(one: Violation) -> tuple[str, str, str]:
    return one.event, one.property, one.code
