"""What a tracking plan says, as data: events, and properties of events, of items and of people.

A property is declared once for all events that carry it, so that it has one type. An event says which
properties it must have and which it may have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from tidewheel.core.errors import BadInput, Unfit, nearest
from tidewheel.core.ids import IDENTIFIER_TYPES
from tidewheel.core.patterns import why_not
from tidewheel.core.text import Text
from tidewheel.core.validation import why

PlanKind: TypeAlias = Literal["event", "property", "item", "person"]
KINDS: Final[tuple[PlanKind, ...]] = ("event", "property", "item", "person")
"""An event; a property of events, of the items in them, of people."""
PropertyType: TypeAlias = Literal["text", "number", "money", "flag", "time", "list"]
"""``money`` is a whole number of minor units (fen, cents)."""
Status: TypeAlias = Literal["planned", "live", "deprecated"]
_NUMERIC: Final = frozenset({"number", "money"})
_WORDED: Final = frozenset({"text", "list"})
_IDENTIFIER: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")

PartName: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=200, pattern=r"^[^\s$\x00-\x1f]([^\x00-\x1f]*\S)?$")
]
Names: TypeAlias = Annotated[tuple[PartName, ...], Field(max_length=200)]
Owner: TypeAlias = Annotated[str, Field(max_length=200)]
Number: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PlanTitle(_Frozen):
    """A text in both languages."""

    en: Annotated[str, Field(min_length=1, max_length=1000)]
    zh: Annotated[str, Field(min_length=1, max_length=1000)]


def _both(raw: Any) -> Any:
    return {"en": raw, "zh": raw} if isinstance(raw, str) else raw


Said: TypeAlias = Annotated[PlanTitle | None, BeforeValidator(_both)]
"""One text for both languages may be written plainly."""


class PropertyPlan(_Frozen):
    """A property and what its values may be.

    ``everywhere`` lets every event carry it. Values of a ``sensitive`` one are never shown as samples.
    ``one_of`` and ``pattern`` hold for each member of a list; the pattern is RE2 and must match the whole text.
    """

    title: Said = None
    description: Said = None
    owner: Owner = ""
    type: PropertyType
    unit: Annotated[str, Field(max_length=40)] = ""
    one_of: Annotated[tuple[str | Number, ...], Field(max_length=1000)] = ()
    pattern: Annotated[str, Field(max_length=200)] = ""
    minimum: Number | None = None
    maximum: Number | None = None
    everywhere: bool = False
    sensitive: bool = False

    @model_validator(mode="after")
    def _sensible(self) -> PropertyPlan:
        if self.pattern:
            if self.type not in _WORDED:
                raise Unfit(Text("a pattern is for text and lists", "pattern 只用于文本和列表"))
            try:
                pc.match_substring_regex("", pattern=self.pattern)
            except pa.ArrowInvalid as error:
                told = why_not(error)
                raise Unfit(
                    Text(
                        f"the pattern is not a regular expression (RE2): {told.en}",
                        f"pattern 不是正则表达式（RE2）：{told.zh}",
                    )
                ) from None
        if (self.minimum is not None or self.maximum is not None) and self.type not in _NUMERIC:
            raise Unfit(
                Text("minimum and maximum are for numbers and money", "minimum 与 maximum 只用于数值和金额")
            )
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise Unfit(Text("minimum is over maximum", "minimum 大于 maximum"))
        wanted: tuple[type, ...] = (str,) if self.type in _WORDED else (int, float)
        if self.one_of and (
            self.type in {"flag", "time"} or not all(isinstance(one, wanted) for one in self.one_of)
        ):
            raise Unfit(
                Text(
                    "one_of lists texts for text and lists, numbers for numbers and money",
                    "one_of 对文本和列表须列文本，对数值和金额须列数值",
                )
            )
        return self


class EventPlan(_Frozen):
    """An event: which properties it must and may have, and who must be named.

    Each entry of ``who`` is a type of identifier that must be there; ``openid|phone`` wants one of the two.
    ``instead`` names the event that takes the place of a deprecated one.
    """

    title: Said = None
    description: Said = None
    owner: Owner = ""
    status: Status = "live"
    required: Names = ()
    optional: Names = ()
    item_required: Names = ()
    item_optional: Names = ()
    who: Annotated[tuple[Annotated[str, Field(max_length=200)], ...], Field(max_length=20)] = ()
    instead: PartName | None = None

    @model_validator(mode="after")
    def _sensible(self) -> EventPlan:
        for must, may in ((self.required, self.optional), (self.item_required, self.item_optional)):
            twice = [name for name in {*must, *may} if (*must, *may).count(name) > 1]
            if twice:
                raise Unfit(Text(f"{min(twice)} stands twice", f"{min(twice)} 出现两次"))
        for entry in self.who:
            for kind in entry.split("|"):
                if not _IDENTIFIER.fullmatch(kind):
                    some = ", ".join(list(IDENTIFIER_TYPES)[:4])
                    raise Unfit(
                        Text(
                            f"who lists types of identifiers such as {some}",
                            f"who 须列标识符类型，如 {some}",
                        )
                    )
        if self.instead is not None and self.status != "deprecated":
            raise Unfit(Text("instead is for deprecated events", "instead 只用于已弃用的事件"))
        return self


PlanPart: TypeAlias = EventPlan | PropertyPlan


@dataclass(frozen=True, slots=True)
class TrackingPlan:
    """All parts of a plan by name; ``properties`` are those of events."""

    events: dict[str, EventPlan] = field(default_factory=dict)
    properties: dict[str, PropertyPlan] = field(default_factory=dict)
    items: dict[str, PropertyPlan] = field(default_factory=dict)
    person: dict[str, PropertyPlan] = field(default_factory=dict)

    def parts(self) -> Iterator[tuple[PlanKind, str, PlanPart]]:
        """Yield (kind, name, part), sorted."""
        held: tuple[dict[str, Any], ...] = (self.events, self.properties, self.items, self.person)
        for kind, parts in zip(KINDS, held, strict=True):
            for name in sorted(parts):
                yield kind, name, parts[name]

    def of(self, kind: PlanKind) -> dict[str, Any]:
        """Return the parts of one kind by name."""
        held: dict[PlanKind, dict[str, Any]] = {
            "event": self.events,
            "property": self.properties,
            "item": self.items,
            "person": self.person,
        }
        return held[kind]

    def __bool__(self) -> bool:
        return bool(self.events or self.properties or self.items or self.person)


class _Named(_Frozen):
    name: PartName


def parse_part(kind: PlanKind, name: str, raw: Any, place: str | None = None) -> PlanPart:
    """Read one part; the first mistake is told with its place, such as ``plan.yaml: purchase.required``."""
    try:
        _Named.model_validate({"name": name})
        return (EventPlan if kind == "event" else PropertyPlan).model_validate(raw)
    except ValidationError as error:
        first = min(error.errors(include_url=False), key=lambda one: -len(one["loc"]))
        path = ".".join([name[:80], *map(str, first["loc"])])
        raise _bad(
            f"{place}: {path}" if place else path,
            why(first),
            path,
            str(first["input"])[:200],
        ) from None


def check_whole(plan: TrackingPlan) -> None:
    """Raise unless every property an event names is declared, and every successor is an event of the plan."""
    for name, event in plan.events.items():
        for where, names, declared in (
            ("required", event.required, plan.properties),
            ("optional", event.optional, plan.properties),
            ("item_required", event.item_required, plan.items),
            ("item_optional", event.item_optional, plan.items),
            ("instead", (event.instead,) if event.instead else (), plan.events),
        ):
            missing = next((one for one in names if one not in declared), None)
            if missing is not None:
                near = nearest(missing, declared)
                raise BadInput(
                    "plan_undeclared",
                    Text(
                        "{event} names {missing}, which the plan does not declare.",
                        "{event} 引用了 {missing}，但埋点方案中没有声明它。",
                    ),
                    field=f"{name}.{where}",
                    got=missing,
                    hint=Text(
                        "Did you mean {near}? Otherwise declare it first.",
                        "是不是想写 {near}？否则请先声明。",
                    )
                    if near
                    else Text("Declare it first, with its type.", "请先声明它及其类型。"),
                    event=name,
                    missing=missing,
                    near=near,
                )


def _bad(path: str, reason: Text, where: str, got: str) -> BadInput:
    return BadInput(
        "bad_plan",
        Text("{path} cannot be used: {why}.", "{path} 无效：{why}。"),
        field=where,
        got=got,
        path=path,
        why=reason,
    )
