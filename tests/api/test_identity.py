"""Who is one person, over HTTP: rules, why, linking and parting by hand, as of a moment, what was stopped."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.api.shop import NOW, Shop
from tests.api.test_erasure import finished

ROOT = "/api/v1/projects/shop-a"
IDENTITY = f"{ROOT}/identity"
HOUR = 3_600_000
PEOPLE: dict[str, Any] = {
    "series": [{"step": {"any_of": [{"event": "*"}]}, "measure": {"kind": "people"}}],
    "grain": "total",
    "period": {"last": 7},
}


def send(client: httpx.Client, shop: Shop, events: list[dict[str, Any]]) -> None:
    sources = client.get(f"{ROOT}/sources").json()["sources"]
    source = sources[0] if sources else client.post(f"{ROOT}/sources", json={"name": "Web"}).json()
    reply = client.post("/v1/events", json=events, headers={"X-Write-Key": source["write_key"]})
    assert reply.json()["accepted"] == len(events), reply.text
    shop.installation.store("shop-a").flush()


@pytest.fixture
def seller(shop: Shop, admin: httpx.Client) -> httpx.Client:
    """A shop where Li and Wang have an account each and share a phone's browser, on which Li signed in first."""
    events = [
        {"event": "page_view", "time": NOW - 9 * HOUR, "id": "1", "who": {"device": "d1"}},
        {"event": "login", "time": NOW - 8 * HOUR, "id": "2", "who": {"user": "li", "device": "d1"}},
        {"event": "login", "time": NOW - 7 * HOUR, "id": "3", "who": {"user": "wang", "device": "d1"}},
        {
            "event": "purchase",
            "time": NOW - 6 * HOUR,
            "id": "4",
            "who": {"user": "wang", "phone": "13800138002"},
            "properties": {"value": 9900, "order_id": "o-1", "currency": "CNY"},
        },
    ]
    shop.clock.now = NOW - 5 * HOUR
    send(admin, shop, events)
    shop.clock.now = NOW
    return admin


def count(client: httpx.Client, **more: Any) -> int:
    reply = client.post(f"{ROOT}/analyses/trends", json={**PEOPLE, **more})
    assert reply.status_code == 200, reply.text
    return int(reply.json()["result"]["lines"][0]["total"])


def person(client: httpx.Client, name: str, **query: Any) -> dict[str, Any]:
    reply = client.get(f"{ROOT}/people/{name}", params=query)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


def found(client: httpx.Client, words: str) -> list[dict[str, Any]]:
    people: list[dict[str, Any]] = client.get(f"{ROOT}/people", params={"q": words}).json()["people"]
    return people


def names(shown: dict[str, Any]) -> set[str]:
    return {f"{one['type']}:{one['value']}" for one in shown["identifiers"]}


def post(client: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    reply = client.post(f"{IDENTITY}/{path}", json=body)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


def test_linking_undoing_and_undoing_again(seller: httpx.Client) -> None:
    assert count(seller) == 2
    seen = post(seller, "preview", act="link", a="user:li", b="user:wang")
    assert [one["identifier_count"] for one in seen["outcome"]["before"]] == [2, 2]
    (merged,) = seen["outcome"]["after"]
    assert (merged["events"], merged["orders"], merged["revenue"]) == (4, 1, 9900)
    assert seen["outcome"]["limits"] == [{"type": "user", "most": 1, "would_be": 2}]
    assert count(seller) == 2  # a preview does nothing
    done = post(seller, "link", a="user:li", b="user:wang", why="same person, rang up")
    assert done["outcome"]["after"] == seen["outcome"]["after"]
    assert count(seller) == 1
    assert names(person(seller, "user:li")) == {"user:li", "user:wang", "device:d1", "phone:+8613800138002"}
    decided = [link for link in person(seller, "user:li")["links"] if link["rule"] == "manual"]
    assert [(one["source"], one["why"], one["in_force"]) for one in decided] == [
        ("ada@shop.test", "same person, rang up", True)
    ]
    post(seller, "undo", a="user:wang", b="user:li")
    assert count(seller) == 2
    assert not post(seller, "undo", a="user:wang", b="user:li")["outcome"]["before"]
    log = seller.get(f"{IDENTITY}/log", params={"by": "hand"}).json()
    assert [one["effect"] for one in log["entries"]] == ["parted", "parted", "refused"]
    assert log["total"] == 3
    every = seller.get(f"{IDENTITY}/log").json()
    assert every["total"] == 6
    assert {one["effect"] for one in every["entries"]} == {"parted", "refused", "joined"}
    audit = seller.get("/api/v1/audit").json()["entries"]
    assert {"identifiers_linked", "identifiers_parted"} <= {one["action"] for one in audit}


def test_a_merge_changes_segments_and_the_preview_says_so(seller: httpx.Client) -> None:
    answer = {
        "kind": "trends",
        "params": {
            **PEOPLE,
            "series": [{"step": {"any_of": [{"event": "purchase"}]}, "measure": {"kind": "people"}}],
        },
        "cell": {"series": 0},
    }
    made = seller.post(f"{ROOT}/segments", json={"name": "Buyers", "kind": "rule", "answer": answer})
    assert made.status_code == 201, made.text
    seen = post(seller, "preview", act="link", a="device:d1", b="user:wang")
    assert [(one["name"], one["before"], one["after"]) for one in seen["segments"]] == [("Buyers", 1, 1)]
    post(seller, "link", a="device:d1", b="user:wang")
    buyers = {"segments": ["Buyers"]}
    assert count(seller, people=buyers) == 1
    assert count(seller, people=buyers, period={"last": 7}) == count(seller)


def test_splitting_an_identifier_off_and_why(seller: httpx.Client) -> None:
    why = seller.get(f"{IDENTITY}/why", params={"a": "user:wang", "b": "phone:+8613800138002"}).json()
    assert why["one_person"]
    assert [(one["source"], one["rule"], one["confidence"]) for one in why["path"]] == [
        ("purchase", "same_event", 1)
    ]
    apart = seller.get(f"{IDENTITY}/why", params={"a": "user:wang", "b": "device:d1"}).json()
    assert not apart["one_person"]
    assert [(one["reason"], one["over"]) for one in apart["against"]] == [("over_limit", "user")]
    post(seller, "split", identifier="phone:+8613800138002", why="a friend's number")
    assert names(person(seller, "user:wang")) == {
        "user:wang",
        "device:d1",
    }  # the browser is Li's, and was Wang's after
    assert person(seller, "user:wang")["orders"] == 1  # the order names the account: it stays there
    refused = seller.post(f"{IDENTITY}/split", json={"identifier": "phone:+8613800138002"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "stands_alone")
    parted = seller.get(f"{IDENTITY}/why", params={"a": "user:wang", "b": "phone:+8613800138002"}).json()
    assert {one["reason"] for one in parted["against"]} == {"undone"}


def test_a_later_event_does_not_bring_back_what_was_undone(seller: httpx.Client, shop: Shop) -> None:
    post(seller, "undo", a="device:d1", b="user:li")
    again = {"event": "login", "time": NOW - 100, "id": "9", "who": {"user": "li", "device": "d1"}}
    send(seller, shop, [again])
    # the pair stays apart, and the device goes to whoever named it next
    assert names(person(seller, "device:d1")) == {"device:d1", "user:wang", "phone:+8613800138002"}
    post(seller, "link", a="device:d1", b="user:li")
    assert names(person(seller, "device:d1")) >= {"device:d1", "user:li"}


def test_people_as_of_a_moment(seller: httpx.Client, shop: Shop) -> None:
    shop.clock.now = NOW + HOUR
    post(seller, "link", a="user:li", b="user:wang")
    before, after = "2026-11-22T07:00:00+08:00", "2030-01-01T00:00:00+08:00"
    assert names(person(seller, "user:li")) == names(person(seller, "user:li", as_of=after))
    assert "user:wang" not in names(person(seller, "user:li", as_of=iso(NOW)))
    assert names(person(seller, "user:li", as_of="2020-01-01T00:00:00Z")) == {"user:li"}
    assert seller.get(f"{ROOT}/people", params={"as_of": iso(NOW)}).json()["total"] == 2
    assert count(seller) == 1
    assert count(seller, identity_as_of=iso(NOW)) == 2
    answers = [
        seller.post(f"{ROOT}/analyses/trends", json={**PEOPLE, **more}).json()["provenance"]
        for more in ({}, {"identity_as_of": iso(NOW)}, {"identity_as_of": before})
    ]
    for part in ("definition", "identity"):
        assert len({one[part] for one in answers}) == 3
    wrong = seller.post(f"{ROOT}/analyses/trends", json={**PEOPLE, "identity_as_of": "yesterday"})
    assert wrong.status_code == 422


def test_other_rules_change_who_is_who_at_once_and_back(seller: httpx.Client) -> None:
    first = seller.get(f"{IDENTITY}/rules").json()
    assert first["version"] == 0
    assert {one["type"]: one["most"] for one in first["rules"]["types"]}["user"] == 1
    wanted = {"types": [{"type": "user", "most": 2}]}
    tried = seller.put(f"{IDENTITY}/rules", json={"rules": wanted, "dry_run": True}).json()
    assert (tried["version"], tried["people_before"], tried["people"], tried["changed"]) == (0, 2, 1, 2)
    assert count(seller) == 2
    done = seller.put(f"{IDENTITY}/rules", json={"rules": wanted, "why": "families", "based_on": 0}).json()
    assert done == {**tried, "version": 1}
    assert count(seller) == 1
    late = seller.put(f"{IDENTITY}/rules", json={"rules": {}, "based_on": 0})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "rules_changed")
    seller.put(f"{IDENTITY}/rules", json={"rules": {}})
    assert count(seller) == 2
    kept = seller.get(f"{IDENTITY}/rules").json()
    assert [(one["version"], one["why"]) for one in kept["versions"]] == [(2, ""), (1, "families")]


def test_a_device_that_too_many_share_joins_nobody(seller: httpx.Client) -> None:
    rules = {"types": [{"type": "user", "most": 1}, {"type": "device", "shared_by": 1}]}
    seller.put(f"{IDENTITY}/rules", json={"rules": rules})
    assert names(person(seller, "device:d1")) == {"device:d1"}
    assert [one["reason"] for one in person(seller, "device:d1")["links"]] == ["shared", "shared"]
    (barred,) = seller.get(f"{IDENTITY}/quarantine").json()["barred"]
    assert barred == {"type": "device", "value": "d1", "named_with": 2, "reason": "shared"}
    post(seller, "undo", a="device:d1", b="user:wang")
    assert names(person(seller, "device:d1")) == {"device:d1", "user:li"}


def test_a_runaway_person_is_stopped_and_its_hub_blocked(seller: httpx.Client, shop: Shop) -> None:
    send(
        seller,
        shop,
        [
            {
                "event": "page_view",
                "time": NOW - n,
                "id": f"r{n}",
                "who": {"device": f"r{n}", "email": "a@b.cn"},
            }
            for n in range(9)
        ],
    )
    seller.put(f"{IDENTITY}/rules", json={"rules": {"most_identifiers": 4}})
    (stopped,) = seller.get(f"{IDENTITY}/quarantine").json()["stopped"]
    assert (stopped["identifiers"], stopped["refused"]) == (4, 6)
    assert stopped["hubs"][0] == {"type": "email", "value": "a@b.cn", "named_with": 9}
    assert person(seller, "device:r0")["links"][0]["reason"] == "over_size"
    done = post(seller, "block", identifier="email:a@b.cn", why="the shop's own")
    assert (done["people"] - done["people_before"], done["changed"]) == (3, 1)
    left = seller.get(f"{IDENTITY}/quarantine").json()
    assert (left["stopped"], [one["value"] for one in left["barred"]]) == ([], ["a@b.cn"])
    assert names(person(seller, "device:r3")) == {"device:r3"}
    post(seller, "block", identifier="email:a@b.cn", blocked=False)
    assert len(seller.get(f"{IDENTITY}/quarantine").json()["stopped"]) == 1


def test_mini_programs_of_a_brand_join_by_unionid(seller: httpx.Client, shop: Shop) -> None:
    """The same text under two appids is two openids; unionid says which belong together."""
    shared = "oX8Zp5-qVb3nK1mW7sTyUa2LcDeF"
    send(
        seller,
        shop,
        [
            {
                "event": "page_view",
                "time": NOW - 9000,
                "id": "m1",
                "who": {"openid": f"wx5f1a8c2e7b904d36/{shared}"},
            },
            {
                "event": "page_view",
                "time": NOW - 8000,
                "id": "m2",
                "who": {"openid": f"wx0b7d3e91fa6c5284/{shared}"},
            },
        ],
    )
    one, other = f"openid:wx5f1a8c2e7b904d36/{shared}", f"openid:wx0b7d3e91fa6c5284/{shared}"
    assert [names(each) for each in found(seller, shared)] == [{other}, {one}]
    union = "o6_bmasdasdsad6_2sgVt7hMZOPfL"
    send(
        seller,
        shop,
        [
            {
                "event": "login",
                "time": NOW - 7000 + n,
                "id": f"m{n + 3}",
                "who": {"openid": name[7:], "unionid": union},
            }
            for n, name in enumerate((one, other))
        ],
    )
    assert [names(each) for each in found(seller, shared)] == [{one, other, f"unionid:{union}"}]
    path = seller.get(f"{IDENTITY}/why", params={"a": one, "b": other}).json()["path"]
    assert [{link["a"], link["b"]} - {f"unionid:{union}"} for link in path] == [{one}, {other}]


def test_custom_types_are_taken_once_the_rules_name_them(seller: httpx.Client, shop: Shop) -> None:
    key = seller.get(f"{ROOT}/sources").json()["sources"][0]["write_key"]
    event = {"event": "page_view", "time": NOW - 50, "id": "c1", "who": {"taobao": "t-1", "user": "li"}}
    refused = seller.post("/v1/events", json=[event], headers={"X-Write-Key": key}).json()
    assert refused["accepted"] == 0
    rules = {
        "types": [
            {"type": "user", "most": 1},
            {"type": "taobao", "most": 3, "title": {"en": "Taobao", "zh": "淘宝"}},
        ]
    }
    seller.put(f"{IDENTITY}/rules", json={"rules": rules})
    send(seller, shop, [event])
    assert "taobao:t-1" in names(person(seller, "user:li"))


def iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat()


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("link", {"a": "user:li", "b": "user:li"}, "same_identifier"),
        ("link", {"a": "user:li", "b": "user:nobody"}, "no_such_identifier"),
        ("preview", {"act": "undo", "a": "user:li"}, "second_identifier_missing"),
        ("block", {"identifier": "planet:mars"}, "unknown_identifier_type"),
    ],
)
def test_what_cannot_be_done_is_told(
    seller: httpx.Client, path: str, body: dict[str, Any], code: str
) -> None:
    assert seller.post(f"{IDENTITY}/{path}", json=body).json()["error"]["code"] == code


def test_a_pattern_the_engine_does_not_know_is_refused(seller: httpx.Client) -> None:
    rules = {"types": [{"type": "phone", "patterns": ["(?=a)b"]}]}
    error = seller.put(f"{IDENTITY}/rules", json={"rules": rules}).json()["error"]
    assert (error["code"], error["field"]) == ("bad_pattern", "rules.types.0.patterns")


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ({"types": [{"type": "user", "most": 0}]}, "rules.types.0.most"),
        ({"types": [{"type": "phone", "patterns": ["("]}]}, "rules.types.0.patterns"),
        ({"types": [{"type": "user"}, {"type": "user"}]}, "rules"),
        ({"most_identifiers": 1}, "rules.most_identifiers"),
        ({"colour": 1}, "rules.colour"),
    ],
)
def test_rules_with_a_mistake_are_refused_with_its_place(
    seller: httpx.Client, rules: dict[str, Any], field: str
) -> None:
    reply = seller.put(f"{IDENTITY}/rules", json={"rules": rules})
    assert (reply.status_code, reply.json()["error"]["code"]) == (422, "bad_identity_rules")
    assert reply.json()["error"]["field"] == field


def test_what_happens_on_a_shared_device_is_that_of_who_signed_in_last(
    seller: httpx.Client, shop: Shop
) -> None:
    browsing = {"event": "page_view", "time": NOW - 4 * HOUR, "id": "5", "who": {"device": "d1"}}
    send(seller, shop, [browsing])
    li, wang = person(seller, "user:li"), person(seller, "user:wang")
    assert (li["events"], wang["events"]) == (2, 3)
    told = [(one["account"], one["since"] is None, one["own"]) for one in wang["hands"]]
    assert told == [("user:li", True, False), ("user:wang", False, True)]
    assert [one["person"] for one in wang["hands"]] == [li["id"], wang["id"]]
    [shared] = [one for one in wang["identifiers"] if one["type"] == "device"]
    assert (shared["shared"], shared["events"]) == (True, 1)
    line = seller.get(f"{ROOT}/people/user:wang/events").json()["events"]
    assert [one["actor"] for one in line] == ["device:d1", "user:wang", "user:wang"]
    why = seller.get(f"{IDENTITY}/why", params={"a": "user:li", "b": "device:d1"}).json()
    assert (why["one_person"], len(why["hands"])) == (True, 2)
    rules = {"types": [{"type": "device", "hands_over": False}]}
    assert seller.put(f"{IDENTITY}/rules", json={"rules": rules}).json()["changed"] == 2
    assert (person(seller, "user:li")["events"], person(seller, "user:wang")["hands"]) == (3, [])
    assert seller.put(f"{IDENTITY}/rules", json={"rules": {}}).json()["changed"] == 2
    post(seller, "undo", a="device:d1", b="user:wang")
    assert (person(seller, "user:li")["events"], person(seller, "user:wang")["events"]) == (3, 2)


def rows_on(client: httpx.Client, device: str) -> list[str]:
    sql = f"SELECT id FROM events WHERE actor = '{device}' ORDER BY time"
    return [row[0] for row in client.post(f"{ROOT}/sql", json={"sql": sql}).json()["rows"]]


@pytest.mark.parametrize(
    ("gone", "stays", "left"), [("wang", "li", ["9", "3", "2"]), ("li", "wang", ["4", "1"])]
)
def test_who_is_erased_takes_along_their_turns_on_a_shared_device_and_no_others(
    seller: httpx.Client, shop: Shop, gone: str, stays: str, left: list[str]
) -> None:
    visits = [
        {"event": "page_view", "time": NOW - hours * HOUR, "id": f"v{hours}", "who": {"device": "d1"}}
        for hours in (4, 3, 2, 1)
    ]
    back = {
        "event": "login",
        "time": NOW - 3 * HOUR - 60_000,
        "id": "6",
        "who": {"user": "li", "device": "d1"},
    }
    again = {
        "event": "login",
        "time": NOW - HOUR - 60_000,
        "id": "7",
        "who": {"user": "wang", "device": "d1"},
    }
    send(seller, shop, [*visits, back, again])
    every = rows_on(seller, "device:d1")
    before = person(seller, f"user:{stays}")
    reply = seller.post(f"{ROOT}/erasures", json={"confirm": "shop-a", "person": f"user:{gone}"})
    found = finished(seller, reply.json()["id"])
    ids = rows_on(seller, "device:d1")
    hours = [one for one, there in zip(["9", "4", "3", "2", "1"], every, strict=True) if there in ids]
    assert hours == left
    after = person(seller, f"user:{stays}")
    assert (after["events"], after["revenue"]) == (before["events"], before["revenue"])
    assert "device:d1" in names(after)
    assert after["hands"] == []
    assert found["certificate"]["known"]["events"] == 5
    assert seller.get(f"{ROOT}/people/user:{gone}").status_code == 404
    late = {"event": "page_view", "time": NOW - 1000, "id": "late", "who": {"device": "d1"}}
    send(seller, shop, [late])
    assert person(seller, f"user:{stays}")["events"] == after["events"] + 1 == 6


def test_what_is_somebodys_own_does_not_change_hands(seller: httpx.Client) -> None:
    rules = {"types": [{"type": "phone", "hands_over": True}]}
    reply = seller.put(f"{IDENTITY}/rules", json={"rules": rules})
    assert reply.status_code == 422
    assert "somebody's own" in reply.text
    told = seller.get(f"{IDENTITY}/rules").json()
    refused = set()
    for kind in (one["type"] for one in told["rules"]["types"]):
        types = [{"type": kind, "hands_over": True}]
        tried = seller.put(f"{IDENTITY}/rules", json={"rules": {"types": types}, "dry_run": True})
        refused |= {kind} if tried.status_code == 422 else set()
    assert set(told["own"]) == refused
    assert "user" in refused
    assert "device" not in refused
