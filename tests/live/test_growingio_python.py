"""GrowingIO's own Python client, pointed at a running server: field by field, once each."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from growingio_tracker import GrowingTracker
from growingio_tracker.default_consumer import DefaultConsumer

from tests.live.conftest import Place

pytestmark = pytest.mark.slow


def test_what_it_sends_arrives(place: Callable[[], Place]) -> None:
    shop = place()
    sdk: Any = GrowingTracker.consumer(DefaultConsumer("acc-1", "ds-1", shop.address))
    now = int(time.time() * 1000) - 60_000
    sdk.track_custom_event(
        "order_paid", event_time=now, anonymous_id="dev-1", login_user_key="phone", login_user_id="13800138000",
        attributes={"order_id": "SO1", "amount": 299.5, "sku": ["A1", "B2"], "中文": "红色"},
    )  # fmt: skip
    sdk.track_custom_event("add_cart", event_time=now + 1, anonymous_id="dev-1")
    sdk.track_user("member_no", "M1", anonymous_id="dev-1", attributes={"level": "gold", "age": 31})
    sdk.submit_item("sku", "A1", {"name": "连衣裙", "price": "299"})
    order, cart = shop.arrived()
    assert (order["name"], order["value"], order["order_id"]) == ("purchase", 29950, "SO1")
    assert (order["sku"], order["中文"], order["sent_as"]) == (["A1", "B2"], "红色", "order_paid")
    assert (cart["name"], cart["actor"]) == ("add_to_cart", "device:dev-1")
    assert order["person"] == cart["person"]
    about = f"select level, age from persons where person = '{order['person']}'"
    assert shop.rows(about) == [["gold", 31]]
    assert shop.rejected() == []
    goods = shop.admin.post(
        f"/api/v1/projects/{shop.project}/sql", json={"sql": "select item_id, item_name, price from items"}
    )
    assert goods.json()["rows"] == [["A1", "连衣裙", 29900]]
