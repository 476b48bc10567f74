"""Tencent Youshu's own mini-program client, pointed at a running server: field by field, once each."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import pytest

from tests.live.conftest import Place
from tests.live.sdk import run_mini_program

pytestmark = pytest.mark.slow
APP = "wx1234567890abcdef"


def test_mini_program(place: Callable[[], Place]) -> None:
    shop = place()
    placed = int(time.time() * 1000) - 60_000
    run_mini_program("youshu.wx.cjs", address=f"{shop.address}/api/report", me=shop.id, time=placed)
    events = shop.awaited(14)
    by_name = {event["name"]: event for event in events}
    assert Counter(event["name"] for event in events) == Counter([
        "session_start", "app_show", "view_item", "add_to_cart", "share", "order_placed", "purchase", "refund", "page_view",
        "payment_report", "payment_report", "page_leave", "app_hide", "sdk_error_log",
    ])  # fmt: skip
    assert {event["actor"] for event in events} == {f"user:u-{shop.id}"}
    for event in events:
        if event["name"] == "payment_report":
            continue
        assert (event["actor"], event["app_id"], event["scene"], event["utm_source"], event["utm_campaign"]) == (
            f"user:u-{shop.id}", APP, "1047", "wechat", "d11",
        )  # fmt: skip
        assert (event["member_tags"], event["device_brand"], event["sdk"]) == (
            ["金卡"],
            "HUAWEI",
            "sr-sdk-wxapp",
        )
    start, view, cart = (by_name[name] for name in ("session_start", "view_item", "add_to_cart"))
    assert (start["page_path"], start["page_query"]) == (
        "pages/index/index",
        "utm_source=wechat&utm_campaign=d11",
    )
    for event in (view, cart):
        assert (event["page_path"], event["page_query"]) == ("pages/goods/goods", "id=A1")
        [item] = event["items"]
        assert {name: value for name, value in item.items() if value is not None} == {
            "item_id": "A1", "item_name": "连衣裙", "item_spu": "S1", "item_spu_name": "连衣裙", "list_price": 39900,
            "price": 29950,
        }  # fmt: skip
    assert cart["cart_quantity"] == 2
    share = by_name["share"]
    assert (share["depth"], share["share_title"], share["root_share_id"]) == (1, "连衣裙", share["share_id"])
    for name, value in (("order_placed", "value"), ("purchase", "value"), ("refund", "refund_value")):
        order = by_name[name]
        assert (order["order_id"], order[value], order["gross_value"]) == ("SO1", 31950, 41900)
        assert (order["sub_order_ids"], order["order_placed_at"]) == (["SO1-1", "SO1-2"], placed)
    assert datetime.fromisoformat(by_name["purchase"]["time"]).timestamp() * 1000 == placed
    assert shop.identifiers(view["person"]) >= {
        f"user:u-{shop.id}", f"unionid:n-{shop.id}", f"openid:{APP}/o-{shop.id}"
    }  # fmt: skip
    numbers = [event["delivery_number"] for event in events if event["name"] != "purchase"]
    assert sorted(numbers) == list(range(min(numbers), min(numbers) + len(numbers)))
    assert len({event.get("delivery_id") for event in events if event["name"] != "purchase"}) == 1
    lost = shop.admin.get(f"/api/v1/projects/{shop.project}/sources/{shop.id}/losses").json()
    assert (lost["numbered"], lost["runs"], lost["arrived"], lost["missing"]) == (True, 1, len(numbers), 0)
    assert shop.rejected() == []
