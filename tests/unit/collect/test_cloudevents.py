"""CloudEvents over HTTP: structured, batched and binary read the same."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.captured import requests
from tidewheel.collect.contract import PROTOCOLS, Arrival, Request, Taken
from tidewheel.collect.intake import take

NOW = 1_795_960_200_000
AT = Arrival("web", NOW)
CLOUD = PROTOCOLS.get("cloudevents")
EVENT = {
    "specversion": "1.0", "type": "purchase", "source": "/orders", "id": "1", "time": "2026-11-29T21:50:00+08:00",
    "subject": "user:u1", "datacontenttype": "application/json", "traceid": "裙",
    "data": {"order_id": "SO1", "value": 29950, "deviceId": "d1", "items": [{"item_id": "A1", "price": 29950}]},
}  # fmt: skip


def send(body: Any, headers: dict[str, str] | None = None) -> Taken:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return take(CLOUD(), Request(raw, "POST", "/v1/cloudevents", headers=headers or {}), AT)


def test_all_that_clients_sent_arrives() -> None:
    found = [take(CLOUD(), request, AT) for _, request in requests(CLOUD)]
    assert [taken.rejected for taken in found] == [[]] * 4
    events = [event for taken in found for event in taken.events]
    assert [event.name for event in events] == ["purchase", "refund", "purchase", "view_item"]
    assert {(event.actor, *event.others) for event in events} == {("user:u_1001", "device:d-1")}
    assert [event.properties.get("order_id") for event in events] == ["SO1", "SO1", "SO1", None]
    assert events[3].items == events[2].items == [{"item_id": "A1", "price": 29950}]
    assert events[2].time == 1_795_226_400_000


def test_the_three_forms_read_the_same() -> None:
    attributes = {f"ce-{name}": quote(str(value)) for name, value in EVENT.items() if name != "data"}
    packed = {name: value for name, value in EVENT.items() if name != "data"}
    packed["data_base64"] = base64.b64encode(json.dumps(EVENT["data"]).encode()).decode()
    forms = [send(EVENT), send([EVENT]), send(EVENT["data"], attributes), send(packed)]
    assert all(form.events == forms[0].events for form in forms)
    [event] = forms[0].events
    assert [event.name, event.actor, *event.others] == ["purchase", "user:u1", "device:d1"]
    assert event.properties == {"source": "/orders", "traceid": "裙", "order_id": "SO1", "value": 29950}


def test_source_and_id_tell_an_event() -> None:
    first, again, other = (
        send(EVENT | more).events[0].id for more in ({}, {"data": {"deviceId": "d1"}}, {"source": "/other"})
    )
    assert first == again != other


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"type": None}, "missing_name"), ({"id": ""}, "missing_id"), ({"subject": None, "data": {}}, "missing_who"),
        ({"time": "soon"}, "bad_time"), ({"data": {"items": 1}}, "wrong_type"),
        ({"data": None, "data_base64": "!"}, "wrong_type"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(change: dict[str, Any], code: str) -> None:
    taken = send([EVENT | change, EVENT])
    assert [one.code for one in taken.rejected] == [code]
    assert len(taken.events) == 1
    alone = send(EVENT | change)
    reply = CLOUD().reply(alone, Request(b""))
    assert (reply.status, json.loads(reply.body)["rejected"][0]["code"]) == (422, code)


def test_data_that_are_no_object_stay_as_they_are() -> None:
    [event] = send(EVENT | {"data": ["a", "b"]}).events
    assert event.properties["data"] == ["a", "b"]
