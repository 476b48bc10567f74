"""Attribution: which touches earned the conversions."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.attribution.answer import AttributionResult, AttributionRow
from tidewheel.analyse.attribution.journeys import DELAYS, DEPTH, LONGEST, Journeys
from tidewheel.analyse.attribution.money import elsewhere, lift, priced, spent
from tidewheel.analyse.attribution.part import AttributionPart, fold, no_part
from tidewheel.analyse.attribution.question import (
    MODEL_WORDS,
    MODELS,
    NAME,
    STAGES,
    AttributionCell,
    AttributionParams,
    Touch,
    TouchName,
    check,
)
from tidewheel.analyse.attribution.shape import Tables
from tidewheel.analyse.contract import Analysis, Block, Context, Figure, Ints, Plan
from tidewheel.analyse.kernels.attribution import PATH_MODELS
from tidewheel.analyse.question import Breakdown
from tidewheel.core.errors import BadInput
from tidewheel.core.period import DAY, MINUTE, Span
from tidewheel.core.text import Text


class Attribution(Analysis[AttributionParams, AttributionPart, AttributionCell, AttributionResult]):
    """See the module's description and ``docs/reference/analyses/attribution.md``."""

    name = "attribution"
    title = Text("Attribution", "归因分析")
    description = Text(
        "Which touches earned the orders and the revenue, by nine models side by side.",
        "订单和收入是哪些触点带来的，九种归因模型并排对照。",
    )
    family = "growth"
    sentence = Text(
        "Which {touches} brought {people} to {conversion} in {period}? "
        "By {model}, up to {within_days} days back, {chain}.",
        "{period}{people}的{conversion}，是哪些{touches}带来的？按{model}归因，回溯 {within_days} 天，{chain}。",
    )
    Params = AttributionParams
    Cell = AttributionCell
    Result = AttributionResult
    tables = ("costs", "lift")
    samples = (
        {
            "touches": [
                {
                    "step": {
                        "any_of": [{"event": "page_view"}, {"event": "live_enter"}, {"event": "post_view"}]
                    },
                    "property": {"property": "channel"},
                }
            ],
            "conversion": {"any_of": [{"event": "purchase"}]},
            "measure": {"kind": "sum", "property": "value"},
            "refund": {"any_of": [{"event": "refund"}]},
            "breakdowns": [{"property": "platform"}],
        },
        {
            "touches": [
                {
                    "step": {"any_of": [{"event": "page_view"}], "name": "Ads"},
                    "property": {"property": "utm_source"},
                },
                {
                    "step": {"any_of": [{"event": "slot_click"}], "name": "Home slots"},
                    "property": {"property": "slot_name"},
                },
                {
                    "step": {
                        "any_of": [{"event": "message_open"}, {"event": "live_enter"}],
                        "name": "Messages and live shows",
                    },
                },
            ],
            "conversion": {"any_of": [{"event": "purchase"}]},
            "model": "time_decay",
            "within_days": 14,
            "chain": False,
            "fresh": True,
            "names": 5,
        },
    )

    def plan(self, params: AttributionParams, context: Context) -> Plan:
        """Read touches, conversions and refunds: from the beginning for the chain, else one look-back before."""
        check(params)
        span = context.span
        start = span.start - params.within_days * DAY - params.again_minutes * MINUTE
        measure = params.measure
        read = [measure.property, measure.times] if params.valued else []
        values = [Breakdown(property=one, scope=measure.scope) for one in read if one is not None]
        steps = [*(touch.step for touch in params.touches), params.conversion]
        end = span.end
        if params.refund is not None:
            steps.append(params.refund)
            values.append(Breakdown(property=params.refund_property))
            end = max(end, context.now + MINUTE)
        return Plan(
            steps=tuple(steps),
            span=Span(0 if params.chain else start, end),
            group=params.breakdowns,
            key=(Breakdown(property=params.same),) if params.refund is not None else (),
            values=tuple(values),
            names=tuple((touch.property,) for touch in params.touches),
        )

    def partial(self, params: AttributionParams, context: Context, block: Block) -> AttributionPart:
        """Credit the conversions of a block."""
        return fold(params, context, Journeys(params, context, block)) if block.people.size else no_part()

    def empty(self, params: AttributionParams, context: Context) -> AttributionPart:
        """Return no journeys."""
        return no_part()

    def shape(self, params: AttributionParams, context: Context, part: AttributionPart) -> AttributionResult:
        """Make the tables, join the costs and compare with tests."""
        groups = Tables(params, context, part).groups()
        costs = spent(params, context)
        if costs is not None:
            groups[0] = priced(groups[0], costs)
        return AttributionResult(
            models=list(MODELS),
            names=[_called(touch) for touch in params.touches],
            groups=groups,
            cost=None if costs is None else costs.whole,
            cost_elsewhere=None if costs is None else elsewhere(groups[0], costs),
            lift=lift(params, context, groups[0]),
        )

    def people(
        self,
        params: AttributionParams,
        context: Context,
        block: Block,
        cell: AttributionCell,
        groups: Ints | None,
    ) -> npt.NDArray[np.int32]:
        """Return who converted with credit to the touch, on the path, or not at all."""
        _check_cell(params, cell)
        found = Journeys(params, context, block)
        chosen = found.converted != cell.lost
        if groups is not None:
            chosen &= np.isin(found.code, groups)
        if cell.stage != "all":
            chosen &= found.later == (cell.stage == "repeat")
        if cell.length is not None:
            chosen &= found.length == cell.length
        if cell.delay is not None:
            chosen &= found.delay == cell.delay
        if cell.untouched:
            chosen &= found.low == found.high
        which = np.flatnonzero(chosen)
        if cell.path is not None:
            wanted = [-1] * cell.longer + [found.catalogue.find(one) for one in cell.path]
            which = found.on_path(which, wanted)
        if cell.touch is not None or cell.rest is not None:
            entry, touch, counts, worths = found.credited(which)
            if cell.touch is not None and cell.rest is None:
                inside = touch == found.catalogue.find(cell.touch)
            else:
                apart = [found.catalogue.find(one) for one in cell.rest or ()]
                inside = (touch > 0) & ~np.isin(touch, apart)
            model = MODELS.index(cell.model or "participation")
            if model < PATH_MODELS:
                inside &= (counts[:, model] != 0) | (worths[:, model] != 0)
            which = entry[inside]
        people: npt.NDArray[np.int32] = np.unique(block.people[found.person[which]])
        return people

    def others(self, params: AttributionParams, context: Context, part: AttributionPart) -> Ints:
        """Return the group codes that make "other"."""
        return Tables(params, context, part).rest

    def figures(self, params: AttributionParams, result: AttributionResult) -> list[Figure]:
        """Return conversions, revenue, the share without a touch, and what the chosen model credits to each touch."""
        at = MODELS.index(params.model)
        found = []
        for group in result.groups:
            label, cell = group.group, AttributionCell(group=group.group)
            found.append(
                Figure(
                    "conversions", Text("Conversions", "转化次数"), group.conversions, "number", label, cell
                )
            )
            if group.value is not None:
                found.append(Figure("value", Text("Revenue", "转化金额"), group.value, "money", label, cell))
            untouched = next(row for row in group.rows if row.touch is None).credits[at].conversions
            share = untouched / group.conversions if group.conversions else None
            cell = AttributionCell(group=label, untouched=True)
            found.append(
                Figure("untouched", Text("Without a touch", "无触点占比"), share, "percent", label, cell)
            )
            names: set[str] = set()
            for row in group.rows:
                if row.touch is not None:
                    name = _figure_name(row, names)
                    found += _touch_figures(params, row, name, _cell(result, row, group.group, params), at)
        return found

    def counted(
        self, params: AttributionParams, result: AttributionResult
    ) -> Iterator[tuple[AttributionCell, int]]:
        """Return the people of every credit, length, delay and path, and those lost."""
        for group in result.groups:
            label = group.group
            yield AttributionCell(group=label), group.people
            yield AttributionCell(group=label, lost=True), group.lost
            for at, one in enumerate(group.lengths):
                if one.people is not None:
                    yield AttributionCell(group=label, length=at), one.people
            for at, one in enumerate(group.delays):
                if one.people is not None:
                    yield AttributionCell(group=label, delay=at), one.people
            for path in group.paths:
                if path.people is not None:
                    way = tuple(path.touches)
                    yield AttributionCell(group=label, path=way, longer=path.longer), path.people
            for row in group.rows:
                for stage, by_model in zip(STAGES, (row.credits, row.first, row.repeat), strict=True):
                    for model, credit in zip(result.models, by_model or (), strict=False):
                        cell = _cell(result, row, label, params)
                        yield cell.model_copy(update={"model": model, "stage": stage}), credit.people


def _cell(
    result: AttributionResult, row: AttributionRow, label: list[str | float | bool | None] | None,
    params: AttributionParams,
) -> AttributionCell:  # fmt: skip
    if row.touch is None:
        return AttributionCell(group=label, model=params.model, untouched=True)
    if row.touch.definition is None:
        named = [one.touch for one in result.groups[0].rows]
        rest = tuple(one for one in named if one is not None and one.definition is not None)
        return AttributionCell(group=label, model=params.model, rest=rest)
    return AttributionCell(group=label, model=params.model, touch=row.touch)


def _touch_figures(
    params: AttributionParams, row: AttributionRow, name: str, cell: AttributionCell, at: int
) -> Iterator[Figure]:
    credit, touch = row.credits[at], row.touch
    called = "other" if touch is None or touch.definition is None else str(touch.name)
    words = MODEL_WORDS[params.model]
    yield Figure(
        f"conversions_{name}",
        Text(f"Conversions of {called}, {words.en}", f"{called} 的转化（{words.zh}）"),
        credit.conversions, "number", cell.group, cell,
    )  # fmt: skip
    if credit.value is not None:
        title = Text(f"Revenue of {called}, {words.en}", f"{called} 的金额（{words.zh}）")
        yield Figure(f"value_{name}", title, credit.value, "money", cell.group, cell)
    if row.cost is not None:
        cost = Text(f"Cost of {called}", f"{called} 的花费")
        yield Figure(f"cost_{name}", cost, row.cost, "money", cell.group)
        for key, figure in (("roas", credit.roas), ("roi", credit.roi)):
            title = Text(f"{key.upper()} of {called}", f"{called} 的 {key.upper()}")
            yield Figure(f"{key}_{name}", title, figure, "ratio", cell.group)
        cac = Text(f"Cost of a new customer by {called}", f"{called} 的获客成本")
        yield Figure(f"cac_{name}", cac, credit.cac, "money", cell.group)


def _figure_name(row: AttributionRow, used: set[str]) -> str:
    touch = row.touch or TouchName()
    plain = re.sub(r"\W+", "_", str(touch.name)).strip("_") or "touch"
    name = "other" if touch.definition is None else f"{touch.definition}_{plain}"
    while name in used:
        name += "_"
    used.add(name)
    return name


def _called(touch: Touch) -> str:
    if touch.step.name:
        return touch.step.name
    return touch.property.property if touch.property.property != NAME else touch.step.any_of[0].event


def _check_cell(params: AttributionParams, cell: AttributionCell) -> None:
    """Refuse a cell that no table has."""
    for field, got, top in (("length", cell.length, LONGEST), ("delay", cell.delay, len(DELAYS) - 1)):
        if got is not None and got > top:
            raise BadInput(
                "no_such_cell",
                Text("The answer has no such figure.", "结果中没有这个数字。"),
                field=f"cell.{field}",
                got=got,
                expected=f"0…{top}",
            )
    if (cell.stage != "all" and not params.chain) or (cell.path is not None and len(cell.path) > DEPTH):
        raise BadInput(
            "no_such_cell",
            Text("The answer has no such figure.", "结果中没有这个数字。"),
            field="cell.stage" if cell.path is None else "cell.path",
            got=cell.stage if cell.path is None else len(cell.path),
        )
