"""GrowingIO's real clients: all they sent arrives, once, however it was packed."""

from __future__ import annotations

import base64
import json
from typing import Any

import cramjam
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.captured import requests, said, told
from tidewheel.collect.contract import PROTOCOLS, Arrival, Request, Taken
from tidewheel.collect.intake import take
from tidewheel.collect.packing import lz
from tidewheel.core.errors import BadInput, TooLarge

NOW = 1_795_302_000_000
AT = Arrival("web", NOW)
GIO = PROTOCOLS.get("growingio")
CLIENTS = sorted({client for client, _ in requests(GIO)})
NOT_FACTS = {"projectKey", "dataSourceId", "userKey", "eventType", "sendTime", "platform"}
COLLECT = "/v3/projects/p/collect"


def post(body: bytes, path: str = COLLECT, **more: Any) -> Taken:
    query = {"stm": str(NOW), **more.pop("query", {})}
    return take(GIO(), Request(body, "POST", path, query, more.pop("headers", {}), {"account": "p"}), AT)


@pytest.mark.parametrize("client", CLIENTS)
def test_all_that_clients_sent_arrives(client: str) -> None:
    protocol = GIO()
    count = 0
    for _, request in requests(GIO, client):
        try:
            sent = protocol.read(request, AT.max_bytes)
        except BadInput:
            assert request.method == "GET"
            assert request.raw_query.endswith("%22xcontent%22:%22/")  # the browser cut the address at a #
            continue
        taken = take(protocol, request, Arrival("web", int(request.query.get("stm", NOW))), sent)
        assert taken.rejected == []
        assert taken.notes == []
        count += len(sent)
        if request.path.endswith("/item"):
            assert [row["item_id"] for row in taken.goods] == [one["id"] for one in sent]
            continue
        assert len(taken.events) == len(sent)
        for one, event in zip(sent, taken.events, strict=True):
            facts = {name: value for name, value in one.items() if name not in NOT_FACTS and value != ""}
            if one["eventType"].endswith("USER_ATTRIBUTES"):  # what is said of a person, not of a visit
                facts = {name: facts[name] for name in ("deviceId", "userId", "timestamp", "attributes")}
            missing = said(facts) - told(event)
            joined = {value for value in missing if "||" in value and set(value.split("||")) <= told(event)}
            assert missing - joined <= {"299.5"}
            assert "299.5" not in missing or event.properties["value"] == 29950
    assert count >= 6


def test_an_image_after_a_failed_request_adds_nothing() -> None:
    ids: dict[str, set[int]] = {"POST": set(), "GET": set()}
    for _, request in requests(GIO, "br_growingio_xhr_fail"):
        try:
            ids[request.method] |= {event.id for event in take(GIO(), request, AT).events}
        except BadInput:
            continue
    assert len(ids["GET"]) >= 5
    assert ids["GET"] <= ids["POST"]


def test_all_packings_of_one_batch_read_the_same() -> None:
    batch = [
        {
            "eventType": "CUSTOM",
            "eventName": "看商品",
            "deviceId": "d-1",
            "timestamp": NOW,
            "attributes": {"a": "😀中"},
        }
    ]
    plain = json.dumps(batch, ensure_ascii=False).encode()
    key = NOW & 0xFF
    packed = bytes(cramjam.snappy.compress_raw(plain))
    ways = [
        post(plain),
        post(packed, headers={"x-compress-codec": "2"}),
        post(bytes(byte ^ key for byte in packed), headers={"x-compress-codec": "2", "x-crypt-codec": "1"}),
    ]
    assert all(one.events == ways[0].events for one in ways)
    assert ways[0].events[0].properties == {"a": "😀中"}


def test_the_words_become_ours() -> None:
    taken = post(
        json.dumps([
            {
                "eventType": "CUSTOM", "eventName": "order_paid", "deviceId": "d", "timestamp": NOW, "platform": "MinP",
                "domain": "wx1", "userKey": "openid", "userId": "oA", "appChannel": "scn:1047", "eventSequenceId": 3,
                "attributes": {"order_id": "SO1", "amount": "299.5", "tags": "a||b"},
            },
            {"eventType": "LOGIN_USER_ATTRIBUTES", "userKey": "phone", "userId": "13800138000", "deviceId": "d",
             "timestamp": NOW, "attributes": {"level": "gold"}},
            {"eventType": "PAGE", "deviceId": "d", "userKey": "wechat_work", "userId": "w1", "timestamp": NOW, "path": "/a"},
        ]).encode()
    )  # fmt: skip
    order, person, page = taken.events
    assert (order.name, order.actor, order.others) == ("purchase", "openid:wx1/oA", ["device:d"])
    assert order.properties["value"] == 29950
    assert order.properties["tags"] == ["a", "b"]
    assert order.properties["sent_as"] == "order_paid"
    assert order.properties["scene"] == "1047"
    assert (order.properties["platform"], order.properties["platform_name"]) == ("mini_program", "MinP")
    assert (person.name, person.actor, person.properties) == (
        "$set",
        "phone:+8613800138000",
        {"level": "gold"},
    )
    assert (page.name, page.properties["page_path"]) == ("page_view", "/a")
    assert page.actor == "external_userid:wechat_work/w1"


def test_mapped_users_are_linked() -> None:
    body = json.dumps([{"identifies": {"phone": "13800138000", "openid": "oA"}, "sendTime": NOW}]).encode()
    [link] = post(body, "/projects/p/collect/user-mapping").events
    assert [link.actor, *link.others] == ["phone:+8613800138000", "openid:oA"]
    assert (link.name, link.properties) == ("$set", {})


def test_whose_it_is_stands_in_the_events() -> None:
    sent = [{"dataSourceId": "a"}, {"dataSourceId": "b"}, {}]
    request = Request(b"", "POST", COLLECT, marks={"account": "acc"})
    assert list(GIO().keys(request, sent)) == ["a", "b", "acc"]


@pytest.mark.parametrize(
    ("body", "headers", "query"),
    [
        (b"\x80\x80", {"x-compress-codec": "2"}, {}),
        (b"\x00", {}, {"compress": "1"}),
        (b"abc", {"x-compress-codec": "1"}, {}),
        (b"\xff\xff\xff", {"content-type": "application/protobuf"}, {}),
    ],
)
def test_what_cannot_be_unpacked_is_told(body: bytes, headers: dict[str, str], query: dict[str, str]) -> None:
    with pytest.raises(BadInput) as error:
        post(body, headers=headers, query=query)
    assert error.value.code in {"bad_packing", "not_json"}


def test_bombs_are_stopped() -> None:
    huge = bytes(cramjam.snappy.compress_raw(b" " * 20_000_000))
    with pytest.raises(TooLarge):
        post(huge, headers={"x-compress-codec": "2"})
    bomb = lz_pack("a" * 60_000)
    assert len(bomb) < 1_000
    with pytest.raises(lz.TooLong):
        lz.from_bytes(bomb, 20_000)


@settings(deadline=None)
@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400) | st.text("ab", max_size=2000)
)
def test_lz_undoes_what_a_plain_packer_did(text: str) -> None:
    assert lz.from_bytes(lz_pack(text), 10_000) == text


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_lz_never_breaks(body: bytes) -> None:
    for packing in ("bytes", "uri"):
        try:
            text = (
                lz.from_bytes(body, 5_000)
                if packing == "bytes"
                else lz.from_uri(body.decode("latin-1"), 5_000)
            )
        except (lz.BadStream, lz.TooLong):
            continue
        assert len(text) <= 5_000


def lz_pack(text: str) -> bytes:
    """Pack a text the plain way: longest known prefix, its code, one more entry."""
    units = text.encode("utf-16-le")
    signs = [units[at : at + 2] for at in range(0, len(units), 2)]
    known: dict[tuple[bytes, ...], int] = {}
    fresh: set[tuple[bytes, ...]] = set()
    bits: list[int] = []
    width, left, size = 2, 2, 3

    def put(value: int, count: int) -> None:
        bits.extend((value >> place) & 1 for place in range(count))

    def grow() -> None:
        nonlocal width, left
        left -= 1
        if left == 0:
            left = 1 << width
            width += 1

    def say(word: tuple[bytes, ...]) -> None:
        if word in fresh:
            fresh.discard(word)
            number = int.from_bytes(word[0], "little")
            put(0 if number < 256 else 1, width)
            put(number, 8 if number < 256 else 16)
            grow()
        else:
            put(known[word], width)
        grow()

    word: tuple[bytes, ...] = ()
    for sign in signs:
        if (sign,) not in known:
            known[(sign,)] = size
            size += 1
            fresh.add((sign,))
        if (*word, sign) in known:
            word = (*word, sign)
            continue
        say(word)
        known[(*word, sign)] = size
        size += 1
        word = (sign,)
    if word:
        say(word)
    put(2, width)
    bits.extend([0] * (-len(bits) % 16))
    return bytes(int("".join(map(str, bits[at : at + 8])), 2) for at in range(0, len(bits), 8))


def test_the_decoder_of_addresses_reads_spaces_as_plus() -> None:
    for _, request in requests(GIO, "br_growingio_send_image_compress_true"):
        assert json.loads(lz.from_uri(request.query["data"], 10**6))
        return
    raise AssertionError(base64.b64encode(b"no image was captured"))


@pytest.mark.parametrize("number", ["²", "9" * 5000, "٣", "-1", "1.5", True])
def test_a_strange_number_of_an_event_is_no_place_in_a_count(number: Any) -> None:
    sent = [
        {
            "eventType": "CUSTOM",
            "eventName": "x",
            "deviceId": "d",
            "timestamp": NOW,
            "eventSequenceId": number,
        }
    ]
    taken = post(json.dumps(sent).encode())
    assert (len(taken.events), taken.rejected) == (1, [])
    assert "delivery_number" not in taken.events[0].properties


def test_a_strange_moment_of_sending_is_no_key() -> None:
    sent = [{"eventType": "CUSTOM", "eventName": "x", "deviceId": "d", "timestamp": NOW}]
    taken = post(json.dumps(sent).encode(), query={"stm": "²"}, headers={"x-crypt-codec": "1"})
    assert [note.code for note in taken.notes] == ["bad_sent_at"]
    assert len(taken.events) == 1
