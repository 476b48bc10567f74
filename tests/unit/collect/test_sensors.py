"""Sensors Analytics' real clients: all they sent arrives, in our words, under whoever it was."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.captured import requests, said, told
from tidewheel.collect.contract import PROTOCOLS, Arrival, Request, Taken
from tidewheel.collect.intake import take
from tidewheel.collect.protocols.sensors import _java_hash
from tidewheel.core.errors import BadInput

NOW = 1_795_960_000_000
AT = Arrival("web", NOW)
SENSORS = PROTOCOLS.get("sensors")
CLIENTS = sorted({client for client, _ in requests(SENSORS)})
NOT_FACTS = {"type", "_track_id", "_flush_time", "project", "token", "dry", "$lib_detail", "$is_login_id"}


def post(*events: dict[str, Any], path: str = "/sa", packed: bool = True, **more: str) -> Request:
    raw = json.dumps(list(events)).encode()
    text = base64.b64encode(gzip.compress(raw) if packed else raw).decode()
    return Request(urlencode({"data_list": text, "gzip": "1", **more}).encode(), "POST", path)


def send(*events: dict[str, Any], **more: Any) -> Taken:
    return take(SENSORS(), post(*events, **more), AT)


def event(**more: Any) -> dict[str, Any]:
    return {
        "type": "track",
        "event": "看商品",
        "time": NOW,
        "distinct_id": "anon-1",
        "properties": {},
        **more,
    }


def facts_of(one: dict[str, Any]) -> dict[str, Any]:
    """Return what must be told: of a person only who and what changed, of an event all but the envelope."""
    facts = {name: value for name, value in one.items() if name not in NOT_FACTS}
    if one["type"].startswith("profile_") and one["type"] != "profile_delete":
        facts.pop("lib", None)
    facts.get("lib", {}).pop("$lib_detail", None)
    facts["properties"] = {
        name: value for name, value in one.get("properties", {}).items() if name not in NOT_FACTS
    }
    if one["type"] == "profile_unset":
        facts["properties"] = list(facts["properties"])
    distinct = one.get("distinct_id", "")
    return facts | {
        "distinct_id": distinct.partition("+")[2] if distinct.startswith("$identity") else distinct
    }


@pytest.mark.parametrize("client", CLIENTS)
def test_all_that_clients_sent_arrives(client: str) -> None:
    count = 0
    for _, request in requests(SENSORS, client):
        protocol = SENSORS()
        sent = protocol.read(request, AT.max_bytes)
        at = Arrival("web", max(one.get("time", NOW) for one in sent))
        taken = take(protocol, request, at, sent)
        assert taken.rejected == []
        assert taken.notes == []
        calls = [one for one in sent if not one["type"].startswith("item_")]
        items = [one for one in sent if one["type"].startswith("item_")]
        assert [row["item_id"] for row in taken.goods] == [one["item_id"] for one in items]
        assert len(taken.events) == len(calls)
        for one, fact in zip(calls, taken.events, strict=True):
            known = told(fact) | ({*fact.properties} if fact.name == "$unset" else set())
            scenes = {f"wx-{value}" for value in known}
            missing = said(facts_of(one)) - known - scenes - {"None", ""}
            money = {value for value in missing if value.replace(".", "").isdigit() and not value.isdigit()}
            money |= {value for value in missing if value == "399"}
            assert missing - money - {one.get("event")} == set(), one
            assert {str(round(float(value) * 100)) for value in money} <= known
            count += 1
    assert count >= 1


def test_every_way_of_packing_reads_the_same() -> None:
    one = event(properties={"a": "😀中"})
    plain = base64.b64encode(json.dumps(one).encode()).decode()
    zipped = base64.b64encode(gzip.compress(json.dumps(one).encode())).decode()
    ways = [
        send(one),
        take(SENSORS(), Request(urlencode({"data": zipped, "gzip": "1"}).encode(), "POST", "/sa"), AT),
        take(SENSORS(), Request(urlencode({"data": plain}).encode(), "POST", "/sa.gif"), AT),
        take(SENSORS(), Request(b"", "GET", "/sa.gif", {"data": plain.replace("+", " ")}), AT),
        take(SENSORS(), Request(json.dumps([one]).encode(), "POST", "/sa"), AT),
        take(SENSORS(), Request(gzip.compress(json.dumps(one).encode()), "POST", "/sa"), AT),
    ]
    assert all(way.events == ways[0].events for way in ways)
    assert ways[0].events[0].properties == {"a": "😀中"}


def test_names_and_money_become_ours() -> None:
    view, order, page = send(
        event(event="ViewProduct", properties={"ProductId": "A1", "ProductPrice": 299.5, "value": 299.5}),
        event(event="payOrder", properties={"order_id": "SO1", "order_actual_amount": "1,299.50"}),
        event(
            event="$MPViewScreen",
            properties={"$url_path": "pages/a", "$scene": "wx-1047", "$utm_source": "wechat"},
        ),
    ).events
    assert (view.name, view.items) == ("view_item", [{"item_id": "A1", "price": 29950}])
    assert (order.name, order.properties["value"], order.properties["order_id"]) == (
        "purchase",
        129950,
        "SO1",
    )
    assert (page.name, page.properties) == (
        "page_view",
        {
            "page_path": "pages/a",
            "page": "pages/a",
            "scene": "1047",
            "utm_source": "wechat",
            "sent_as": "$MPViewScreen",
        },
    )


@pytest.mark.parametrize(
    ("sent", "who"),
    [
        ({"distinct_id": "u1", "properties": {"$is_login_id": True}}, ["user:u1"]),
        ({"distinct_id": "u1", "properties": {"$is_login_id": False}}, ["device:u1"]),
        ({"distinct_id": "u1", "lib": {"$lib": "python"}}, ["user:u1"]),
        ({"distinct_id": "anon-uuid-1", "lib": {"$lib": "python"}}, ["device:anon-uuid-1"]),
        ({"distinct_id": "oA", "lib": {"$lib": "MiniProgram"}}, ["device:oA"]),
        ({"type": "track_signup", "distinct_id": "u1", "original_id": "d1"}, ["user:u1", "device:d1"]),
        ({"distinct_id": "u1", "login_id": "u1", "anonymous_id": "d1"}, ["user:u1", "device:d1"]),
        (
            {"distinct_id": "$identity_mobile+13800138000", "identities": {"$identity_mobile": "13800138000"}},
            ["phone:+8613800138000"],
        ),
        (
            {
                "distinct_id": "oA", "anonymous_id": "oA",
                "identities": {
                    "$identity_mp_id": "d1", "$identity_mp_wx1_openid": "oA", "$identity_mp_wx1_unionid": "uA",
                    "$identity_anonymous_id": "oA", "$identity_shop_card": "C1",
                },
            },
            ["unionid:uA", "openid:wx1/oA", "external_userid:shop_card/C1", "device:d1"],
        ),
        (
            {"distinct_id": "d1", "identities": {"$identity_idfv": "d1", "$identity_android_id": "d2"}},
            ["device:d1", "device:d2"],
        ),
    ],
)  # fmt: skip
def test_whose_it_is(sent: dict[str, Any], who: list[str]) -> None:
    [found] = send(event(**sent)).events
    assert [found.actor, *found.others] == who


def test_binding_links_and_unbinding_does_not() -> None:
    both = {"$identity_login_id": "u1", "$identity_mobile": "13800138000"}
    bound, parted = send(
        event(type="track_id_bind", event="$BindID", distinct_id="u1", identities=both),
        event(type="track_id_unbind", event="$UnbindID", distinct_id="u1", identities=both),
    ).events
    assert (bound.name, bound.actor, bound.others) == ("identity_bind", "user:u1", ["phone:+8613800138000"])
    assert (parted.name, parted.actor, parted.others) == ("identity_unbind", "user:u1", [])
    assert parted.properties["identifiers"] == ["user:u1", "phone:+8613800138000"]


def test_profiles_change_persons_and_items_the_catalogue() -> None:
    person = {"distinct_id": "u1", "time": NOW, "$is_login_id": True}
    changes: list[tuple[str, dict[str, Any]]] = [
        ("profile_set", {"$city": "杭州"}), ("profile_set_once", {"first": 1}), ("profile_increment", {"orders": 2}),
        ("profile_append", {"tags": ["a"]}), ("profile_unset", {"old": True}), ("profile_delete", {}),
    ]  # fmt: skip
    taken = send(
        *(
            {**person, "type": kind, "properties": {**values, "$is_login_id": True}}
            for kind, values in changes
        ),
        {
            "type": "item_set",
            "item_type": "sku",
            "item_id": "A1",
            "properties": {"name": "裙", "price": "299.5"},
        },
        {"type": "item_delete", "item_type": "sku", "item_id": "A2"},
    )
    assert [(fact.name, fact.properties) for fact in taken.events] == [
        ("$set", {"city": "杭州"}), ("$set_once", {"first": 1}), ("$add", {"orders": 2}), ("$append", {"tags": ["a"]}),
        ("$unset", {"old": True}), ("profile_delete", {}),
    ]  # fmt: skip
    assert {fact.actor for fact in taken.events} == {"user:u1"}
    assert taken.goods == [
        {"item_id": "A1", "item_kind": "sku", "item_name": "裙", "price": 29950},
        {"item_id": "A2", "item_kind": "sku", "deleted": True},
    ]


def test_a_numbered_event_counts_once_and_clocks_are_corrected() -> None:
    sent = event(_track_id=7, _flush_time=NOW - 3_600_000, time=NOW - 3_600_000 - 5_000)
    first, again = send(sent).events, send({**sent, "_flush_time": NOW - 3_000_000}).events
    assert first[0].id == again[0].id
    assert first[0].time == NOW - 5_000
    assert send({**sent, "_track_id": 8}).events[0].id != first[0].id


@given(st.text(max_size=300))
def test_the_checksum_is_javas_hash_of_the_text(text: str) -> None:
    plain = 0
    units = text.encode("utf-16-be", "surrogatepass")
    for high, low in zip(units[::2], units[1::2], strict=True):
        plain = (31 * plain + (high << 8 | low)) & 0xFFFF_FFFF
    plain -= (plain & 0x8000_0000) << 1
    assert _java_hash(text) == plain


def test_a_wrong_checksum_is_noted() -> None:
    right = next(request for _, request in requests(SENSORS, "browser_beacon") if b"crc" in request.body)
    assert take(SENSORS(), right, AT).notes == []
    wrong = Request(right.body.replace(b"ext=crc%3D", b"ext=crc%3D1"), "POST", "/sa.gif")
    taken = take(SENSORS(), wrong, AT)
    assert [note.code for note in taken.notes] == ["bad_checksum"]
    assert len(taken.events) == 1


def test_a_dry_run_is_judged_and_not_kept() -> None:
    request = post(event(), path="/debug")
    assert take(SENSORS(), request, AT).dry is False
    dry = Request(request.body, "POST", "/debug", headers={"dry-run": "true"})
    assert take(SENSORS(), dry, AT).dry is True
    bad = send(event(type="sing"), path="/debug")
    told_of = SENSORS().reply(bad, request)
    assert (told_of.status, json.loads(told_of.body)["rejected"][0]["code"]) == (400, "unknown_call")
    assert SENSORS().reply(bad, post(event())).status == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "no_events"), (b"a=1", "no_events"), (b"data=!!", "bad_base64"), (b"data=bm8%3D", "not_json"),
        (b"data=aa&gzip=9", "encrypted_body"), (b"data=H4sIAAAA", "bad_gzip"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told(body: bytes, code: str) -> None:
    with pytest.raises(BadInput) as error:
        take(SENSORS(), Request(body, "POST", "/sa"), AT)
    assert error.value.code == code


def test_keys_are_tokens_then_projects() -> None:
    request = Request(b"", "POST", "/sa", {"project": "production", "token": "t1"})
    sent = SENSORS().read(post({"token": "t2", "project": "p2"}), 10**6)
    assert list(SENSORS().keys(request, sent)) == ["t1", "t2", "production", "p2"]
