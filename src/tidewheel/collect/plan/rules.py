"""A plan made ready to judge with: what is wrong with one event, whatever came before or after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import pyarrow.compute as pc

from tidewheel.collect.plan.definition import EventPlan, PropertyPlan, TrackingPlan
from tidewheel.collect.plan.reading import READERS
from tidewheel.collect.plan.shapes import UNSEEN, Shapes

Mode: TypeAlias = Literal["observe", "warn", "block"]
"""Count only; read values as declared and tell the sender; refuse the event as well."""

ADDED: Final = frozenset({"sent_as"})
"""Properties that reading adds itself."""
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "text": (str,),
    "number": (int, float),
    "money": (int,),
    "flag": (bool,),
    "time": (datetime,),
    "list": (list,),
}
_LONGEST_MATCHED: Final = 512


class Violation(NamedTuple):
    """One thing wrong with an event. ``property`` is ``value``, ``items.price`` or ``who``, empty: the event itself.

    ``place`` is where it stands in what was sent.
    """

    code: str
    event: str
    property: str
    place: str
    got: Any = None
    expected: Any = None
    sensitive: bool = False


class _Check:
    """One property, ready to check values. ``types`` are those that pass at once where nothing else is asked."""

    __slots__ = ("asked", "declared", "plan", "read", "types", "values")

    def __init__(self, plan: PropertyPlan) -> None:
        self.plan = plan
        self.declared = plan.type
        self.types = _TYPES[plan.type]
        self.read = READERS[plan.type]
        self.values = frozenset(plan.one_of)
        self.asked = bool(plan.one_of or plan.pattern or plan.minimum is not None or plan.maximum is not None)

    def fits(self, value: Any) -> bool:
        kind = type(value)
        if kind in self.types:
            return True
        return (self.declared == "time" and isinstance(value, datetime)) or (
            self.declared == "money" and kind is float and value.is_integer()
        )

    def wrong(self, value: Any) -> tuple[str, Any] | None:
        """Return (code, what was expected) for a value of the right type that is not allowed."""
        plan = self.plan
        for one in value if type(value) is list else (value,):
            if self.values and one not in self.values:
                return "plan_not_listed", list(plan.one_of[:20])
            if plan.pattern and not (len(one) <= _LONGEST_MATCHED and _matches(plan.pattern, one)):
                return "plan_bad_pattern", plan.pattern
            if (plan.minimum is not None and one < plan.minimum) or (
                plan.maximum is not None and one > plan.maximum
            ):
                return "plan_out_of_range", _range(plan)
        return None


Checks: TypeAlias = dict[str, _Check]


@dataclass(frozen=True, slots=True)
class _Event:
    plan: EventPlan
    properties: Checks
    items: Checks
    required: frozenset[str]
    item_required: frozenset[str]
    who: tuple[frozenset[str], ...]

    plain: bool
    """Whether only its properties and items can be wrong."""


class PlanRules:
    """A whole plan. Judging one event does not look at any other; safe to use from several threads."""

    def __init__(self, plan: TrackingPlan, muted: Iterable[tuple[str, str, str, str]] = ()) -> None:
        self.plan = plan
        self.muted = frozenset(muted)
        """(source, event, property, code) that nobody wants to hear of; an empty source stands for all."""
        self._properties: Checks = {name: _Check(one) for name, one in plan.properties.items()}
        self._items: Checks = {name: _Check(one) for name, one in plan.items.items()}
        self._person: Checks = {name: _Check(one) for name, one in plan.person.items()}
        everywhere = {name: check for name, check in self._properties.items() if check.plan.everywhere}
        each = {name: check for name, check in self._items.items() if check.plan.everywhere}
        self._shapes: Shapes[_Check] = Shapes()
        self._events = {
            name: _Event(
                one,
                everywhere | {name: self._properties[name] for name in (*one.required, *one.optional)},
                each | {name: self._items[name] for name in (*one.item_required, *one.item_optional)},
                frozenset(one.required),
                frozenset(one.item_required),
                tuple(frozenset(entry.split("|")) for entry in one.who),
                plain=not one.who and one.status != "deprecated",
            )
            for name, one in plan.events.items()
        }

    def judge(
        self,
        name: str,
        who: Sequence[str],
        properties: dict[str, Any],
        items: list[dict[str, Any]],
        sent: Mapping[str, Any] | None = None,
        *,
        read: bool = False,
    ) -> list[Violation]:
        """Return what is wrong with an event; ``who`` are its actors (``type:value``).

        With ``read``, values that can be read as declared without loss are, in place.
        """
        event = self._events.get(name)
        if event is not None and event.plain and (items or not event.item_required):
            shape = (name, *properties, *map(type, properties.values()))
            asked = self._shapes.get(shape, UNSEEN)
            if asked is UNSEEN:
                asked = self._shapes.remember(shape, _asked(properties, event.properties, event.required))
            if asked is not None:
                found = _restricted(name, properties, asked, "properties", "") if asked else []
                if not items:
                    return found
                if self._items_fit(name, event, items, found):
                    return _once(found) if len(items) > 1 else found
        return self.judge_each(name, who, properties, items, sent, read=read)

    def _items_fit(
        self, name: str, event: _Event, items: list[dict[str, Any]], found: list[Violation]
    ) -> bool:
        """Add what is wrong with values of items; False where a name or a type of them is not as planned."""
        for place, item in enumerate(items):
            shape = (name, "", *item, *map(type, item.values()))
            asked = self._shapes.get(shape, UNSEEN)
            if asked is UNSEEN:
                asked = self._shapes.remember(shape, _asked(item, event.items, event.item_required))
            if asked is None:
                return False
            found += _restricted(name, item, asked, f"items[{place}]", "items.")
        return True

    def judge_each(
        self,
        name: str,
        who: Sequence[str],
        properties: dict[str, Any],
        items: list[dict[str, Any]],
        sent: Mapping[str, Any] | None = None,
        *,
        read: bool = False,
    ) -> list[Violation]:
        """Do what :meth:`judge` does, value by value."""
        found: list[Violation] = []
        event = self._events.get(name)
        if event is None:
            if self._events:
                found.append(Violation("plan_unknown_event", name, "", "event", name))
            self._values(found, name, properties, self._properties, None, "properties", "", sent or {}, read)
            for place, item in enumerate(items):
                self._values(found, name, item, self._items, None, f"items[{place}]", "items.", item, read)
            return _once(found) if items else found
        plan = event.plan
        if plan.status == "deprecated":
            found.append(Violation("plan_event_deprecated", name, "", "event", name, plan.instead))
        if event.who:
            named = {actor.partition(":")[0] for actor in who}
            for entry in event.who:
                if entry.isdisjoint(named):
                    wanted = " | ".join(sorted(entry))
                    found.append(
                        Violation(
                            "plan_missing_identifier", name, "who", "who", ", ".join(sorted(named)), wanted
                        )
                    )
        self._values(
            found, name, properties, event.properties, self._properties, "properties", "", sent or {}, read
        )
        found += [
            Violation("plan_missing_property", name, missing, f"properties.{missing}")
            for missing in sorted(event.required - properties.keys())
        ]
        for place, item in enumerate(items):
            self._values(found, name, item, event.items, self._items, f"items[{place}]", "items.", item, read)
            found += [
                Violation("plan_missing_property", name, f"items.{missing}", f"items[{place}].{missing}")
                for missing in sorted(event.item_required - item.keys())
            ]
        if not items and event.item_required:
            found.append(Violation("plan_missing_property", name, "items", "items"))
        return _once(found) if len(items) > 1 else found

    def judge_person(
        self, fact: str, values: dict[str, Any], sent: Mapping[str, Any], *, read: bool = False
    ) -> list[Violation]:
        """Return what is wrong with the properties a fact sets for a person; none where the plan has none."""
        found: list[Violation] = []
        if self._person and fact in {"$set", "$set_once"}:
            self._values(found, fact, values, self._person, self._person, "person", "person.", sent, read)
        return found

    def _values(
        self,
        found: list[Violation],
        event: str,
        values: dict[str, Any],
        checks: Checks,
        declared: Checks | None,
        place: str,
        prefix: str,
        sent: Mapping[str, Any],
        read: bool,  # noqa: FBT001 - passed on
    ) -> None:
        """Check values; ``declared`` None: properties that are not among the checks pass."""
        for name, value in values.items():
            check = checks.get(name)
            if check is None:
                if declared is None or name in ADDED:
                    continue
                found.append(
                    Violation("plan_unknown_property", event, prefix + name, f"{place}.{name}", value)
                )
                check = declared.get(name)
                if check is None:
                    continue
            if type(value) not in check.types and not check.fits(value):
                fitting = check.read(value, sent.get(name)) if read else None
                if fitting is None:
                    found.append(
                        Violation(
                            "plan_wrong_type", event, prefix + name, f"{place}.{name}", value,
                            check.declared, check.plan.sensitive,
                        )
                    )  # fmt: skip
                    continue
                values[name] = value = fitting  # noqa: PLW2901 - no name is added while going through
            if check.asked and (wrong := check.wrong(value)) is not None:
                found.append(
                    Violation(
                        wrong[0],
                        event,
                        prefix + name,
                        f"{place}.{name}",
                        value,
                        wrong[1],
                        check.plan.sensitive,
                    )
                )


@dataclass(frozen=True, slots=True)
class SourcePlan:
    """A plan as it holds for one source."""

    rules: PlanRules
    mode: Mode = "observe"

    def silent(self, source: str, violation: Violation) -> bool:
        """Say whether a violation is muted at a source."""
        key = (violation.event, violation.property, violation.code)
        muted = self.rules.muted
        return (source, *key) in muted or ("", *key) in muted


def _asked(
    values: Mapping[str, Any], checks: Checks, required: frozenset[str]
) -> tuple[tuple[str, _Check], ...] | None:
    """Return the checks that look at values; None where a name or a type is not as planned."""
    if not required <= values.keys():
        return None
    asked = []
    for name, value in values.items():
        check = checks.get(name)
        if check is None:
            if name not in ADDED:
                return None
        elif type(value) not in check.types:
            return None
        elif check.asked:
            asked.append((name, check))
    return tuple(asked)


def _restricted(
    event: str, values: Mapping[str, Any], asked: Iterable[tuple[str, _Check]], place: str, prefix: str
) -> list[Violation]:
    found = []
    for name, check in asked:
        value = values[name]
        if (wrong := check.wrong(value)) is not None:
            found.append(
                Violation(
                    wrong[0], event, prefix + name, f"{place}.{name}", value, wrong[1], check.plan.sensitive
                )
            )
    return found


def _once(found: list[Violation]) -> list[Violation]:
    """Keep one of each (property, code): a fault in ten items is one fault of the event."""
    return list({(one.property, one.code): one for one in reversed(found)}.values())[::-1]


def planned(plan: TrackingPlan, code: str, event: str, name: str) -> Any:
    """Return what a plan wants where a violation of this code was found; None where it says nothing of it any more.

    ``name`` is that of the violation: ``value``, ``items.price``, ``person.city``, ``who`` or empty.
    """
    of = plan.events.get(event)
    if code in ("plan_event_deprecated", "plan_missing_identifier"):
        return (
            None
            if of is None
            else of.instead
            if code == "plan_event_deprecated"
            else " / ".join(of.who) or None
        )
    part, _, bare = name.partition(".")
    within = {"items": plan.items, "person": plan.person}.get(part)
    found = plan.properties.get(name) or (within or {}).get(bare)
    if found is None:
        return None
    wants: dict[str, Any] = {
        "plan_wrong_type": found.type, "plan_not_listed": list(found.one_of[:20]), "plan_bad_pattern": found.pattern,
        "plan_out_of_range": _range(found),
    }  # fmt: skip
    return wants.get(code) or None


def _range(plan: PropertyPlan) -> str:
    low = "" if plan.minimum is None else f"{plan.minimum:g}"
    high = "" if plan.maximum is None else f"{plan.maximum:g}"
    return f"{low}…{high}"


@lru_cache(maxsize=65_536)
def _matches(pattern: str, text: str) -> bool:
    return bool(pc.match_substring_regex(text, pattern=f"^(?:{pattern})$").as_py())
