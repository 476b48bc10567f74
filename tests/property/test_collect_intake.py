"""Laws of intake: whatever is sent, each event is kept or explained, and delivery does not matter."""

from __future__ import annotations

import copy
import gzip
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewheel.collect.contract import Arrival, Taken
from tidewheel.collect.intake import skew_of, take_body
from tidewheel.collect.problems import Note, Refused, Rejection
from tidewheel.collect.values import read_properties
from tidewheel.core.errors import TidewheelError
from tidewheel.core.events import Event, decode_events, encode_events, kind_of
from tidewheel.core.text import LANGUAGES

NOW = 1_795_300_000_000
AT = Arrival("web", NOW)

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
law = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
plain = st.text(alphabet="abcdefghij红色12", min_size=1, max_size=12)
good = st.fixed_dictionaries(
    {
        "event": st.sampled_from(["page_view", "view_item", "purchase", "自定义"]),
        "who": st.fixed_dictionaries(
            {"device": plain.map(lambda name: "d" + name)},
            optional={"user": plain.map(lambda name: "u" + name)},
        ),
        "time": st.integers(NOW - 10**9, NOW),
    },
    optional={
        "id": plain,
        "properties": st.dictionaries(
            plain, st.none() | st.booleans() | st.integers(-(2**53), 2**53) | plain
        ),
        "items": st.lists(
            st.fixed_dictionaries({"item_id": plain, "price": st.integers(0, 10**7)}), max_size=3
        ),
        "person": st.fixed_dictionaries(
            {}, optional={"set": st.dictionaries(plain, plain), "unset": st.lists(plain)}
        ),
    },
)


def body(events: list[Any], **more: Any) -> bytes:
    return json.dumps({"events": events} | more).encode()


def check(taken: Taken, sent: int | None = None) -> None:
    """Everything is accounted for, fits the canonical form, and says why in both languages."""
    if sent is not None:
        assert taken.accepted + len(taken.rejected) == sent
    assert decode_events(encode_events(taken.events)) is not None
    for event in taken.events:
        assert event.name
        assert event.actor.partition(":")[2]
        for value in [*event.properties.values(), *(part for item in event.items for part in item.values())]:
            assert kind_of(value) in ("text", "number", "flag", "time", "list")
            json.dumps(value, default=str, allow_nan=False, ensure_ascii=False).encode()
    told_all: list[Rejection | Note] = [*taken.rejected, *taken.notes]
    for told in told_all:
        for language in LANGUAGES:
            said = told.describe(language)
            assert said["message"]
            assert said["hint"]
            json.dumps(said, ensure_ascii=False, allow_nan=False).encode()


def take_or_explain(raw: bytes) -> None:
    """A body is taken, or the whole of it is refused with words."""
    try:
        taken = take_body(raw, AT)
    except TidewheelError as error:
        refused = error
    else:
        return check(taken)
    assert refused.status in (413, 422)
    assert refused.describe("zh")["message"]
    assert refused.describe("en")["hint"]
    return None


def facts(events: list[Event]) -> dict[tuple[str, int], Event]:
    return {(event.actor, event.id): event for event in events}


@law
@given(st.binary(max_size=300))
def test_any_bytes(raw: bytes) -> None:
    for sent in (raw, gzip.compress(raw, mtime=0), b"\x1f\x8b" + raw):
        take_or_explain(sent)


@law
@given(values)
def test_any_json(value: Any) -> None:
    take_or_explain(json.dumps(value).encode())


@law
@given(st.lists(values, min_size=1, max_size=5), values)
def test_any_values_as_events(sent: list[Any], sent_at: Any) -> None:
    check(take_body(body(sent, sent_at=sent_at), AT), len(sent))


wild = st.fixed_dictionaries(
    {},
    optional={
        "event": st.text(max_size=300) | values,
        "time": st.integers() | st.floats() | st.text() | values,
        "id": values,
        "who": values
        | st.dictionaries(st.sampled_from(["device", "user", "phone", "openid", "usr"]), values),
        "properties": values | st.dictionaries(st.text(max_size=5), values),
        "items": values | st.lists(st.dictionaries(st.sampled_from(["item_id", "price", "x"]), values)),
        "person": values
        | st.dictionaries(st.sampled_from(["set", "set_once", "add", "append", "unset", "sett"]), values),
        "extra": values,
    },
)


@law
@given(st.lists(wild, min_size=1, max_size=4))
def test_event_shaped_values(sent: list[Any]) -> None:
    check(take_body(body(sent), AT), len(sent))


@law
@given(st.lists(good, min_size=1, max_size=6), st.data())
def test_one_bad_event_never_costs_a_good_one(sent: list[dict[str, Any]], data: st.DataObject) -> None:
    sent = [event | {"id": f"e{place}"} if "id" in event else event for place, event in enumerate(sent)]
    alone = take_body(body(sent), AT)
    assert alone.accepted == len(sent), alone.rejected
    at = data.draw(st.integers(0, len(sent)))
    mixed = [*sent[:at], data.draw(wild), *sent[at:]]
    taken = take_body(body(mixed), AT)
    check(taken, len(mixed))
    assert all(rejection.index == at for rejection in taken.rejected)
    kept = facts(taken.events)
    assert facts(alone.events).keys() <= kept.keys()
    assert all(kept[key] == event for key, event in facts(alone.events).items())


@law
@given(st.lists(good, min_size=1, max_size=6), st.data())
def test_mutated_batches(sent: list[dict[str, Any]], data: st.DataObject) -> None:
    mutated = copy.deepcopy(sent)
    victim = data.draw(st.sampled_from(mutated))
    name = data.draw(st.sampled_from(sorted(victim)))
    if data.draw(st.booleans()):
        del victim[name]
    else:
        victim[name] = data.draw(values)
    check(take_body(body(mutated), AT), len(mutated))
    raw = bytearray(body(sent))
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    take_or_explain(bytes(raw))


@law
@given(st.lists(good, min_size=1, max_size=8))
def test_sending_again_adds_nothing(sent: list[dict[str, Any]]) -> None:
    once = take_body(body(sent), AT)
    again = take_body(body(sent), Arrival("web", NOW + 3_000))
    assert facts(once.events).keys() == facts(again.events).keys()


@law
@given(st.lists(good, min_size=1, max_size=8), st.randoms())
def test_order_within_a_request_changes_nothing(sent: list[dict[str, Any]], random: Any) -> None:
    sent = [event | {"id": f"e{place}"} if "id" in event else event for place, event in enumerate(sent)]
    shuffled = random.sample(sent, len(sent))
    assert facts(take_body(body(sent), AT).events) == facts(take_body(body(shuffled), AT).events)


@law
@given(st.lists(good, min_size=1, max_size=8), st.data())
def test_splitting_a_request_changes_nothing(sent: list[dict[str, Any]], data: st.DataObject) -> None:
    sent = [event | {"id": f"e{place}"} for place, event in enumerate(sent)]
    at = data.draw(st.integers(0, len(sent)))
    parts = [part for part in (sent[:at], sent[at:]) if part]
    split = [event for part in parts for event in take_body(body(part), AT).events]
    assert facts(split) == facts(take_body(body(sent), AT).events)


@law
@given(st.lists(st.integers(NOW - 10**8, NOW), min_size=2, max_size=6), st.integers(NOW - 10**7, NOW + 10**7))
def test_correcting_the_clock_keeps_the_order(times: list[int], sent_at: int) -> None:
    sent = [
        {"event": "e", "who": {"device": "d"}, "time": time, "id": str(place)}
        for place, time in enumerate(times)
    ]
    taken = take_body(body(sent, sent_at=sent_at), Arrival("web", NOW))
    moved = [event.time for event in taken.events]
    assert len(moved) == len(times)
    skew = skew_of(sent_at, NOW)
    assert moved == [time + skew for time in times]
    assert skew % 60_000 == 0
    assert abs(skew - (NOW - sent_at)) <= 60_000


@law
@given(st.integers(-(10**9), 10**9), st.integers(0, 10**6))
def test_skew_is_monotone(skew: int, later: int) -> None:
    assert skew_of(NOW - skew, NOW) <= skew_of(NOW - skew, NOW + later)


@law
@given(st.lists(wild, min_size=1, max_size=4), st.integers(NOW - 10**7, NOW))
def test_rejected_bodies_are_rejected_the_same_way_again(sent: list[Any], sent_at: int) -> None:
    for rejection in take_body(body(sent, sent_at=sent_at), AT).rejected:
        again = take_body(rejection.body, AT)
        assert [(one.code, one.field) for one in again.rejected] == [(rejection.code, rejection.field)]


plain = st.one_of(
    st.booleans(), st.integers(-(2**54), 2**54), st.floats(), st.text(max_size=50),
    st.sampled_from(["2026-11-21T10:00:00+08:00", "2026-11-21T10:00:00Z", "uuid-0000-1111-2222", "字" * 2048, "字" * 2049]),
)  # fmt: skip


@given(
    st.dictionaries(
        st.sampled_from(["a", "b.c", " d", "e" * 201, ""]) | st.text(max_size=5), plain, max_size=6
    )
)
def test_properties_that_need_no_closer_look_are_read_the_same_under_one(sent: dict[str, Any]) -> None:
    def read(raw: dict[str, Any]) -> tuple[Any, list[Any]]:
        told: list[Any] = []
        try:
            return read_properties(raw, "properties", lambda *note: told.append(note)), told
        except Refused as problem:
            return (problem.code, problem.field), told

    closer = {**sent, "nothing": None}  # what is null is absent, and has everything looked at
    assert repr(read(sent)) == repr(read(closer)) == repr(read(sent))
