"""Picked events over HTTP: kept by versions, tried, listed from what was clicked, asked for like any event."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.shop import Shop
from tests.api.test_metrics import code
from tidewheel.serve.picks import PICKING_MS, sign, signed

PICKS = "/api/v1/projects/shop-a/picks"
BUY: dict[str, Any] = {
    "title": {"en": "Buy button", "zh": "购买按钮"},
    "any_of": [
        {"where": [{"property": "element", "value": "#buy"}, {"property": "page", "value": "/goods"}]}
    ],
}


def click(at: int, user: str, element: str, page: str = "/goods") -> dict[str, Any]:
    properties = {"page": page, "element": element, "element_text": "买", "element_kind": "button"}
    return {"event": "click", "id": f"c{at}", "who": {"user": user}, "properties": properties}


@pytest.fixture
def picker(admin: httpx.Client, shop: Shop) -> httpx.Client:
    """An editor of a shop in which some things were clicked."""
    clicks = [
        click(1, "a", "#buy"),
        click(2, "b", "#buy"),
        click(3, "a", "#buy", "/home"),
        click(4, "c", "#cart"),
    ]
    source = admin.post("/api/v1/projects/shop-a/sources", json={"name": "Web"}).json()
    sent = admin.post("/v1/events", json=clicks, headers={"X-Write-Key": source["write_key"]})
    assert sent.json()["accepted"] == len(clicks)
    shop.installation.store("shop-a").flush()
    return admin


def put(client: httpx.Client, name: str, definition: dict[str, Any]) -> httpx.Response:
    return client.put(f"{PICKS}/{name}", json={"definition": definition})


def total(client: httpx.Client, event: str) -> float:
    question = {"series": [{"step": {"any_of": [{"event": event}]}}], "grain": "total"}
    reply = client.post("/api/v1/projects/shop-a/analyses/trends", json=question)
    assert reply.status_code == 200, reply.text
    return float(reply.json()["result"]["lines"][0]["total"])


def test_history_is_there_at_once_and_edits_are_followed(picker: httpx.Client) -> None:
    assert picker.post(f"{PICKS}/try", json={"definition": BUY}).json() | {"daily": []} == {
        "events": 2, "people": 2, "daily": [], "ever": 2,
    }  # fmt: skip
    assert put(picker, "buy", BUY).json()["version"] == 1
    assert total(picker, "buy") == 2
    anywhere = {**BUY, "any_of": [{"where": [{"property": "element", "value": "#buy"}]}]}
    assert put(picker, "buy", anywhere).json()["version"] == 2
    assert total(picker, "buy") == 3
    assert [one["version"] for one in picker.get(f"{PICKS}/buy").json()["versions"]] == [2, 1]
    assert picker.delete(f"{PICKS}/buy").json() == {"ok": True}
    assert total(picker, "buy") == 0
    assert code(picker.get(f"{PICKS}/buy")) == "no_such_pick"


def test_it_is_an_event_among_the_others(picker: httpx.Client) -> None:
    put(picker, "buy", BUY)
    events = {one["name"]: one for one in picker.get("/api/v1/projects/shop-a/schema").json()["events"]}
    assert (events["buy"]["count"], events["buy"]["daily"][-1], events["buy"]["picked"]) == (2, 2, True)
    assert events["buy"]["title"] == BUY["title"]
    assert "element" in events["buy"]["properties"]
    assert not events["click"]["picked"]
    samples = picker.get("/api/v1/projects/shop-a/schema/events/buy/samples").json()["events"]
    assert len(samples) == 2
    sql = "select count(*) from events where list_contains(picked, 'buy') and name = 'click'"
    assert picker.post("/api/v1/projects/shop-a/sql", json={"sql": sql}).json()["rows"] == [[2]]


def test_what_was_clicked_can_be_listed(picker: httpx.Client) -> None:
    found = picker.get(f"{PICKS}/elements").json()["elements"]
    assert (found[0]["page"], found[0]["element"], found[0]["count"]) == ("/goods", "#buy", 2)
    assert len(found) == 3


def test_files_are_applied_all_or_none(picker: httpx.Client) -> None:
    other = {"title": "Cart", "any_of": [{"where": [{"property": "element", "value": "#cart"}]}]}
    put(picker, "buy", BUY)
    body = {"picks": {"cart": other}, "prune": True}
    dry = picker.post(f"{PICKS}/apply", json={**body, "dry_run": True}).json()["changes"]
    assert [(one["name"], one["change"]) for one in dry] == [("buy", "removed"), ("cart", "added")]
    assert len(picker.get(PICKS).json()["picks"]) == 1
    picker.post(f"{PICKS}/apply", json=body)
    assert [one["name"] for one in picker.get(PICKS).json()["picks"]] == ["cart"]
    wrong = {"ok": BUY, "click": BUY}
    assert code(picker.post(f"{PICKS}/apply", json={"picks": wrong})) == "pick_name_taken"
    assert [one["name"] for one in picker.get(PICKS).json()["picks"]] == ["cart"]


@pytest.mark.parametrize(
    ("name", "definition", "expected"),
    [
        ("Bad name", BUY, "bad_pick"),
        ("buy", {"title": "X", "any_of": []}, "bad_pick"),
        ("click", BUY, "pick_name_taken"),
        ("on_itself", {"title": "X", "any_of": [{"event": "on_itself"}]}, "pick_on_pick"),
    ],
)
def test_mistakes_are_told(
    picker: httpx.Client, name: str, definition: dict[str, Any], expected: str
) -> None:
    assert code(put(picker, name, definition)) == expected


def test_the_picker_is_served_to_pages_with_a_token_for_a_while(picker: httpx.Client, shop: Shop) -> None:
    token = picker.post(f"{PICKS}/token").json()["token"]
    served = picker.get("/tw.picker.js", params={"token": token}).status_code
    assert served == (200 if (Path("src/tidewheel/serve/sdk/tw.picker.js")).exists() else 503)
    assert picker.get("/tw.picker.js", params={"token": token[:-1]}).status_code == 403
    shop.clock.now += PICKING_MS
    assert picker.get("/tw.picker.js", params={"token": token}).status_code == 403
    now = shop.clock.now
    assert not signed("another secret", sign("secret", "shop-a", now), now)
    assert not signed("secret", "", now)
