"""Whole requests: what is kept, what is refused, which words."""

from __future__ import annotations

import gzip
import json
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest

from tidewheel.collect.contract import PROTOCOLS, Arrival, Request, Taken
from tidewheel.collect.intake import skew_of, take, take_body
from tidewheel.collect.replay import Letter, replay
from tidewheel.core.errors import TidewheelError

NOW = 1_795_300_000_000  # 2026-11-22 06:26:40 UTC
AT = Arrival("web", NOW)
GOOD: dict[str, Any] = {"event": "page_view", "time": NOW - 1000, "id": "1", "who": {"device": "d-1"}}


def send(*events: Any, at: Arrival = AT, **more: Any) -> Taken:
    return take_body(json.dumps({"events": events} | more).encode(), at)


def only(event: dict[str, Any]) -> Any:
    taken = send(GOOD | event)
    assert taken.rejected == []
    return taken.events[0]


def refusal(event: Any) -> tuple[str, str | None]:
    taken = send(event)
    assert taken.events == []
    return taken.rejected[0].code, taken.rejected[0].field


def test_an_event_becomes_a_fact() -> None:
    event = only({
        "event": " view_item ",
        "who": {"device": "d-1", "user": " u1 ", "openid": "wx123/oABC"},
        "properties": {"price": 9900, "vip": True, "at": "2026-11-21T10:00:00+08:00", "none": None, "tags": ["a", 1]},
        "items": [{"item_id": "SKU1", "price": 9900.0, "quantity": 2}],
    })  # fmt: skip
    assert (event.name, event.actor, event.others) == (
        "view_item",
        "user:u1",
        ["openid:wx123/oABC", "device:d-1"],
    )
    assert event.properties == {
        "price": 9900,
        "vip": True,
        "at": datetime(2026, 11, 21, 2, tzinfo=UTC),
        "tags": ["a", "1"],
    }
    assert event.items == [{"item_id": "SKU1", "price": 9900, "quantity": 2}]
    assert (event.source, event.received, event.time) == ("web", NOW, NOW - 1000)


@pytest.mark.parametrize(
    "body",
    [json.dumps(GOOD), json.dumps([GOOD]), json.dumps({"events": [GOOD]}), " \n" + json.dumps(GOOD) + "\n"],
)
@pytest.mark.parametrize(
    "pack", [str.encode, lambda text: gzip.compress(text.encode()), lambda text: text.encode("utf-8-sig"),
             lambda text: text.encode("utf-16")]
)  # fmt: skip
def test_forms_of_a_body(body: str, pack: Any) -> None:
    assert take_body(pack(body), AT).events == send(GOOD).events


def test_one_event_may_say_when_it_was_sent() -> None:
    assert (
        take_body(json.dumps(GOOD | {"sent_at": NOW - 120_000}).encode(), AT).events[0].time == NOW + 119_000
    )


def test_gb18030_is_read_and_said() -> None:
    taken = take_body(json.dumps(GOOD | {"event": "浏览商品"}, ensure_ascii=False).encode("gb18030"), AT)
    assert taken.events[0].name == "浏览商品"
    assert taken.notes[0].describe("zh")["message"] == "请求体不是 UTF-8，已按 GB18030 读取。"


def test_one_damaged_character_does_not_turn_the_rest_into_mojibake() -> None:
    sound = json.dumps(GOOD | {"properties": {"city": "杭州杭州", "bad": "X"}}, ensure_ascii=False).encode()
    taken = take_body(sound.replace(b"X", b"\xff"), AT)
    assert taken.events[0].properties == {"city": "杭州杭州", "bad": "\ufffd"}


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        (b"", "empty_body", 422),
        (b"  \n", "empty_body", 422),
        (b"[]", "empty_body", 422),
        (b'{"events": []}', "empty_body", 422),
        (b'{"events": 3}', "no_events", 422),
        (b"3", "no_events", 422),
        (b'"x"', "no_events", 422),
        (b"<html>", "not_json", 422),
        (b'{"event": "a",}', "not_json", 422),
        (gzip.compress(b"x" * 100)[:20], "bad_gzip", 422),
        (b"\x1f\x8bnothing", "bad_gzip", 422),
        (b"[" * 100_000, "too_deep", 422),
        (b" " * 11_000_000, "body_too_large", 413),
        (gzip.compress(b"0" * 50_000_000), "body_too_large", 413),
        (gzip.compress(b"0" * 6_000_000) * 2, "body_too_large", 413),
        (json.dumps([GOOD] * 5_001).encode(), "too_many_events", 413),
    ],
)
def test_bodies_that_are_no_use(body: bytes, code: str, status: int) -> None:
    with pytest.raises(TidewheelError) as caught:
        take_body(body, AT)
    assert (caught.value.code, caught.value.status) == (code, status)
    assert caught.value.describe("zh")["hint"]


def test_a_bomb_is_never_unpacked_whole() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    first, next_ = (packer.compress(bytes(10**6)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    bomb = first + next_ * 499  # after a full flush the same bytes are packed the same
    assert len(bomb) < 10**6
    with pytest.raises(TidewheelError, match="larger than"):
        take_body(bomb, Arrival("web", NOW, max_bytes=10**6))


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"event": ""}, "missing_name", "event"),
        ({"event": None}, "missing_name", "event"),
        ({"event": 3}, "wrong_type", "event"),
        ({"event": "x" * 201}, "bad_name", "event"),
        ({"event": "$set"}, "reserved_name", "event"),
        ({"evnt": "x"}, "unknown_field", "evnt"),
        ({"time": "yesterday"}, "bad_time", "time"),
        ({"time": True}, "wrong_type", "time"),
        ({"time": NOW + 25 * 3_600_000}, "time_in_future", "time"),
        ({"time": "2005-01-01T00:00:00Z"}, "time_too_old", "time"),
        ({"time": 20261103}, "time_too_old", "time"),
        ({"id": ["x"]}, "wrong_type", "id"),
        ({"who": None}, "missing_who", "who"),
        ({"who": {}}, "missing_who", "who"),
        ({"who": {"device": ""}}, "missing_who", "who"),
        ({"who": {"devise": "d"}}, "unknown_identifier", "who.devise"),
        ({"who": {"user": "null"}}, "junk_identifier", "who.user"),
        ({"who": {"user": "x" * 257}}, "long_identifier", "who.user"),
        ({"who": {"user": True}}, "wrong_type", "who.user"),
        ({"who": {"user": 1.5}}, "wrong_type", "who.user"),
        ({"who": "u1"}, "wrong_type", "who"),
        ({"properties": []}, "wrong_type", "properties"),
        ({"properties": {"": 1}}, "bad_property_name", "properties."),
        ({"properties": {f"p{n}": n for n in range(201)}}, "too_many_properties", "properties"),
        ({"items": {}}, "wrong_type", "items"),
        ({"items": ["SKU1"]}, "wrong_type", "items[0]"),
        ({"items": [{"item_id": "x"}] * 501}, "too_many_items", "items"),
        ({"items": [{"item_id": "x"}, {"price": 99.5}]}, "money_not_whole", "items[1].price"),
        ({"event": "purchase", "properties": {"value": 299.5}}, "money_not_whole", "properties.value"),
        ({"event": "purchase", "properties": {"value": "299.50"}}, "money_not_number", "properties.value"),
        ({"event": "purchase", "properties": {"value": 1.9e19}}, "money_not_number", "properties.value"),
        ({"person": {"sett": {}}}, "unknown_field", "person.sett"),
        ({"person": {"add": {"points": "5"}}}, "not_a_number", "person.add.points"),
        ({"person": {"unset": [1]}}, "wrong_type", "person.unset[0]"),
    ],
)  # fmt: skip
def test_refusals(change: dict[str, Any], code: str, field: str) -> None:
    taken = send(GOOD | {"id": "2"}, GOOD | change, GOOD | {"id": "3"})
    assert [(one.index, one.code, one.field) for one in taken.rejected] == [(1, code, field)]
    assert taken.accepted == len(taken.events) == 2


def test_a_refusal_says_what_to_do() -> None:
    rejected = send({"event": "purchase", "who": {"usr": "u1"}}).rejected[0]
    assert rejected.describe("en") == {
        "index": 0,
        "code": "unknown_identifier",
        "field": "who.usr",
        "message": "There is no identifier type named usr.",
        "got": "usr",
        "expected": ["user", "member_card", "unionid", "phone", "openid", "external_userid", "email", "device", "cookie"],
        "hint": "Use one of user, member_card, unionid, phone, openid, external_userid, email, device, cookie. "
        "Did you mean user?",
    }  # fmt: skip
    yuan = send(GOOD | {"event": "purchase", "properties": {"value": 299.5}}).rejected[0]
    assert yuan.describe("zh")["hint"] == "¥299.5 请发送 29950。"
    assert yuan.describe("en")["message"] == "properties.value is 299.5; money is a whole number of fen."


def test_money_is_free_outside_the_shop() -> None:
    assert only({"event": "temperature", "properties": {"value": 21.5}}).properties == {"value": 21.5}


@pytest.mark.parametrize(
    ("time", "ms"),
    [
        ("2026-11-21T10:00:00+08:00", 1_795_226_400_000),
        ("2026-11-21T02:00:00Z", 1_795_226_400_000),
        ("2026-11-21T10:00:00", 1_795_226_400_000),
        ("2026-11-21 10:00", 1_795_226_400_000),
        (1_795_226_400, 1_795_226_400_000),
        (1_795_226_400.25, 1_795_226_400_250),
        (1_795_226_400_123, 1_795_226_400_123),
        (1_795_226_400_123_456, 1_795_226_400_123),
        ("1795226400123", 1_795_226_400_123),
        (None, NOW),
    ],
)
def test_times(time: Any, ms: int) -> None:
    assert only({"time": time}).time == ms


@pytest.mark.parametrize(
    ("off", "added"),
    [
        (0, 0),
        (60_000, 0),
        (-60_000, 0),
        (60_001, 60_000),
        (89_999, 60_000),
        (90_000, 120_000),
        (-3_600_123, -3_600_000),
    ],
)
def test_clock_skew(off: int, added: int) -> None:
    assert skew_of(NOW - off, NOW) == added
    taken = send(GOOD | {"time": NOW - 10_000_000}, sent_at=NOW - off)
    assert taken.events[0].time == NOW - 10_000_000 + added


def test_skew_is_corrected_before_the_future_is_judged() -> None:
    ahead = 40 * 3_600_000
    assert send(GOOD | {"time": NOW + ahead - 5_000}, sent_at=NOW + ahead).events[0].time == NOW - 5_000


def test_a_bad_sent_at_is_said_and_ignored() -> None:
    taken = send(GOOD, sent_at="noon")
    assert taken.events[0].time == GOOD["time"]
    assert taken.notes[0].code == "bad_sent_at"


def test_ids() -> None:
    first = send(GOOD).events[0].id
    assert send(GOOD | {"properties": {"more": 1}}).events[0].id == first
    assert send(GOOD | {"id": "2"}).events[0].id != first
    assert send(GOOD | {"time": NOW - 2}).events[0].id != first
    assert send(GOOD | {"who": {"device": "d-2"}}).events[0].id != first
    assert send(GOOD | {"id": 1}).events[0].id == first
    assert send(GOOD, sent_at=NOW - 10**7).events[0].id == first


def test_equal_events_of_one_request_are_two_and_stay_two() -> None:
    plain = {key: value for key, value in GOOD.items() if key != "id"}
    ids = [event.id for event in send(plain, plain, GOOD).events]
    assert len(set(ids)) == 3
    assert [event.id for event in send(plain, plain, GOOD, at=Arrival("web", NOW + 9)).events] == ids


def test_an_event_without_id_and_time_is_new_each_time_unless_sent_at_says_otherwise() -> None:
    bare = {"event": "ping", "who": {"device": "d"}}
    later = Arrival("web", NOW + 5_000)
    assert send(bare).events[0].id != send(bare, at=later).events[0].id
    assert send(bare, sent_at=NOW).events[0].id == send(bare, at=later, sent_at=NOW).events[0].id


def test_a_bad_neighbour_does_not_change_an_id() -> None:
    plain = {key: value for key, value in GOOD.items() if key != "id"} | {
        "properties": {"a": 1.0, "b": {"c": [2**60]}}
    }
    assert send(plain).events == send(plain, {"event": 1}).events


def test_person_parts_become_facts() -> None:
    taken = send(
        GOOD
        | {
            "who": {"device": "d", "user": "u"},
            "person": {
                "set": {"city": "杭州"},
                "set_once": {"first": 1},
                "add": {"points": 5},
                "append": {"tags": ["x"], "one": "y"},
                "unset": ["a"],
            },
        }
    )
    assert [(event.name, event.properties) for event in taken.events] == [
        ("page_view", {}),
        ("$set", {"city": "杭州"}),
        ("$set_once", {"first": 1}),
        ("$add", {"points": 5}),
        ("$append", {"tags": ["x"], "one": ["y"]}),
        ("$unset", {"a": True}),
    ]
    assert taken.accepted == 1
    assert {event.actor for event in taken.events} == {"user:u"}
    assert len({event.id for event in taken.events}) == 6
    assert [event.others for event in taken.events] == [["device:d"], [], [], [], [], []]


def test_person_alone_needs_no_event() -> None:
    taken = send({"who": {"device": "d", "user": "u"}, "person": {}})
    assert [(event.name, event.others) for event in taken.events] == [("$set", ["device:d"])]


def test_notes_tell_what_was_read_differently() -> None:
    taken = send(
        GOOD
        | {
            "who": {"device": "d", "user": "undefined"},
            "properties": {
                "a": {"b": 1, "c": {"d": [2]}},
                "a.b": 2,
                "big": 2**60,
                "long": "é" * 5_000,
                "list": [1, None, {"x": 1}],
            },
            "items": [{"item_id": "1", "tags": ["x"]}, {}],
        }
    )
    event = taken.events[0]
    assert event.actor == "device:d"
    assert event.properties == {
        "a.b": 2,
        "a.c": '{"d":[2]}',
        "big": str(2**60),
        "long": "é" * 4_096,
        "list": ["1", '{"x":1}'],
    }
    assert event.items == [{"item_id": "1", "tags": '["x"]'}]
    assert [(note.code, note.field) for note in taken.notes] == [
        ("junk_identifier", "who.user"),
        ("deep_property", "properties.a.c"),
        ("name_collision", "properties.a.b"),
        ("number_as_text", "properties.big"),
        ("text_cut", "properties.long"),
        ("deep_property", "properties.list"),
        ("deep_property", "items[0].tags"),
        ("empty_item", "items[1]"),
    ]


def test_loose_json_of_python_clients() -> None:
    body = b'{"event":"e","who":{"device":"d"},"properties":{"a":NaN,"b":-Infinity,"c":1e999,"d":"\\ud83d"}}'
    taken = take_body(body, AT)
    assert taken.events[0].properties == {"a": "NaN", "b": "-Infinity", "c": "1e999", "d": "\ufffd"}
    assert taken.notes[0].code == "loose_json"


def test_the_native_protocol_answers() -> None:
    native = PROTOCOLS.get("native")()
    taken = take(native, Request(json.dumps([GOOD, {}]).encode()), AT)
    reply = native.reply(taken, Request(b""), "zh")
    said = json.loads(reply.body)
    assert (reply.status, said["accepted"], said["rejected"][0]["code"]) == (200, 1, "missing_name")
    assert native.reply(send({}), Request(b""), "en").status == 422
    assert [(route.method, route.path) for route in native.routes] == [("POST", "/v1/events")]


def test_rejected_events_can_be_taken_again_after_the_fix() -> None:
    bad = GOOD | {"time": NOW - 10**8, "properties": {"price": 1}}
    taken = send(bad | {"event": "$x"}, bad | {"who": {}}, sent_at=NOW - 10**6)
    letters = [Letter(str(one.index), one.body, "web", NOW) for one in taken.rejected]
    mended = Letter("0", letters[0].body.replace(b"$x", b"page_view"), "web", NOW)
    outcome = replay([mended, letters[1], Letter("9", b"junk", "web", NOW)], Arrival("replay", NOW + 10**9))
    assert outcome.accepted == ["0"]
    assert outcome.events == send(bad, sent_at=NOW - 10**6).events
    assert [(name, problem.code) for name, problem in outcome.rejected] == [
        ("9", "not_json"),
        ("1", "missing_who"),
    ]


def test_equal_rejected_events_stay_apart_when_replayed() -> None:
    bare = {"event": "e", "time": NOW, "who": {"device": "d"}}
    letters = [Letter(str(place), json.dumps(bare).encode(), "web", NOW) for place in range(2)]
    outcome = replay(letters, AT)
    assert {event.id for event in outcome.events} == {event.id for event in send(bare, bare).events}
