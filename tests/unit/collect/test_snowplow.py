"""Snowplow's real trackers: all they sent arrives, goods and orders in our words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.captured import requests, said, told
from tidewheel.collect.contract import PROTOCOLS, Arrival, Request, Taken
from tidewheel.collect.intake import take
from tidewheel.core.errors import BadInput, TidewheelError, TooLarge

NOW = 1_795_302_000_000
AT = Arrival("web", NOW)
SNOWPLOW = PROTOCOLS.get("snowplow")
CLIENTS = sorted({client for client, _ in requests(SNOWPLOW)})
TP2 = "/com.snowplowanalytics.snowplow/tp2"
SHOP = "iglu:com.snowplowanalytics.snowplow.ecommerce"
PACKED = {"eid", "co", "cx", "ue_pr", "ue_px", "dtm", "ttm", "stm", "e", "cookie", "se_ac"}


def send(*events: Any, headers: dict[str, str] | None = None) -> Taken:
    body = json.dumps({"schema": "iglu:…/payload_data/…", "data": events}).encode()
    return take(SNOWPLOW(), Request(body, "POST", TP2, headers=headers or {}), AT)


def event(kind: str, **more: Any) -> dict[str, Any]:
    return {"e": kind, "duid": "d1", "aid": "shop", "dtm": str(NOW), **more}


def status_of(error: TidewheelError) -> int:
    reply = SNOWPLOW().refuse(error)
    assert reply is not None
    return reply.status


def described(schema: str, data: dict[str, Any], *contexts: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    inner = {"schema": f"{schema}/jsonschema/1-0-0", "data": data}
    listed = [{"schema": f"{name}/jsonschema/1-0-0", "data": context} for name, context in contexts]
    return event("ue", ue_pr=json.dumps({"schema": "iglu:…", "data": inner}), co=json.dumps({"data": listed}))


@pytest.mark.parametrize("client", CLIENTS)
def test_all_that_trackers_sent_arrives(client: str) -> None:
    for _, request in requests(SNOWPLOW, client):
        protocol = SNOWPLOW()
        sent = protocol.read(request, AT.max_bytes)
        taken = take(protocol, request, Arrival("web", int(sent[0]["stm"])), sent)
        assert (taken.rejected, taken.notes) == ([], [])
        for one, fact in zip(sent, taken.events, strict=True):
            facts = {name: value for name, value in one.items() if name not in PACKED}
            assert said(facts) - told(fact) == set()
            assert fact.time == int(one.get("ttm") or one["dtm"])
            if one["e"] == "ue":
                assert (fact.name, fact.properties["total"]) == ("order", 299.5)
            if one.get("co") or one.get("cx"):
                assert {"user.vip", "page_view_id"} & fact.properties.keys()


def test_a_transaction_and_its_items_are_one_purchase() -> None:
    order = event("tr", tr_id="SO1", tr_tt="599", tr_tx="1.5", tr_cu="CNY", eid="1")
    items = [
        event("ti", ti_id="SO1", ti_sk=sku, ti_nm="裙", ti_ca="女装", ti_pr="299.5", ti_qu="1", eid=sku)
        for sku in ("A1", "A2")
    ]
    [bought] = send(items[0], order, items[1]).events
    assert bought.name == "purchase"
    assert bought.properties == {
        "order_id": "SO1", "value": 59900, "tax": 150, "currency": "CNY", "app_id": "shop", "sent_as": "transaction"
    }  # fmt: skip
    assert bought.items[1] == {
        "item_id": "A2", "item_name": "裙", "item_category": "女装", "price": 29950, "quantity": 1
    }  # fmt: skip
    [alone] = send(items[0]).events
    assert (alone.name, alone.properties["order_id"], alone.items[0]["item_id"]) == (
        "transaction_item",
        "SO1",
        "A1",
    )


def test_actions_on_goods() -> None:
    product = {"id": "A1", "name": "裙", "category": "女装", "price": 299.5, "currency": "CNY", "quantity": 2}
    action = f"{SHOP}/snowplow_ecommerce_action"
    [view] = send(described(action, {"type": "product_view"}, (f"{SHOP}/product", product))).events
    assert view.name == "view_item"
    assert view.items == [
        {"item_id": "A1", "item_name": "裙", "item_category": "女装", "price": 29950, "currency": "CNY", "quantity": 2}
    ]  # fmt: skip
    order = {
        "transaction_id": "SO1",
        "revenue": 599,
        "currency": "CNY",
        "payment_method": "wechat",
        "tax": 1.5,
    }
    contexts = ((f"{SHOP}/product", product), (f"{SHOP}/transaction", order))
    [bought] = send(described(action, {"type": "transaction"}, *contexts)).events
    assert (bought.name, bought.properties["value"], bought.properties["order_id"]) == (
        "purchase",
        59900,
        "SO1",
    )
    assert (bought.properties["tax"], len(bought.items)) == (150, 1)
    cart = (f"{SHOP}/cart", {"cart_id": "c", "total_value": 20, "currency": "CNY"})
    [added] = send(described(action, {"type": "add_to_cart"}, (f"{SHOP}/product", product), cart)).events
    assert (added.name, added.properties["cart_value"]) == ("add_to_cart", 2000)
    back = (f"{SHOP}/refund", {"transaction_id": "SO1", "refund_amount": 5, "currency": "CNY"})
    [refund] = send(described(action, {"type": "refund"}, back)).events
    assert (refund.name, refund.properties["refund_value"]) == ("refund", 500)


def test_contexts_are_properties() -> None:
    twice = (("iglu:com.acme/slot", {"n": 1}), ("iglu:com.acme/slot", {"n": 2}))
    [fact] = send(
        described("iglu:com.acme/look", {"a": 1}, *twice, ("iglu:com.acme/user", {"vip": True}))
    ).events
    assert (fact.name, fact.properties["user.vip"]) == ("look", True)
    assert [json.loads(one) for one in fact.properties["slot"]] == [{"n": 1}, {"n": 2}]
    [link] = send(described("iglu:com.snowplowanalytics.snowplow/link_click", {"targetUrl": "/g/1"})).events
    assert (link.name, link.properties["element_url"]) == ("click", "/g/1")


def test_pages() -> None:
    [view] = send(event("pv", url="https://shop.example/goods/1?utm_source=wechat", page="商品")).events
    assert view.name == "page_view"
    assert (view.properties["page"], view.properties["page_query"]) == ("/goods/1", "utm_source=wechat")


def test_who_it_is() -> None:
    [fact] = send(event("pv", uid="u1", tnuid="n1")).events
    assert [fact.actor, *fact.others] == ["user:u1", "device:d1", "cookie:n1"]
    [fact] = send(event("pv"), headers={"cookie": "a=b; sp=0123456789abcdef"}).events
    assert fact.others == ["cookie:0123456789abcdef"]


def test_the_network_id_lives_in_a_cookie() -> None:
    def cookie(**headers: str) -> str:
        request = Request(b"", "GET", "/i", headers=headers, host="https://tw.example")
        return SNOWPLOW().reply(send(), request).headers.get("set-cookie", "")

    assert cookie() == ""
    assert cookie(origin="https://shop.example").startswith("sp=")
    assert "SameSite=None; Secure" in cookie(origin="https://shop.example")
    assert cookie(cookie="sp=0123456789abcdef").startswith("sp=0123456789abcdef;")
    assert not cookie(cookie="sp=x").startswith("sp=x;")


def test_what_is_no_good_is_never_sent_again() -> None:
    for body in (b"{}", b'{"data":1}'):
        with pytest.raises(BadInput) as error:
            take(SNOWPLOW(), Request(body, "POST", TP2), AT)
        assert status_of(error.value) == 400
    with pytest.raises(TooLarge) as large:
        SNOWPLOW().read(Request(b"x" * 11, "POST", TP2), 10)
    assert status_of(large.value) == 400
    taken = send(1, {"e": "zz"}, event("ue", ue_pr="{}"), event("ue", ue_px="***"), event("se"), event("pv"))
    assert [one.code for one in taken.rejected] == [
        "not_an_object", "unknown_call", "wrong_type", "wrong_type", "missing_name"
    ]  # fmt: skip
    assert taken.accepted == 1
