"""Enrichments over HTTP: rules tried, brought into force over all history, and taken back."""

from __future__ import annotations

import itertools
from typing import Any

import httpx
import pytest

from tests.api.shop import NOW, Shop
from tidewheel.core.period import DAY

PLACE = "/api/v1/projects/shop-a/enrichment"
OWN = {
    "rules": [{"channel": "store", "name": "shops", "when": [{"property": "utm_source", "values": ["shop"]}]}]
}
BROWSER = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
BOT = "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)"


@pytest.fixture
def visited(shop: Shop, admin: httpx.Client) -> httpx.Client:
    """Somebody signed in to a shop with four visits; one is a crawler's."""
    key = admin.post("/api/v1/projects/shop-a/sources", json={"name": "Web"}).json()["write_key"]
    sent: list[tuple[str, dict[str, Any], str]] = [
        ("a", {"utm_source": "shop"}, BROWSER),
        ("b", {"page_url": "https://s.example/?gclid=abcdefgh"}, BROWSER),
        ("c", {"scene": "1058"}, "python-httpx/1"),
        ("d", {"scene": "1058"}, BOT),
    ]
    for device, properties, agent in sent:
        event = {"event": "page_view", "time": NOW - 60_000, "id": device, "who": {"device": device}, "properties": properties}  # fmt: skip
        reply = admin.post("/v1/events", json=event, headers={"X-Write-Key": key, "User-Agent": agent})
        assert reply.json()["accepted"] == 1
    shop.installation.store("shop-a").sync()
    return admin


def ask(client: httpx.Client, **more: Any) -> dict[str, float]:
    params = {
        "period": {"last": 1},
        "series": [{"step": {"any_of": [{"event": "page_view"}]}, "measure": {"kind": "people"}}],
        "breakdowns": [{"property": "channel_group"}],
        **more,
    }
    reply = client.post("/api/v1/projects/shop-a/analyses/trends", json=params)
    assert reply.status_code == 200, reply.text
    lines = reply.json()["result"]["lines"]
    return {str(one["group"][0]): one["total"] for one in lines if one["group"] is not None}


def sql(client: httpx.Client, text: str) -> list[list[Any]]:
    found: list[list[Any]] = client.post("/api/v1/projects/shop-a/sql", json={"sql": text}).json()["rows"]
    return found


def test_visits_have_channels_and_bots_are_left_out(visited: httpx.Client) -> None:
    assert ask(visited) == {"other": 1, "paid": 1, "official_account": 1}
    assert ask(visited, bots="counted") == {"other": 1, "paid": 1, "official_account": 2}
    assert sql(visited, "select channel_group, browser, device_type from events order by actor") == [
        ["other", "Mobile Safari", "mobile"],
        ["paid", "Mobile Safari", "mobile"],
        ["official_account", None, None],
    ]


def test_what_is_left_out_has_arrived_all_the_same(visited: httpx.Client) -> None:
    place = "/api/v1/projects/shop-a"
    [seen] = visited.get(f"{place}/schema").json()["events"]
    assert (seen["name"], seen["count"], seen["daily"][-1]) == ("page_view", 4, 4)
    agents = {
        one["properties"].get("user_agent")
        for one in visited.get(f"{place}/schema/events/page_view/samples").json()["events"]
    }
    assert BOT in agents
    [volume] = visited.get(f"{place}/quality/volumes").json()["volumes"]
    assert (volume["event"], sum(hour["count"] for hour in volume["hours"])) == ("page_view", 4)


def test_rules_are_tried_and_then_hold_for_history(visited: httpx.Client) -> None:
    tried = visited.post(f"{PLACE}/channel/try", json={"rules": OWN}).json()
    assert (tried["events"], tried["changed"], tried["decided"]) == (4, 4, [1])
    assert tried["properties"][0]["values"][0] == {"value": "store", "now": 0, "then": 1}
    assert ask(visited)["other"] == 1
    saved = visited.put(f"{PLACE}/channel", json={"rules": OWN, "why": "our shops"}).json()
    assert (saved["own"], saved["versions"][0]["why"]) == (True, "our shops")
    assert ask(visited) == {"store": 1, "None": 2}
    back = visited.delete(f"{PLACE}/channel").json()
    assert (back["own"], back["versions"][0]["rules"]) == (False, None)
    assert ask(visited) == {"other": 1, "paid": 1, "official_account": 1}


def test_a_trial_counts_what_each_rule_decides_of_its_days_alone(shop: Shop, visited: httpx.Client) -> None:
    key = visited.get("/api/v1/projects/shop-a/sources").json()["sources"][0]["write_key"]
    event = {"event": "page_view", "time": NOW - 3 * DAY, "id": "e", "who": {"device": "e"}, "properties": {"utm_source": "shop"}}  # fmt: skip
    reply = visited.post("/v1/events", json=event, headers={"X-Write-Key": key, "User-Agent": BROWSER})
    assert reply.json()["accepted"] == 1
    shop.installation.store("shop-a").sync()
    shop.installation.store("shop-a").flush()
    for days, decided in ((1, 1), (30, 2)):
        tried = visited.post(f"{PLACE}/channel/try", json={"rules": OWN, "days": days}).json()
        [channel] = tried["properties"][0]["values"][:1]
        assert (tried["decided"], channel["value"], channel["then"]) == ([decided], "store", decided)


def test_what_a_bot_is_can_be_changed(visited: httpx.Client) -> None:
    rules = {"bots": "mark"}
    tried = visited.post(f"{PLACE}/agent/try", json={"rules": rules, "days": 2}).json()
    assert (tried["left_out_now"], tried["left_out_then"]) == (1, 0)
    visited.put(f"{PLACE}/agent", json={"rules": rules})
    assert ask(visited)["official_account"] == 2
    assert sql(visited, "select count(*) from events where bot") == [[1]]


def test_items_get_what_the_catalogue_says(shop: Shop, visited: httpx.Client) -> None:
    key = visited.get("/api/v1/projects/shop-a/sources").json()["sources"][0]["write_key"]
    event = {
        "event": "view_item",
        "id": "v",
        "time": NOW - 60_000,
        "who": {"device": "a"},
        "items": [{"item_id": "S1"}],
    }
    visited.post("/v1/events", json=event, headers={"X-Write-Key": key})
    goods = [{"key": "sku", "id": "S1", "attributes": {"name": "连衣裙", "category": "裙装"}}]
    assert visited.post(f"/in/{key}/projects/x/collect/item", json=goods).status_code == 204
    store = shop.installation.store("shop-a")
    store.sync()
    shop.installation.enriching.look({"shop-a": store})
    [[items]] = sql(visited, "select items from events where name = 'view_item'")
    assert (items[0]["item_name"], items[0]["item_category"]) == ("连衣裙", "裙装")


def test_goods_that_keep_coming_are_put_to_work_once_a_minute(
    shop: Shop, visited: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = visited.get("/api/v1/projects/shop-a/sources").json()["sources"][0]["write_key"]
    store, seconds = shop.installation.store("shop-a"), [1000.0]
    monkeypatch.setattr("tidewheel.serve.enriching.time.monotonic", lambda: seconds[0])
    versions = [store.snapshot().enricher]

    def goods(name: str) -> None:
        body = [{"key": "sku", "id": "S1", "attributes": {"name": name}}]
        assert visited.post(f"/in/{key}/projects/x/collect/item", json=body).status_code == 204
        shop.installation.enriching.look({"shop-a": store})
        versions.append(store.snapshot().enricher)

    for name, passed in (("a", 0), ("b", 59), ("c", 1)):
        seconds[0] += passed
        goods(name)
    assert [one is not before for before, one in itertools.pairwise(versions)] == [True, False, True]


def test_an_imported_catalogue_holds_for_the_next_question(visited: httpx.Client) -> None:
    key = visited.get("/api/v1/projects/shop-a/sources").json()["sources"][0]["write_key"]
    event = {"event": "view_item", "time": NOW - 60_000, "who": {"device": "a"}, "items": [{"item_id": "S1"}]}
    visited.post("/v1/events", json=event, headers={"X-Write-Key": key})
    query = "select items[1].item_category from events where name = 'view_item'"
    assert sql(visited, query) == [[None]]
    file = {"file": ("goods.csv", "商品编码,商品名称,品类\nS1,连衣裙,裙装\n".encode())}
    looked = visited.post(
        "/api/v1/projects/shop-a/imports/preview", files=file, data={"kind": "items"}
    ).json()
    body = {"upload_id": looked["upload_id"], "kind": "items", "mapping": looked["guess"]}
    assert visited.post("/api/v1/projects/shop-a/imports", json=body).json()["facts"] == 1
    assert sql(visited, query) == [["裙装"]]


def test_mistakes_are_told(visited: httpx.Client, people: dict[str, httpx.Client]) -> None:
    def code(reply: httpx.Response) -> tuple[int, str]:
        return reply.status_code, reply.json()["error"]["code"]

    bad = {
        "rules": {"rules": [{"channel": "a", "when": [{"property": "p", "op": "matches", "values": ["("]}]}]}
    }
    assert code(visited.put(f"{PLACE}/channel", json=bad)) == (422, "bad_rule")
    assert code(visited.post(f"{PLACE}/channel/try", json=bad)) == (422, "bad_rule")
    assert code(visited.get(f"{PLACE}/chanel"))[1] == "unknown_name"
    assert people["viewer"].put(f"{PLACE}/channel", json={"rules": {}}).status_code == 403
    assert people["viewer"].post(f"{PLACE}/channel/try", json={"rules": {}}).status_code == 200
