"""Clients of other vendors change one address: their events arrive under the source that knows their key."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.api.shop import NOW, Shop
from tests.captured import requests
from tidewheel.collect.contract import PROTOCOLS

CAPTURED = 1_795_970_000_000
"""A moment after the last request that was captured."""
COLLECT = "/v3/projects/acc-1/collect"
EVENT = {
    "eventType": "CUSTOM",
    "eventName": "看商品",
    "deviceId": "d-1",
    "timestamp": NOW,
    "dataSourceId": "ds-web",
}


@pytest.fixture
def source(admin: httpx.Client) -> dict[str, Any]:
    made = admin.post("/api/v1/projects/shop-a/sources", json={"name": "Web", "kind": "web"})
    found: dict[str, Any] = made.json()
    return found


def path_of(source: dict[str, Any]) -> str:
    return f"/api/v1/projects/shop-a/sources/{source['id']}"


def counts(shop: Shop, admin: httpx.Client) -> dict[str, int]:
    shop.installation.store("shop-a").sync()
    schema = admin.get("/api/v1/projects/shop-a/schema").json()
    return {event["name"]: event["count"] for event in schema["events"]}


def test_the_write_key_may_stand_before_the_path(
    shop: Shop, admin: httpx.Client, source: dict[str, Any]
) -> None:
    reply = shop.client().post(f"/in/{source['write_key']}{COLLECT}?stm={NOW}", json=[EVENT])
    assert (reply.status_code, reply.content) == (204, b"")
    assert "content-type" not in reply.headers
    assert counts(shop, admin) == {"看商品": 1}


def test_a_key_of_another_vendor_finds_its_source(
    shop: Shop, admin: httpx.Client, source: dict[str, Any]
) -> None:
    assert shop.client().post(COLLECT, json=[EVENT]).status_code == 401
    changed = admin.patch(path_of(source), json={"vendor_keys": ["ds-web", "ds-app", "ds-web"]}).json()
    assert changed["vendor_keys"] == ["ds-web", "ds-app"]
    assert shop.client().post(COLLECT, json=[EVENT]).status_code == 204
    assert shop.client().post(COLLECT, json=[{**EVENT, "dataSourceId": "other"}]).status_code == 401
    admin.patch(path_of(source), json={"vendor_keys": ["acc-1"]})
    assert shop.client().post(COLLECT, json=[{**EVENT, "deviceId": "d-2"}]).status_code == 204
    assert counts(shop, admin) == {"看商品": 2}


def test_a_key_belongs_to_one_source(admin: httpx.Client, source: dict[str, Any]) -> None:
    admin.patch(path_of(source), json={"vendor_keys": ["ds-web"]})
    other = admin.post("/api/v1/projects/shop-a/sources", json={"name": "App", "kind": "app"}).json()
    reply = admin.patch(path_of(other), json={"vendor_keys": ["ds-app", "ds-web"]})
    assert (reply.status_code, reply.json()["error"]["code"]) == (409, "vendor_key_taken")
    assert reply.json()["error"]["got"] == "ds-web"


def test_words_are_the_sources_own(shop: Shop, admin: httpx.Client, source: dict[str, Any]) -> None:
    place = path_of(source) + "/vocabularies/growingio"
    shipped = admin.get(place).json()
    assert shipped["own"] is False
    assert shipped["words"]["events"]["PAGE"]["event"] == "page_view"
    words = {**shipped["words"], "events": {"看商品": {"event": "view_item", "set": {"channel": "chat"}}}}
    assert admin.put(place, json=words).json()["own"] is True
    reply = shop.client().post(f"/in/{source['write_key']}{COLLECT}", json=[EVENT])
    assert reply.status_code == 204
    assert counts(shop, admin) == {"view_item": 1}
    sample = admin.get("/api/v1/projects/shop-a/schema/events/view_item/samples").json()["events"][0]
    assert sample["properties"] == {"channel": "chat", "channel_group": "chat", "sent_as": "看商品"}
    [listed] = admin.get("/api/v1/projects/shop-a/sources").json()["sources"]
    assert listed["vocabularies"] == ["growingio"]
    assert admin.delete(place).json() == shipped
    unknown = admin.get(path_of(source) + "/vocabularies/growing").json()["error"]
    assert "growingio" in json.dumps(unknown)


def test_items_become_goods(shop: Shop, admin: httpx.Client, source: dict[str, Any]) -> None:
    goods = [{"key": "sku", "id": "A1", "attributes": {"name": "连衣裙", "price": "299"}}, {"key": "sku"}]
    reply = shop.client().post(f"/in/{source['write_key']}/projects/acc-1/collect/item", json=goods)
    assert reply.status_code == 204
    rows = shop.installation.store("shop-a").read_table("items").to_pylist()
    assert [(row["item_id"], row["item_name"], row["price"]) for row in rows] == [("A1", "连衣裙", 29900)]
    rejected = admin.get("/api/v1/projects/shop-a/rejected").json()
    assert rejected["by_code"] == [{"code": "missing_item_id", "count": 1}]


def test_pages_of_any_origin_may_send(shop: Shop, source: dict[str, Any]) -> None:
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Headers": "x-own, content-type"}
    reply = shop.client().options(COLLECT, headers=asked)
    assert reply.status_code == 204
    assert reply.headers["access-control-allow-origin"] == "https://shop.example"
    assert reply.headers["access-control-allow-credentials"] == "true"
    assert reply.headers["access-control-allow-headers"] == "x-own, content-type"
    sent = shop.client().post(f"/in/{source['write_key']}{COLLECT}", json=[EVENT], headers=asked)
    assert sent.headers["access-control-allow-origin"] == "https://shop.example"


@pytest.mark.parametrize("vendor", [name for name in PROTOCOLS.all() if name != "native"])
def test_real_clients_are_answered_as_they_wish(
    shop: Shop, admin: httpx.Client, source: dict[str, Any], vendor: str
) -> None:
    answers = set()
    shop.clock.now = max(shop.clock.now, CAPTURED)
    for _, request in requests(PROTOCOLS.get(vendor)):
        query = f"?{request.raw_query}" if request.raw_query else ""
        reply = shop.client().request(
            request.method, f"/in/{source['write_key']}{request.path}{query}",
            content=request.body, headers=dict(request.headers),
        )  # fmt: skip
        answers.add(reply.status_code)
    assert answers <= {200, 204, 422}  # 422: an address that a browser had cut
    assert sum(counts(shop, admin).values()) >= 3


def test_numbers_that_never_came_are_counted(
    shop: Shop, admin: httpx.Client, people: dict[str, httpx.Client], source: dict[str, Any]
) -> None:
    path = f"{path_of(source)}/losses"
    assert admin.get(path).json()["numbered"] is False
    numbered = [EVENT | {"eventSequenceId": number, "timestamp": NOW + number} for number in (1, 2, 5, 9)]
    reply = shop.client().post(f"/in/{source['write_key']}{COLLECT}?stm={NOW}", content=json.dumps(numbered))
    assert reply.status_code == 204
    shop.installation.store("shop-a").sync()
    found = people["viewer"].get(path, params={"days": 3}).json()
    assert (found["numbered"], found["runs"], found["arrived"], found["missing"]) == (True, 1, 4, 5)
    assert [(day["arrived"], day["missing"]) for day in found["days"]] == [(0, 0), (0, 0), (4, 5)]
    assert admin.get(f"{path}?days=0").status_code == 422
    assert admin.get("/api/v1/projects/shop-a/sources/none/losses").status_code == 404
    assert people["stranger"].get(path).status_code in {403, 404}
