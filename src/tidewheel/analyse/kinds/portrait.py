"""Portrait: what marks a set of people, set against everyone or against other people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from tidewheel.analyse.contract import Analysis, Block, Context, Figure, Ints, Plan
from tidewheel.analyse.form import Ask
from tidewheel.analyse.kernels.cells import Cells, no_cells, tally
from tidewheel.analyse.kernels.groups import OTHER
from tidewheel.analyse.kernels.orders import ledger
from tidewheel.analyse.kernels.shares import (
    Counts,
    Drawn,
    numeric_bins,
    spelled,
    values_of,
)
from tidewheel.analyse.money import MoneyQuestion
from tidewheel.analyse.question import Breakdown, EventMatch, GroupLabel, Model, PeopleFilter, Step
from tidewheel.analyse.statistics import benjamini_hochberg, cohen_h, independence, two_proportions
from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text

SET, BASE = 1, 2
TELLING: Final = 0.05
EXPECTED: Final = 5.0


class PortraitParams(MoneyQuestion):
    """A portrait of the question's people who did ``who`` in the period.

    They are set against the people of the first comparison that names some, else against everyone who did it.
    """

    who: Annotated[Step, Ask(Text("Who did", "做过"))] = Step(any_of=(EventMatch(event="*"),))
    properties: Annotated[
        tuple[Breakdown, ...], Field(max_length=20), Ask(Text("Properties", "用户属性"))
    ] = ()
    behaviours: Annotated[
        tuple[Step, ...], Field(max_length=20), Ask(Text("How often they did", "行为次数"))
    ] = ()
    spend: Annotated[
        bool,
        Ask(
            Text("Orders and money", "订单与金额"),
            choices={"true": Text("with orders and money", "含订单与金额"), "false": Text("without", "不含")},
        ),
    ] = False
    bins: Annotated[int, Field(ge=2, le=10), Ask(Text("Parts of a number", "数值分几段"))] = 5
    support: Annotated[int, Field(ge=1, le=1_000_000), Ask(Text("Least people", "最少人数"))] = 20


class PortraitCell(Model):
    """The people of the set with one value of one property; ``base``: of those they are set against."""

    property: int | None = None
    label: GroupLabel | None = None
    low: float | None = None
    high: float | None = None
    base: bool = False


class PortraitValue(Model):
    """One value: its ``label``, or for numbers what lies in ``low`` … ``high``, both included.

    ``tgi`` is 100 · share / base share. ``effect`` is Cohen's h against the rest of the base; ``p_value`` that of equal shares
    there, ``q_value`` the same held together for all values of the answer; None with too few people.
    """

    label: GroupLabel | None
    low: float | None
    high: float | None
    people: int
    share: float | None
    base_people: int
    base_share: float | None
    tgi: float | None
    effect: float | None
    p_value: float | None
    q_value: float | None
    telling: bool


class PortraitProperty(Model):
    """One property: ``property`` is its place as asked. Means and medians are of numbers, over those who have one."""

    property: int
    name: str
    kind: Literal["values", "numbers", "lists", "count", "money"]
    values: list[PortraitValue]
    chi_square: float | None
    degrees: int | None
    p_value: float | None
    effect: float | None
    """Cramér's V; for lists the largest of their values."""
    mean: float | None
    base_mean: float | None
    median: float | None
    base_median: float | None


class PortraitResult(Model):
    """``both`` are in the set and in the base. ``properties`` are sorted by effect, the most telling first."""

    people: int
    base_people: int
    both: int
    properties: list[PortraitProperty]


@dataclass(frozen=True, slots=True)
class PortraitPart:
    """People in the set, the base and both; for each property the same by code or number."""

    people: Ints
    cells: tuple[Cells, ...]

    def merge(self, other: PortraitPart) -> PortraitPart:
        """Return the sum of both."""
        cells = tuple(one.merge(two) for one, two in zip(self.cells, other.cells, strict=True))
        return PortraitPart(self.people + other.people, cells)


class Portrait(Analysis[PortraitParams, PortraitPart, PortraitCell, PortraitResult]):
    """See the module's description and ``docs/reference/analyses/portrait.md``."""

    name = "portrait"
    title = Text("Portrait", "画像与对比")
    description = Text(
        "What marks a set of people: their properties and behaviour against everyone's or other people's, with TGI and significance.",
        "一群人有什么特点：属性与行为和全体（或另一群人）对比，给出 TGI 与显著性。",
    )
    family = "customers"
    sentence = Text(
        "What marks {people} who did {who} in {period}? By {properties}, {spend}.",
        "{period}做过{who}的{people}有什么特点？看{properties}，{spend}。",
    )
    Params = PortraitParams
    Cell = PortraitCell
    Result = PortraitResult
    settles = True
    samples = (
        {
            "period": {"last": 60},
            "people": {"filters": [{"property": "first_channel", "op": "is", "value": "paid", "scope": "person"}]},
            "who": {"any_of": [{"event": "view_item"}]},
            "properties": [
                {"property": "gender", "scope": "person"},
                {"property": "city", "scope": "person"},
                {"property": "birth_year", "scope": "person"},
            ],
            "behaviours": [{"any_of": [{"event": "add_to_cart"}]}],
            "spend": True,
            "top": 6,
        },
        {
            "period": {"last": 60},
            "people": {"filters": [{"property": "gender", "op": "is", "value": "女", "scope": "person"}]},
            "compare": [{"people": {"filters": [{"property": "gender", "op": "is", "value": "男", "scope": "person"}]}}],
            "who": {"any_of": [{"event": "purchase"}]},
            "properties": [{"property": "member_level", "scope": "person"}, {"property": "first_channel", "scope": "person"}],
            "support": 5,
        },
    )  # fmt: skip

    def plan(self, params: PortraitParams, context: Context) -> Plan:
        """Read who did it, their orders and behaviours; tell the set from the base."""
        check(params)
        orders = params.order_steps() if params.spend else ()
        return Plan(
            steps=(params.who, *orders, *params.behaviours),
            span=context.span,
            key=params.order_key() if params.spend else (),
            values=params.order_values() if params.spend else (),
            traits=params.properties,
            sets=(params.people, base_of(params)),
        )

    def partial(self, params: PortraitParams, context: Context, block: Block) -> PortraitPart:
        """Count the people of both sets by each property."""
        who, numbers = described(params, block)
        weights = sides(block.sets[who] if block.sets is not None else np.zeros(0, np.int64))
        return PortraitPart(weights.sum(axis=1), tuple(tally(one, weights) for one in numbers))

    def empty(self, params: PortraitParams, context: Context) -> PortraitPart:
        """Return nobody."""
        properties = len(params.properties) + len(params.behaviours) + 2 * params.spend
        return PortraitPart(np.zeros(3, np.int64), (no_cells(3),) * properties)

    def settle(self, params: PortraitParams, context: Context, part: PortraitPart) -> list[list[Drawn]]:
        """Return the values of each property as the answer has them."""
        people = Counts(*part.people.tolist())
        return [drawn(params, context, at, people, cells) for at, cells in enumerate(part.cells)]

    def people(
        self, params: PortraitParams, context: Context, block: Block, cell: PortraitCell, groups: Ints | None
    ) -> npt.NDArray[np.int32]:
        """Return those of the set (or base) with a value."""
        who, numbers = described(params, block)
        sets = block.sets[who] if block.sets is not None else np.zeros(0, np.int64)
        chosen = sets & (BASE if cell.base else SET) != 0
        if cell.property is not None:
            if not 0 <= cell.property < len(numbers):
                raise BadInput(
                    "no_such_property",
                    Text("The question has {count} properties.", "该问题有 {count} 个属性。"),
                    field="cell.property",
                    got=cell.property,
                    expected=f"0…{len(numbers) - 1}",
                    count=len(numbers),
                )
            key = (cell.label, cell.low, cell.high)
            keys = [
                one.codes for one in context.settled[cell.property] if (one.label, one.low, one.high) == key
            ]
            chosen &= np.isin(numbers[cell.property], np.concatenate([np.zeros(0, np.int64), *keys]))
        return block.people[who[chosen]]

    def shape(self, params: PortraitParams, context: Context, part: PortraitPart) -> PortraitResult:
        """Compare the shares of each value, and put the most telling property first."""
        people = Counts(*part.people.tolist())
        found = [
            portrayed(params, context, at, people, cells, values)
            for at, (cells, values) in enumerate(
                zip(part.cells, self.settle(params, context, part), strict=True)
            )
        ]
        tested = [one.p_value for each in found for one in each.values if one.p_value is not None]
        held = iter(benjamini_hochberg(tested))
        together = []
        for each in found:
            values = []
            for one in each.values:
                q = None if one.p_value is None else next(held)
                telling = q is not None and q <= TELLING
                values.append(one.model_copy(update={"q_value": q, "telling": telling}))
            together.append(each.model_copy(update={"values": values}))
        together.sort(key=lambda one: (-round(-1.0 if one.effect is None else one.effect, 9), one.property))
        return PortraitResult(
            people=people.people, base_people=people.base, both=people.both, properties=together
        )

    def figures(self, params: PortraitParams, result: PortraitResult) -> list[Figure]:
        """Return how many they are, how many they are set against, and how many values mark them."""
        telling = sum(one.telling for each in result.properties for one in each.values)
        return [
            Figure("people", Text("People", "人数"), result.people, cell=PortraitCell()),
            Figure("base_people", Text("Set against", "对比人数"), result.base_people, cell=PortraitCell(base=True)),
            Figure("telling", Text("Telling values", "显著特征数"), telling),
        ]  # fmt: skip

    def counted(self, params: PortraitParams, result: PortraitResult) -> Iterator[tuple[PortraitCell, int]]:
        """Return both sets and their people by value."""
        yield PortraitCell(), result.people
        yield PortraitCell(base=True), result.base_people
        for each in result.properties:
            for one in each.values:
                cell = PortraitCell(property=each.property, label=one.label, low=one.low, high=one.high)
                yield cell, one.people
                yield cell.model_copy(update={"base": True}), one.base_people


def base_of(params: PortraitParams) -> PeopleFilter | None:
    """Return the people a portrait is set against; None: everyone."""
    return next((one.people for one in params.compare if one.people is not None), None)


def sides(sets: Ints) -> Ints:
    """Return for each person whether they are in the set, in the base, in both."""
    inside, base = sets & SET != 0, sets & BASE != 0
    return np.stack([inside, base, inside & base]).astype(np.int64)


def described(params: PortraitParams, block: Block) -> tuple[Ints, list[Ints]]:
    """Return the block's people who did it, and each property's code or number for them."""
    match = block.match.view(np.int64)

    def times(bit: int) -> Ints:
        return np.add.reduceat(match >> bit & 1, block.offsets[:-1]) if match.size else np.zeros(0, np.int64)

    who = np.flatnonzero(times(0))
    orders = len(params.order_steps()) if params.spend else 0
    numbers = [*block.traits]
    numbers += [times(1 + orders + number) for number in range(len(params.behaviours))]
    if params.spend:
        book = ledger(block, params.money, buys=2, refunds=4)
        left, undone = book.net()
        kept = ~undone
        money = np.zeros(block.people.size, np.int64)
        np.add.at(money, book.person[kept], left[kept])
        numbers += [np.bincount(book.person[kept], minlength=block.people.size), money]
    return who, [one[who].astype(np.int64) for one in numbers]


def kind_of(
    params: PortraitParams, context: Context, at: int
) -> Literal["values", "numbers", "lists", "count", "money"]:
    """Return how a property's values are to be read."""
    if at < len(params.properties):
        kind = context.traits[at].kind
        return "numbers" if kind == "number" else "lists" if kind == "list" else "values"
    money = params.spend and at == len(params.properties) + len(params.behaviours) + 1
    return "money" if money else "count"


def name_of(params: PortraitParams, at: int) -> str:
    """Return what a property is called."""
    if at < len(params.properties):
        return params.properties[at].property
    behaviour = at - len(params.properties)
    if behaviour < len(params.behaviours):
        step = params.behaviours[behaviour]
        return step.name or step.any_of[0].event
    return ("$orders", "$spend")[behaviour - len(params.behaviours)]


def drawn(params: PortraitParams, context: Context, at: int, people: Counts, cells: Cells) -> list[Drawn]:
    """Return the values of a property in the order they are shown."""
    kind = kind_of(params, context, at)
    if kind in ("values", "lists"):
        ordered = context.traits[at].kind == "time" or params.properties[at].bins is not None
        return values_of(cells, context.traits[at], people, params.top, in_order=ordered)
    if kind == "numbers":
        table = np.array(context.traits[at].table, np.float64)
        return numeric_bins(cells, params.bins, table)
    return numeric_bins(cells, params.bins, None)


def portrayed(
    params: PortraitParams, context: Context, at: int, people: Counts, cells: Cells, values: list[Drawn]
) -> PortraitProperty:
    """Return one property with its tests; q-values are still to be held together."""
    rest, kind = people.base - people.both, kind_of(params, context, at)
    shown: list[PortraitValue] = []
    table: list[tuple[int, int]] = []
    strengths: list[float] = []
    for one in values:
        n, base, others = one.counts.people, one.counts.base, one.counts.base - one.counts.both
        share, base_share = part_of(n, people.people), part_of(base, people.base)
        table.append((n, others))
        p: float | None = None
        effect: float | None = None
        if people.people and rest:
            effect = cohen_h(n / people.people, others / rest)
            pooled = (n + others) / (people.people + rest)
            fewest = min(people.people, rest) * min(pooled, 1 - pooled)
            if n + others >= params.support and fewest >= EXPECTED and one.label != OTHER:
                p = two_proportions(n, people.people, others, rest)
                four = independence([(n, others), (people.people - n, rest - others)])
                strengths.append(four[3] if four else 0.0)
        shown.append(
            PortraitValue(
                label=one.label,
                low=one.low,
                high=one.high,
                people=n,
                share=share,
                base_people=base,
                base_share=base_share,
                tgi=100 * share / base_share if share is not None and base_share else None,
                effect=effect,
                p_value=p,
                q_value=None,
                telling=False,
            )
        )
    whole = independence(table) if kind != "lists" else None
    effect = (max(strengths) if strengths else None) if kind == "lists" else whole[3] if whole else None
    means: list[Any] = [None] * 4
    if kind not in ("values", "lists"):
        table_of = np.array(context.traits[at].table, np.float64) if kind == "numbers" else None
        means = [one for side in (0, 1) for one in spelled(cells, side, table_of)]
    return PortraitProperty(
        property=at,
        name=name_of(params, at),
        kind=kind,
        values=shown,
        chi_square=whole[0] if whole else None,
        degrees=whole[1] if whole else None,
        p_value=whole[2] if whole else None,
        effect=effect,
        mean=means[0],
        median=means[1],
        base_mean=means[2],
        base_median=means[3],
    )


def part_of(some: int, whole: int) -> float | None:
    """Return a share, None of nothing."""
    return some / whole if whole else None


def check(params: PortraitParams) -> None:
    """Refuse a portrait without anything to look at, and one that is split."""
    if not params.properties and not params.behaviours and not params.spend:
        raise BadInput(
            "nothing_to_compare",
            Text("A portrait needs a property or a behaviour.", "画像至少需要一个属性或行为。"),
            field="properties",
            got=[],
            expected=[{"property": "city", "scope": "person"}],
        )
    if params.breakdowns:
        raise BadInput(
            "no_breakdown",
            Text("A portrait cannot be split.", "画像不支持拆分。"),
            field="breakdowns",
            got=len(params.breakdowns),
            hint=Text("Name the property in properties.", "请把属性放到 properties 中。"),
        )
