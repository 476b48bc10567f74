"""Segment's own clients for Python, Node and browsers, pointed at a running server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from segment.analytics.client import Client

from tests.live.conftest import Place
from tests.live.sdk import run_node

pytestmark = pytest.mark.slow


def test_python(place: Callable[[], Place]) -> None:
    shop = place()
    client: Any = Client(shop.key, host=shop.address, gzip=True)
    client.identify(shop.mine("u1"), {"level": "gold"}, anonymous_id=shop.mine("a1"))
    products = [{"product_id": "A1", "name": "裙", "price": 299.5, "quantity": 1}]
    order = {"order_id": "SO1", "total": 299.5, "currency": "CNY", "products": products}
    client.track(shop.mine("u1"), "Order Completed", order, anonymous_id=shop.mine("a1"))
    client.page(shop.mine("u1"), "Docs", "Home", {"url": "https://shop.example/"})
    client.alias(shop.mine("old-1"), shop.mine("u1"))
    client.shutdown()
    facts = {fact["name"]: fact for fact in shop.awaited(2)}
    assert facts.keys() == {"purchase", "page_view"}
    bought, view = facts["purchase"], facts["page_view"]
    assert (bought["value"], bought["order_id"], bought["currency"]) == (29950, "SO1", "CNY")
    assert (view["page_url"], view["page_name"], view["page_category"]) == (
        "https://shop.example/",
        "Home",
        "Docs",
    )
    assert shop.rows(f"select level from persons where person = '{bought['person']}'") == [["gold"]]
    assert shop.rejected() == []


def test_node(place: Callable[[], Place]) -> None:
    shop = place()
    run_node("segment.node.mjs", me=shop.id, address=shop.address, key=shop.key)
    [order] = shop.awaited(1)
    assert (order["name"], order["value"], order["order_id"]) == ("purchase", 29950, "SO1")
    assert shop.rows(f"select level from persons where person = '{order['person']}'") == [["gold"]]
    assert shop.rejected() == []


@pytest.mark.browser
def test_browser(place: Callable[[], Place], visit: Callable[..., Any]) -> None:
    shop = place()
    visit("segment.page.mjs", "/goods?utm_source=wechat", me=shop.id, address=shop.address, key=shop.key)
    view, goods = sorted(shop.awaited(2), key=lambda event: event["name"])
    assert (view["name"], view["utm_source"], view["page_path"]) == ("page_view", "wechat", "/goods")
    assert (view["page"], goods["page"]) == ("/goods", "/goods")
    assert (goods["name"], goods["sent_as"]) == ("view_item", "Product Viewed")
    assert view["actor"] == goods["actor"]
    assert shop.rejected() == []
