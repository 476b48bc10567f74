"""Goals over HTTP: versions, explanations, what uses a metric or a segment."""

from __future__ import annotations

from typing import Any

import httpx

from tests.api.shop import Shop
from tests.api.test_metrics import AOV, GMV, METRICS, ORDERS, code, seller

__all__ = ["seller"]
GOALS = "/api/v1/projects/shop-a/goals"
GOAL = {
    "title": {"en": "GMV", "zh": "成交额"},
    "metric": "gmv",
    "target": {"value": 1000},
    "how": "product",
    "parts": [
        {"title": "Orders", "metric": "orders", "owner": "Lin", "measures": [{"metric": "gmv", "target": {"value": 50}}]},
        {"title": "AOV", "metric": "aov"},
    ],
}  # fmt: skip


def put(client: httpx.Client, name: str, definition: dict[str, Any], why: str = "") -> httpx.Response:
    return client.put(f"{GOALS}/{name}", json={"definition": definition, "why": why})


def prepared(client: httpx.Client) -> None:
    money = {**GMV, "format": "money"}
    applied = client.post(f"{METRICS}/apply", json={"metrics": {"aov": AOV, "gmv": money, "orders": ORDERS}})
    assert applied.status_code == 200


def test_a_goal_is_explained(seller: httpx.Client) -> None:
    prepared(seller)
    assert put(seller, "sales", GOAL, "first").json()["version"] == 1
    found = seller.get(f"{GOALS}/sales/explain", params={"period": "1day"}).json()
    root = found["row"]
    assert (root["value"], root["previous"], root["change"], root["gain"]) == (100, 500, -400, -400)
    orders, aov, residual = root["rows"]
    assert orders["gain"] + aov["gain"] == -400
    assert residual["gain"] == 0
    assert root["method"] == "lmdi"
    assert root["progress"]["state"] == "behind"
    assert orders["score"] == 1
    assert orders["owner"] == "Lin"
    assert found["previous"] != found["period"]
    same = seller.get(
        f"{GOALS}/sales/explain",
        params={"period": "2026-11-01..2026-11-02", "previous": "2026-11-01..2026-11-02"},
    ).json()
    assert same["row"]["change"] == 0
    assert same["definition"] == found["definition"]


def test_versions_and_applying(seller: httpx.Client, shop: Shop) -> None:
    prepared(seller)
    put(seller, "sales", GOAL, "first")
    shop.clock.now += 1000
    assert put(seller, "sales", {**GOAL, "target": None}, "no target").json()["version"] == 2
    found = seller.get(f"{GOALS}/sales").json()
    assert [one["why"] for one in found["versions"]] == ["no target", "first"]
    assert found["definition"]["target"] is None
    body = {"goals": {"new": {"title": "N", "metric": "gmv"}}, "prune": True}
    dry = seller.post(f"{GOALS}/apply", json={**body, "dry_run": True}).json()["changes"]
    assert [(one["name"], one["change"]) for one in dry] == [("new", "added"), ("sales", "removed")]
    assert len(seller.get(GOALS).json()["goals"]) == 1
    seller.post(f"{GOALS}/apply", json=body)
    assert [one["name"] for one in seller.get(GOALS).json()["goals"]] == ["new"]
    assert code(seller.get(f"{GOALS}/sales")) == "no_such_goal"
    assert seller.delete(f"{GOALS}/new").json() == {"ok": True}
    assert code(seller.get(f"{GOALS}/new/explain")) == "no_such_goal"


def test_mistakes_are_told_before_anything_changes(seller: httpx.Client) -> None:
    prepared(seller)
    wrong: dict[str, dict[str, Any]] = {
        "bad_goal": {**GOAL, "parts": []},
        "no_such_metric": {"title": "X", "metric": "nothing"},
        "no_such_segment": {"title": "X", "metric": "gmv", "how": "split", "parts": [{"title": "S", "segment": "none"}]},
    }  # fmt: skip
    for expected, definition in wrong.items():
        assert code(put(seller, "bad", definition)) == expected
    assert seller.get(GOALS).json()["goals"] == []


def test_a_metric_of_a_goal_is_not_removed(seller: httpx.Client) -> None:
    prepared(seller)
    put(seller, "sales", GOAL)
    assert code(seller.delete(f"{METRICS}/aov")) == "metric_used"
    body = {"metrics": {"gmv": GMV, "orders": ORDERS}, "prune": True}
    assert code(seller.post(f"{METRICS}/apply", json=body)) == "metric_used"
    [aov, *_] = seller.get(METRICS).json()["metrics"]
    assert [(one["kind"], one["id"], one["name"]) for one in aov["used"]] == [("goal", "sales", "GMV")]
    assert aov["used"][0]["title"]["zh"] != "GMV"
