"""Amplitude's own clients for Python, Node and browsers, pointed at a running server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from amplitude import Amplitude, BaseEvent, EventOptions, Identify, Revenue

from tests.live.conftest import Place
from tests.live.sdk import run_node

pytestmark = pytest.mark.slow


def check(shop: Place) -> None:
    """Both clients for servers played the same visitor."""
    facts = {fact["name"]: fact for fact in shop.awaited(3)}
    assert facts.keys() == {"看商品", "purchase", "group"}
    seen, bought = facts["看商品"], facts["purchase"]
    assert (seen["sku"], seen["price"], seen["actor"]) == (["A1", "B2"], 299.5, "user:" + shop.mine("u1"))
    assert (bought["value"], bought["sent_as"]) == (5970, "revenue_amount")
    assert (facts["group"]["group_id"], facts["group"]["group_name"]) == ("c1", "Acme")
    person = shop.rows(f"select level, first, n, l from persons where person = '{seen['person']}'")
    assert person == [["gold", "x", 1, ["a"]]]
    assert len(shop.arrived()) == 3
    assert shop.rejected() == []


def test_python(place: Callable[[], Place]) -> None:
    shop = place()
    client: Any = Amplitude(shop.key)
    client.configuration.server_url = f"{shop.address}/2/httpapi"
    who: Any = {"user_id": shop.mine("u1"), "device_id": shop.mine("d1")}
    client.track(BaseEvent("看商品", event_properties={"sku": ["A1", "B2"], "price": 299.5}, **who))
    changes: Any = Identify()
    changes.set("level", "gold").set_once("first", "x").add("n", 1).append("l", "a").unset("z")
    client.identify(changes, EventOptions(**who))
    client.revenue(Revenue(price=19.9, quantity=3, product_id="A1"), EventOptions(**who))
    name: Any = Identify()
    name.set("name", "Acme")
    client.group_identify("company", "c1", name, EventOptions(**who))
    for sent in client.flush():
        sent.result()
    client.shutdown()
    check(shop)


def test_node(place: Callable[[], Place]) -> None:
    shop = place()
    run_node("amplitude.node.mjs", me=shop.id, address=shop.address, key=shop.key)
    check(shop)


@pytest.mark.browser
def test_browser(place: Callable[[], Place], visit: Callable[..., Any]) -> None:
    shop = place()
    visit("amplitude.page.mjs", "/goods?utm_source=wechat", me=shop.id, address=shop.address, key=shop.key)
    facts = {fact["name"]: fact for fact in shop.awaited(3)}
    assert facts.keys() == {"session_start", "page_view", "purchase"}
    assert (facts["page_view"]["page"], facts["page_view"]["page_title"]) == ("/goods", "首页")
    assert (facts["purchase"]["value"], facts["purchase"]["actor"]) == (29950, "user:" + shop.mine("u1"))
    assert len({fact["person"] for fact in facts.values()}) == 1
    assert shop.rows(f"select level from persons where person = '{facts['purchase']['person']}'") == [
        ["gold"]
    ]
    assert shop.rejected() == []
