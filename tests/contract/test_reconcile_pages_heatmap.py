"""Pages and heat maps agree with sessions, trends and what is planted in the demo shop."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.shop import NOW, asking, shop
from tidewheel.analyse.run import ask
from tidewheel.demo import world

PERIOD = {"last": 30}
VIEW = {"any_of": [{"event": "page_view"}]}
PURCHASE = {"any_of": [{"event": "purchase"}]}
SENT = {"any_of": [{"event": "message_send"}, {"event": "coupon_issue"}]}


def answer(kind: str, period: Any = None, **params: Any) -> Any:
    return ask(shop(), kind, {"period": period or PERIOD, **params}, asking()).result


def trend(step: dict[str, Any], *measures: dict[str, Any], **params: Any) -> list[int]:
    series = [{"step": step, "measure": one} for one in measures]
    found = answer("trends", series=series, grain="total", **params)
    return [round(line.total) for line in found.lines]


@pytest.mark.parametrize("rule", [{}, {"timeout": 5}, {"cut": PURCHASE}, {"new_day": True, "ignore": SENT}])
def test_visits_are_those_of_sessions(rule: dict[str, Any]) -> None:
    by = [{"property": "channel"}]
    pages = answer("pages", breakdowns=by, top=3, pages=200, goal=PURCHASE, **rule)
    sessions = answer("sessions", breakdowns=by, top=3, contains=VIEW, depth=VIEW, **rule)
    for source, group in zip(pages.sources, sessions.groups, strict=True):
        total = group.total
        assert source.group == group.group
        assert (source.visits, source.people, source.bounces) == (total.sessions, total.people, total.bounces)
        assert source.pages_per_visit == pytest.approx(total.depth_mean)
    whole = pages.sources[0]
    for name in ("visits", "new_people", "bounces", "views", "conversions"):
        assert sum(getattr(one, name) for one in pages.sources[1:]) == getattr(whole, name), name
    for name in ("entries", "exits"):
        assert sum(getattr(one, name) for one in pages.pages) == whole.visits
    assert sum(one.bounces for one in pages.pages) == whole.bounces


def test_views_are_those_of_trends() -> None:
    pages = answer("pages")
    count, people = trend(VIEW, {"kind": "count"}, {"kind": "people"})
    assert (pages.sources[0].views, pages.sources[0].people) == (count, people)
    for one in pages.pages:
        only = [{"property": "page", "op": "is", "value": one.page[0]}]
        if one.page[0] is not None:
            step = {"any_of": [{"event": "page_view", "filters": only}]}
            assert trend(step, {"kind": "count"}, {"kind": "people"}) == [one.views, one.people]


def test_goals_of_visits_are_purchases_in_sessions() -> None:
    goal = {"goal": PURCHASE, "value": "value"}
    pages = answer("pages", **goal).sources[0]
    anything = answer("pages", view={"any_of": [{"event": "*"}]}, **goal).sources[0]
    count, people, value = trend(
        PURCHASE, {"kind": "count"}, {"kind": "people"}, {"kind": "sum", "property": "value"}
    )
    assert anything.converted_people == people
    assert anything.value == value
    assert 0 < pages.conversions <= anything.conversions <= count
    assert 0 < pages.value < value


def test_new_people_are_those_who_come_for_the_first_time() -> None:
    anything = {"any_of": [{"event": "*"}]}
    new = trend(anything, {"kind": "first_time"})
    assert [answer("pages", view=anything).sources[0].new_people] == new


def test_clicks_are_those_of_trends_and_pages() -> None:
    click = {"any_of": [{"event": "click"}]}
    whole = answer("heatmap")
    everyone = whole.groups[0]
    assert [everyone.clicks, everyone.people] == trend(click, {"kind": "count"}, {"kind": "people"})
    assert sum(one.clicks for one in everyone.elements) == everyone.clicks
    assert sum(one.clicks for one in everyone.grid) == everyone.placed == everyone.clicks
    seen = {str(one.page): one for one in answer("pages").pages}
    for page in whole.pages:
        assert page.views == seen[str(page.page)].views
        own = answer("heatmap", page=page.page[0]).groups[0] if page.page[0] else None
        if own:
            assert (own.clicks, own.people, own.seen) == (page.clicks, page.people, page.seen)


def test_the_planted_clicks_are_found() -> None:
    truth = world(700, 60, 11, NOW).truth()["clicks"]["elements"]
    found = {
        (page, one.element[0]): one
        for page in ("/home", "/list", "/goods", "/checkout")
        for one in answer("heatmap", {"last": 60}, page=page, elements=200).groups[0].elements
    }
    for row in truth:
        if row["clicks"]:
            one = found[row["page"], row["element"]]
            assert (one.clicks, one.text) == (row["clicks"], row["element_text"])
            assert one.rage_clicks == row["rage_clicks"]
            assert abs(one.dead_clicks - row["dead_clicks"]) <= 3
    slow = answer("heatmap", {"last": 60}, page="/checkout", breakdowns=[{"property": "platform"}])
    rage = {str(group.group): group.rage_clicks / group.clicks for group in slow.groups if group.group}
    assert max(rage, key=lambda name: rage[name]) == "['web']"
