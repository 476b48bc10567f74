"""Laws of hashed identifiers: hashing changes how people are written, never how many identifiers an event names."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.captured import FOLDER, said
from tests.property.test_vendor_requests import AT, LIMIT, brought
from tidewheel.collect.contract import PROTOCOLS, Taken
from tidewheel.collect.guard import Guard
from tidewheel.collect.intake import take, take_body
from tidewheel.core.errors import BadInput
from tidewheel.core.events import Event
from tidewheel.core.ids import IDENTIFIER_TYPES, split_actor

GUARD = Guard(b"k" * 32, IDENTIFIER_TYPES)
HASHING = replace(AT, guard=GUARD)
VENDORS = [name for name in PROTOCOLS.all() if (FOLDER / f"{name}.jsonl").exists()]


def named(event: Event) -> list[str]:
    return [event.actor, *event.others]


def check(plain: Taken, hashed: Taken) -> None:
    """Each fact names the same identifiers, hashed, and none of their values stands by itself anywhere in it."""
    assert (plain.accepted, len(plain.events)) == (hashed.accepted, len(hashed.events))
    for open_, closed in zip(plain.events, hashed.events, strict=True):
        assert {GUARD.seal(one) for one in named(open_)} == set(named(closed))
        values = {split_actor(one)[1] for one in named(open_)}
        assert values.isdisjoint(said([closed.properties, closed.items])), open_.name


@pytest.mark.parametrize("vendor", VENDORS)
def test_requests_of_real_clients_name_the_same_people(vendor: str) -> None:
    protocol = PROTOCOLS.get(vendor)()
    for request in brought(vendor):
        try:
            sent = protocol.read(request, LIMIT)
        except BadInput:
            continue  # a picture's address that a browser cut off
        check(take(protocol, request, AT, sent), take(protocol, request, HASHING, sent))


values = st.text("abc12", min_size=2, max_size=4)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(list(IDENTIFIER_TYPES)), values | st.lists(values, min_size=1, max_size=3), min_size=1
    ),
    st.dictionaries(st.sampled_from(["note", "phone", "list"]), values | st.lists(values, max_size=2)),
)
def test_several_identifiers_of_a_type_stay_several(who: dict[str, Any], properties: dict[str, Any]) -> None:
    body = json.dumps({"event": "x", "time": AT.received, "who": who, "properties": properties}).encode()
    check(take_body(body, AT), take_body(body, HASHING))
