"""RudderStack's own clients for Python, Node and browsers, pointed at a running server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rudderstack.analytics.client import Client

from tests.live.conftest import Place
from tests.live.sdk import run_node

pytestmark = pytest.mark.slow
PRODUCTS = [{"product_id": "A1", "name": "裙", "price": 299.5, "quantity": 1}]


def test_python(place: Callable[[], Place]) -> None:
    shop = place()
    client: Any = Client(shop.key, host=shop.address, gzip=True)
    client.identify(shop.mine("u1"), {"level": "gold"}, anonymous_id=shop.mine("a1"))
    client.track(
        shop.mine("u1"),
        "Order Completed",
        {"order_id": "SO1", "total": 299.5, "products": PRODUCTS},
        anonymous_id=shop.mine("a1"),
    )
    client.shutdown()
    [order] = shop.awaited(1)
    assert (order["name"], order["value"], order["order_id"], order["actor"]) == (
        "purchase",
        29950,
        "SO1",
        "user:" + shop.mine("u1"),
    )
    assert shop.rows(f"select level from persons where person = '{order['person']}'") == [["gold"]]
    assert shop.rejected() == []


def test_node(place: Callable[[], Place]) -> None:
    shop = place()
    run_node("rudder.node.mjs", me=shop.id, address=shop.address, key=shop.key)
    facts = {fact["name"]: fact for fact in shop.awaited(2)}
    assert facts.keys() == {"purchase", "page_view"}
    assert (facts["purchase"]["value"], facts["purchase"]["order_id"]) == (29950, "SO1")
    assert shop.rows(f"select level from persons where person = '{facts['page_view']['person']}'") == [
        ["gold"]
    ]
    assert shop.rejected() == []


@pytest.mark.browser
def test_browser(place: Callable[[], Place], visit: Callable[..., Any]) -> None:
    shop = place()
    visit("rudder.page.mjs", "/goods?utm_source=wechat", me=shop.id, address=shop.address, key=shop.key)
    facts = {fact["name"]: fact for fact in shop.awaited(2)}
    assert facts.keys() == {"page_view", "view_item"}
    view, goods = facts["page_view"], facts["view_item"]
    assert (view["page"], view["utm_source"], view["page_title"]) == ("/goods", "wechat", "首页")
    assert goods["actor"] == "user:" + shop.mine("u1")
    assert view["person"] == goods["person"]
    assert shop.rows(f"select level from persons where person = '{view['person']}'") == [["gold"]]
    assert shop.rejected() == []
