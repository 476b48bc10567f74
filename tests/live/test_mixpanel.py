"""Mixpanel's own clients for Python, Node and browsers, pointed at a running server."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from mixpanel import Consumer, Mixpanel

from tests.live.conftest import Place
from tests.live.sdk import run_node

pytestmark = pytest.mark.slow


def test_python(place: Callable[[], Place]) -> None:
    shop = place()
    ways = {f"{name}_url": f"{shop.address}/{path}" for name, path in
            (("events", "track"), ("people", "engage"), ("groups", "groups"), ("import", "import"))}  # fmt: skip
    client: Any = Mixpanel(shop.key, consumer=Consumer(**ways))
    order = {
        "$device_id": shop.mine("d1"),
        "$user_id": shop.mine("u1"),
        "order_id": "SO1",
        "amount": 299.5,
        "sku": ["A1", "B2"],
    }
    client.track(shop.mine("u1"), "order_paid", order)
    client.people_set(shop.mine("u1"), {"level": "gold", "$email": "a@b.c"})
    client.people_append(shop.mine("u1"), {"seen": "A1"})
    client.people_track_charge(shop.mine("u1"), 49.9)
    client.group_set("company", "c1", {"name": "Acme"})
    client.import_data("", shop.mine("u1"), "旧事件", int(time.time()) - 86_400, {"x": 1}, api_secret="s")
    facts = {(fact["name"], fact.get("sent_as")): fact for fact in shop.awaited(4)}
    assert facts.keys() == {
        ("purchase", "order_paid"), ("purchase", "$transactions"), ("group", None), ("旧事件", None)
    }  # fmt: skip
    bought = facts["purchase", "order_paid"]
    assert (bought["value"], bought["order_id"], bought["sku"]) == (29950, "SO1", ["A1", "B2"])
    assert facts["purchase", "$transactions"]["value"] == 4990
    assert facts["旧事件", None]["person"] == bought["person"]
    person = shop.rows(f"select level, email, seen from persons where person = '{bought['person']}'")
    assert person == [["gold", "a@b.c", ["A1"]]]
    assert shop.rejected() == []


def test_node(place: Callable[[], Place]) -> None:
    shop = place()
    run_node("mixpanel.node.mjs", me=shop.id, host=urlsplit(shop.address).netloc, key=shop.key)
    facts = shop.awaited(4)
    assert sorted((fact["name"], fact["actor"]) for fact in facts) == [
        ("purchase", "user:" + shop.mine("u1")), ("purchase", "user:" + shop.mine("u1")), ("看商品", "user:" + shop.mine("u1")), ("看商品", "user:" + shop.mine("u2"))
    ]  # fmt: skip
    assert sorted(fact["value"] for fact in facts if fact["name"] == "purchase") == [4990, 29950]
    assert [fact["sku"] for fact in facts if fact["actor"] == "user:" + shop.mine("u2")] == [["C3"]]
    assert shop.rejected() == []


@pytest.mark.browser
def test_browser(place: Callable[[], Place], visit: Callable[..., Any]) -> None:
    shop = place()
    visit("mixpanel.page.mjs", "/goods?utm_source=wechat", me=shop.id, address=shop.address, key=shop.key)
    facts = {fact["name"]: fact for fact in shop.awaited(3)}
    assert facts.keys() == {"page_view", "purchase", "after_login"}
    assert (facts["page_view"]["page"], facts["page_view"]["utm_source"]) == ("/goods", "wechat")
    assert (facts["purchase"]["value"], facts["purchase"]["order_id"]) == (29950, "SO1")
    assert (facts["after_login"]["actor"], facts["after_login"]["x"]) == ("user:" + shop.mine("u1"), 1)
    assert len({fact["person"] for fact in facts.values()}) == 1
    person = shop.rows(f"select level, email from persons where person = '{facts['purchase']['person']}'")
    assert person == [["gold", "a@b.c"]]
    assert len(shop.arrived()) == 3
    assert shop.rejected() == []
