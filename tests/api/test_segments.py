"""Segments over HTTP."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.api.shop import NOW, Shop

BUYERS: dict[str, Any] = {
    "kind": "trends",
    "params": {
        "series": [{"step": {"any_of": [{"event": "purchase"}]}, "measure": {"kind": "people"}}],
        "grain": "total",
        "period": {"last": 7},
    },
    "cell": {"series": 0},
}
SEGMENTS = "/api/v1/projects/shop-a/segments"
TRENDS = "/api/v1/projects/shop-a/analyses/trends"


@pytest.fixture
def seller(shop: Shop, admin: httpx.Client) -> httpx.Client:
    """Somebody signed in to a shop where three people looked and two bought."""
    source = admin.post("/api/v1/projects/shop-a/sources", json={"name": "Web"}).json()
    events = [
        {"event": event, "time": NOW - 1000, "id": f"{event}{who}", "who": {"phone": f"1380013800{who}"}}
        for event, people in (("view_item", (1, 2, 3)), ("purchase", (1, 2)))
        for who in people
    ]
    reply = admin.post("/v1/events", json=events, headers={"X-Write-Key": source["write_key"]})
    assert reply.json()["accepted"] == 5
    shop.installation.store("shop-a").flush()
    return admin


def visitors(client: httpx.Client, people: dict[str, Any] | None) -> Any:
    params = {
        "series": [{"step": {"any_of": [{"event": "*"}]}, "measure": {"kind": "people"}}],
        "grain": "total",
        "people": people,
    }
    return client.post(TRENDS, json=params)


def total(reply: httpx.Response) -> int:
    assert reply.status_code == 200, reply.text
    return int(reply.json()["result"]["lines"][0]["total"])


def test_a_rule_and_a_list_of_the_same_cell(seller: httpx.Client, shop: Shop) -> None:
    rule = seller.post(SEGMENTS, json={"name": "Buyers", "kind": "rule", "answer": BUYERS}).json()
    kept = seller.post(SEGMENTS, json={"name": "Bought", "kind": "list", "answer": BUYERS}).json()
    assert [one["count"] for one in (rule, kept)] == [2, 2]
    assert (rule["size"], kept["size"], kept["by"]) == (None, 2, "ada@shop.test")
    for reference in (rule["id"], "Buyers", kept["id"], "Bought"):
        assert total(visitors(seller, {"segments": [reference]})) == 2
        assert total(visitors(seller, {"not_segments": [reference]})) == 1
    page = seller.get(f"{SEGMENTS}/Bought/people", params={"limit": 1}).json()
    assert (page["total"], len(page["people"])) == (2, 1)
    shop.clock.now += 10 * 86_400_000
    assert seller.get(f"{SEGMENTS}/Buyers/count").json()["count"] == 0
    assert seller.get(f"{SEGMENTS}/Bought/count").json()["count"] == 2


def test_identifiers_are_tidied_and_those_that_are_none_are_told(seller: httpx.Client) -> None:
    lines = ["手机号", "138 0013 8001", "+86 13800138003", "phone:13900000000", "", "13800138001"]
    body = {"kind": "list", "identifiers": lines, "identifier_type": "phone"}
    assert seller.post(f"{SEGMENTS}/preview", json=body).json()["count"] == 2
    made = seller.post(SEGMENTS, json={"name": "Uploaded", **body}).json()
    assert (made["count"], made["size"], made["answer"]) == (2, 4, None)
    untyped = {"kind": "list", "identifiers": ["13800138001", "user:u1"]}
    assert seller.post(f"{SEGMENTS}/preview", json=untyped).json() == {
        "count": 0, "left_out": 1, "examples": ["13800138001"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "rule"}, "segment_of_nothing"),
        ({"kind": "rule", "identifiers": ["user:a"]}, "segment_of_nothing"),
        ({"kind": "list", "identifiers": ["?", ""]}, "no_identifiers"),
        ({"kind": "list", "identifiers": ["1"], "identifier_type": "phon"}, "unknown_name"),
        ({"kind": "rule", "answer": {**BUYERS, "kind": "trend"}}, "unknown_name"),
        ({"kind": "rule", "answer": {**BUYERS, "cell": {"serie": 0}}}, "bad_parameter"),
        ({"kind": "rule", "answer": {**BUYERS, "params": {**BUYERS["params"], "people": {"segments": ["Buyer"]}}}}, "no_such_segment"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_segment_is_told(seller: httpx.Client, body: dict[str, Any], code: str) -> None:
    reply = seller.post(SEGMENTS, json={"name": "X", **body})
    assert reply.json()["error"]["code"] == code, reply.text
    assert seller.get(SEGMENTS).json()["segments"] == []


def test_names_are_unique_until_they_are_given_up(seller: httpx.Client) -> None:
    body = {"name": "Buyers", "kind": "rule", "answer": BUYERS}
    first = seller.post(SEGMENTS, json=body).json()
    assert seller.post(SEGMENTS, json=body).json()["error"]["code"] == "segment_name_taken"
    assert seller.delete(f"{SEGMENTS}/Buyers").json() == {"ok": True}
    assert seller.get(f"{SEGMENTS}/Buyers").json()["error"]["code"] == "no_such_segment"
    assert visitors(seller, {"segments": ["Buyers"]}).status_code == 404
    assert seller.post(f"{SEGMENTS}/{first['id']}/restore", json={}).json()["name"] == "Buyers"
    assert total(visitors(seller, {"segments": ["Buyers"]})) == 2
    seller.delete(f"{SEGMENTS}/Buyers")
    seller.post(SEGMENTS, json=body)
    again = seller.post(f"{SEGMENTS}/{first['id']}/restore", json={})
    assert again.json()["error"]["code"] == "segment_name_taken"


def test_a_renamed_segment_keeps_its_uses_and_a_redefined_one_changes_answers(seller: httpx.Client) -> None:
    inner = seller.post(SEGMENTS, json={"name": "In", "kind": "rule", "answer": BUYERS}).json()
    params = {**BUYERS["params"], "people": {"segments": ["In"]}}
    outer = {"name": "Out", "kind": "rule", "answer": {**BUYERS, "params": params}}
    saved = seller.post(SEGMENTS, json=outer).json()
    assert saved["answer"]["params"]["people"]["segments"] == [inner["id"]]
    tile = {"id": "a", "title": "A", "kind": "trends", "params": params, "x": 0, "y": 0, "w": 6, "h": 8}
    seller.post("/api/v1/projects/shop-a/boards", json={"name": "Morning", "tiles": [tile]})
    used = seller.get(f"{SEGMENTS}/In").json()["used"]
    assert [(one["kind"], one["name"]) for one in used] == [("board", "Morning"), ("segment", "Out")]

    before = visitors(seller, {"segments": ["Out"]}).json()
    assert seller.patch(f"{SEGMENTS}/In", json={"name": "Within"}).json()["version"] == 1
    assert (
        visitors(seller, {"segments": ["Out"]}).content
        == json.dumps(before, separators=(",", ":"), ensure_ascii=False).encode()
    )
    people = {
        "kind": "rule",
        "answer": {**BUYERS, "params": {**BUYERS["params"], "people": {"segments": ["Out"]}}},
    }
    circle = seller.patch(f"{SEGMENTS}/Within", json={"people": people})
    assert circle.json()["error"]["code"] == "segment_circle"
    as_list = {"kind": "list", "identifiers": ["phone:13800138001"]}
    kind = seller.patch(f"{SEGMENTS}/Within", json={"people": as_list})
    assert kind.json()["error"]["code"] == "segment_kind_stays"
    viewed = json.loads(json.dumps(BUYERS).replace('"purchase"', '"view_item"'))
    changed = seller.patch(f"{SEGMENTS}/Within", json={"people": {"kind": "rule", "answer": viewed}}).json()
    assert (changed["version"], changed["count"]) == (2, 3)
    after = visitors(seller, {"segments": ["Out"]}).json()
    assert after["provenance"]["definition"] != before["provenance"]["definition"]
