"""GA4's Measurement Protocol: its names are ours, its amounts become fen, its debug address keeps nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.captured import requests, said, told
from tidewheel.collect.contract import PROTOCOLS, Arrival, Request, Taken
from tidewheel.collect.intake import take
from tidewheel.core.errors import BadInput

NOW = 1_795_960_200_000
AT = Arrival("web", NOW)
GA4 = PROTOCOLS.get("ga4")
DEBUG = Request(b"", "POST", "/debug/mp/collect")


def send(body: Any, path: str = "/mp/collect") -> Taken:
    return take(GA4(), Request(json.dumps(body).encode(), "POST", path), AT)


def test_all_that_clients_sent_arrives() -> None:
    for _, request in requests(GA4):
        sent = json.loads(request.body)
        taken = take(GA4(), request, AT)
        assert (taken.rejected, taken.notes) == ([], [])
        *events, person = taken.events
        assert person.properties == {"member_level": "gold"}
        for one, event in zip(sent["events"], events, strict=True):
            missing = said([one, sent["client_id"]]) - told(event)
            assert missing <= {"299.5", "99"}
            assert {str(round(float(value) * 100)) for value in missing} <= told(event)


def test_orders_refunds_and_persons() -> None:
    params = {
        "transaction_id": "SO1", "value": 299.5, "tax": "10", "coupon": "C1",
        "items": [{"item_id": "A1", "price": 299.5, "quantity": 1}],
    }  # fmt: skip
    body = {
        "client_id": "c1", "user_id": "u1", "timestamp_micros": NOW * 1000,
        "events": [{"name": "purchase", "params": params}, {"name": "refund", "params": {"transaction_id": "SO1", "value": 1}}],
        "user_properties": {"level": {"value": "gold"}, "old": {"value": None}},
    }  # fmt: skip
    order, refund, person, gone = send(body).events
    assert [order.actor, *order.others] == ["user:u1", "cookie:c1"]
    assert order.time == NOW
    assert order.properties == {"order_id": "SO1", "value": 29950, "tax": 1000, "coupon_id": "C1"}
    assert order.items == [{"item_id": "A1", "price": 29950, "quantity": 1}]
    assert refund.properties["refund_value"] == 100
    assert (person.name, person.properties, gone.properties) == ("$set", {"level": "gold"}, {"old": True})
    assert [event.id for event in send(body).events] == [order.id, refund.id, person.id, gone.id]


def test_the_debug_address_tells_and_keeps_nothing() -> None:
    body = {
        "client_id": "c1",
        "events": [{"name": "purchase", "params": {"value": "much"}}, {"params": {}}, {"name": "login"}],
    }
    taken = send(body, "/debug/mp/collect")
    assert taken.dry is True
    messages = json.loads(GA4().reply(taken, DEBUG, "zh").body)["validationMessages"]
    assert [(one["fieldPath"], one["validationCode"]) for one in messages] == [
        ("events[0].properties.value", "MONEY_NOT_NUMBER"), ("events[1].name", "MISSING_NAME"),
    ]  # fmt: skip
    assert "金额" in messages[0]["description"]
    live = send(body)
    assert (live.dry, GA4().reply(live, Request(b"")).status) == (False, 204)


@pytest.mark.parametrize("body", [[], {}, {"events": 1}, {"events": None}])
def test_a_body_without_events_is_told(body: Any) -> None:
    with pytest.raises(BadInput) as error:
        send(body)
    shaped = GA4().refuse(error.value)
    assert shaped is not None
    assert json.loads(shaped.body)["validationMessages"][0]["validationCode"] == "NO_EVENTS"


def test_bad_user_properties_stand_beside_good_events() -> None:
    taken = send({"client_id": "c1", "events": [{"name": "login"}], "user_properties": [1]})
    assert [event.name for event in taken.events] == ["login"]
    assert [one.code for one in taken.rejected] == ["wrong_type"]


def test_one_event_may_stand_without_a_list() -> None:
    event = {"name": "search", "params": {"search_term": "裙"}}
    alone, listed = (
        send({"client_id": "c1", "timestamp_micros": NOW * 1000, "events": one}) for one in (event, [event])
    )
    assert alone.events == listed.events
    assert [one.name for one in alone.events] == ["search"]
