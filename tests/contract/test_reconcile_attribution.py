"""Attribution agrees with the other analyses, and finds on the demo world what was planted there."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pyarrow as pa

from tests.contract.shop import NOW, asking, shop
from tidewheel.analyse.run import Asking, ask
from tidewheel.demo import world

PERIOD = {"last": 60}
PURCHASE = {"any_of": [{"event": "purchase"}]}
VISITS = {"any_of": [{"event": "page_view"}, {"event": "live_enter"}, {"event": "post_view"}]}


@cache
def tables() -> dict[str, pa.Table]:
    """Return the tables of the shop as an import leaves them."""
    made = world(700, 60, 11, NOW)
    found = {"costs": made.costs(), "lift": made.lift()}
    return {name: table.set_column(0, "day", table["day"].cast(pa.string())) for name, table in found.items()}


def answer(kind: str, params: dict[str, Any], *, costs: bool = False) -> Any:
    """Ask the shop."""
    how: Asking = replace(asking(), table=lambda name: tables()[name]) if costs else asking()
    return ask(shop(), kind, {"period": PERIOD, **params}, how).result


def attribution(prop: str = "channel", *, costs: bool = False, **options: object) -> Any:
    """Ask which channels brought the orders."""
    return answer(
        "attribution",
        {
            "touches": [{"step": VISITS, "property": {"property": prop}}],
            "conversion": PURCHASE,
            "measure": {"kind": "sum", "property": "value"},
            **options,
        },
        costs=costs,
    )


def test_conversions_people_and_revenue_are_those_of_trends() -> None:
    kinds = [{"kind": "count"}, {"kind": "people"}, {"kind": "sum", "property": "value"}]
    series = [{"step": PURCHASE, "measure": kind} for kind in kinds]
    orders, buyers, value = (
        line.total for line in answer("trends", {"series": series, "grain": "total"}).lines
    )
    group = attribution().groups[0]
    assert (group.conversions, group.people, group.value) == (orders, buyers, value)


def test_first_orders_are_people_who_bought_for_the_first_time() -> None:
    series = [{"step": PURCHASE, "measure": {"kind": "first_time"}}]
    first = answer("trends", {"series": series, "grain": "total"}).lines[0].total
    assert attribution().groups[0].first_conversions == first


def test_the_last_touch_of_an_order_is_the_channel_it_was_bought_in() -> None:
    """A demo visit shows its channel on every event, and its orders are placed in it."""
    truth = {row["channel"]: row for row in world(700, 60, 11, NOW).truth()["channels"]}
    touches = {"any_of": [{"event": "*"}]}
    found = answer(
        "attribution",
        {"touches": [{"step": touches, "property": {"property": "channel"}}], "conversion": PURCHASE},
    )
    last = {row.touch.name: row.last for row in found.groups[0].rows if row.touch is not None}
    for channel, row in truth.items():
        assert last.get(channel, 0) == row["orders_last_touch"], channel


def test_a_breakdown_of_the_buyers_adds_up() -> None:
    everyone, *groups = attribution(breakdowns=[{"property": "platform"}], top=2).groups
    assert sum(group.conversions for group in groups) == everyone.conversions
    assert sum(group.value for group in groups) == everyone.value


def test_costs_of_the_period_are_all_there() -> None:
    found = attribution("utm_source", costs=True)
    whole = sum(tables()["costs"]["cost"].to_pylist())
    assert found.cost == whole
    joined = sum(row.cost or 0 for row in found.groups[0].rows)
    assert joined + found.cost_elsewhere == whole


def test_the_planted_truth_is_what_the_models_are_held_against() -> None:
    truth = {row["channel"]: row["incremental_orders"] for row in world(700, 60, 11, NOW).truth()["channels"]}
    found = attribution(costs=True)
    assert found.lift is not None
    for one in found.lift.touches:
        assert one.orders == truth[one.touch.name]
    errors = {one.model: one.error for one in found.lift.models}
    assert list(errors.values()) == sorted(errors.values())
    # every channel is in many orders it did not cause, so that participation is far off
    assert errors["participation"] == max(errors.values())
    assert min(errors["linear"], errors["position"], errors["time_decay"]) < errors["last"]
