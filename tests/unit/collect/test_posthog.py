"""PostHog's real clients: all they sent arrives, in our words, and they are told that flags are not here."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.captured import requests, said, told
from tidewheel.collect.contract import PROTOCOLS, Arrival, Request, Taken
from tidewheel.collect.intake import take
from tidewheel.collect.packing.ph_elements import read_elements
from tidewheel.core.errors import BadInput

NOW = 1_795_302_000_000
AT = Arrival("web", NOW)
POSTHOG = PROTOCOLS.get("posthog")
CLIENTS = sorted({client for client, _ in requests(POSTHOG)})
OF_THE_CLIENT = {name for name, ours in POSTHOG.vocabulary.every.properties.items() if not ours}
NOT_FACTS = OF_THE_CLIENT | {
    "token",
    "$time",
    "$insert_id",
    "$process_person_profile",
    "distinct_id",
    "$groups",
}
ASKED = ("/flags", "/array", "/decide", "/s")


def send(body: Any, path: str = "/batch/", **more: Any) -> Taken:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return take(POSTHOG(), Request(raw, "POST", path, more.get("query", {})), AT)


def event(name: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "event": name,
        "distinct_id": "u1",
        "uuid": "n1",
        "timestamp": NOW,
        "properties": properties,
        **more,
    }


@pytest.mark.parametrize("client", CLIENTS)
def test_all_that_clients_sent_arrives(client: str) -> None:
    count = 0
    for _, request in requests(POSTHOG, client):
        if request.path.startswith(ASKED):
            continue
        protocol = POSTHOG()
        sent = protocol.read(request, AT.max_bytes)
        taken = take(protocol, request, AT, sent)
        assert (taken.rejected, taken.notes) == ([], [])
        assert taken.accepted == len(sent["batch"])
        arrived = set().union(*(told(one) for one in taken.events))
        for one in sent["batch"]:
            facts = {name: value for name, value in one["properties"].items() if name not in NOT_FACTS}
            if one["event"] in ("$identify", "$create_alias", "$groupidentify"):
                facts = {
                    name: facts.get(name) for name in ("$set", "$anon_distinct_id", "alias", "$group_set")
                }
            missing = said([facts, one.get("$set"), one.get("$set_once"), one.get("distinct_id")]) - arrived
            assert missing - {"None", "$direct", "{}", "$company_c1"} <= {"299.5"}
            assert "299.5" not in missing or "29950" in arrived
            count += 1
    assert count >= 4


def test_packings_of_one_body_read_the_same() -> None:
    body = json.dumps({"api_key": "k", "batch": [event("看商品", {"a": 1})]}).encode()
    packed = quote(base64.b64encode(body).decode())
    bodies = {
        "plain": body,
        "gzip": gzip.compress(body),
        "base64": f"data={packed}".encode(),
        "base64 of gzip": f"data={quote(base64.b64encode(gzip.compress(body)).decode())}".encode(),
        "form of JSON": f"data={quote(body.decode())}&api_key=k".encode(),
    }
    found = {how: send(raw).events for how, raw in bodies.items()}
    assert all(events == found["plain"] for events in found.values())
    assert [one.name for one in found["plain"]] == ["看商品"]
    pixel = Request(b"", "GET", "/e/", {"data": base64.b64encode(body).decode().replace("+", " ")})
    assert take(POSTHOG(), pixel, AT).events == found["plain"]


def test_one_uuid_is_one_event() -> None:
    first, again = (send([event("x", {"$lib": lib})]).events[0] for lib in ("web", "again"))
    assert first.id == again.id
    old = {
        "event": "x",
        "properties": {"token": "k", "distinct_id": "u1", "$insert_id": "i", "$time": NOW / 1000},
    }
    assert send([{**old, "offset": 5}]).events[0].id == send([{**old, "offset": 5_000}]).events[0].id
    undated = {"event": "x", "distinct_id": "u1", "offset": 5_000}
    assert send([undated]).events[0].time == NOW - 5_000


@pytest.mark.parametrize(("one", "other"), [("anon-1", "u1"), ("u1", "anon-1")])
def test_an_alias_joins_either_way_round(one: str, other: str) -> None:
    alias = event("$create_alias", {"distinct_id": one, "alias": other}, distinct_id=one)
    [link] = send([alias]).events
    assert [link.actor, *link.others] == ["user:u1", "device:anon-1"]


def test_persons() -> None:
    identify = event(
        "$identify", {"$anon_distinct_id": "01a20049-087b-7e8d-a8f1-406d5f295ff4"}, **{"$set": {"email": "A@b.c"}}
    )  # fmt: skip
    [person] = send([identify]).events
    assert [person.actor, *person.others] == [
        "user:u1", "email:a@b.c", "device:01a20049-087b-7e8d-a8f1-406d5f295ff4"
    ]  # fmt: skip
    order = event("x", {"$set": {"plan": "gold"}, "$set_once": {"$initial_os": "iOS"}, "$unset": ["old"]})
    assert [(one.name, one.properties) for one in send([order]).events[1:]] == [
        ("$set", {"plan": "gold"}), ("$set_once", {"initial_os": "iOS"}), ("$unset", {"old": True})
    ]  # fmt: skip


def test_an_unknown_visitor_is_a_device() -> None:
    visitor = event("$pageview", {"$device_id": "Zx", "$pathname": "/a"}, distinct_id="Zx")
    [view] = send([visitor]).events
    assert (view.actor, view.name, view.properties["page"]) == ("device:Zx", "page_view", "/a")


def test_an_order_is_ours() -> None:
    products = [{"product_id": "A1", "name": "裙", "price": 299.5, "quantity": 1}]
    said = {"order_id": "SO1", "revenue": 299.5, "currency": "CNY", "products": products}
    for name in ("Order Completed", "order_completed"):
        [order] = send([event(name, said)]).events
        assert (order.name, order.properties["value"]) == ("purchase", 29950)
        assert order.items == [{"item_id": "A1", "item_name": "裙", "price": 29950, "quantity": 1}]
    own = {"transaction_id": "SO1", "value": 299.5, "items": [{"item_id": "A1", "price": "299.5"}]}
    [order] = send([event("purchase", own)]).events
    assert (order.properties, order.items) == (
        {"order_id": "SO1", "value": 29950}, [{"item_id": "A1", "price": 29950}]
    )  # fmt: skip


def test_clicks_say_on_what() -> None:
    chain = (
        'button.buy.big:attr__id="b"nth-child="1"nth-of-type="1"text="加购 \\"两件\\"; 马上";'
        'div.bar:nth-child="2"nth-of-type="3";main:nth-child="2"nth-of-type="2"'
    )
    clicked = {"$event_type": "click", "$elements_chain": chain}
    [click] = send([event("$autocapture", clicked)]).events
    assert click.name == "click"
    assert click.properties == {
        "interaction": "click", "element": "main[2]>div.bar>button#b", "element_kind": "button",
        "element_text": '加购 "两件"; 马上', "element_id": "b", "sent_as": "$autocapture",
    }  # fmt: skip
    [submit] = send([event("$autocapture", {**clicked, "$event_type": "submit"})]).events
    assert submit.name == "form_submit"
    listed = [
        {"tag_name": "a", "attr__href": "/g/1", "$el_text": "详情", "classes": ["card", "x"]},
        {"tag_name": "li"},
    ]
    assert read_elements({"$elements": listed}) == {
        "element": "li>a.card", "element_kind": "a", "element_text": "详情", "element_url": "/g/1"
    }  # fmt: skip


def test_long_ago_stays_long_ago() -> None:
    body = {"batch": [event("x", {}, timestamp="2020-01-01T00:00:00Z")], "sent_at": "2020-01-01T00:00:05Z"}
    moved = send(body).events[0].time
    assert send({**body, "historical_migration": True}).events[0].time == 1_577_836_800_000 < moved


@pytest.mark.parametrize(
    ("path", "has"),
    [
        ("/flags/", {"flags": {}, "featureFlags": {}}),
        ("/decide/", {"featureFlags": []}),
        ("/s/", {"status": 1, "quota_limited": ["recordings"]}),
        ("/array/k/config", {"token": "k", "hasFeatureFlags": False, "sessionRecording": False}),
        ("/api/surveys/", {"surveys": []}),
    ],
)
def test_what_is_asked(path: str, has: dict[str, Any]) -> None:
    marks = {"token": "k"} if "/array" in path else {}
    reply = POSTHOG().answer(Request(b"", "GET", path, marks=marks), "KEY")
    assert has.items() <= json.loads(reply.body).items()
    script = POSTHOG().answer(Request(b"", "GET", "/array/k/config.js", marks={"token": "k"}), "KEY")
    assert script.content_type == "application/javascript"
    assert b'["k"]={"config": {"token": "k"' in script.body


@pytest.mark.parametrize("body", [[], {}, {"batch": 1}, {"batch": []}])
def test_a_body_without_events_is_told(body: Any) -> None:
    with pytest.raises(BadInput) as error:
        send(body)
    refused = POSTHOG().refuse(error.value)
    assert refused is not None
    assert (refused.status, json.loads(refused.body)["type"]) == (400, "validation_error")


def test_bad_events_stand_beside_good_ones() -> None:
    taken = send(
        [1, {"event": 2}, event("x", {"$set": 1}), {**event("x", {}), "properties": [1]}, event("good", {})]
    )
    assert [one.code for one in taken.rejected] == [
        "not_an_object",
        "missing_name",
        "wrong_type",
        "wrong_type",
    ]
    assert [one.name for one in taken.events] == ["good"]
