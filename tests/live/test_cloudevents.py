"""CloudEvents' own libraries for Node and Python, pointed at a running server: field by field, once each."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from cloudevents.core.bindings.http import HTTPMessage, to_binary_event, to_structured_event
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from tests.live.conftest import Place
from tests.live.sdk import run_node

pytestmark = pytest.mark.slow
ITEM = {"item_id": "A1", "item_name": "连衣裙", "price": 29950, "quantity": 1}


def test_node(place: Callable[[], Place]) -> None:
    shop = place()
    now = int(time.time() * 1000) - 60_000
    run_node("cloudevents.node.mjs", address=shop.address, time=now, me=shop.id)
    order, refund = sorted(shop.awaited(2), key=lambda event: event["name"])
    for event in (order, refund):
        assert (event["actor"], event["order_id"]) == (f"user:{shop.id}", "SO1")
        assert datetime.fromisoformat(event["time"]).timestamp() * 1000 == now
    assert (order["name"], order["value"]) == ("purchase", 29950)
    assert (refund["name"], refund["refund_value"]) == ("refund", 29950)
    assert shop.identifiers(order["person"]) == {f"user:{shop.id}", f"device:d-{shop.id}"}
    assert shop.rejected() == []


def test_python(place: Callable[[], Place]) -> None:
    shop = place()
    was = datetime(2026, 11, 21, 10, tzinfo=UTC)

    def event(number: str, kind: str, data: Any) -> CloudEvent:
        about = {"id": number, "type": kind, "source": "/门店/一", "subject": f"user:{shop.id}", "time": was}
        return CloudEvent({**about, "datacontenttype": "application/json", "traceid": "裙 100%"}, data)

    def send(message: HTTPMessage) -> Any:
        reply = httpx.post(
            f"{shop.address}/v1/cloudevents", content=message.body, headers=message.headers, trust_env=False
        )
        assert reply.status_code == 200, reply.text
        return reply.json()

    bought = event("1", "purchase", {"order_id": "SO1", "value": 29950, "items": [ITEM]})
    seen = event(
        "2", "view_item", {"deviceId": f"d-{shop.id}", "items": [ITEM], "vip": True, "标签": ["新", "热"]}
    )
    assert send(to_structured_event(bought)) == {"accepted": 1, "rejected": [], "notes": []}
    assert send(to_binary_event(seen))["accepted"] == 1
    send(to_binary_event(bought))
    listed = b"[" + b",".join(JSONFormat().write(one) for one in (bought, seen)) + b"]"
    batch = HTTPMessage({"content-type": "application/cloudevents-batch+json"}, listed)
    assert send(batch)["accepted"] == 2
    order, view = sorted(shop.awaited(2), key=lambda one: one["name"])
    assert len(shop.arrived()) == 2
    for one in (order, view):
        assert (one["actor"], one["traceid"]) == (f"user:{shop.id}", "裙 100%")
        assert one["items"] == [ITEM | {"item_category": None}]
        assert datetime.fromisoformat(one["time"]) == was
    assert (order["order_id"], order["value"]) == ("SO1", 29950)
    assert (view["vip"], view["标签"]) == (True, ["新", "热"])
    assert shop.identifiers(view["person"]) == {f"user:{shop.id}", f"device:d-{shop.id}"}
    assert shop.rejected() == []
