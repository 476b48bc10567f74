"""Segment's and RudderStack's real clients: all they sent arrives, in our words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.captured import requests, said, told
from tidewheel.collect.contract import PROTOCOLS, Arrival, Request, Taken
from tidewheel.collect.intake import take
from tidewheel.core.errors import BadInput

NOW = 1_795_302_000_000
AT = Arrival("web", NOW)
SEGMENT = PROTOCOLS.get("segment")
CLIENTS = sorted({client for client, _ in requests(SEGMENT)})
ENVELOPE = {
    "integrations",
    "type",
    "sentAt",
    "writeKey",
    "messageId",
    "_metadata",
    "channel",
    "timestamp",
    "context",
}
WEB = {"originalTimestamp", "version", "rudderId"}


def send(body: Any, path: str = "/v1/batch") -> Taken:
    return take(SEGMENT(), Request(json.dumps(body).encode(), "POST", path), AT)


@pytest.mark.parametrize("client", CLIENTS)
def test_all_that_clients_sent_arrives(client: str) -> None:
    count = 0
    for _, request in requests(SEGMENT, client):
        protocol = SEGMENT()
        sent = protocol.read(request, AT.max_bytes)
        taken = take(protocol, request, AT, sent)
        assert taken.rejected == []
        calls = sent.get("batch", [sent])
        assert len(taken.events) == len(calls)
        for one, event in zip(calls, taken.events, strict=True):
            facts = {name: value for name, value in one.items() if name not in ENVELOPE | WEB}
            if one.get("previousId"):  # whom it joins; who sent it is told by every other call
                facts.pop("anonymousId", None)
            missing = {value for value in said(facts) - told(event) if value not in {"None", "{}", ""}}
            money = {value for value in missing if value.replace(".", "").isdigit()}
            assert missing - money == set()
            assert {str(round(float(value) * 100)) for value in money} <= told(event)
            count += 1
    assert count >= 3


def test_an_order_is_ours() -> None:
    order = {
        "order_id": "SO1", "revenue": 299.5, "currency": "CNY", "coupon": "C1",
        "products": [{"product_id": "A1", "name": "裙", "price": 299.5, "quantity": 1, "category": "女装"}],
    }  # fmt: skip
    call = {
        "type": "track",
        "event": "Order Completed",
        "userId": "u1",
        "messageId": "m",
        "properties": order,
    }
    [event] = send({"batch": [call]}).events
    assert event.name == "purchase"
    assert event.properties == {
        "order_id": "SO1", "revenue": 29950, "value": 29950, "currency": "CNY", "coupon_id": "C1",
        "sent_as": "Order Completed",
    }  # fmt: skip
    assert event.items == [
        {"item_id": "A1", "item_name": "裙", "price": 29950, "quantity": 1, "item_category": "女装"}
    ]


def test_identify_and_alias_link() -> None:
    calls = [
        {
            "type": "identify",
            "anonymousId": "a",
            "userId": "u1",
            "traits": {"email": "A@b.c", "plan": "gold"},
        },
        {"type": "alias", "previousId": "old", "userId": "u1"},
        {"type": "group", "userId": "u1", "groupId": "g", "traits": {"name": "Acme"}},
    ]
    person, link, group = send({"batch": calls}).events
    assert [person.actor, *person.others] == ["user:u1", "email:a@b.c", "device:a"]
    assert person.properties == {"email": "A@b.c", "plan": "gold"}
    assert [link.actor, *link.others] == ["user:u1", "device:old"]
    assert group.properties == {"group_id": "g", "group_name": "Acme"}


@pytest.mark.parametrize("body", [[], {}, {"batch": 1}])
def test_a_body_without_calls_is_told(body: Any) -> None:
    with pytest.raises(BadInput) as error:
        send(body)
    shaped = SEGMENT().refuse(error.value)
    assert shaped is not None
    assert shaped.status == 400
    assert {"code", "message"} <= json.loads(shaped.body).keys()


def test_bad_calls_stand_beside_good_ones() -> None:
    good = {"type": "track", "event": "Signed Up", "anonymousId": "a"}
    taken = send(
        {
            "batch": [
                1,
                {"type": "sing"},
                {"type": "track"},
                {"type": "track", "event": "x", "context": 1},
                good,
            ]
        }
    )
    assert [one.code for one in taken.rejected] == [
        "not_an_object",
        "unknown_call",
        "missing_name",
        "wrong_type",
    ]
    assert [event.name for event in taken.events] == ["sign_up"]


def test_clients_in_browsers_get_their_settings() -> None:
    protocol = SEGMENT()
    host = "https://tw.shop.example/in/KEY"
    settings = json.loads(
        protocol.answer(Request(b"", "GET", "/v1/projects/K/settings", host=host), "KEY").body
    )
    assert settings["integrations"]["Segment.io"] == {
        "apiKey": "KEY", "apiHost": "tw.shop.example/in/KEY/v1", "retryQueue": True
    }  # fmt: skip
    config = json.loads(protocol.answer(Request(b"", "GET", "/sourceConfig/", host=host), "KEY").body)
    assert config["source"]["writeKey"] == "KEY"
