"""Mixpanel's real clients: all they sent arrives, and each is answered as it reads."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.captured import requests, said, told
from tidewheel.collect.contract import PROTOCOLS, Arrival, Request, Taken
from tidewheel.collect.intake import take
from tidewheel.core.errors import BadInput

NOW = 1_795_302_000_000
AT = Arrival("web", NOW)
MIXPANEL = PROTOCOLS.get("mixpanel")
CLIENTS = sorted({client for client, _ in requests(MIXPANEL)})
NOT_FACTS = {"token", "$insert_id", "mp_sent_by_lib_version", "$token", "$distinct_ids"}


def send(body: Any, path: str = "/track") -> Taken:
    return take(MIXPANEL(), Request(json.dumps(body).encode(), "POST", path), AT)


def people(**said: Any) -> Taken:
    return send([{"$token": "t", "$distinct_id": "u1", "$time": NOW, **said}], "/engage")


@pytest.mark.parametrize("client", CLIENTS)
def test_all_that_clients_sent_arrives(client: str) -> None:
    count = 0
    for _, request in requests(MIXPANEL, client):
        protocol = MIXPANEL()
        records = protocol.read(request, AT.max_bytes)
        taken = take(protocol, request, Arrival("web", int(request.query.get("_", NOW))), records)
        assert (taken.rejected, taken.notes) == ([], [])
        assert taken.accepted == len(records)
        arrived = set().union(*(told(one) for one in taken.events))
        for one in records:
            facts = dict(one.get("properties", one))
            moment = facts.pop("time", facts.pop("$time", None))
            at = round(moment * 1000) if moment else None
            assert at is None or at in {event.time for event in taken.events}
            identify = one.get("event", "")[:1] == "$" and not one["event"].startswith("$mp_")
            kept = (
                {"distinct_id", "$anon_distinct_id", "$distinct_ids"}
                if identify
                else facts.keys() - NOT_FACTS
            )
            missing = said({name: value for name, value in facts.items() if name in kept}) - arrived
            assert {value.removeprefix("$device:") for value in missing} - {"None", "$direct", ""} <= (
                arrived | {"50", "l"} | ({"company", "c1"} if "$group_key" in one else set())
            )
            count += 1
    assert count >= 5


def test_forms_of_one_body_read_the_same() -> None:
    record = {
        "event": "看商品",
        "properties": {"token": "t", "distinct_id": "u1", "time": NOW, "$insert_id": "i"},
    }
    text = json.dumps(record)
    packed = base64.b64encode(text.encode()).decode()
    forms = [
        Request(text.encode(), "POST", "/track"),
        Request(f"data={quote(text)}&verbose=1".encode(), "POST", "/track"),
        Request(f"data={quote(packed)}".encode(), "POST", "/track/"),
        Request(b"", "GET", "/track", {"data": packed.replace("+", " ")}),
        Request(f"{text}\n{text}\n".encode(), "POST", "/import"),
    ]
    ids = [{event.id for event in take(MIXPANEL(), request, AT).events} for request in forms]
    assert ids == [ids[0]] * len(forms)
    assert len(ids[0]) == 1


def test_who_it_is() -> None:
    def who(**properties: Any) -> list[str]:
        [event] = send([{"event": "x", "properties": properties}]).events
        return [event.actor, *event.others]

    assert who(distinct_id="u1") == ["user:u1"]
    assert who(distinct_id="$device:d1", **{"$device_id": "d1"}) == ["device:d1"]
    assert who(distinct_id="u1", **{"$device_id": "d1", "$user_id": "u1"}) == ["user:u1", "device:d1"]
    assert who(distinct_id="0255ba15-020b-4d40-930a-7adc167f515b") == [
        "device:0255ba15-020b-4d40-930a-7adc167f515b"
    ]


def test_links() -> None:
    records = [
        {"event": "$identify", "properties": {"$identified_id": "u1", "$anon_distinct_id": "$device:d1"}},
        {"event": "$create_alias", "properties": {"distinct_id": "anon-1", "alias": "u1"}},
        {"event": "$merge", "properties": {"$distinct_ids": ["u1", "anon-2"]}},
    ]
    assert [[one.actor, *one.others] for one in send(records).events] == [
        ["user:u1", "device:d1"], ["user:u1", "device:anon-1"], ["user:u1", "device:anon-2"]
    ]  # fmt: skip


def test_people() -> None:
    assert people(**{"$set": {"$email": "A@b.c", "$name": "李"}}).events[0].properties == {
        "email": "A@b.c",
        "name": "李",
    }
    assert people(**{"$set": {"$email": "A@b.c"}}).events[0].others == ["email:a@b.c"]
    [charge] = people(
        **{"$append": {"$transactions": {"$amount": 49.9, "$time": "2026-11-21T10:00:00"}}}
    ).events
    assert (charge.name, charge.properties["value"]) == ("purchase", 4990)
    assert charge.time == 1_795_226_400_000
    [added] = people(**{"$append": {"$transactions": {"$amount": 1}, "l": "a"}}).events[1:]
    assert (added.name, added.properties) == ("$append", {"l": ["a"]})
    [gone] = people(**{"$remove": {"l": "a"}}).events
    assert (gone.name, gone.properties) == ("profile_remove", {"l": "a"})
    assert [one.name for one in people(**{"$set": {"$transactions": []}}).events] == ["$set"]


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (Request(b"{}", "POST", "/track", {"verbose": "1"}), b'{"status":1,"error":null}'),
        (Request(b"data=e30%3D&verbose=1", "POST", "/import"), b'{"status":1,"error":null}'),
        (Request(b"", "GET", "/track", {"verbose": "0"}), b"1"),
        (Request(b"data=e30%3D", "POST", "/track"), b"1"),
    ],
)
def test_each_is_answered_as_it_reads(request_: Request, answer: bytes) -> None:
    reply = MIXPANEL().reply(send([]), request_)
    assert (reply.status, reply.body) == (200, answer)


def test_an_import_is_counted() -> None:
    taken = send([{"event": "x", "properties": {"distinct_id": "u1"}}, {"event": "x"}], "/import")
    said = json.loads(MIXPANEL().reply(taken, Request(b"[]", "POST", "/import", {"strict": "1"})).body)
    assert (said["num_records_imported"], said["failed_records"][0]["code"]) == (1, "missing_who")
    pixel = MIXPANEL().reply(taken, Request(b"", "GET", "/track", {"img": "1"}))
    assert (pixel.content_type, pixel.body[:3]) == ("image/gif", b"GIF")


@pytest.mark.parametrize("path", ["/record/", "/flags/", "/settings"])
def test_what_is_asked(path: str) -> None:
    assert isinstance(json.loads(MIXPANEL().answer(Request(b"", "GET", path), "KEY").body), dict)


def test_bad_records() -> None:
    with pytest.raises(BadInput) as error:
        take(MIXPANEL(), Request(b"data=%%%", "POST", "/track"), AT)
    refused = MIXPANEL().refuse(error.value)
    assert refused is not None
    assert (refused.status, json.loads(refused.body)["status"]) == (400, 0)
    taken = send([1, {"event": 2}, {"event": "x", "properties": 1}, {"$group_key": "g"}])
    assert [one.code for one in taken.rejected] == [
        "not_an_object",
        "missing_name",
        "wrong_type",
        "missing_name",
    ]
    assert [one.code for one in send([{"$group_key": "g"}], "/groups").rejected] == ["missing_who"]
