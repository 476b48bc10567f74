"""Laws of every vendor's protocol: whatever real requests are turned into, they are taken or refused with words."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.captured import FOLDER, requests
from tidewheel.collect.contract import PROTOCOLS, Arrival, Protocol, Request, Taken
from tidewheel.collect.intake import take
from tidewheel.core.errors import TidewheelError
from tidewheel.core.events import decode_events, encode_events

AT = Arrival("web", 1_795_302_000_000)
LIMIT = 2**20
VENDORS = [name for name in PROTOCOLS.all() if (FOLDER / f"{name}.jsonl").exists()]


def _as_a_route(request: Request) -> str:
    path = request.path
    for mark, value in request.marks.items():
        path = path.replace(value, f"{{{mark}}}")
    return path


def brought(vendor: str) -> list[Request]:
    """Return the captured requests that bring events; others ask for settings."""
    protocol = PROTOCOLS.get(vendor)
    asking = {route.path for route in protocol.routes if route.asks}
    return [request for _, request in requests(protocol) if _as_a_route(request) not in asking]


CAPTURED = {name: brought(name) for name in VENDORS}
wrong = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(
        [
            [],
            {},
            [1],
            {"a": {"b": {"c": [1]}}},
            "$",
            "$x",
            " ",
            "iglu:a/b/jsonschema/1-0-0",
            2**70,
            "9" * 50,
        ]
    )
)
law = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def served(protocol: Protocol, request: Request, sent: Any = None) -> None:
    """Serve a request as the door does: every outcome is a reply."""
    try:
        if sent is None:
            sent = protocol.read(request, LIMIT)
        protocol.speaks(request, sent)
        assert all(isinstance(key, str) for key in protocol.keys(request, sent))
        taken = take(protocol, request, AT, sent)
    except TidewheelError as error:
        refusal = error
    else:
        return kept(protocol, request, taken)
    assert refusal.describe("zh")["message"]
    refused = protocol.refuse(refusal, "zh")
    assert refused is None or 400 <= refused.status < 500
    return None


def kept(protocol: Protocol, request: Request, taken: Taken) -> None:
    """What was taken fits the canonical form; what was refused says why."""
    assert decode_events(encode_events(taken.events)) is not None
    for rejection in taken.rejected:
        assert rejection.describe("zh")["message"]
        assert rejection.describe("en")["hint"]
    assert 200 <= protocol.reply(taken, request, "zh").status < 300 or not taken.accepted


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every part of a JSON value."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for name, part in parts for place in places(part, (*path, name)))]


@pytest.mark.parametrize("vendor", VENDORS)
@law
@given(st.data())
def test_damaged_bodies(vendor: str, data: st.DataObject) -> None:
    request = data.draw(st.sampled_from(CAPTURED[vendor]))
    body = bytearray(request.body)
    for _ in range(data.draw(st.integers(1, 4))):
        if body:
            at = data.draw(st.integers(0, len(body) - 1))
            body[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    query = {name: data.draw(st.text(max_size=20) | st.just(value)) for name, value in request.query.items()}
    raw_query = request.raw_query[: data.draw(st.integers(0, len(request.raw_query)))]
    served(PROTOCOLS.get(vendor)(), replace(request, body=bytes(body), query=query, raw_query=raw_query))


@pytest.mark.parametrize("vendor", VENDORS)
@law
@given(st.data())
def test_wrong_values_anywhere(vendor: str, data: st.DataObject) -> None:
    protocol = PROTOCOLS.get(vendor)()
    request = data.draw(st.sampled_from(CAPTURED[vendor]))
    try:
        sent = copy.deepcopy(protocol.read(request, LIMIT))
    except TidewheelError:
        return
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(places(sent)[1:]))
        value = copy.deepcopy(data.draw(wrong))
        part = sent
        for name in place[:-1]:
            part = part[name]
        part[place[-1]] = value
    served(protocol, request, sent)
