"""Every protocol: what real clients sent, damaged in any way, is taken or refused with a reason, never a failure."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.captured import FOLDER, requests
from tidewheel.collect.contract import PROTOCOLS, Arrival, Decoded, Protocol, Reply, Request, Route, Taken
from tidewheel.collect.intake import take
from tidewheel.core.errors import TidewheelError
from tidewheel.core.text import Language

AT = Arrival("web", 1_795_960_200_000)
VENDORS = [name for name in PROTOCOLS.all() if name != "native"]
JUNK: Any = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.just([]), st.just({}),
    st.lists(st.text(max_size=3), max_size=3), st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.sampled_from(["$x", "[{", "%", "9" * 400, "https://[", "1e999", "null", "{}", "[1]"]),
)  # fmt: skip


def outcome(protocol: Protocol, request: Request, sent: Any = None) -> None:
    """Let a request be judged; an error must be one that is told to the sender."""
    try:
        sent = protocol.read(request, AT.max_bytes) if sent is None else sent
        assert all(isinstance(key, str) for key in protocol.keys(request, sent))
        assert protocol.speaks(request, sent) in (True, False)
        taken = take(protocol, request, AT, sent)
        assert protocol.reply(taken, request).status in (200, 202, 204, 400, 422)
        for one in (*taken.rejected, *taken.notes):
            assert one.describe("zh")["message"]
    except TidewheelError as error:
        assert 400 <= error.status < 500
        shaped = protocol.refuse(error)
        assert shaped is None or shaped.status == error.status or shaped.status == 400


def spoilt(value: Any, data: st.DataObject, *, listed: bool = False) -> Any:
    """Return a JSON value with one part of it changed or left out; ``listed``: what is a list stays one."""
    if is_dataclass(value) and not isinstance(value, type):
        name = next(one.name for one in fields(value) if isinstance(getattr(value, one.name), list | dict))
        return replace(value, **{name: spoilt(getattr(value, name), data, listed=True)})
    if isinstance(value, dict) and value and data.draw(st.integers(0, 9)) > 0:
        name = data.draw(st.sampled_from(sorted(value, key=str)))
        rest = {part: one for part, one in value.items() if part != name}
        return rest if data.draw(st.integers(0, 9)) == 0 else rest | {name: spoilt(value[name], data)}
    if isinstance(value, list) and value and (listed or data.draw(st.integers(0, 9)) > 0):
        place = data.draw(st.integers(0, len(value) - 1))
        return [*value[:place], spoilt(value[place], data), *value[place + 1 :]]
    return data.draw(JUNK)


def test_every_protocol_has_requests_of_real_clients() -> None:
    assert {f"{name}.jsonl" for name in VENDORS} <= {path.name for path in FOLDER.iterdir()}


@pytest.mark.parametrize("vendor", VENDORS)
@settings(deadline=None)
@given(data=st.data())
def test_spoilt_values_are_told(vendor: str, data: st.DataObject) -> None:
    kind = PROTOCOLS.get(vendor)
    request = data.draw(st.sampled_from([request for _, request in requests(kind)]))
    protocol = kind()
    try:
        sent = protocol.read(request, AT.max_bytes)
    except TidewheelError:
        return
    outcome(protocol, request, spoilt(sent, data, listed=isinstance(sent, list)))


@pytest.mark.parametrize("vendor", VENDORS)
@settings(deadline=None)
@given(data=st.data())
def test_spoilt_bytes_are_told(vendor: str, data: st.DataObject) -> None:
    kind = PROTOCOLS.get(vendor)
    request = data.draw(st.sampled_from([request for _, request in requests(kind)]))
    body = bytearray(request.body)
    if body:
        for _ in range(data.draw(st.integers(1, 4))):
            body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
        body = body[: data.draw(st.integers(0, len(body)))] if data.draw(st.booleans()) else body
    query = {
        name: data.draw(st.text(max_size=30)) if data.draw(st.booleans()) else value
        for name, value in request.query.items()
    }
    outcome(kind(), replace(request, body=bytes(body), query=query))


def test_routes_that_ask_and_answers_go_together() -> None:
    def protocol(**more: Any) -> None:
        class Deaf(Protocol):
            name: ClassVar[str] = "deaf"
            routes: ClassVar[tuple[Route, ...]] = (Route("GET", "/flags", asks=more.pop("asks")),)

            def decode(self, sent: Any, request: Request, arrival: Arrival) -> Decoded:
                return Decoded([])

            def reply(self, taken: Taken, request: Request, language: Language = "en") -> Reply:
                return Reply(204, b"")

        type("Made", (Deaf,), more)

    protocol(asks=False)
    for bad in ({"asks": True}, {"asks": False, "answer": lambda *_: Reply(200, b"")}):
        with pytest.raises(TypeError, match="go together"):
            protocol(**bad)
