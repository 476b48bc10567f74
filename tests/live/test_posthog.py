"""PostHog's own clients for Python, Node and browsers, pointed at a running server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from posthog import Posthog

from tests.live.conftest import Place
from tests.live.sdk import run_node

pytestmark = pytest.mark.slow


def test_python(place: Callable[[], Place]) -> None:
    shop = place()
    client: Any = Posthog(shop.key, host=shop.address, gzip=True, disable_geoip=False)
    order = {"order_id": "SO1", "amount": 299.5, "sku": ["A1", "B2"], "$set": {"level": "gold"}}
    client.capture("order_paid", distinct_id=shop.mine("u1"), properties=order)
    client.set(distinct_id=shop.mine("u1"), properties={"email": "a@b.c"})
    client.alias(previous_id=shop.mine("anon-1"), distinct_id=shop.mine("u1"))
    client.capture("看商品", distinct_id=shop.mine("anon-1"), properties={"x": 1})
    assert not client.evaluate_flags(shop.mine("u1")).is_enabled("any")
    client.shutdown()
    facts = {fact["name"]: fact for fact in shop.awaited(2)}
    assert facts.keys() - {"feature_flag_called"} == {"purchase", "看商品"}
    bought = facts["purchase"]
    assert (bought["value"], bought["order_id"], bought["sku"]) == (29950, "SO1", ["A1", "B2"])
    assert (facts["看商品"]["actor"], facts["看商品"]["x"]) == ("device:" + shop.mine("anon-1"), 1)
    assert facts["看商品"]["person"] == bought["person"]
    person = shop.rows(f"select level, email from persons where person = '{bought['person']}'")
    assert person == [["gold", "a@b.c"]]
    assert shop.rejected() == []


def test_node(place: Callable[[], Place]) -> None:
    shop = place()
    said = run_node("posthog.node.mjs", me=shop.id, address=shop.address, key=shop.key)
    assert said == {"flag": False}
    facts = {fact["name"]: fact for fact in shop.awaited(3)}
    assert facts.keys() - {"feature_flag_called"} == {"purchase", "看商品", "group"}
    assert (facts["purchase"]["value"], facts["看商品"]["sku"]) == (29950, ["A1", "B2"])
    assert facts["purchase"]["person"] == facts["看商品"]["person"]
    assert (facts["group"]["group_id"], facts["group"]["group_name"]) == ("c1", "Acme")
    assert shop.rejected() == []


@pytest.mark.browser
def test_browser(place: Callable[[], Place], visit: Callable[..., Any]) -> None:
    shop = place()
    page = visit(
        "posthog.page.mjs", "/goods?utm_source=wechat", me=shop.id, address=shop.address, key=shop.key
    )
    page.click("#buy")
    page.goto("about:blank")
    facts = {fact["name"]: fact for fact in shop.awaited(5)}
    assert facts.keys() == {"page_view", "purchase", "after_login", "click", "page_leave"}
    assert (facts["page_view"]["page"], facts["page_view"]["utm_source"]) == ("/goods", "wechat")
    assert (facts["purchase"]["value"], facts["purchase"]["order_id"]) == (29950, "SO1")
    assert (facts["click"]["element"], facts["click"]["element_text"]) == ("body>button#buy", "加入购物车")
    assert (facts["after_login"]["actor"], facts["after_login"]["x"]) == ("user:" + shop.mine("u1"), 1)
    assert len({fact["person"] for fact in facts.values()}) == 1
    assert len(shop.arrived()) == 5
    assert shop.rejected() == []
