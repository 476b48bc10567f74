"""Snowplow's own trackers for Python, Node and browsers, pointed at a running server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from snowplow_tracker import (
    Emitter,
    PageView,
    SelfDescribing,
    SelfDescribingJson,
    StructuredEvent,
    Subject,
    Tracker,
)

from tests.live.conftest import Place
from tests.live.sdk import run_node

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("method", ["post", "get"])
def test_python(place: Callable[[], Place], method: str) -> None:
    shop = place()
    host = urlsplit(shop.address).netloc
    claimed = {"vendor_keys": [f"app-{method}"]}
    assert shop.admin.patch(f"/api/v1/projects/{shop.project}/sources/{shop.id}", json=claimed).is_success
    who: Any = Subject()
    who.set_user_id(shop.mine("u1")).set_domain_user_id(shop.mine("d1"))
    emitter: Any = Emitter(host, protocol="http", method=method, batch_size=10)
    tracker: Any = Tracker("sp", [emitter], subject=who, app_id=f"app-{method}")
    tracker.track(PageView(page_url="https://shop.example/goods?a=1", page_title="商品"))
    tracker.track(StructuredEvent(category="shop", action="add-to-basket", label="A1", value=2))
    look = SelfDescribingJson("iglu:com.acme/look/jsonschema/1-0-0", {"article": "A1", "price": 299.5})
    vip = SelfDescribingJson("iglu:com.acme/member/jsonschema/1-0-0", {"vip": True})
    tracker.track(SelfDescribing(look, context=[vip]))
    tracker.flush()
    facts = {fact["name"]: fact for fact in shop.awaited(3)}
    assert facts.keys() == {"page_view", "add_to_cart", "look"}
    assert (facts["page_view"]["page"], facts["page_view"]["page_title"]) == ("/goods", "商品")
    assert (facts["add_to_cart"]["item_id"], facts["add_to_cart"]["amount"]) == ("A1", 2)
    assert (facts["look"]["price"], facts["look"]["member.vip"], facts["look"]["actor"]) == (
        299.5,
        True,
        "user:" + shop.mine("u1"),
    )
    assert len(shop.arrived()) == 3
    assert shop.rejected() == []


def test_node(place: Callable[[], Place]) -> None:
    shop = place()
    run_node("snowplow.node.mjs", me=shop.id, address=shop.address)
    facts = {fact["name"]: fact for fact in shop.awaited(4)}
    assert facts.keys() == {"page_view", "add_to_cart", "look", "purchase"}
    assert (facts["page_view"]["page"], facts["page_view"]["member.vip"]) == ("/goods", True)
    assert (facts["purchase"]["value"], facts["purchase"]["currency"]) == (29950, "CNY")
    assert facts["look"]["actor"] == "user:" + shop.mine("u1")
    assert len(shop.arrived()) == 4
    assert shop.rejected() == []


@pytest.mark.browser
def test_browser(place: Callable[[], Place], visit: Callable[..., Any]) -> None:
    shop = place()
    visit("snowplow.page.mjs", "/goods?utm_source=wechat", me=shop.id, address=shop.address)
    facts = {fact["name"]: fact for fact in shop.awaited(3)}
    assert facts.keys() == {"page_view", "look", "add_to_cart"}
    assert (facts["page_view"]["page"], facts["page_view"]["page_title"]) == ("/goods", "首页")
    assert facts["look"]["article"] == "A1"
    assert len({fact["person"] for fact in facts.values()}) == 1
    assert facts["look"]["actor"] == "user:" + shop.mine("u1")
    assert shop.rejected() == []
