"""Drivers look at the people of trends, retention and funnels, at the same rates where definitions coincide."""

from __future__ import annotations

from typing import Any

from tests.contract.shop import asking, shop
from tidewheel.analyse.run import ask, people_behind
from tidewheel.core.period import DAY, HOUR

PERIOD = {"from": "2026-09-28", "to": "2026-10-20"}


def step(event: str) -> dict[str, Any]:
    return {"any_of": [{"event": event}]}


SIGN_UP, VIEW, PURCHASE = step("sign_up"), step("page_view"), step("purchase")


def answer(kind: str, **params: Any) -> Any:
    return ask(shop(), kind, {"period": PERIOD, **params}, asking()).result


def test_everyone_who_starts_is_looked_at_or_counted_as_left_out() -> None:
    series = [{"step": PURCHASE, "measure": {"kind": "people"}}]
    started = answer("trends", series=series, grain="total").lines[0].total
    for kind, own in (("retention_drivers", {"back": VIEW}), ("conversion_drivers", {"goal": VIEW})):
        for period in (PERIOD, {"last": 20}):
            found = answer(kind, start=PURCHASE, **own, period=period)
            people = found.people + found.unfinished + found.early
            everyone = answer("trends", series=series, grain="total", period=period).lines[0].total
            assert people == everyone > 0
    assert started > 0


def test_the_rate_of_coming_back_is_that_of_retention() -> None:
    found = answer(
        "retention_drivers", start=SIGN_UP, back=VIEW, first_time=True, watch_days=3, from_day=3, to_day=6
    )
    table = answer(
        "retention", start=SIGN_UP, back=VIEW, first_time=True, mode="brackets", brackets=[3, 7]
    ).groups[0]
    assert found.unfinished == 0
    assert found.people == table.people
    assert (found.reached, found.rate) == (table.mean[1].people, table.mean[1].rate)


def test_converting_early_or_later_is_converting_in_a_funnel() -> None:
    found = answer(
        "conversion_drivers", start=SIGN_UP, goal=PURCHASE, first_time=True, watch=HOUR, within=7 * DAY
    )
    funnel = answer("funnel", steps=[SIGN_UP, PURCHASE], within={"n": 7, "unit": "day"}).groups[0]
    assert found.people + found.early == funnel.steps[0].people
    assert found.reached + found.early <= funnel.steps[1].people
    assert found.early > 0
    later = answer("funnel", steps=[SIGN_UP, PURCHASE], within={"n": 1, "unit": "hour"}).groups[0]
    assert abs(found.early - later.steps[1].people) <= 1
    assert found.reached == funnel.steps[1].people - found.early


def test_a_behaviour_has_the_people_of_a_funnel_of_the_same_day() -> None:
    params = {"period": PERIOD, "start": SIGN_UP, "back": VIEW, "first_time": True, "behaviours": [PURCHASE]}
    params |= {"watch_days": 1, "from_day": 1, "to_day": 3, "times": [1], "support": 1}
    found = ask(shop(), "retention_drivers", params, asking()).result
    funnel = answer("funnel", steps=[SIGN_UP, PURCHASE], within={"same": "day"}).groups[0]
    did = found.drivers[0].tests[0].did
    assert did == funnel.steps[1].people > 0
    cell = {"behaviour": 0, "times": 1, "did": True}
    _, people = people_behind(shop(), "retention_drivers", params, cell, asking())
    assert len(people) == did
