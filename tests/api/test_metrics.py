"""Metrics over HTTP: versions, values, what uses them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.shop import NOW, Shop

METRICS = "/api/v1/projects/shop-a/metrics"


def counting(event: str, measure: str = "count", **more: Any) -> dict[str, Any]:
    series = [{"step": {"any_of": [{"event": event}]}, "measure": {"kind": measure, **more}}]
    return {
        "title": {"en": event, "zh": event},
        "question": {"kind": "trends", "params": {"series": series, "grain": "total"}},
        "figure": "A",
    }


ORDERS, GMV = counting("purchase"), counting("purchase", "sum", property="value")
AOV = {"title": {"en": "AOV", "zh": "客单价"}, "formula": "gmv / orders", "format": "money"}


@pytest.fixture
def seller(shop: Shop, admin: httpx.Client) -> httpx.Client:
    """Somebody signed in to a shop that sold for 100 today, 200 and 300 yesterday."""
    source = admin.post("/api/v1/projects/shop-a/sources", json={"name": "Web"}).json()
    events = [
        {
            "event": "purchase",
            "time": NOW - ago,
            "id": str(value),
            "who": {"user": "u"},
            "properties": {"value": value},
        }
        for ago, value in ((60_000, 100), (86_400_000, 200), (86_460_000, 300))
    ]
    assert (
        admin.post("/v1/events", json=events, headers={"X-Write-Key": source["write_key"]}).json()["accepted"]
        == 3
    )
    shop.installation.store("shop-a").flush()
    return admin


def put(client: httpx.Client, name: str, definition: dict[str, Any], why: str = "") -> httpx.Response:
    return client.put(f"{METRICS}/{name}", json={"definition": definition, "why": why})


def code(reply: httpx.Response) -> str:
    return str(reply.json()["error"]["code"])


def test_every_version_is_kept_with_who_when_and_why(seller: httpx.Client, shop: Shop) -> None:
    assert put(seller, "orders", ORDERS, "first").json()["version"] == 1
    assert put(seller, "orders", ORDERS, "the same").json()["version"] == 1
    shop.clock.now += 1000
    views = counting("view_item")
    assert put(seller, "orders", views, "a mistake").json()["version"] == 2
    found = seller.get(f"{METRICS}/orders").json()
    assert [(one["version"], one["why"], one["by"]) for one in found["versions"]] == [
        (2, "a mistake", "ada@shop.test"), (1, "first", "ada@shop.test"),
    ]  # fmt: skip
    assert found["versions"][1]["definition"]["question"]["params"] == ORDERS["question"]["params"]
    assert seller.delete(f"{METRICS}/orders").json() == {"ok": True}
    assert code(seller.get(f"{METRICS}/orders")) == "no_such_metric"
    assert seller.get(METRICS).json()["metrics"] == []
    assert put(seller, "orders", ORDERS).json()["version"] == 4


def test_values_and_series(seller: httpx.Client) -> None:
    applied = seller.post(f"{METRICS}/apply", json={"metrics": {"aov": AOV, "gmv": GMV, "orders": ORDERS}})
    assert [(one["name"], one["change"], one["version"]) for one in applied.json()["changes"]] == [
        ("aov", "added", 1), ("gmv", "added", 1), ("orders", "added", 1),
    ]  # fmt: skip
    value = seller.get(f"{METRICS}/aov/value", params={"period": "2day"}).json()
    assert (value["value"], value["previous"], value["format"]) == (200, None, "money")
    assert value["parts"] == {"gmv": 600, "orders": 3}
    today = seller.get(f"{METRICS}/aov/value", params={"period": "1day"}).json()
    assert (today["value"], today["previous"]) == (100, 250)
    points = seller.get(f"{METRICS}/aov/series", params={"period": "3day"}).json()["points"]
    assert [(one["value"], one["complete"]) for one in points] == [(None, True), (250, True), (100, False)]
    assert code(seller.get(f"{METRICS}/aov/value", params={"period": "soon"})) == "bad_period"


def test_what_uses_a_metric_is_known_and_keeps_it(seller: httpx.Client) -> None:
    seller.post(f"{METRICS}/apply", json={"metrics": {"aov": AOV, "gmv": GMV, "orders": ORDERS}})
    tile = {
        "id": "a",
        "title": "A",
        "kind": "metric",
        "params": {"metric": "gmv"},
        "x": 0,
        "y": 0,
        "w": 6,
        "h": 8,
    }
    board = {"name": "Morning", "tiles": [tile]}
    assert seller.post("/api/v1/projects/shop-a/boards", json=board).status_code == 201
    used = seller.get(f"{METRICS}/gmv").json()["used"]
    assert [(one["kind"], one["name"]) for one in used] == [("metric", "aov"), ("board", "Morning")]
    assert code(seller.delete(f"{METRICS}/gmv")) == "metric_used"
    pruned = seller.post(f"{METRICS}/apply", json={"metrics": {"aov": AOV, "gmv": GMV}, "prune": True})
    assert code(pruned) == "metric_in_use"
    pruned = seller.post(f"{METRICS}/apply", json={"metrics": {"orders": ORDERS}, "prune": True})
    assert code(pruned) == "metric_used"
    assert len(seller.get(METRICS).json()["metrics"]) == 3


def test_all_or_none_are_applied_and_a_dry_run_changes_nothing(seller: httpx.Client) -> None:
    broken = {"orders": ORDERS, "aov": AOV}
    assert code(seller.post(f"{METRICS}/apply", json={"metrics": broken})) == "no_such_metric"
    assert seller.get(METRICS).json()["metrics"] == []
    seller.post(f"{METRICS}/apply", json={"metrics": {"orders": ORDERS}})
    changed = {"orders": {**ORDERS, "good": "down"}, "gmv": GMV}
    told = seller.post(f"{METRICS}/apply", json={"metrics": changed, "dry_run": True}).json()["changes"]
    assert [(one["name"], one["change"], one["fields"]) for one in told] == [
        ("gmv", "added", []), ("orders", "changed", ["good"]),
    ]  # fmt: skip
    assert [one["version"] for one in seller.get(METRICS).json()["metrics"]] == [1]


@pytest.mark.parametrize(
    ("definition", "says"),
    [
        ({**AOV, "formula": "gmv /"}, "bad_formula"),
        ({**AOV, "formula": "x"}, "metric_circle"),
        ({**AOV, "title": {"en": "x"}}, "bad_metric"),
        ({**ORDERS, "figure": "B"}, "no_such_figure"),
        ({**ORDERS, "question": {"kind": "trend", "params": {}}}, "unknown_name"),
        ({**ORDERS, "question": {"kind": "trends", "params": {}}}, "bad_parameter"),
    ],
)
def test_mistakes_are_told(seller: httpx.Client, definition: dict[str, Any], says: str) -> None:
    assert code(put(seller, "x", definition)) == says
