"""GA4's Measurement Protocol as its Python client speaks it, pointed at a running server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ga4mp import FirebaseMP, GtagMP

from tests.live.conftest import Place

pytestmark = pytest.mark.slow
ITEM = {"item_id": "A1", "item_name": "连衣裙", "price": 299.5, "quantity": 2, "item_category": "女装"}
ORDER = {
    "transaction_id": "SO1", "value": 599, "tax": 10.5, "shipping": 0, "currency": "CNY", "coupon": "C1", "items": [ITEM],
}  # fmt: skip


def gtag(shop: Place, client_id: str) -> Any:
    """Return a client of a web stream."""
    ga = GtagMP(api_secret="secret", measurement_id="G-1", client_id=client_id)
    ga._base_domain = f"{shop.address}/mp/collect"
    ga._validation_domain = f"{shop.address}/debug/mp/collect"
    return ga


def test_what_it_sends_arrives(place: Callable[[], Place]) -> None:
    shop = place()
    ga = gtag(shop, shop.mine("1234567890.1795300000"))
    ga.store.set_user_property("user_id", shop.mine("u1"))
    ga.store.set_user_property("member_level", "gold")
    ga.store.set_session_parameter("session_id", 1_795_300_422)
    was = datetime.now().replace(microsecond=0) - timedelta(hours=3)  # noqa: DTZ005 - the client takes no zone
    ga.send(
        [
            {"name": "purchase", "params": dict(ORDER)},
            {"name": "选尺码", "params": {"size": "M", "in_stock": True}},
        ],
        date=was,
    )
    bought, chosen = sorted(shop.awaited(2), key=lambda event: event["name"])
    assert (bought["name"], bought["order_id"], bought["value"], bought["tax"], bought["shipping"]) == (
        "purchase", "SO1", 59900, 1050, 0,
    )  # fmt: skip
    assert (bought["coupon_id"], bought["currency"], str(bought["session_id"])) == ("C1", "CNY", "1795300422")
    [item] = bought["items"]
    assert {name: item[name] for name in ITEM} == {**ITEM, "price": 29950}
    assert (chosen["name"], chosen["size"], chosen["in_stock"]) == ("选尺码", "M", True)
    assert {event["actor"] for event in (bought, chosen)} == {"user:" + shop.mine("u1")}
    assert shop.identifiers(bought["person"]) == {
        "user:" + shop.mine("u1"), "cookie:" + shop.mine("1234567890.1795300000")
    }  # fmt: skip
    for event in (bought, chosen):
        assert datetime.fromisoformat(event["time"]) == was.astimezone(UTC)
    about = f"select member_level from persons where person = '{bought['person']}'"
    assert shop.rows(about) == [["gold"]]
    assert shop.rejected() == []


def test_events_sent_later_keep_their_time(place: Callable[[], Place]) -> None:
    shop = place()
    ga = gtag(shop, shop.mine("c1"))
    before = datetime.now(UTC)
    ga.send([{"name": "search", "params": {"search_term": "裙"}}], postpone=True)
    ga.send([{"name": "share", "params": {"method": "wechat"}}], postpone=True)
    after = datetime.now(UTC)
    assert shop.arrived() == []
    ga.postponed_send()
    search, share = shop.awaited(2)
    assert (search["name"], search["search_term"], share["name"], share["method"]) == (
        "search",
        "裙",
        "share",
        "wechat",
    )
    for event in (search, share):
        assert before - timedelta(milliseconds=1) <= datetime.fromisoformat(event["time"]) <= after
    assert shop.rejected() == []


def test_thirty_events_come_in_two_requests_and_each_arrives_once(place: Callable[[], Place]) -> None:
    shop = place()
    ga = gtag(shop, shop.mine("c1"))
    ga.send([{"name": "view_item", "params": {"items": [{**ITEM, "item_id": f"A{n}"}]}} for n in range(30)])
    seen = [event["items"][0]["item_id"] for event in shop.awaited(30)]
    assert sorted(seen) == sorted(f"A{n}" for n in range(30))


def test_an_app_is_told_by_its_instance(place: Callable[[], Place]) -> None:
    shop = place()
    ga = FirebaseMP(api_secret="s", firebase_app_id="1:1:android:1", app_instance_id=shop.mine("i1"))
    ga._base_domain = f"{shop.address}/mp/collect"
    ga.send([{"name": "add_to_cart", "params": {"value": 299.5, "currency": "CNY", "items": [ITEM]}}])
    [event] = shop.awaited(1)
    assert (event["name"], event["value"], event["actor"]) == (
        "add_to_cart",
        29950,
        "device:" + shop.mine("i1"),
    )


def test_debugging_keeps_nothing(place: Callable[[], Place]) -> None:
    shop = place()
    gtag(shop, "c1").send([{"name": "purchase", "params": dict(ORDER)}], validation_hit=True)
    assert (shop.arrived(), shop.rejected()) == ([], [])
