"""Identifiers kept as hashes only: the value is in no byte, and still finds its person."""

from __future__ import annotations

from typing import Any

import httpx

from tests.api.anna import PHONE, SHOP, WORDS, fill
from tests.api.shop import NOW, Shop
from tests.scan import traces

SECRET = ["13912345678", "anna.w@post.test"]


def decide(client: httpx.Client, **decisions: Any) -> httpx.Response:
    policy = client.get(f"{SHOP}/privacy").json()["policy"]
    return client.put(f"{SHOP}/privacy", json={**policy, **decisions})


def event(name: str, **more: Any) -> dict[str, Any]:
    who = {"phone": "139 1234 5678", "email": WORDS[1], "device": "device-1"}
    return {"event": name, "time": NOW - 100, "id": name, "who": who, **more}


def test_the_value_is_in_no_byte_and_finds_its_person(shop: Shop, admin: httpx.Client) -> None:
    assert decide(admin, hashed_identifiers=["phone", "email"]).status_code == 200
    source = admin.post(f"{SHOP}/sources", json={"name": "Web"}).json()
    events = [
        event("view_item", properties={"contact": "139 1234 5678", "city": "杭州"}),
        event("sign_up", person={"set": {"phone": "13912345678", "email": WORDS[1], "vip": True}}),
        event("purchase", properties={"value": "1.5x", "receiver": "139 1234 5678"}),
        {"event": "x", "who": {"phone": "13912345678" * 40}},
        {"event": "x", "whom": "13912345678"},
    ]
    reply = admin.post("/v1/events", json=events, headers={"X-Write-Key": source["write_key"]})
    assert (reply.json()["accepted"], len(reply.json()["rejected"])) == (2, 3), reply.text
    broken = b'[{"who": {"phone": "13912345678"'
    admin.post("/v1/events", content=broken, headers={"X-Write-Key": source["write_key"]})
    store = shop.installation.store("shop-a")
    store.sync()
    assert traces(shop.installation.settings.home, SECRET) == []
    found = admin.get(f"{SHOP}/people/{PHONE}").json()
    assert (found["events"], found["properties"]["vip"]["value"]) == (2, True)
    sealed = next(one["value"] for one in found["identifiers"] if one["type"] == "phone")
    assert sealed.startswith("h_")
    assert found["properties"]["phone"]["value"] == sealed
    assert [
        admin.get(f"{SHOP}/people", params={"q": q}).json()["total"] for q in (*SECRET, sealed, "139")
    ] == [1, 1, 1, 0]
    made = admin.post(f"{SHOP}/segments", json={"name": "L", "kind": "list", "identifiers": [PHONE]}).json()
    assert made["count"] == 1
    pair = {"a": PHONE, "b": "device:device-1"}
    assert admin.get(f"{SHOP}/identity/why", params=pair).json()["one_person"]
    for act in ("undo", "link"):
        assert admin.post(f"{SHOP}/identity/{act}", json=pair).status_code == 200
    assert admin.post(f"{SHOP}/identity/block", json={"identifier": PHONE}).status_code == 200
    store.flush()
    assert traces(shop.installation.settings.home, SECRET) == []


def test_a_refused_event_can_be_taken_again(shop: Shop, admin: httpx.Client) -> None:
    decide(admin, hashed_identifiers=["phone"])
    source = admin.post(f"{SHOP}/sources", json={"name": "Web"}).json()
    refused = {
        "event": "purchase",
        "who": {"phone": "13912345678"},
        "time": NOW,
        "properties": {"value": 1.5},
    }
    admin.post("/v1/events", json=[refused], headers={"X-Write-Key": source["write_key"]})
    [kept] = admin.get(f"{SHOP}/rejected").json()["items"]
    assert kept["body"]["who"]["phone"].startswith("h_")


def test_it_is_decided_before_the_first_event(shop: Shop, admin: httpx.Client) -> None:
    fill(shop, admin)
    reply = decide(admin, hashed_identifiers=["phone"])
    assert (reply.status_code, reply.json()["error"]["code"]) == (409, "too_late_to_hash")
    assert decide(admin, hashed_identifiers=["fax"]).status_code == 422
    assert decide(admin, keep_months=24).json()["policy"]["keep_months"] == 24
