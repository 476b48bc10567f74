"""Volcano Engine's real clients: all they sent arrives, in our words; what is sent again counts once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.captured import requests, said, told
from tidewheel.collect.contract import PROTOCOLS, Arrival, Request, Taken
from tidewheel.collect.intake import take

NOW = 1_795_987_000_000
AT = Arrival("web", NOW)
DATARANGERS = PROTOCOLS.get("datarangers")
CLIENTS = sorted({client for client, _ in requests(DATARANGERS)})
NOT_FACTS = {"event_index", "tracer_data", "timezone", "is_html", "is_connected", "time", "app_id", "aid",
             "_sdk_version", "_sdk_name", "device_id"}  # fmt: skip
"""What words leave out, what is said twice, and the device that servers do not name."""


def event(name: str = "look", **more: Any) -> dict[str, Any]:
    return {"event": name, "params": "{}", "local_time_ms": NOW - 1_000} | more


def batch(*events: Any, **more: Any) -> dict[str, Any]:
    user = {"user_unique_id": "7", "web_id": "7"}
    return {"events": list(events), "user": user, "header": {}, "local_time": NOW // 1000} | more


def send(*batches: Any, path: str = "/list") -> Taken:
    return take(DATARANGERS(), Request(json.dumps(batches).encode(), "POST", path), AT)


def parsed(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


@pytest.mark.parametrize("client", CLIENTS)
def test_all_that_clients_sent_arrives(client: str) -> None:
    count = 0
    for _, request in requests(DATARANGERS, client):
        sent = DATARANGERS().read(request, AT.max_bytes)
        moments = [
            each["local_time_ms"] for one in sent for each in one.get("events", one.get("event_v3", []))
        ]
        taken = take(DATARANGERS(), request, Arrival("web", max(moments, default=NOW) + 500), sent)
        assert taken.notes == []
        events = [(one, head) for one in sent for head in one.get("events", one.get("event_v3", []))]
        kept = [(one, each) for one, each in events if not each["event"].startswith(("__item", "__profile"))]
        arrived = [one for one in taken.events if not one.name.startswith("$")]
        assert len(arrived) == len(kept)
        for (one, each), fact in zip(kept, arrived, strict=True):
            head = one["header"]
            facts = parsed(each["params"]) | parsed(head.get("custom", {})) | head
            facts = {
                name: value for name, value in facts.items() if name not in {*NOT_FACTS, "__items", "custom"}
            }
            about = {"name": each["event"], "session": each.get("session_id"), "time": each["local_time_ms"]}
            who = {name: one.get("user", one).get(name) for name in ("user_unique_id", "web_id")}
            missing = said([facts, about, who]) - told(fact) - {"", "0", "None"}
            assert {str(round(float(value) * 100)) for value in missing if value not in fact.name} <= told(
                fact
            )
            count += 1
    assert count >= 5


def test_records_of_the_catalogue_become_goods() -> None:
    [record] = [
        taken.goods[0]
        for _, request in requests(DATARANGERS, "python")
        if (taken := take(DATARANGERS(), request, AT)).goods
    ]
    assert record == {"item_id": "A1", "item_kind": "sku", "item_name": "连衣裙", "price": 29950}
    gone = send(batch(event("__item_delete", params={"item_id": "A1", "item_name": "sku"})))
    assert gone.goods == [{"item_id": "A1", "item_kind": "sku", "deleted": True}]


def test_browsers_send_again_and_servers_do_not() -> None:
    twice = batch(event(), event())
    first, again = send(twice).events, send(twice).events
    assert len({one.id for one in first}) == 2
    assert [one.id for one in first] == [one.id for one in again]
    served = {"event_v3": [event()], "user_unique_id": "u1", "header": {}}
    assert len({one.id for one in send(served, served, path="/sdk/log").events}) == 2
    numbered = served | {"event_v3": [event(event_id="e1")]}
    assert len({one.id for one in send(numbered, numbered, path="/sdk/log").events}) == 1


@pytest.mark.parametrize(
    ("more", "actor"),
    [
        ({}, "device:7"),
        ({"user": {"user_unique_id": "u1", "web_id": "7"}}, "user:u1"),
        ({"user": {}, "user_unique_id": "u1", "device_id": 0}, "user:u1"),
        ({"user": {}, "user_unique_id": "phone-1", "header": {"openudid": "phone-1"}}, "device:phone-1"),
        (
            {
                "header": {"wechat_openid": "o1", "custom": {"miniprogram_appid": "wx1"}},
                "user": {"user_unique_id": "o1"},
            },
            "openid:wx1/o1",
        ),
        ({"header": {"wechat_unionid": "n1"}}, "unionid:n1"),
    ],
)
def test_who_sent_it(more: dict[str, Any], actor: str) -> None:
    [one] = send(batch(event(), **more)).events
    assert one.actor == actor


def test_the_clock_of_a_browser_that_is_wrong_is_set_right() -> None:
    hour = 3_600_000
    wrong = batch(event(local_time_ms=NOW - hour - 1_000), local_time=(NOW - hour) // 1000)
    [one] = send(wrong).events
    assert one.time == NOW - 1_000


@pytest.mark.parametrize(
    ("sent", "code", "field"),
    [
        ("x", "not_an_object", None),
        (batch(3), "not_an_object", None),
        (batch(events={}), "wrong_type", "events"),
        (batch(event(), header=[]), "wrong_type", "header"),
        (batch(event(), header={"custom": "{"}), "wrong_type", "header.custom"),
        (batch(event(params="{")), "wrong_type", "params"),
        (batch(event(params="[1]")), "wrong_type", "params"),
        (batch(event(params={"__items": [3]})), "wrong_type", "params.__items"),
        (batch({"params": "{}"}), "missing_name", "event"),
        (batch(event("__item_unset")), "unknown_call", "event"),
        (batch(event("__item_set", params={"item_name": "sku"})), "missing_item_id", "goods[0].item_id"),
        (batch(event(), user={}), "missing_who", "who"),
    ],
)
def test_what_is_wrong_is_refused_by_name(sent: Any, code: str, field: str | None) -> None:
    taken = send(sent, batch(event()))
    assert [(one.code, one.field) for one in taken.rejected] == [(code, field)]
    assert len(taken.events) == 1


def test_a_new_browser_gets_a_number_and_no_experiments() -> None:
    protocol = DATARANGERS()
    numbers = {
        json.loads(protocol.answer(Request(b"{}", "POST", "/webid/"), "key").body)["web_id"] for _ in range(9)
    }
    assert len(numbers) == 9
    assert all(10**18 <= int(one) < 2**63 for one in numbers)
    said_of_tests = json.loads(
        protocol.answer(Request(b"{}", "POST", "/service/2/abtest_config/"), "key").body
    )
    assert said_of_tests == {"message": "success", "data": {}}
