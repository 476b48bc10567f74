"""Words for a vendor's names are tried on what arrived lately before they hold."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.shop import NOW, Shop

COLLECT = "/v3/projects/acc-1/collect"


@pytest.fixture
def source(admin: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = admin.post(
        "/api/v1/projects/shop-a/sources", json={"name": "Web", "kind": "web"}
    ).json()
    return found


def trial(admin: httpx.Client, source: dict[str, Any], words: Any = None) -> dict[str, Any]:
    path = f"/api/v1/projects/shop-a/sources/{source['id']}/vocabularies/growingio/trial"
    reply = admin.post(path, json={"words": words})
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


def test_words_are_tried_and_nothing_changes(shop: Shop, admin: httpx.Client, source: dict[str, Any]) -> None:
    assert trial(admin, source) == {"arrived": 0, "changed": 0, "names": [], "events": []}
    goods, page = (
        {"eventType": kind, "eventName": "看商品", "deviceId": "d-1", "timestamp": NOW + number, "attributes": said}
        for number, (kind, said) in enumerate([("CUSTOM", {"goodsId": "A1", "价格": "299.5"}), ("PAGE", {})])
    )  # fmt: skip
    client = shop.client()
    for sent in ([goods], [page], [{**goods, "timestamp": NOW + 5}]):
        assert client.post(f"/in/{source['write_key']}{COLLECT}", json=sent).status_code == 204
    seen = trial(admin, source)
    assert (seen["arrived"], seen["changed"]) == (3, 0)
    assert [(one["sent"], one["count"], one["now"]) for one in seen["names"]] == [
        ("看商品", 2, "看商品"), ("PAGE", 1, "page_view")
    ]  # fmt: skip
    assert seen["names"][0]["samples"] == {"goodsId": "A1", "价格": "299.5"}
    item = {"properties": {"goodsId": "item_id", "价格": "price"}, "major": ["price"]}
    words = {"events": {"看商品": {"event": "view_item", "items": item}, "PAGE": {"leave_out": True}}}
    tried = trial(admin, source, words)
    assert (tried["arrived"], tried["changed"]) == (3, 3)
    by_name = {event["sent"]: event for event in tried["events"]}
    [then] = by_name["看商品"]["then"]["facts"]
    assert (then["name"], then["who"], then["items"]) == (
        "view_item", ["device:d-1"], [{"item_id": "A1", "price": 29950}]
    )  # fmt: skip
    assert by_name["看商品"]["now"]["facts"][0]["name"] == "看商品"
    assert by_name["PAGE"]["then"] == {"facts": [], "refused": None}
    refusing = {"events": {"看商品": {"event": "$view"}}}
    refused = {event["sent"]: event["then"]["refused"] for event in trial(admin, source, refusing)["events"]}
    assert refused["看商品"] == "reserved_name"
    assert admin.get("/api/v1/projects/shop-a/rejected").json()["items"] == []
    assert trial(admin, source) == seen


def test_what_a_removed_source_sent_is_forgotten(
    shop: Shop, admin: httpx.Client, source: dict[str, Any]
) -> None:
    event = {"eventType": "PAGE", "deviceId": "d-1", "timestamp": NOW}
    shop.client().post(f"/in/{source['write_key']}{COLLECT}", json=[event])
    assert trial(admin, source)["arrived"] == 1
    admin.delete(f"/api/v1/projects/shop-a/sources/{source['id']}")
    assert shop.installation.arrivals.lately("shop-a", source["id"], "growingio") == []
