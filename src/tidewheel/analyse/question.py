"""The parts every question is made of: which events, which people, when, split by what.

These models are the API's request schema, the CLI's input and the UI's form.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from tidewheel.core.events import Kind, Scope
from tidewheel.core.period import Dates, Last


class Model(BaseModel):
    """Frozen; a field that does not exist is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, serialize_by_alias=True)


Plain: TypeAlias = str | bool | float
Operator: TypeAlias = Literal[
    "is", "is_not", "in", "not_in", "contains", "not_contains", "starts_with", "ends_with", "matches",
    "gt", "gte", "lt", "lte", "between", "before", "after",
    "has", "has_any", "has_all", "has_none", "is_set", "is_not_set",
]  # fmt: skip


class Condition(Model):
    """One test of one property.

    ``scope`` says whose property: the event's, one of its items', or the person's. ``kind`` picks one
    when a name holds values of several kinds. ``when`` matters for person properties: their value now,
    or as it was when the event happened.

    text: is, is_not, in, not_in, contains, not_contains, starts_with, ends_with, matches (regular
    expression) · number: is, is_not, in, not_in, gt, gte, lt, lte, between · time: before, after, between
    (ISO 8601) · flag: is, is_not · list: has, has_any, has_all, has_none · any: is_set, is_not_set.
    A missing value satisfies only is_not_set and the negative operators.
    """

    property: Annotated[str, Field(min_length=1, max_length=200)]
    op: Operator
    value: Plain | list[Plain] | None = None
    scope: Scope = "event"
    kind: Kind | None = None
    when: Literal["now", "event"] = "now"


class Every(Model):
    """All of these hold."""

    all: tuple[Test, ...]


class Some(Model):
    """At least one of these holds."""

    any: Annotated[tuple[Test, ...], Field(min_length=1)]


class Negation(Model):
    """This does not hold."""

    not_: Annotated[Test, Field(alias="not")]


class OneItem(Model):
    """One and the same item of the event satisfies all of these (conditions of scope ``item``)."""

    item: Annotated[tuple[Condition, ...], Field(min_length=1)]


Test: TypeAlias = Annotated[Condition | Every | Some | Negation | OneItem, Field(union_mode="smart")]


class EventMatch(Model):
    """Events of one name (``*``: any event but person facts) that pass the filters."""

    event: Annotated[str, Field(min_length=1, max_length=200)]
    filters: tuple[Test, ...] = ()

    @property
    def stored(self) -> str:
        """The name such events are stored under; a picked event is called otherwise."""
        return self.event


class Step(Model):
    """Events that count as one thing: any of these matches. ``name`` is what people call it."""

    any_of: Annotated[tuple[EventMatch, ...], Field(min_length=1, max_length=20)]
    name: str | None = None


class Clean(Model):
    """Values of text that match a pattern, told as one by a name; without a name by the pattern.

    ``*`` stands for any run of characters, also of none; everything else for itself. The whole value must match.
    """

    pattern: Annotated[str, Field(min_length=1, max_length=500)]
    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None


class Breakdown(Model):
    """Split the answer by a property (``$event``: the event's name). The ``top`` values by size are named, the rest is "other".

    ``bins`` are ascending cut points for numbers: n cuts make n+1 half-open groups [a, b). ``clean`` puts values of
    text together: of the rules that match a value the first names it; what none matches stays.
    """

    property: Annotated[str, Field(min_length=1, max_length=200)]
    scope: Scope = "event"
    kind: Kind | None = None
    when: Literal["now", "event"] = "now"
    bins: tuple[float, ...] | None = None
    clean: Annotated[tuple[Clean, ...], Field(max_length=20)] = ()


class Measure(Model):
    """What is counted.

    ``count`` events · ``people`` distinct persons · ``sessions`` in which they happened · ``per_person`` events / persons · ``sum`` ``mean``
    ``min`` ``max`` ``median`` ``percentile`` of a numeric property · ``first_time`` persons whose first
    such event ever falls in the bucket · ``distinct`` number of different values of a property.
    """

    kind: Literal[
        "count",
        "people",
        "sessions",
        "per_person",
        "sum",
        "mean",
        "min",
        "max",
        "median",
        "percentile",
        "first_time",
        "distinct",
    ] = "count"
    property: str | None = None
    scope: Scope = "event"
    percentile: Annotated[float, Field(gt=0, lt=100)] = 90.0
    times: str | None = None
    """Multiply the property by this one of the same scope before summing (``price`` times ``quantity``)."""


SegmentName: TypeAlias = Annotated[str, Field(min_length=1, max_length=200)]


class PeopleFilter(Model):
    """Who: people whose properties pass these tests (scope ``person``) and who are in these segments.

    ``segments`` are ids or names; a person is in all of them, or with ``match`` any in one of them, and in
    none of ``not_segments``.
    """

    filters: tuple[Test, ...] = ()
    segments: Annotated[tuple[SegmentName, ...], Field(max_length=20)] = ()
    match: Literal["all", "any"] = "all"
    not_segments: Annotated[tuple[SegmentName, ...], Field(max_length=20)] = ()
    name: str | None = None


class Comparison(Model):
    """What the answer is set against: the period before, another period, or other people."""

    period: Dates | Last | Literal["previous"] | None = None
    people: PeopleFilter | None = None


class Question(Model):
    """What every analysis asks besides its own: when, who, which events, split how, against what, who is one person.

    ``identity_as_of``: people are those that the links asserted by this moment make; without it, all links do.
    """

    period: Dates | Last = Last(last=30)
    people: PeopleFilter | None = None
    filters: tuple[Test, ...] = ()
    breakdowns: Annotated[tuple[Breakdown, ...], Field(max_length=4)] = ()
    top: Annotated[int, Field(ge=1, le=200)] = 10
    compare: Annotated[tuple[Comparison, ...], Field(max_length=4)] = ()
    identity_as_of: AwareDatetime | None = None
    bots: Literal["left_out", "counted"] = "left_out"
    """Whether visits of crawlers, monitors and scripts count; what is one, the project's rules say."""
    sample: Annotated[float, Field(ge=0.01, le=100)] = 100
    """Ask only so many percent of the people, always the same ones; figures are of these and not scaled up."""


for _model in (Every, Some, Negation, OneItem, EventMatch):
    _model.model_rebuild()

GroupLabel: TypeAlias = list[str | float | bool | None]
"""One value per breakdown; ``None`` is "not set"; ``["$other"]`` holds the rest."""
