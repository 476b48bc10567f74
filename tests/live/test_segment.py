"""Segment's own clients for Node and for browsers, pointed at a running server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.live.conftest import Place
from tests.live.sdk import run_node

pytestmark = pytest.mark.slow


def test_node(place: Callable[[], Place]) -> None:
    shop = place()
    run_node("segment.node.mjs", address=shop.address, key=shop.key)
    [order] = shop.arrived()
    assert (order["name"], order["value"], order["order_id"]) == ("purchase", 29950, "SO1")
    assert shop.rows(f"select level from persons where person = '{order['person']}'") == [["gold"]]
    assert shop.rejected() == []


@pytest.mark.browser
def test_browser(place: Callable[[], Place], visit: Callable[..., Any]) -> None:
    shop = place()
    visit("segment.page.mjs", "/goods?utm_source=wechat", address=shop.address, key=shop.key)
    view, goods = sorted(shop.awaited(2), key=lambda event: event["name"])
    assert (view["name"], view["utm_source"], view["page_path"]) == ("page_view", "wechat", "/goods")
    assert (goods["name"], goods["sent_as"]) == ("view_item", "Product Viewed")
    assert view["actor"] == goods["actor"]
    assert shop.rejected() == []
