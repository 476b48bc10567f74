"""Matomo's tracking API: hits one by one and in bulk, in our words."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from tests.captured import requests, said, told
from tidewheel.collect.contract import PROTOCOLS, Arrival, Request, Taken
from tidewheel.collect.intake import take
from tidewheel.core.errors import BadInput
from tidewheel.core.events import Event

NOW = 1_795_960_200_000
AT = Arrival("web", NOW)
MATOMO = PROTOCOLS.get("matomo")
NOT_FACTS = {"rec", "idsite", "ec_items"}


def get(**hit: Any) -> Request:
    query = {"idsite": "1", "rec": "1", "_id": "0123456789abcdef", "cdt": str(NOW // 1000)} | hit
    return Request(b"", "GET", "/matomo.php", query)


def one(**hit: Any) -> Event:
    [event] = take(MATOMO(), get(**hit), AT).events
    return event


def test_all_that_clients_sent_arrives() -> None:
    count = 0
    for _, request in requests(MATOMO):
        taken: Taken = take(MATOMO(), request, AT)
        assert (taken.rejected, taken.notes) == ([], [])
        bulk = json.loads(request.body)["requests"] if request.body else [f"?{request.raw_query}"]
        for hit, event in zip(bulk, taken.events, strict=True):
            facts = {name: value for name, value in parse_qsl(hit[1:]) if name not in NOT_FACTS}
            time = facts.pop("cdt", str(event.time // 1000))
            assert event.time == int(time) * 1000
            missing = said(facts) - told(event) - {"0", "7"}
            assert {str(round(float(value) * 100)) for value in missing} <= told(event), missing
            count += 1
    assert count == 4


@pytest.mark.parametrize(
    ("hit", "name", "properties"),
    [
        ({"action_name": "首页"}, "page_view", {"page_title": "首页"}),
        ({"search": "裙", "search_count": "3"}, "search", {"search_term": "裙", "search_results": 3}),
        ({"link": "https://x"}, "click", {"link_url": "https://x"}),
        ({"download": "https://x/a.pdf"}, "file_download", {"file_url": "https://x/a.pdf"}),
        (
            {"e_c": "video", "e_a": "play", "e_v": "2.5"},
            "custom_event",
            {"event_action": "play", "event_value": 2.5},
        ),
        ({"idgoal": "3", "revenue": "1.5"}, "goal_reached", {"goal_id": "3", "revenue": 150}),
        ({"idgoal": "0", "revenue": "9"}, "view_cart", {"value": 900}),
        ({"c_n": "banner", "c_i": "click"}, "content_interaction", {"content_name": "banner"}),
        ({"url": "https://s/a?utm_source=x"}, "page_view", {"page_path": "/a", "utm_source": "x"}),
        ({"cvar": '{"1":["level","gold"]}'}, "page_view", {"level": "gold"}),
    ],
)
def test_what_a_hit_is(hit: dict[str, str], name: str, properties: dict[str, Any]) -> None:
    event = one(**hit)
    assert event.name == name
    assert {part: event.properties.get(part) for part in properties} == properties


def test_orders_and_goods() -> None:
    items = json.dumps([["A1", "裙", "女装", 299.5, 2]])
    order = one(idgoal="0", ec_id="SO1", revenue="619", ec_st="599", ec_sh="20", ec_items=items, uid="u1")
    assert (order.name, order.actor, order.others) == ("purchase", "user:u1", ["cookie:0123456789abcdef"])
    assert (order.properties["value"], order.properties["shipping"], order.properties["order_id"]) == (
        61900,
        2000,
        "SO1",
    )
    assert order.items == [
        {"item_id": "A1", "item_name": "裙", "item_category": "女装", "price": 29950, "quantity": 2}
    ]
    view = one(_pks="A1", _pkn="裙", _pkp="299.5")
    assert (view.name, view.items) == ("view_item", [{"item_id": "A1", "item_name": "裙", "price": 29950}])


def test_times_without_a_zone_are_utc() -> None:
    assert one(cdt="2026-11-29 13:50:00").time == 1_795_960_200_000 // 60_000 * 60_000


@pytest.mark.parametrize(
    ("query", "status", "kind"), [({}, 200, "image/gif"), ({"send_image": "0"}, 204, "application/json")]
)
def test_a_picture_is_answered_unless_none_is_asked_for(
    query: dict[str, str], status: int, kind: str
) -> None:
    request = get(**query)
    reply = MATOMO().reply(take(MATOMO(), request, AT), request)
    assert (reply.status, reply.content_type) == (status, kind)


def test_bulk_tells_which_were_invalid() -> None:
    hits = ["?idsite=1&_id=a1", 1, "?idsite=1&_id=a2&ec_items=[&idgoal=0", "?idsite=1&_id=a3&ping=1"]
    request = Request(json.dumps({"requests": hits}).encode(), "POST", "/matomo.php")
    taken = take(MATOMO(), request, AT)
    assert [each.code for each in taken.rejected] == ["not_an_object", "bad_items"]
    assert json.loads(MATOMO().reply(taken, request).body) == {
        "status": "success", "tracked": 1, "invalid": 2, "invalid_indices": [1, 2],
    }  # fmt: skip


def test_a_form_reads_as_an_address() -> None:
    hit = get(url="https://s/裙")
    form = Request(urlencode(hit.query).encode(), "POST", "/piwik.php")
    assert take(MATOMO(), form, AT).events == take(MATOMO(), hit, AT).events


def test_a_body_without_hits_is_told() -> None:
    with pytest.raises(BadInput) as error:
        take(MATOMO(), Request(b'{"requests": 1}', "POST", "/matomo.php"), AT)
    assert (error.value.code, error.value.field) == ("no_events", "requests")


def test_keys_are_the_tokens() -> None:
    assert list(MATOMO().keys(get(), [{"token_auth": "t1"}, {}, 1, {"token_auth": "t1"}])) == ["t1"]
