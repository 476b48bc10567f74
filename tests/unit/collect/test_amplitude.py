"""Amplitude's real clients: all they sent arrives, in our words."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.captured import requests, said, told
from tidewheel.collect.contract import PROTOCOLS, Arrival, Request, Taken
from tidewheel.collect.intake import take
from tidewheel.core.errors import BadInput

NOW = 1_795_302_000_000
AMPLITUDE = PROTOCOLS.get("amplitude")
CLIENTS = sorted({client for client, _ in requests(AMPLITUDE)})
AT = Arrival("web", NOW)


def send(*events: Any, **more: Any) -> Taken:
    body = json.dumps({"api_key": "k", "events": events, **more}).encode()
    return take(AMPLITUDE(), Request(body, "POST", "/2/httpapi"), AT)


def event(name: str, properties: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"event_type": name, "user_id": "u1", "time": NOW, "event_properties": properties or {}, **more}


@pytest.mark.parametrize("client", CLIENTS)
def test_all_that_clients_sent_arrives(client: str) -> None:
    for _, request in requests(AMPLITUDE, client):
        protocol = AMPLITUDE()
        sent = protocol.read(request, AT.max_bytes)
        taken = take(protocol, request, Arrival("web", sent["events"][0]["time"]), sent)
        assert (taken.rejected, taken.notes) == ([], [])
        assert taken.accepted == len(sent["events"]) >= 5
        arrived = set().union(*(told(one) for one in taken.events))
        for one in sent["events"]:
            facts = {name: value for name, value in one.items() if name not in ("insert_id", "event_id")}
            if one["event_type"].startswith("$"):
                facts = {
                    name: facts.get(name) for name in ("user_id", "device_id", "time", "user_properties")
                }
            else:
                facts["event_type"] = facts["event_type"].removeprefix("session_start")
            assert said(facts) - arrived - {"None", "EMPTY", "-", "$remote", ""} <= {"299.5"}
        assert "29950" in arrived


def test_changes_of_persons() -> None:
    changes = {
        "$set": {"plan": "gold", "email": "A@b.c"}, "$setOnce": {"first": "x", "utm": "EMPTY"}, "$add": {"n": 1},
        "$append": {"l": "a"}, "$prepend": {"m": "b"}, "$unset": {"z": "-"},
    }  # fmt: skip
    facts = send(event("$identify", device_id="d1", user_properties=changes)).events
    assert [facts[0].actor, *facts[0].others] == ["user:u1", "email:a@b.c", "device:d1"]
    assert [(one.name, one.properties) for one in facts] == [
        ("$set", {"plan": "gold", "email": "A@b.c"}), ("$set_once", {"first": "x"}), ("$add", {"n": 1}),
        ("$append", {"l": ["a"], "m": ["b"]}), ("$unset", {"z": True}),
    ]  # fmt: skip
    plain = send(event("x", user_properties={"plan": "gold"}, groups={"company": "c1"})).events
    assert (plain[0].properties, plain[1].properties) == ({"group_company": "c1"}, {"plan": "gold"})
    [gone] = send(event("$identify", user_properties={"$remove": {"l": "a"}})).events
    assert (gone.name, gone.properties) == ("profile_remove", {"l": "a"})


def test_revenue_is_a_purchase() -> None:
    revenue = {
        "$price": 19.9,
        "$quantity": 3,
        "$productId": "A1",
        "$revenueType": "purchase",
        "$receipt": "R",
    }
    [bought] = send(event("revenue_amount", revenue)).events
    assert bought.name == "purchase"
    assert bought.properties == {
        "value": 5970, "revenue_kind": "purchase", "receipt": "R", "sent_as": "revenue_amount"
    }  # fmt: skip
    assert bought.items == [{"item_id": "A1", "price": 1990, "quantity": 3}]
    [back] = send(event("revenue_amount", {**revenue, "$price": -19.9})).events
    assert (back.name, back.properties["refund_value"], back.items[0]["price"]) == ("refund", 5970, 1990)
    [refused] = send(event("revenue_amount", {"$price": "much"})).rejected
    assert (refused.code, refused.field) == ("money_not_number", "items[0].price")


def test_a_group_stands_for_itself() -> None:
    group = {
        "event_type": "$groupidentify",
        "groups": {"company": "c1"},
        "group_properties": {"$set": {"name": "A"}},
    }
    [fact] = send(group).events
    assert (fact.actor, fact.properties) == (
        "external_userid:company/c1", {"group_type": "company", "group_id": "c1", "group_name": "A"}
    )  # fmt: skip


def test_one_insert_id_is_one_event() -> None:
    first, again = send(event("x", {"a": 1}, insert_id="i"), event("x", {"a": 2}, insert_id="i")).events
    assert first.id == again.id


def test_older_forms() -> None:
    form = urlencode(
        {"api_key": "k", "identification": json.dumps([{"user_id": "u1", "user_properties": {"a": 1}}])}
    )
    request = Request(form.encode(), "POST", "/identify")
    sent = AMPLITUDE().read(request, AT.max_bytes)
    assert list(AMPLITUDE().keys(request, sent)) == ["k"]
    [fact] = take(AMPLITUDE(), request, AT, sent).events
    assert (fact.name, fact.properties) == ("$set", {"a": 1})
    old = urlencode({"api_key": "k", "event": json.dumps(event("x", {"a": 1}))})
    [fact] = take(AMPLITUDE(), Request(old.encode(), "POST", "/httpapi"), AT).events
    assert (fact.name, fact.properties) == ("x", {"a": 1})


def test_answers() -> None:
    taken = send(event("x"), {"event_type": 1})
    said = json.loads(AMPLITUDE().reply(taken, Request(b"12345")).body)
    assert said == {"code": 200, "events_ingested": 2, "payload_size_bytes": 5, "server_upload_time": NOW}
    assert [one.code for one in taken.rejected] == ["missing_name"]
    for body in (b"{}", b'{"events":1}', b"a=b", b"[]"):
        with pytest.raises(BadInput) as error:
            take(AMPLITUDE(), Request(body, "POST", "/2/httpapi"), AT)
        refused = AMPLITUDE().refuse(error.value)
        assert refused is not None
        assert (refused.status, json.loads(refused.body)["code"]) == (400, 400)
