"""The analyses of behaviour can be compared with the period before, and agree with each other."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.shop import asking, shop
from tidewheel.analyse.run import ANALYSES, ask

KINDS = ("distribution", "interval", "lifecycle", "stickiness", "composition", "table")
PURCHASE, VIEW = {"any_of": [{"event": "purchase"}]}, {"any_of": [{"event": "page_view"}]}
CHANNEL = [{"property": "channel"}]


def result(kind: str, params: dict[str, Any]) -> Any:
    return ask(shop(), kind, params, asking()).result


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_compared_with_the_period_before(kind: str) -> None:
    params = {**ANALYSES.get(kind).samples[0], "period": {"last": 14}, "compare": [{"period": "previous"}]}
    found = ask(shop(), kind, params, asking())
    assert found.comparisons[0].result != found.result


def test_people_and_events_are_those_of_the_trend() -> None:
    series = [{"step": PURCHASE, "measure": {"kind": kind}} for kind in ("people", "count")]
    params = {"series": series, "grain": "total", "breakdowns": CHANNEL}
    trend = result("trends", params)
    totals = {(line.series, str(line.group)): line.total for line in trend.lines}
    spread = result("distribution", {"event": PURCHASE, "breakdowns": CHANNEL})
    parts = result("composition", {"event": PURCHASE, "breakdowns": CHANNEL})
    table = result(
        "table",
        {"event": PURCHASE, "measures": [{"kind": "people"}, {"kind": "count"}], "breakdowns": CHANNEL},
    )
    for group in spread.groups:
        assert group.overall.people == totals[0, str(group.group)]
        assert group.overall.total == totals[1, str(group.group)]
    for part in parts.shares:
        assert part.value == totals[1, str(part.group)]
    for number, head in enumerate(table.rows):
        label = str(head.values or None)
        assert [figure[number][0] for figure in table.values] == [totals[0, label], totals[1, label]]


def test_active_people_agree_with_each_other() -> None:
    period = {"last": 14}
    stick = result("stickiness", {"event": VIEW, "period": period}).groups[0]
    spread = result("distribution", {"event": VIEW, "by": "days", "period": period}).groups[0].overall
    life = result("lifecycle", {"event": VIEW, "grain": "day", "period": period}).groups[0]
    series = [{"step": VIEW, "measure": {"kind": "people"}}]
    trend = result("trends", {"series": series, "grain": "day", "period": period}).lines[0]
    assert stick.people == spread.people == trend.total
    assert stick.mean == spread.mean
    assert stick.daily == trend.values == [sum(point.people[:3]) for point in life.points]


def test_a_first_purchase_is_no_repeat() -> None:
    period = {"last": 40}
    spread = result("distribution", {"event": PURCHASE, "period": period}).groups[0].overall
    apart = result(
        "interval",
        {"start": PURCHASE, "end": PURCHASE, "period": period, "at_most": 3650 * 86_400_000},
    )
    assert apart.groups[0].overall.pairs >= spread.total - spread.people
