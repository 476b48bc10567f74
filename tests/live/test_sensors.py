"""Sensors Analytics' own clients, pointed at a running server: field by field, once each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sensorsanalytics import (
    BatchConsumer,
    DebugConsumer,
    DefaultConsumer,
    SensorsAnalytics,
    SensorsAnalyticsDebugException,
    SensorsAnalyticsIdentity,
)

from tests.live.conftest import Place
from tests.live.sdk import run_mini_program, run_node

pytestmark = pytest.mark.slow
Who = SensorsAnalyticsIdentity


def named(events: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """Return the only event of a name."""
    [found] = [event for event in events if event["name"] == name]
    return found


@pytest.mark.parametrize("consumer", [DefaultConsumer, BatchConsumer])
def test_python(place: Callable[[], Place], consumer: Any) -> None:
    shop = place()
    sdk = SensorsAnalytics(consumer(f"{shop.address}/sa?project=default"))
    user, phone = f"u-{shop.id}", "13800138000"
    view = {
        "ProductId": "A1",
        "ProductName": "连衣裙",
        "ProductPrice": 299.5,
        "tags": ["a", "b"],
        "is_vip": True,
    }
    sdk.track(f"anon-{shop.id}", "ViewProduct", view)
    sdk.track_signup(user, f"anon-{shop.id}", {"channel": "wx"})
    sdk.profile_set(user, {"$city": "上海", "age": 31}, is_login_id=True)
    sdk.profile_increment(user, {"points": 2}, is_login_id=True)
    sdk.profile_append(user, {"likes": ["裙"]}, is_login_id=True)
    sdk.profile_unset(user, ["old"], is_login_id=True)
    sdk.track(user, "PayOrder", {"OrderId": "SO1", "OrderAmount": 399, "PayAmount": 299.5}, is_login_id=True)
    sdk.bind(Who(Who.LOGIN_ID, user), Who(Who.EMAIL, f"{shop.id}@b.c"))
    sdk.track_by_id("Pay", {"amount": 10}, Who(Who.EMAIL, f"{shop.id}@b.c"))
    sdk.unbind(Who(Who.MOBILE, phone))
    sdk.item_set("sku", f"A-{shop.id}", {"name": "连衣裙", "price": 299.5})
    sdk.flush()
    events = shop.arrived()
    assert Counter(event["name"] for event in events) == Counter(
        ["view_item", "sign_up", "purchase", "identity_bind", "Pay", "identity_unbind"]
    )
    seen, order, pay = (named(events, name) for name in ("view_item", "purchase", "Pay"))
    assert (seen["actor"], seen["tags"], seen["is_vip"], seen["sdk"]) == (
        f"device:anon-{shop.id}",
        ["a", "b"],
        True,
        "python",
    )
    assert (order["order_id"], order["value"], order["gross_value"], order["sent_as"]) == (
        "SO1",
        29950,
        39900,
        "PayOrder",
    )
    assert seen["person"] == order["person"] == pay["person"]
    assert pay["amount"] == 10
    parted = named(events, "identity_unbind")
    assert (parted["identifiers"], parted["person"] == order["person"]) == ([f"phone:+86{phone}"], False)
    about = f"select city, age, points, likes from persons where person = '{order['person']}'"
    assert shop.rows(about) == [["上海", 31, 2, ["裙"]]]
    goods = f"select item_name, price from items where item_id = 'A-{shop.id}'"
    assert shop.rows(goods) == [["连衣裙", 29950]]


def test_python_debugging(place: Callable[[], Place], capsys: pytest.CaptureFixture[str]) -> None:
    shop = place()
    address = f"{shop.address}/sa?project=default"
    SensorsAnalytics(DebugConsumer(address, write_data=False)).track("anon-1", "look", {"a": 1})
    assert shop.arrived() == []
    sdk = SensorsAnalytics(DebugConsumer(address))
    sdk.track("anon-1", "look", {"a": 1})
    assert [event["name"] for event in shop.arrived()] == ["look"]
    with pytest.raises(SensorsAnalyticsDebugException):
        sdk.track("anonymous", "look", {})
    assert "junk_identifier" in capsys.readouterr().out


def test_node(place: Callable[[], Place]) -> None:
    shop = place()
    run_node("sensors.node.mjs", address=shop.address)
    events = shop.arrived()
    assert Counter(event["name"] for event in events) == Counter(["view_item", "sign_up", "purchase"])
    assert {event["shop"] for event in events} == {"S-01"}
    order = named(events, "purchase")
    assert (order["order_id"], order["value"]) == ("SO1", 29950)
    assert len({event["person"] for event in events}) == 1
    about = f"select level, age, points from persons where person = '{order['person']}'"
    assert shop.rows(about) == [["gold", 31, 1]]


@pytest.mark.browser
@pytest.mark.parametrize("send", ["beacon", "ajax", "image"])
def test_browser(place: Callable[[], Place], visit: Callable[..., Any], send: str) -> None:
    shop = place()
    visit(
        "sensors.page.mjs", "/goods?utm_source=wechat", address=shop.address, send=send, user=f"u-{shop.id}"
    )
    names = ["page_view", "purchase", "click", "sign_up", "identity_bind", "after_login", "identity_unbind"]
    events = shop.awaited(len(names))
    assert Counter(event["name"] for event in events) == Counter(names)
    view, order, click = (named(events, name) for name in ("page_view", "purchase", "click"))
    assert (view["page_path"], view["page_title"], view["utm_source"]) == ("/goods", "首页", "wechat")
    assert (order["order_id"], order["value"]) == ("SO1", 29950)
    assert (click["element_text"], click["element"], click["element_kind"]) == (
        "加入购物车",
        "#buy",
        "button",
    )
    assert len({event["person"] for event in events}) == 1
    after = named(events, "after_login")
    assert (after["actor"], after["x"]) == (f"user:u-{shop.id}", 1)
    assert shop.rows(f"select level from persons where person = '{order['person']}'") == [["gold"]]
    assert shop.rejected() == []


@pytest.mark.parametrize("batch", [True, False])
def test_mini_program(place: Callable[[], Place], batch: bool) -> None:
    shop = place()
    run_mini_program(
        "sensors.wx.cjs", address=shop.address, batch=batch, user=f"u-{shop.id}", openid=f"o-{shop.id}"
    )
    events = shop.arrived()
    assert Counter(event["name"] for event in events) == Counter([
        "session_start", "app_show", "page_view", "purchase", "click", "share", "sign_up", "identity_bind", "after_login",
        "app_hide",
    ])  # fmt: skip
    start, view, share = (named(events, name) for name in ("session_start", "page_view", "share"))
    assert (start["scene"], start["utm_source"], start["utm_campaign"]) == ("1047", "wechat", "d11")
    assert (view["page_path"], view["page_query"], view["actor"]) == (
        "pages/goods/goods", "id=A1", f"openid:wx1234567890abcdef/o-{shop.id}",
    )  # fmt: skip
    assert share["depth"] == 0
    assert named(events, "purchase")["value"] == 29950
    assert named(events, "click")["element_id"] == "buy"
    assert len({event["person"] for event in events}) == 1
    assert shop.rows(f"select level from persons where person = '{view['person']}'") == [["gold"]]
