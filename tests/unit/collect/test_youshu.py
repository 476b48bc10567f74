"""Tencent Youshu's real client: all it sent arrives, in our words; orders count once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.captured import requests, said, told
from tidewheel.collect.contract import PROTOCOLS, Arrival, Request, Taken
from tidewheel.collect.intake import take
from tidewheel.core.errors import BadInput

NOW = 1_795_960_200_000
AT = Arrival("web", NOW)
YOUSHU = PROTOCOLS.get("youshu")
CLIENTS = sorted({client for client, _ in requests(YOUSHU)})
USER = {"local_id": "d1", "app_id": "wx1", "open_id": "oA", "union_id": "uA", "user_id": "u1"}
SHARED = "pages/a?id=1&txsrShareInfoSdk=%7B%22mi%22%3A%22me%22%2C%22d%22%3A2%2C%22o%22%3A%22first%22%7D"


def entry(kind: str, number: int = 0, **props: Any) -> dict[str, Any]:
    more = {"time": NOW, "wx_user": USER} | props
    return {"type": kind, "props": more, "from": "sr-sdk-wxapp", "tracking_id": "t1", "log_id": number}


def order(status: str, time: int = NOW, **more: Any) -> dict[str, Any]:
    parts = [
        {"sub_order_id": "a", "order_amt": 399, "pay_amt": 299.5},
        {"sub_order_id": "b", "order_amt": 0.1, "pay_amt": 0.2},
    ]
    about = {"order_id": "SO1", "order_time": NOW - 60_000, "order_status": status}
    return entry("custom_order", time=time, order=about, sub_orders=parts, **more)


def send(*entries: Any) -> Taken:
    return take(YOUSHU(), Request(json.dumps(entries).encode(), "POST", "/api/report"), AT)


@pytest.mark.parametrize("client", CLIENTS)
def test_all_that_clients_sent_arrives(client: str) -> None:
    count = 0
    for _, request in requests(YOUSHU, client):
        protocol = YOUSHU()
        sent = protocol.read(request, AT.max_bytes)
        taken = take(protocol, request, AT, sent)
        assert (taken.rejected, taken.notes) == ([], [])
        for one, event in zip(sent, taken.events, strict=False):
            facts = {
                name: value
                for name, value in one["props"].items()
                if name not in ("idenTifier", "sub_orders")
            }
            order_time = one["props"].get("order", {}).get("order_time")
            facts["wx_user"] = {name: value for name, value in facts["wx_user"].items() if name != "tag"}
            if event.name == "purchase":  # it happened when the order was placed
                assert event.time == order_time
                facts.pop("time")
            page = str(facts.pop("page"))
            assert page == event.properties["page_path"] + (
                "?" if "?" in page else ""
            ) + event.properties.get("page_query", "")
            missing = said(facts) - told(event) - {one["type"], ""}
            assert {str(round(float(value) * 100)) for value in missing} <= told(event), missing
            for part in one["props"].get("sub_orders", ()):
                assert said(part) <= said(json.loads(event.properties["sub_orders"]))
            count += 1
    assert count >= 8


def test_a_paid_order_is_one_purchase_whatever_the_shop_calls_it() -> None:
    orders = (("pay", NOW), ("payed", NOW + 5_000), ("payed", NOW + 9_000))
    taken = send(
        *({**order(status, time), "log_id": 3 + n} for n, (status, time) in enumerate(orders))
    ).events
    paid, reports = taken[:3], taken[3:]
    assert {event.name for event in paid} == {"purchase"}
    assert all("delivery_number" not in event.properties for event in paid)
    assert {event.name for event in reports} == {"payment_report"}
    assert [(one.time, one.properties["order_status"], one.properties["delivery_number"]) for one in reports] == [
        (NOW, "pay", 3), (NOW + 5_000, "payed", 4), (NOW + 9_000, "payed", 5)
    ]  # fmt: skip
    assert len({event.id for event in reports}) == 3
    assert len({(event.actor, event.time, event.id) for event in paid}) == 1
    assert (paid[0].time, paid[0].properties["value"], paid[0].properties["gross_value"]) == (
        NOW - 60_000,
        29970,
        39910,
    )


@pytest.mark.parametrize(
    ("status", "more", "name"),
    [
        ("give_order", {}, "order_placed"), ("pay", {"is_sdk_auto_track": True}, "add_payment_info"),
        ("cancel_pay", {}, "payment_cancelled"), ("cancel_give_order", {}, "order_cancelled"), ("refund", {}, "refund"),
        ("else", {}, "custom_order"),
    ],
)  # fmt: skip
def test_the_status_tells_what_an_order_is(status: str, more: dict[str, Any], name: str) -> None:
    [event] = send(order(status, **more)).events
    assert (event.name, event.properties["order_status"]) == (name, status)
    assert event.properties.get("refund_value", 29970) == 29970
    assert event.time == NOW


def test_goods_and_carts() -> None:
    goods: dict[str, Any] = {
        "sku": {"sku_id": "A1", "sku_name": "裙"},
        "sale": {"original_price": 399, "current_price": 299.5},
    }
    view, cart, gone = send(
        entry("browse_sku_page", **goods), entry("add_to_cart", action_type="first_add_to_cart", sku_num=2, **goods),
        entry("add_to_cart", action_type="remove_from_cart", sku_num=0, **goods),
    ).events  # fmt: skip
    assert [view.name, cart.name, gone.name] == ["view_item", "add_to_cart", "remove_from_cart"]
    assert view.items == [{"item_id": "A1", "item_name": "裙", "list_price": 39900, "price": 29950}]
    assert (cart.properties["cart_quantity"], cart.items) == (2, view.items)


def test_whose_it_is() -> None:
    [event] = send(entry("app_show")).events
    assert [event.actor, *event.others] == ["user:u1", "unionid:uA", "openid:wx1/oA", "device:d1"]


def test_shares_form_a_chain() -> None:
    view, share = send(
        entry("browse_wxapp_page", page=SHARED),
        entry(
            "page_share_app_message", page=SHARED, txsr_share_info_sdk={"mi": "mine", "d": 3, "o": "first"}
        ),
    ).events
    place = {"share_id": "me", "root_share_id": "first", "depth": 2}
    assert {name: view.properties[name] for name in place} == place
    place = {"share_id": "mine", "parent_share_id": "me", "root_share_id": "first", "depth": 3}
    assert {name: share.properties[name] for name in place} == place


def test_a_second_sending_has_new_numbers_and_adds_nothing() -> None:
    first = send(entry("app_show", 1), entry("search", 2, keyword="裙"), entry("app_show", 3)).events
    again = send(entry("app_show", 8), entry("search", 9, keyword="裙"), entry("app_show", 10)).events
    assert [event.id for event in first] == [event.id for event in again]
    assert len({event.id for event in first}) == 3
    assert [event.properties["delivery_number"] for event in again] == [8, 9, 10]


def test_bad_entries_stand_beside_good_ones_and_bodies_that_cannot_be_read_are_told() -> None:
    taken = send(1, {"type": 1}, entry("x", wx_user=1), entry("app_show"))
    assert [one.code for one in taken.rejected] == ["not_an_object", "missing_name", "wrong_type"]
    assert len(taken.events) == 1
    for body, headers in [(b"{", {}), (b"abc", {"content-type": "application/x-sr-encrypted"})]:
        with pytest.raises(BadInput) as error:
            take(YOUSHU(), Request(body, "POST", "/api/report", headers=headers), AT)
        told_of = YOUSHU().refuse(error.value)
        assert told_of is not None
        assert json.loads(told_of.body)["code"] == told_of.status == 422


def test_keys_are_the_token_then_the_appid() -> None:
    request = Request(b"", "POST", "/api/report", {"token": "bi1"})
    assert list(YOUSHU().keys(request, [entry("app_show"), 1, {"props": 1}])) == ["bi1", "wx1"]
