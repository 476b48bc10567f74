"""Notes on the time axis, over HTTP: who may, what is refused, whose they are."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.shop import Shop
from tests.api.test_metrics import code
from tidewheel.store.catalog import notes

NOTES = "/api/v1/projects/shop-a/notes"


def add(client: httpx.Client, text: str, on: str, to: str | None = None) -> dict[str, Any]:
    reply = client.post(NOTES, json={"text": text, "on": on, "to": to})
    assert reply.status_code == 201, reply.text
    made: dict[str, Any] = reply.json()
    return made


def texts(client: httpx.Client, **query: str) -> list[str]:
    return [one["text"] for one in client.get(NOTES, params=query).json()["notes"]]


def test_editors_write_and_viewers_read(people: dict[str, httpx.Client]) -> None:
    made = add(people["editor"], "  Tmall sale ", "2026-11-11", "2026-11-13")
    assert made | {"id": "", "created_at": ""} == {
        "id": "", "text": "Tmall sale", "on": "2026-11-11", "to": "2026-11-13", "by": "editor@shop.test", "created_at": "",
    }  # fmt: skip
    assert people["owner"].get(NOTES).json() == {"notes": [made]}
    [seen] = people["viewer"].get(NOTES).json()["notes"]
    assert (seen["text"], seen["on"]) == ("Tmall sale", "2026-11-11")
    assert seen["by"] != "editor@shop.test"  # an address is masked for those who may not see personal data
    for reply in (
        people["viewer"].post(NOTES, json={"text": "x", "on": "2026-11-11"}),
        people["viewer"].patch(f"{NOTES}/{made['id']}", json={"text": "x"}),
        people["viewer"].delete(f"{NOTES}/{made['id']}"),
    ):
        assert (reply.status_code, code(reply)) == (403, "role_too_weak")
    assert texts(people["viewer"]) == ["Tmall sale"]


def test_a_note_is_changed_in_part_and_removed(people: dict[str, httpx.Client]) -> None:
    client = people["editor"]
    one = f"{NOTES}/{add(client, 'Sale', '2026-11-11', '2026-11-13')['id']}"
    assert client.patch(one, json={"text": "Big sale"}).json()["to"] == "2026-11-13"
    later = client.patch(one, json={"on": "2026-11-12"}).json()
    assert (later["text"], later["on"], later["to"]) == ("Big sale", "2026-11-12", "2026-11-13")
    assert client.patch(one, json={"to": None}).json()["to"] is None
    assert client.delete(one).json() == {"ok": True}
    assert code(client.delete(one)) == code(client.patch(one, json={})) == "no_such_note"
    said = people["owner"].get("/api/v1/projects/shop-a/audit").json()["entries"]
    done = [entry["action"] for entry in said if entry["action"].startswith("note_")]
    assert done == ["note_removed", "note_changed", "note_changed", "note_changed", "note_added"]


def test_those_that_touch_the_days_asked_for(people: dict[str, httpx.Client]) -> None:
    client = people["editor"]
    add(client, "broken until 15:00", "2026-11-10", "2026-11-11T15:00")
    add(client, "live", "2026-11-12 09:30")
    add(client, "sale", "2026-11-11", "2026-11-13")
    assert texts(client) == ["live", "sale", "broken until 15:00"]
    assert texts(client, **{"from": "2026-11-11", "to": "2026-11-11"}) == ["sale", "broken until 15:00"]
    assert texts(client, **{"from": "2026-11-12", "to": "2026-11-12"}) == ["live", "sale"]
    assert texts(client, to="2026-11-10") == ["broken until 15:00"]
    assert texts(client, **{"from": "2026-11-14"}) == []
    assert texts(client, limit="1") == ["live"]


def test_a_moment_lies_in_the_day_that_ends_a_note(people: dict[str, httpx.Client]) -> None:
    client = people["editor"]
    assert add(client, "evening", "2026-11-11T20:00", "2026-11-11")["to"] == "2026-11-11"
    assert add(client, "morning", "2026-11-11", "2026-11-11T12:00")["to"] == "2026-11-11T12:00"
    assert add(client, "day", "2026-11-11", "2026-11-11")["to"] is None


@pytest.mark.parametrize(
    ("body", "error", "field"),
    [
        ({"on": "2026-11-11"}, "missing_field", "text"),
        ({"text": "x"}, "missing_field", "on"),
        ({"text": "   ", "on": "2026-11-11"}, "bad_field", "text"),
        ({"text": "x" * 201, "on": "2026-11-11"}, "bad_field", "text"),
        ({"text": "a\nb", "on": "2026-11-11"}, "bad_field", "text"),
        ({"text": "x", "on": "11 November"}, "bad_field", "on"),
        ({"text": "x", "on": "2026-02-30"}, "bad_field", "on"),
        ({"text": "x", "on": "2026-11-11T25:00"}, "bad_field", "on"),
        ({"text": "x", "on": "2026-11-11T15:00+08:00"}, "bad_field", "on"),
        ({"text": "x", "on": "0001-01-01"}, "bad_field", "on"),
        ({"text": "x", "on": "2026-11-11", "to": "soon"}, "bad_field", "to"),
        ({"text": "x", "on": "2026-11-11", "to": "2026-11-10"}, "note_ends_early", "to"),
        ({"text": "x", "on": "2026-11-11T15:00", "to": "2026-11-11T14:59"}, "note_ends_early", "to"),
        ({"text": "x", "on": "2026-11-11", "colour": "red"}, "bad_field", "colour"),
    ],
)
def test_what_is_wrong_is_named(admin: httpx.Client, body: dict[str, Any], error: str, field: str) -> None:
    reply = admin.post(NOTES, json=body)
    assert (reply.status_code, code(reply), reply.json()["error"]["field"]) == (422, error, field)
    assert admin.get(NOTES).json() == {"notes": []}


def test_what_a_day_looks_like_is_told_in_both_languages(admin: httpx.Client) -> None:
    said = {
        language: admin.post(
            NOTES, json={"text": "x", "on": "soon"}, headers={"Accept-Language": language}
        ).json()["error"]["message"]
        for language in ("en", "zh-CN")
    }
    assert "a day such as 2026-11-11" in said["en"]
    assert "日期（如 2026-11-11）" in said["zh-CN"]


def test_a_note_belongs_to_its_project(people: dict[str, httpx.Client], shop: Shop) -> None:
    admin = people["admin"]
    made = add(admin, "Sale", "2026-11-11")
    elsewhere = "/api/v1/projects/shop-b/notes"
    assert admin.get(elsewhere).json() == {"notes": []}
    assert code(admin.patch(f"{elsewhere}/{made['id']}", json={"text": "x"})) == "no_such_note"
    assert code(admin.delete(f"{elsewhere}/{made['id']}")) == "no_such_note"
    assert texts(admin) == ["Sale"]
    gone = admin.delete("/api/v1/projects/shop-a", params={"confirm": "shop-a"})
    assert gone.status_code == 200, gone.text
    with shop.installation.catalog.read() as db:
        assert notes.listed(db, "shop-a") == []
