"""Events as they arrive, and how each was understood."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.api.shop import NOW, Shop
from tidewheel.collect.contract import PROTOCOLS, Arrival, Request
from tidewheel.collect.intake import take
from tidewheel.serve.arrivals import Arrivals

LIVE = "/api/v1/projects/shop-a/live"
DEVICE = "16a2b3c4d5e6f-0a"


@pytest.fixture
def source(admin: httpx.Client) -> dict[str, Any]:
    reply = admin.post("/api/v1/projects/shop-a/sources", json={"name": "Web"})
    found: dict[str, Any] = reply.json()
    return found


def native(
    shop: Shop, source: dict[str, Any], events: list[dict[str, Any]], **headers: str
) -> httpx.Response:
    return shop.client().post(
        "/v1/events", json={"events": events}, headers={"x-write-key": source["write_key"], **headers}
    )


def sensors(shop: Shop, source: dict[str, Any], *events: dict[str, Any]) -> httpx.Response:
    packed = quote(base64.b64encode(json.dumps(list(events)).encode()).decode())
    return shop.client().post(
        f"/in/{source['write_key']}/sa",
        content=f"data_list={packed}",
        headers={"content-type": "application/x-www-form-urlencoded", "user-agent": "Mozilla/5.0 (iPhone)"},
    )


def track(shop: Shop, name: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "track",
        "event": name,
        "distinct_id": DEVICE,
        "time": shop.clock.now,
        "_track_id": len(name),
        "properties": properties,
    }


def stream(client: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    text = client.get(LIVE, params={"follow": False, "recent": 200, **query}).text
    told = [part.split("\n") for part in text.split("\n\n")]
    return [json.loads(lines[1].removeprefix("data: ")) for lines in told if lines[0] == "event: fact"]


def test_each_event_says_what_became_of_it(shop: Shop, admin: httpx.Client, source: dict[str, Any]) -> None:
    sensors(shop, source, track(shop, "$pageview", **{"$title": "Home"}), {"type": "track", "event": "x"})
    assert native(shop, source, [{"event": "search", "who": {"device": "d2"}}]).status_code == 200
    native(shop, source, [])
    told = [(one["name"], one["sent_as"], one["outcome"], one["protocol"]) for one in stream(admin)]
    assert told == [
        ("page_view", "$pageview", "kept", "sensors"),
        ("x", None, "refused", "sensors"),
        ("search", None, "kept", "native"),
        ("", None, "unread", "native"),
    ]
    wrong = stream(admin, problems=True)
    assert [one["problem"]["code"] for one in wrong] == ["missing_who", "empty_body"]
    assert wrong[1]["problem"]["message"]["zh"] == "请求体中没有事件。"
    whole = admin.get(f"{LIVE}/{wrong[1]['id']}").json()
    assert (whole["problem"]["code"], whole["facts"], whole["person"]) == ("empty_body", [], None)
    assert whole["request"]["body"] == {"events": []}
    assert admin.get(f"{LIVE}/7-0").json()["error"]["code"] == "sighting_gone"
    assert admin.get(f"{LIVE}/{wrong[1]['id'].split('-')[0]}-5").status_code in {200, 404}


def test_a_device_is_followed_through_all_that_others_send(
    shop: Shop, admin: httpx.Client, source: dict[str, Any]
) -> None:
    others = [{"event": "page_view", "who": {"device": f"o{at}"}} for at in range(30)]
    native(
        shop,
        source,
        [*others[:15], {"event": "login", "who": {"device": "d-7", "phone": "13800138000"}}, *others[15:]],
    )
    native(shop, source, [{"event": "bad", "time": "no", "who": {"device": "d-7"}}, others[0]])
    native(shop, source, [{"event": "pay", "who": {"device": "o1"}, "properties": {"test_key": "anna"}}])
    native(shop, source, [{"event": "search", "who": {"device": "o2"}}], **{"x-test-key": "anna"})
    assert [one["name"] for one in stream(admin, device="d-7")] == ["login", "bad"]
    assert [one["name"] for one in stream(admin, device="device:d-7")] == ["login", "bad"]
    assert [one["name"] for one in stream(admin, device="13800138000")] == ["login"]
    assert [one["name"] for one in stream(admin, device="anna")] == ["pay", "search"]
    assert [one["name"] for one in stream(admin, event="login", source=source["id"])] == ["login"]
    assert stream(admin, source="another") == []


def test_an_event_is_explained_from_what_was_sent_to_whose_it_is(
    shop: Shop, admin: httpx.Client, source: dict[str, Any]
) -> None:
    page = {"$title": "Home", "$url": "https://shop.test/p?utm_source=x&utm_medium=cpc", "n": 3}
    sensors(shop, source, track(shop, "$pageview", **page))
    shop.installation.store("shop-a").sync()
    told = admin.get(f"{LIVE}/{stream(admin)[0]['id']}").json()
    assert (told["request"]["path"], told["request"]["events"]) == ("/sa", 1)
    assert told["request"]["body"][0]["properties"] == page
    assert told["sent"]["event"] == "$pageview"
    assert (told["words"], told["own_words"]) == (["events.$pageview.event"], False)
    values = {one["name"]: one for one in told["facts"][0]["properties"]}
    title = values["page_title"]
    assert (title["sent_name"], title["made"], title["by"]) == (
        "$title",
        "words",
        ["every.properties.$title"],
    )
    assert (values["n"]["made"], values["n"]["kind"], values["n"]["by"]) == ("sent", "number", [])
    assert values["user_agent"]["made"] == "request"
    assert values["sent_as"]["made"] == "set"
    assert {one["name"] for one in told["added"]} >= {"utm_source", "browser"}
    assert told["person"]["identifiers"] == [told["facts"][0]["actor"]]
    assert (told["violations"], told["problem"], told["plan_mode"]) == ([], None, None)


def test_links_that_an_event_asserts_are_told(
    shop: Shop, admin: httpx.Client, source: dict[str, Any]
) -> None:
    native(
        shop,
        source,
        [{"event": "login", "who": {"device": "d1", "user": "u1"}, "person": {"set": {"level": 2}}}],
    )
    shop.installation.store("shop-a").sync()
    told = admin.get(f"{LIVE}/{stream(admin)[0]['id']}").json()
    assert {frozenset(link.values()) for link in told["links"]} == {frozenset({"device:d1", "user:u1"})}
    assert [fact["name"] for fact in told["facts"]] == ["login", "$set"]
    assert set(told["person"]["identifiers"]) == {"device:d1", "user:u1"}


@pytest.mark.parametrize(
    ("mode", "outcome"), [("observe", "violates"), ("warn", "mended"), ("block", "mended")]
)
def test_what_the_plan_says_is_told(
    shop: Shop, admin: httpx.Client, source: dict[str, Any], mode: str, outcome: str
) -> None:
    plan = {"events": {"pay": {"required": ["n"]}}, "properties": {"n": {"type": "number"}}}
    admin.post("/api/v1/projects/shop-a/plan/apply", json=plan)
    admin.patch(f"/api/v1/projects/shop-a/sources/{source['id']}", json={"plan_mode": mode})
    native(shop, source, [{"event": "pay", "who": {"device": "d"}, "properties": {"n": "12"}}])
    native(shop, source, [{"event": "pay", "who": {"device": "d"}, "properties": {"m": "x"}}])
    mended, wrong = stream(admin)
    assert mended["outcome"] == outcome
    value = admin.get(f"{LIVE}/{mended['id']}").json()["facts"][0]["properties"][0]
    read = (12, "plan", "12") if mode != "observe" else ("12", "sent", "12")
    assert (value["value"], value["made"], value["sent_value"]) == read
    assert wrong["outcome"] == ("blocked" if mode == "block" else "violates")
    told = admin.get(f"{LIVE}/{wrong['id']}").json()
    assert told["plan_mode"] == mode
    assert [one["code"] for one in told["violations"]] == ["plan_unknown_property", "plan_missing_property"]
    assert (told["would"], len(told["facts"])) == (mode == "block", 1)
    assert (told["problem"] is not None) is (mode == "block")


def test_what_is_personal_is_masked_wherever_it_stands(
    shop: Shop, people: dict[str, httpx.Client], source: dict[str, Any]
) -> None:
    person = {"$name": "Zhang San", "address": {"street": "Nanjing Road"}, "note": "ring 13912345678"}
    set_name = {"type": "profile_set", "distinct_id": DEVICE, "time": shop.clock.now, "properties": person}
    sensors(shop, source, set_name, track(shop, "buy", phone="13912345678", receiver_name="Li Si"))
    words = ("Zhang San", "Nanjing Road", "13912345678", "Li Si")
    for seen in stream(people["editor"]):
        whole = json.dumps(people["editor"].get(f"{LIVE}/{seen['id']}").json())
        assert any(word in whole for word in words)
        for text in (json.dumps(seen), whole):
            assert source["write_key"] not in text
    for seen in stream(people["viewer"]):
        whole = json.dumps(people["viewer"].get(f"{LIVE}/{seen['id']}").json())
        assert not [word for text in (json.dumps(seen), whole) for word in words if word in text]


def test_where_identifiers_are_hashed_what_was_sent_is_not_shown(shop: Shop, admin: httpx.Client) -> None:
    policy = admin.get("/api/v1/projects/shop-a/privacy").json()["policy"]
    decided = {**policy, "hashed_identifiers": ["phone"]}
    assert admin.put("/api/v1/projects/shop-a/privacy", json=decided).is_success
    source = admin.post("/api/v1/projects/shop-a/sources", json={"name": "Web"}).json()
    who = {"phone": "13912345678"}
    native(shop, source, [{"event": "buy", "who": who}, {"event": "buy", "time": "no", "who": who}])
    kept, refused = stream(admin)
    assert kept["actor"].startswith("phone:h_")
    assert [one["outcome"] for one in stream(admin, device="13912345678")] == ["kept", "refused"]
    for seen in (kept, refused):
        told = admin.get(f"{LIVE}/{seen['id']}").json()
        assert told["request"]["withheld"] == "hashed"
        assert "13912345678" not in json.dumps([told, seen])


def test_what_is_delivered_again_is_told(shop: Shop, admin: httpx.Client, source: dict[str, Any]) -> None:
    def sent(*ids: str, **more: Any) -> None:
        native(
            shop,
            source,
            [{"event": "login", "id": one, "time": NOW, "who": {"user": "u1"}, **more} for one in ids],
        )

    sent("a")
    shop.clock.now += 5_000
    sent("a", "b")
    sent("b", properties={"x": 1})
    sent("c", who={})
    sent("c", who={})
    told = [(one["name"], one["outcome"], one["repeated"]) for one in stream(admin, recent=50)]
    assert told == [
        ("login", "kept", False),
        ("login", "kept", True),
        ("login", "kept", False),
        ("login", "kept", True),
        ("login", "refused", False),
        ("login", "refused", False),
    ]
    problems = [one["outcome"] for one in stream(admin, recent=50, problems=True)]
    assert problems == ["kept", "kept", "refused", "refused"]


def test_of_what_came_only_so_much_is_remembered() -> None:
    arrivals, protocol = Arrivals(), PROTOCOLS.get("native")()

    def came(first: int, last: int) -> list[int]:
        events = [
            {"event": "login", "id": str(n), "time": NOW, "who": {"user": "u"}} for n in range(first, last)
        ]
        for start in range(0, len(events), 100):
            request = Request(json.dumps(events[start : start + 100]).encode())
            arrivals.note(
                "shop", protocol, request, Arrival("s", NOW), take(protocol, request, Arrival("s", NOW))
            )
        return [len(one.repeats) for one in arrivals.recent("shop")]

    assert came(0, 11_000)[-1] == 0
    assert came(10_900, 11_000)[-1] == 100
    assert came(0, 100)[-1] == 0, "too long ago to be remembered"
