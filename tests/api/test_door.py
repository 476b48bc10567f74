"""Events over HTTP: kept once, refused with reasons, refused as a whole, replayed."""

from __future__ import annotations

import gzip
import json
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.api.shop import NOW, Shop
from tidewheel.core.errors import Busy
from tidewheel.core.text import Text

GOOD = {"event": "page_view", "who": {"device": "d-1"}, "properties": {"page": "home"}}
BAD = {"event": "page_view", "who": {}}


@pytest.fixture
def key(admin: httpx.Client) -> str:
    made = admin.post("/api/v1/projects/shop-a/sources", json={"name": "Web", "kind": "web"})
    found: str = made.json()["write_key"]
    return found


def send(shop: Shop, key: str, body: Any, **more: Any) -> httpx.Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {key}", **more.pop("headers", {})}
    return shop.client().post("/v1/events", content=raw, headers=headers, **more)


def seen(shop: Shop, admin: httpx.Client) -> dict[str, int]:
    shop.installation.store("shop-a").sync()
    schema = admin.get("/api/v1/projects/shop-a/schema").json()
    return {event["name"]: event["count"] for event in schema["events"]}


def test_events_are_seen(shop: Shop, admin: httpx.Client, key: str) -> None:
    reply = send(shop, key, {"events": [GOOD, {**GOOD, "event": "purchase", "properties": {"value": 29950}}]})
    assert reply.json() == {"accepted": 2, "rejected": [], "notes": []}
    assert reply.headers["access-control-allow-origin"] == "*"
    assert seen(shop, admin) == {"page_view": 1, "purchase": 1}
    [source] = admin.get("/api/v1/projects/shop-a/sources").json()["sources"]
    assert source["events_24h"] == 2
    assert source["last_event_at"].startswith("2026-11-21T")
    samples = admin.get("/api/v1/projects/shop-a/schema/events/page_view/samples").json()["events"]
    assert [event["properties"] for event in samples] == [{"page": "home"}]
    values = admin.get("/api/v1/projects/shop-a/schema/values?property=page&q=HO").json()
    assert values == {"values": [{"value": "home", "count": 1}]}


@pytest.mark.parametrize("how", ["header", "query", "bearer"])
def test_the_write_key_may_come_three_ways(shop: Shop, key: str, how: str) -> None:
    headers = {"header": {"X-Write-Key": key}, "bearer": {"Authorization": f"Bearer {key}"}}.get(how, {})
    query = {"key": key} if how == "query" else {}
    reply = shop.client().post("/v1/events", json=GOOD, headers=headers, params=query)
    assert reply.json()["accepted"] == 1


def test_the_good_part_of_a_batch_is_kept(shop: Shop, admin: httpx.Client, key: str) -> None:
    reply = send(shop, key, [GOOD, BAD], headers={"Accept-Language": "zh"})
    assert reply.status_code == 200
    [rejected] = reply.json()["rejected"]
    assert (rejected["index"], rejected["code"], rejected["message"]) == (
        1,
        "missing_who",
        "事件没有说明是谁。",
    )
    page = admin.get("/api/v1/projects/shop-a/rejected").json()
    assert page["total"] == 1
    assert page["by_code"] == [{"code": "missing_who", "count": 1}]
    assert page["items"][0]["body"] == BAD
    assert seen(shop, admin) == {"page_view": 1}


def test_all_refused_is_422(shop: Shop, key: str) -> None:
    assert send(shop, key, [BAD, BAD]).status_code == 422


def test_a_body_that_cannot_be_read_is_kept_with_its_reason(
    shop: Shop, admin: httpx.Client, key: str
) -> None:
    reply = send(shop, key, b'{"events": [')
    assert reply.status_code == 422
    [kept] = admin.get("/api/v1/projects/shop-a/rejected").json()["items"]
    assert kept["code"] == reply.json()["error"]["code"]
    assert kept["body"] == '{"events": ['


def test_replay_keeps_what_is_good_now(shop: Shop, admin: httpx.Client, key: str) -> None:
    send(shop, key, [{**GOOD, "event": "purchase", "properties": {"value": 1.5}}, BAD])
    [first, second] = admin.get("/api/v1/projects/shop-a/rejected").json()["items"]
    assert admin.post("/api/v1/projects/shop-a/rejected/replay", json={}).status_code == 422
    again = admin.post("/api/v1/projects/shop-a/rejected/replay", json={"all": True})
    assert again.json() == {"accepted": 0, "rejected": 2}
    inbox = shop.installation.store("shop-a").inbox
    mended = inbox.rejected_by_id([int(first["id"])])[0]
    inbox.delete_rejected([mended.id])
    fixed = json.dumps({**GOOD, "event": "purchase", "properties": {"value": 150}}).encode()
    shop.installation.store("shop-a").append([], [mended_with(mended, fixed)]).result()
    again = admin.post("/api/v1/projects/shop-a/rejected/replay", json={"all": True})
    assert again.json() == {"accepted": 1, "rejected": 1}
    assert seen(shop, admin) == {"purchase": 1}
    left = admin.get("/api/v1/projects/shop-a/rejected").json()
    assert left["total"] == 1
    removed = admin.request(
        "DELETE", "/api/v1/projects/shop-a/rejected", json={"ids": [left["items"][0]["id"]]}
    )
    assert removed.json() == {"removed": 1}
    assert second["code"]


def mended_with(kept: Any, body: bytes) -> Any:
    return type(kept)(kept.received, kept.source, kept.index, kept.code, kept.field, kept.reason, body)


def test_refusals_of_the_whole(shop: Shop, admin: httpx.Client, key: str) -> None:
    def code(reply: httpx.Response) -> tuple[int, str]:
        return reply.status_code, reply.json()["error"]["code"]

    assert code(send(shop, "twk_guess", GOOD)) == (401, "unknown_write_key")
    assert code(send(shop, key, b"x" * (10 * 2**20 + 1))) == (413, "body_too_large")
    bomb = gzip.compress(b" " * (11 * 2**20))
    assert send(shop, key, bomb).status_code == 413
    admin.patch("/api/v1/projects/shop-a/sources/web", json={"enabled": False})
    assert code(send(shop, key, GOOD)) == (403, "source_disabled")
    admin.delete("/api/v1/projects/shop-a/sources/web")
    assert code(send(shop, key, GOOD)) == (401, "unknown_write_key")


def test_gzip_and_preflight(shop: Shop, key: str) -> None:
    assert send(shop, key, gzip.compress(json.dumps(GOOD).encode())).json()["accepted"] == 1
    reply = shop.client().options("/v1/events")
    assert reply.status_code == 204
    assert "x-write-key" in reply.headers["access-control-allow-headers"]


def test_too_much_at_once_is_429(shop: Shop, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise Busy("inbox_full", Text("full", "满"))

    monkeypatch.setattr(shop.installation.store("shop-a"), "append", full)
    reply = send(shop, key, GOOD)
    assert reply.status_code == 429
    assert reply.headers["retry-after"] == "1"


def test_the_same_batch_twice_is_seen_once(shop: Shop, admin: httpx.Client, key: str) -> None:
    batch = {"events": [{**GOOD, "id": "1", "time": NOW}]}
    for _ in range(2):
        assert send(shop, key, batch).json()["accepted"] == 1
    assert seen(shop, admin) == {"page_view": 1}


def test_events_that_are_sent_astray_are_not_answered_with_a_page(shop: Shop, key: str) -> None:
    for path, status, code in (
        (f"/in/{key}/nothing", 404, "no_such_address"),
        (f"/in/{key}", 404, "no_such_address"),
        (f"/in/{key}/2/httpapi", 405, "method_not_allowed"),
        ("/2/httpapi", 405, "method_not_allowed"),
        ("/capture/?data=e30", 405, "method_not_allowed"),
        ("/projects/p/collect/item", 405, "method_not_allowed"),
    ):
        reply = shop.client().get(path, headers={"Origin": "https://shop.example"})
        assert (reply.status_code, reply.json()["error"]["code"]) == (status, code), path
        assert key not in reply.text
        assert reply.headers["access-control-allow-origin"] == "https://shop.example"
    assert shop.client().get("/nowhere").status_code in {200, 404, 503}, (
        "any other address is the pages' to show"
    )


def test_a_picture_that_cannot_be_read_is_kept_among_the_rejected(
    shop: Shop, admin: httpx.Client, key: str
) -> None:
    reply = shop.client().get(f"/v3/projects/p/collect?key={key}&data=[{{%22xcontent%22:%22/")
    assert reply.status_code == 422
    [kept] = admin.get("/api/v1/projects/shop-a/rejected").json()["items"]
    assert (kept["code"], kept["source"]) == ("not_json", "web")
    assert "xcontent" in kept["body"]
    assert key not in kept["body"]


def test_addresses_are_read_in_utf8_and_gb18030(shop: Shop, admin: httpx.Client, key: str) -> None:
    for at, name in enumerate((quote("口红 100%"), quote("口红".encode("gb18030")), "plain")):
        reply = shop.client().get(
            f"/in/{key}/matomo.php?rec=1&_id=0123456789abcdef&cdt={NOW // 1000 - at}&action_name={name}"
        )
        assert reply.status_code == 200
    shop.installation.store("shop-a").sync()
    samples = admin.get("/api/v1/projects/shop-a/schema/events/page_view/samples").json()["events"]
    assert [one["properties"]["page_title"] for one in samples] == ["口红 100%", "口红", "plain"]
