"""Volcano Engine's own clients for Python, browsers and mini programs, pointed at a running server."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from datarangers.collector.event_collector import EventCollector
from datarangers.collector.model.event import Event
from datarangers.collector.model.header import Header
from datarangers.collector.model.items import Items

from tests.live.conftest import Place
from tests.live.sdk import run_mini_program

pytestmark = pytest.mark.slow
APP = 10000001


def test_python(place: Callable[[], Place], tmp_path: Path) -> None:
    shop = place()
    user, device, at = shop.mine("u1"), shop.mine("d1"), int(time.time() * 1000) - 60_000
    client: Any = EventCollector
    client.init({"domain": shop.address, "save": False, "sync": True, "log_file_path": f"{tmp_path}/"})
    order = {"amount": 299.5, "order_id": "SO1", "sku": ["A1", "B2"]}
    client.send_web_event(user, APP, {"level": "gold"}, "order_paid", order, device, None, at)
    client.send_app_event(user, APP, None, ["看", "看"], [{"x": 1}, {"x": 1}], "ios", shop.mine("phone"))
    client.profile_set(user, APP, {"city": "上海", "age": 31})
    client.profile_set_once(user, APP, {"first_shop": "SH01"})
    client.profile_increment(user, APP, {"points": 2})
    client.profile_append(user, APP, {"tags": ["x", "y"]})
    client.item_set(APP, "sku", [{"id": "A1", "name": "连衣裙", "price": 299.5}])
    seen = Event()
    seen.set_event("look").set_session_id("s1").add_params("thing", Items("A1", "sku"))
    client.send_event("web", user, APP, Header().set_channel("c1"), seen)
    facts = shop.awaited(4)
    assert Counter(fact["name"] for fact in facts) == {"purchase": 1, "看": 2, "look": 1}
    bought, look = (next(fact for fact in facts if fact["name"] == name) for name in ("purchase", "look"))
    assert (bought["value"], bought["order_id"], bought["sku"], bought["level"]) == (
        29950, "SO1", ["A1", "B2"], "gold",
    )  # fmt: skip
    assert [one["item_id"] for one in look["items"]] == ["A1"]
    assert (look["session_id"], look["channel"]) == ("s1", "c1")
    [person] = {fact["person"] for fact in facts}
    assert shop.identifiers(person) >= {f"user:{user}", f"device:{device}", f"device:{shop.mine('phone')}"}
    said = shop.rows(f"select city, age, first_shop, points, tags from persons where person = '{person}'")
    assert said == [["上海", 31, "SH01", 2, ["x", "y"]]]
    assert len(shop.arrived()) == 4
    assert shop.rejected() == []


@pytest.mark.browser
def test_browser(place: Callable[[], Place], visit: Callable[..., Any]) -> None:
    shop = place()
    page = visit("datarangers.page.mjs", "/goods?utm_source=wechat", me=shop.id, address=shop.address)
    number = page.evaluate("window.done")
    shop.awaited(5)
    page.close()
    facts = {fact["name"]: fact for fact in shop.awaited(5)}
    assert facts.keys() >= {"page_view", "bav2b_page", "view_item", "click", "purchase"}
    assert (facts["page_view"]["page_path"], facts["page_view"]["utm_source"]) == ("/goods", "wechat")
    assert (facts["view_item"]["actor"], facts["view_item"]["store"]) == (f"device:{number}", "SH01")
    assert (facts["click"]["element_text"], facts["click"]["element_id"]) == ("加入购物车", "buy")
    assert (facts["purchase"]["actor"], facts["purchase"]["value"]) == (f"user:{shop.mine('u1')}", 29950)
    [person] = {fact["person"] for fact in facts.values()}
    assert shop.rows(f"select level from persons where person = '{person}'") == [["gold"]]
    assert Counter(fact["name"] for fact in shop.arrived())["purchase"] == 1
    assert shop.rejected() == []


def test_mini_program(place: Callable[[], Place]) -> None:
    shop = place()
    run_mini_program("datarangers.wx.cjs", address=shop.address, me=shop.id)
    events = shop.awaited(8)
    assert Counter(event["name"] for event in events) == {
        "session_start": 2, "page_view": 1, "view_item": 1, "app_hide": 2, "purchase": 1, "share": 1, "page_leave": 1,
    }  # fmt: skip
    by_name = {event["name"]: event for event in events}
    for event in events:
        assert (event["app_id"], event["utm_campaign"], event["store"]) == (
            "wx1234567890abcdef",
            "d11",
            "SH01",
        )
    view, bought, share = (by_name[name] for name in ("page_view", "purchase", "share"))
    assert (view["page_path"], view["scene"]) == ("pages/goods/goods", "1047")
    assert (bought["value"], bought["order_id"]) == (29950, "SO1")
    assert (share["share_title"], share["depth"]) == ("连衣裙", 1)
    [person] = {event["person"] for event in events}
    named = {f"user:{shop.mine('u1')}", f"openid:wx1234567890abcdef/{shop.mine('o1')}"}
    assert shop.identifiers(person) > named | {f"unionid:{shop.mine('n1')}"}
    assert shop.rows(f"select level from persons where person = '{person}'") == [["gold"]]
    assert shop.rejected() == []
