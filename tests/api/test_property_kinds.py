"""A property whose values come in several types: kept apart, told of, and never cast without a word."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.shop import NOW, Shop

PLACE = "/api/v1/projects/shop-a"
SENT: dict[str, list[Any]] = {"Web": [12, 14.5, "12", 7], "App": ["many", True]}


@pytest.fixture
def mixed(shop: Shop, admin: httpx.Client) -> httpx.Client:
    """A shop whose web page sends a size as a number and its app as words."""
    for name, values in SENT.items():
        key = admin.post(f"{PLACE}/sources", json={"name": name}).json()["write_key"]
        events = [
            {
                "event": "try_on",
                "time": NOW - 60_000 * (place + 1),
                "id": f"{name}-{place}",
                "who": {"device": "d"},
                "properties": {"size": value, "fit": "well"},
                "items": [{"item_id": "A", "size": value}],
            }
            for place, value in enumerate(values)
        ]
        reply = admin.post("/v1/events", json=events, headers={"X-Write-Key": key})
        assert reply.json()["accepted"] == len(values), reply.text
    shop.installation.store("shop-a").sync()
    return admin


def kinds(client: httpx.Client, name: str, scope: str = "event") -> dict[str, Any]:
    reply = client.get(f"{PLACE}/schema/kinds", params={"property": name, "scope": scope})
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


@pytest.mark.parametrize("scope", ["event", "item"])
def test_each_type_has_its_count_its_sources_and_its_time(mixed: httpx.Client, scope: str) -> None:
    names = {one["id"]: one["name"] for one in mixed.get(f"{PLACE}/sources").json()["sources"]}
    found = kinds(mixed, "size", scope)
    told = [
        (one["kind"], one["count"], {names[source]: count for source, count in one["sources"].items()})
        for one in found["kinds"]
    ]
    assert told == [("number", 3, {"Web": 3}), ("text", 2, {"Web": 1, "App": 1}), ("flag", 1, {"App": 1})]
    assert [round(one["share"], 3) for one in found["kinds"]] == [0.5, 0.333, 0.167]
    number = found["kinds"][0]
    assert number["events"] == {"try_on": 3}
    assert (number["first_seen"], number["last_seen"]) == (
        "2026-11-21T22:22:40.000Z",
        "2026-11-21T22:25:40.000Z",
    )
    assert sorted(found["kinds"][1]["samples"]) == ["12", "many"]
    assert kinds(mixed, "size", "person") == {"kinds": [], "planned": None}


def test_the_plan_says_which_type_is_meant(mixed: httpx.Client) -> None:
    mixed.put(
        f"{PLACE}/plan/parts/property/size", json={"definition": {"type": "number", "everywhere": True}}
    )
    assert kinds(mixed, "size")["planned"] == "number"
    assert kinds(mixed, "fit")["planned"] is None


def ask(client: httpx.Client, measure: dict[str, Any], *breakdowns: dict[str, Any]) -> list[str]:
    series = [{"step": {"any_of": [{"event": "try_on"}]}, "measure": measure}]
    params = {"period": {"last": 1}, "series": series, "breakdowns": list(breakdowns)}
    reply = client.post(f"{PLACE}/analyses/trends", json=params)
    assert reply.status_code == 200, reply.text
    return [one["message"]["en"] for one in reply.json()["warnings"]]


def test_an_answer_says_which_type_it_read(mixed: httpx.Client) -> None:
    count, total = {"kind": "count"}, {"kind": "sum", "property": "size"}
    said = "size comes in several types. Numbers were read; true or false, text count as not set."
    assert ask(mixed, count, {"property": "size"}) == [said]
    assert ask(mixed, total) == [said]
    assert ask(mixed, total, {"property": "size"}) == [said]
    assert ask(mixed, count, {"property": "size", "kind": "text"}) == []
    assert ask(mixed, count, {"property": "fit"}) == []


def test_personal_properties_are_not_told_of(mixed: httpx.Client, people: dict[str, httpx.Client]) -> None:
    reply = people["viewer"].get(f"{PLACE}/schema/kinds", params={"property": "email"})
    assert reply.json()["error"]["code"] == "personal_data"
