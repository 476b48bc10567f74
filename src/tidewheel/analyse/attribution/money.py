"""What was spent on touches, and what tests found they bring: the imported tables ``costs`` and ``lift``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import pyarrow as pa

from tidewheel.analyse.attribution.answer import (
    AttributionCredit,
    AttributionGroup,
    Lift,
    LiftModel,
    LiftTouch,
)
from tidewheel.analyse.attribution.question import MODELS, AttributionParams, TouchName
from tidewheel.analyse.contract import Context

ALSO: Final = {"utm_campaign": "campaign", "campaign": "utm_campaign"}
"""A column of the tables that goes by another name in events."""
SPLITS: Final = ("channel", "utm_source", "utm_medium", "utm_campaign", "campaign")
"""What a test can be of: a row of ``lift`` counts for the property whose column alone is filled in."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Money by touch in minor units, and all of it."""

    by: dict[TouchName, float]
    whole: float


def spent(params: AttributionParams, context: Context) -> Spent | None:
    """Return the costs of the period by touch; None where none were imported for what names the touches.

    A definition of touches is joined by the column of its property's name. ``whole`` is the sum of the first
    definition that has one.
    """
    table = context.tables.get("costs")
    if table is None or "cost" not in table.column_names or "day" not in table.column_names:
        return None
    first, last = _days(context)
    by: dict[TouchName, float] = {}
    whole: float | None = None
    for definition, touch in enumerate(params.touches):
        column = _column(table, touch.property.property)
        if touch.property.scope != "event" or column is None:
            continue
        total = 0.0
        for row in table.select(["day", column, "cost"]).to_pylist():
            day, name, cost = _day(row["day"]), row[column], row["cost"]
            if day is None or not first <= day <= last or name is None or cost is None:
                continue
            known = TouchName(definition=definition, name=name)
            by[known] = by.get(known, 0.0) + float(cost)
            total += float(cost)
        whole = total if whole is None else whole
    return None if whole is None else Spent(by, whole)


def priced(group: AttributionGroup, costs: Spent) -> AttributionGroup:
    """Return a group with the costs of its touches and what each model says came back of them."""
    rows = []
    for row in group.rows:
        cost = costs.by.get(row.touch) if row.touch is not None else None
        if not cost:
            rows.append(row)
            continue
        first: Sequence[AttributionCredit | None] = row.first or [None] * len(row.credits)
        returned = [_returned(one, new, cost) for one, new in zip(row.credits, first, strict=True)]
        rows.append(row.model_copy(update={"cost": cost, "credits": returned}))
    return group.model_copy(update={"rows": rows})


def elsewhere(group: AttributionGroup, costs: Spent) -> float:
    """Return what was spent under names that no row of the group has."""
    shown = {row.touch for row in group.rows}
    missing = [name for name in costs.by if name not in shown]
    joined = min((name.definition or 0 for name in costs.by), default=0)
    return sum(costs.by[name] for name in missing if name.definition == joined)


def _returned(credit: AttributionCredit, first: AttributionCredit | None, cost: float) -> AttributionCredit:
    value, orders = credit.value, credit.conversions
    return credit.model_copy(
        update={
            "roas": None if value is None else value / cost,
            "roi": None if value is None else (value - cost) / cost,
            "cac": cost / first.conversions if first is not None and first.conversions > 0 else None,
            "cpo": cost / orders if orders > 0 else None,
        }
    )


def lift(params: AttributionParams, context: Context, group: AttributionGroup) -> Lift | None:
    """Set every model against the imported tests; None where there are none for the period and touches.

    A row of ``lift`` says that over ``days`` days from ``day`` on, so many ``orders`` would not have come
    without the touch. They are spread evenly over its days; those inside the period count. Touches that are
    ``direct`` cannot be switched off and are left out.
    """
    found = _tested(params, context)
    rows = {row.touch: row for row in group.rows if row.touch is not None}
    known = {touch: orders for touch, orders in found.items() if touch in rows}
    whole = sum(known.values())
    if whole <= 0:
        return None
    models = []
    for at, model in enumerate(MODELS):
        off = {touch: rows[touch].credits[at].conversions - orders for touch, orders in known.items()}
        over = max(off, key=lambda touch: (off[touch], str(touch.name)))
        under = min(off, key=lambda touch: (off[touch], str(touch.name)))
        models.append(
            LiftModel(
                model=model,
                error=sum(abs(one) for one in off.values()) / whole,
                bias=sum(off.values()) / whole,
                over=over if off[over] > 0 else None,
                over_orders=max(off[over], 0.0),
                under=under if off[under] < 0 else None,
                under_orders=max(-off[under], 0.0),
            )
        )
    models.sort(key=lambda one: (one.error, MODELS.index(one.model)))
    touches = [LiftTouch(touch=touch, orders=orders) for touch, orders in known.items()]
    touches.sort(key=lambda one: (-one.orders, str(one.touch.name)))
    return Lift(touches=touches, models=models)


def _tested(params: AttributionParams, context: Context) -> dict[TouchName, float]:
    table = context.tables.get("lift")
    if table is None or not {"day", "orders"} <= set(table.column_names):
        return {}
    splits = [name for name in SPLITS if name in table.column_names]
    for definition, touch in enumerate(params.touches):
        column = _column(table, touch.property.property)
        if touch.property.scope != "event" or column is None:
            continue
        found: dict[TouchName, float] = {}
        for name, orders in _inside(table, context, splits, column):
            if str(name) not in params.direct:
                known = TouchName(definition=definition, name=name)
                found[known] = found.get(known, 0.0) + orders
        if found:
            return found
    return {}


def _inside(table: pa.Table, context: Context, splits: list[str], column: str) -> Iterator[tuple[Any, float]]:
    first, last = _days(context)
    for row in table.to_pylist():
        begin, orders, name = _day(row["day"]), row["orders"], row[column]
        if begin is None or orders is None or name is None:
            continue
        if any(row[other] is not None for other in splits if other != column):
            continue
        days = max(int(row.get("days") or 1), 1)
        end = begin + timedelta(days=days - 1)
        shared = (min(end, last) - max(begin, first)).days + 1
        if shared > 0:
            yield name, float(orders) * shared / days


def _column(table: pa.Table, name: str) -> str | None:
    return next((one for one in (name, ALSO.get(name)) if one in table.column_names), None)


def _days(context: Context) -> tuple[date, date]:
    calendar, span = context.calendar, context.span
    end = min(span.end, context.now + 1)
    return calendar.local(span.start).date(), calendar.local(max(end - 1, span.start)).date()


def _day(text: Any) -> date | None:
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None
