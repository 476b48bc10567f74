"""Paths, sessions and trends agree on the demo shop."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.shop import asking, shop
from tidewheel.analyse.run import ask

PERIOD = {"last": 30}
SENT = {"any_of": [{"event": "message_send"}, {"event": "coupon_issue"}]}


def step(event: str) -> dict[str, Any]:
    return {"any_of": [{"event": event}]}


def answer(kind: str, **params: Any) -> Any:
    return ask(shop(), kind, {"period": PERIOD, **params}, asking()).result


def trend(event: str, measure: str) -> int:
    found = answer("trends", series=[{"step": step(event), "measure": {"kind": measure}}], grain="total")
    return int(found.lines[0].total)


@pytest.mark.parametrize("event", ["view_item", "purchase", "page_view", "*"])
@pytest.mark.parametrize("position", ["start", "end", "through"])
def test_the_anchor_of_paths_is_counted_as_elsewhere(event: str, position: str) -> None:
    first = answer("paths", anchor=step(event), position=position).groups[0]
    assert first.people == trend(event, "people")
    assert first.paths == answer("sessions", contains=step(event)).groups[0].total.sessions
    life = answer("paths", anchor=step(event), position=position, unit="life").groups[0]
    assert life.paths == life.people == first.people
    every = answer("paths", anchor=step(event), position=position, which="every", collapse=False).groups[0]
    assert every.paths == trend(event, "count")


@pytest.mark.parametrize(
    "rule", [{}, {"timeout": 5}, {"cut": step("page_view")}, {"new_day": True, "ignore": SENT}]
)
def test_paths_and_sessions_share_one_rule(rule: dict[str, Any]) -> None:
    paths = answer("paths", anchor=step("page_view"), **rule).groups[0]
    sessions = answer("sessions", contains=step("page_view"), **rule).groups[0].total
    assert (paths.paths, paths.people) == (sessions.sessions, sessions.people)


def test_sessions_of_all_events_are_of_everyone() -> None:
    found = answer("sessions")
    assert found.groups[0].total.people == trend("*", "people")


def test_a_path_by_category_of_goods_says_the_first_item() -> None:
    found = answer(
        "paths",
        anchor=step("view_item"),
        split=step("view_item"),
        by=[{"property": "item_category", "scope": "item"}],
        nodes=30,
    ).groups[0]
    views = next(one for one in found.steps if one.at == 0)
    assert sum(node.count for node in views.nodes) == found.paths
    assert all(node.node[0] == "view_item" and node.node[1] is not None for node in views.nodes)
    whole = answer("paths", anchor=step("view_item")).groups[0]
    assert (whole.paths, whole.people) == (found.paths, found.people)


def test_a_goal_within_the_session_is_a_session_with_both() -> None:
    paths = answer("paths", anchor=step("view_item"), goal=step("purchase"), position="start").groups[0]
    funnel = answer("funnel", steps=[step("view_item"), step("purchase")], within={"same": "session"}).groups[
        0
    ]
    assert paths.converted_people == funnel.steps[1].people
