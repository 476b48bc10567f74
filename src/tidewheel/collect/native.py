"""Reading the native JSON form: a batch, a bare list or one event."""

from __future__ import annotations

from typing import Any

import msgspec

from tidewheel.collect.body import decode_text, empty_body, read_loosely, unpack
from tidewheel.collect.contract import Arrival, Decoded, Entry
from tidewheel.collect.problems import Note, Refused
from tidewheel.collect.wire import NativeEvent, WireBatch, WireEvent, to_wire
from tidewheel.core.errors import BadInput, TooLarge
from tidewheel.core.text import Text

_batch = msgspec.json.Decoder(WireBatch)
_list = msgspec.json.Decoder(list[NativeEvent])
_one = msgspec.json.Decoder(NativeEvent)


def read_native(body: bytes, arrival: Arrival) -> Decoded:
    """Return the events of a native body. The whole body is decoded at once when all of it is well formed."""
    raw = unpack(body, arrival.max_bytes)
    if not raw.strip():
        raise empty_body()
    try:
        decoded = _read_strictly(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        decoded = _read_each(raw)
    if not decoded.events:
        raise empty_body()
    if len(decoded.events) > arrival.max_events:
        raise TooLarge(
            "too_many_events",
            Text(
                "The request has {count} events; {limit} are allowed.",
                "一次请求有 {count} 个事件，最多 {limit} 个。",
            ),
            field="events",
            got=len(decoded.events),
            expected=arrival.max_events,
            hint=Text("Send fewer events at once.", "请减少每次发送的事件数。"),
            count=len(decoded.events),
            limit=arrival.max_events,
        )
    return decoded


def _read_strictly(raw: bytes) -> Decoded:
    if raw.lstrip()[:1] == b"[":
        return Decoded(_list.decode(raw))
    try:
        batch = _batch.decode(raw)
    except msgspec.ValidationError:
        return Decoded([_one.decode(raw)])
    return Decoded(batch.events, batch.sent_at)


def _read_each(raw: bytes) -> Decoded:
    text, encoding = decode_text(raw)
    value, strict = read_loosely(text)
    notes = []
    if encoding:
        notes.append(Note(None, "read_as", values={"encoding": encoding}))
    if not strict:
        notes.append(Note(None, "loose_json"))
    sent_at = None
    if isinstance(value, dict) and "events" in value:
        sent_at = value.get("sent_at")
        value = value["events"]
        if not isinstance(value, list):
            raise _no_events("events", value)
    elif isinstance(value, dict):
        sent_at = value.pop("sent_at", None)
        value = [value]
    elif not isinstance(value, list):
        raise _no_events(None, value)
    return Decoded([_entry(sent) for sent in value], sent_at, notes)


def _entry(sent: Any) -> WireEvent | Entry:
    try:
        return to_wire(sent)
    except Refused as problem:
        return Entry(problem, sent)


def _no_events(field: str | None, value: Any) -> BadInput:
    return BadInput(
        "no_events",
        Text("The body holds no list of events.", "请求体中没有事件列表。"),
        field=field,
        got=type(value).__name__,
        expected='{"events": […]}',
        hint=Text(
            "Send one event, a list of events, or an object with events.",
            "请发送一个事件、事件列表，或含 events 的对象。",
        ),
    )
