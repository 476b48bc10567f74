"""Identifiers that are not plain words, and types of the project's own: at every door that takes identifiers."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.api.shop import NOW, Shop
from tidewheel.core.errors import TidewheelError
from tidewheel.serve.cli.mapping import Flags, mapping_of

ROOT = "/api/v1/projects/shop-a"
ODD = (
    "openid:wx7c1e5a90d2f3b846/oAbC-1",
    "openid:wx7c1e5a90d2f3b846/oAbC/events-of",
    "user:a:b:c",
    "user:100%",
    "user:50%2F50",
    "user:张三 李四",
    "user:?q=1&x#y",
    "cookie:GA1.2/3//4",
    "user:é😀",
)


def send(client: httpx.Client, shop: Shop, events: list[dict[str, Any]]) -> None:
    sources = client.get(f"{ROOT}/sources").json()["sources"]
    source = sources[0] if sources else client.post(f"{ROOT}/sources", json={"name": "Web"}).json()
    reply = client.post("/v1/events", json=events, headers={"X-Write-Key": source["write_key"]})
    assert reply.json()["accepted"] == len(events), reply.text
    shop.installation.store("shop-a").flush()


@pytest.fixture
def crowd(shop: Shop, admin: httpx.Client) -> httpx.Client:
    """A person of each odd identifier."""
    send(
        admin,
        shop,
        [
            {"event": "page_view", "time": NOW - 1000, "id": str(n), "who": dict([name.split(":", 1)])}
            for n, name in enumerate(ODD)
        ],
    )
    return admin


def test_a_person_is_found_by_any_identifier(crowd: httpx.Client) -> None:
    for name in ODD:
        pair = name.split(":", 1)
        for path in {quote(name, safe=""), quote(name, safe="/:")}:
            at = f"{ROOT}/people/{path}"
            shown = crowd.get(at)
            assert shown.status_code == 200, shown.text
            assert [[one["type"], one["value"]] for one in shown.json()["identifiers"]] == [pair]
            assert [one["actor"] for one in crowd.get(f"{at}/events").json()["events"]] == [name]
            assert crowd.get(f"{at}/consents").json()["ledger"] == []
            asked = crowd.get(f"{at}/may-contact", params={"purpose": "marketing"})
            assert asked.status_code == 200, asked.text
        assert crowd.get(f"{at}/export").headers["content-type"] == "application/zip"


def test_nobody_by_an_odd_identifier_is_told(crowd: httpx.Client) -> None:
    reply = crowd.get(f"{ROOT}/people/openid:wx7c1e5a90d2f3b846/nobody")
    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "no_such_person")


@pytest.fixture
def gamer(crowd: httpx.Client) -> httpx.Client:
    """A project that knows a type of its own."""
    rules = {"types": [{"type": "user", "most": 1}, {"type": "game_id", "most": 1}]}
    assert crowd.put(f"{ROOT}/identity/rules", json={"rules": rules}).status_code == 200
    return crowd


def test_a_file_may_have_types_of_the_projects_own(gamer: httpx.Client, shop: Shop) -> None:
    text = "game id,uid,level\ng/1,100%,7\ng/2,,3\n"
    looked = gamer.post(
        f"{ROOT}/imports/preview", files={"file": ("players.csv", text)}, data={"kind": "people"}
    ).json()
    assert looked["guess"]["who"] == {"game_id": "game id", "user": "uid"}
    assert looked["problems"] == []
    body = {"upload_id": looked["upload_id"], "kind": "people"}
    wrong = gamer.post(f"{ROOT}/imports", json={**body, "mapping": {"who": {"gameid": "game id"}}})
    error = wrong.json()["error"]
    assert (wrong.status_code, error["code"], error["field"]) == (422, "unknown_name", "mapping.who")
    assert "game_id" in error["expected"]
    done = gamer.post(f"{ROOT}/imports", json={**body, "mapping": looked["guess"]}).json()
    assert (done["accepted"], done["rejected"]) == (2, 0), done
    shop.installation.store("shop-a").flush()
    found = gamer.get(f"{ROOT}/people/game_id:g/1").json()
    assert {one["value"] for one in found["identifiers"]} == {"g/1", "100%"}
    assert found["properties"]["level"]["value"] == 7


def test_a_list_may_have_types_of_the_projects_own(gamer: httpx.Client, shop: Shop) -> None:
    send(gamer, shop, [{"event": "play", "time": NOW - 500, "id": "g", "who": {"game_id": "g/1"}}])
    for lines, kind in ((["game_id:g/1"], None), (["g/1"], "game_id")):
        body = {"name": f"players {kind}", "kind": "list", "identifiers": lines, "identifier_type": kind}
        made = gamer.post(f"{ROOT}/segments", json=body)
        assert made.status_code in {200, 201}, made.text
        assert (made.json()["count"], made.json()["left_out"]) == (1, 0)
    body = {"name": "x", "kind": "list", "identifiers": ["g/1"], "identifier_type": "gamer"}
    refused = gamer.post(f"{ROOT}/segments", json=body)
    assert (refused.status_code, refused.json()["error"]["field"]) == (422, "identifier_type")


def test_cloud_events_may_be_about_types_of_the_projects_own(gamer: httpx.Client, shop: Shop) -> None:
    source = gamer.get(f"{ROOT}/sources").json()["sources"][0]
    event = {
        "specversion": "1.0",
        "type": "play",
        "source": "/games",
        "id": "c-1",
        "subject": "game_id:g/9",
        "time": "2026-11-21T10:00:00Z",
        "data": {},
    }
    reply = gamer.post("/v1/cloudevents", json=event, headers={
        "X-Write-Key": source["write_key"], "Content-Type": "application/cloudevents+json",
    })  # fmt: skip
    assert reply.status_code == 200, reply.text
    shop.installation.store("shop-a").flush()
    assert gamer.get(f"{ROOT}/people/game_id:g/9").json()["events"] == 1


def test_flags_may_name_types_of_the_projects_own() -> None:
    guess = {"who": {"phone": "手机=号"}, "fields": {}, "money": {}}
    assert mapping_of(Flags(who=["game_id=编号", "user=uid"]), guess)["who"] == {
        "game_id": "编号",
        "user": "uid",
    }
    assert mapping_of(Flags(who=["手机=号"]), guess)["who"] == {"phone": "手机=号"}
    with pytest.raises(TidewheelError, match="kind of identifier"):
        mapping_of(Flags(who=["编号"]), guess)
