"""RFM, lifetime value, cohorts and portraits agree with trends, with each other and with the items of the orders."""

from __future__ import annotations

from typing import Any

from tests.contract.shop import asking, shop
from tidewheel.analyse.run import ask, people_behind

PERIOD = {"last": 30}
PURCHASE = {"any_of": [{"event": "purchase"}]}


def answer(kind: str, **params: Any) -> Any:
    return ask(shop(), kind, {"period": PERIOD, **params}, asking()).result


def total(kind: str, step: dict[str, Any] = PURCHASE, **measure: Any) -> Any:
    series = [{"step": step, "measure": {"kind": kind, **measure}}]
    return answer("trends", series=series, grain="total").lines[0].total


def test_buyers_and_their_money_are_those_of_trends() -> None:
    paid = answer("rfm", money="paid").groups[0]
    assert paid.people == total("people")
    assert paid.revenue == total("sum", property="value")
    gross = answer("rfm", money="gross").groups[0]
    assert gross.revenue == total("sum", property="gross_value")
    orders = sum(one.people * one.frequency for one in paid.segments if one.people)
    assert round(orders) == total("count")


def test_orders_are_the_sum_of_their_lines() -> None:
    lines = total("sum", property="price", scope="item", times="quantity")
    assert answer("rfm", money="gross").groups[0].revenue == lines


def test_first_buyers_are_the_same_everywhere() -> None:
    first = total("first_time")
    assert answer("cohort", grain="day", periods=3).groups[0].people == first
    assert answer("ltv", ages=[0]).groups[0].total.people == first


def test_repeat_purchase_is_the_next_order_of_the_cohort() -> None:
    group = answer("cohort", grain="day", periods=40).groups[0]
    later = sum(
        max((one.repeated for one in row.figures if one.repeated is not None), default=0)
        for row in group.cohorts
    )
    assert group.steps[1].people == later


def test_a_portrait_of_everyone_against_everyone_is_even() -> None:
    result = answer(
        "portrait", who=PURCHASE, properties=[{"property": "city", "scope": "person"}], spend=True
    )
    assert result.people == result.base_people == result.both == total("people")
    assert all(round(value.tgi, 9) == 100 for one in result.properties for value in one.values)
    money = next(one for one in result.properties if one.name == "$spend")
    assert round(money.mean * result.people) == answer("rfm", money="net").groups[0].revenue


def test_moves_open_into_people_of_both_periods() -> None:
    params = {"period": PERIOD, "compare": [{"period": "previous"}]}
    found = ask(shop(), "rfm", params, asking())
    gone = next(one for one in found.result.moves if one.people and one.now == "none")
    cell = {"before": gone.before, "segment": "none"}
    _, people = people_behind(shop(), "rfm", params, cell, asking())
    _, before = people_behind(shop(), "rfm", params, {"segment": gone.before}, asking(), 0)
    assert set(people.tolist()) <= set(before.tolist())
    earlier = {one.segment: one.people for one in found.comparisons[0].result.groups[0].segments}
    for name, count in earlier.items():
        assert sum(one.people for one in found.result.moves if one.before == name) == count
