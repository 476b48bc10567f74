"""Matomo's Node client, pointed at a running server: field by field, once each."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import pytest

from tests.live.conftest import Place
from tests.live.sdk import run_node

pytestmark = pytest.mark.slow


def test_node(place: Callable[[], Place]) -> None:
    shop = place()
    now = int(time.time()) * 1000 - 60_000
    visitor, user = f"{shop.id:0>16.16}", shop.mine("u1")
    said = run_node("matomo.node.mjs", address=shop.address, time=now, visitor=visitor, user=user)
    assert said == {"status": "success", "tracked": 2, "invalid": 0, "invalid_indices": []}
    events = {event["name"]: event for event in shop.awaited(4)}
    assert len(shop.arrived()) == 4
    assert events.keys() == {"page_view", "purchase", "search", "custom_event"}
    for event in events.values():
        assert datetime.fromisoformat(event["time"]).timestamp() * 1000 == now
    view, order, search, played = (
        events[name] for name in ("page_view", "purchase", "search", "custom_event")
    )
    assert (view["page_title"], view["page_url"], view["page_referrer"], view["page_path"], view["utm_source"]) == (
        "连衣裙", "http://shop.example/goods?utm_source=wechat", "https://weixin.qq.com/", "/goods", "wechat",
    )  # fmt: skip
    assert (order["order_id"], order["value"], order["subtotal"], order["shipping"]) == (
        "SO1",
        31950,
        29950,
        2000,
    )
    assert order["items"] == [
        {"item_id": "A1", "item_name": "连衣裙", "item_category": "女装", "price": 29950, "quantity": 1}
    ]
    assert (search["search_term"], search["search_results"]) == ("连衣裙", 12)
    assert [played[name] for name in ("event_category", "event_action", "event_label", "event_value")] == [
        "video", "play", "秀场", 3.5,
    ]  # fmt: skip
    assert (view["actor"], order["actor"]) == (f"cookie:{visitor}", f"user:{user}")
    assert len({event["person"] for event in events.values()}) == 1
    assert shop.rejected() == []
