"""Laws of erasing: who is erased is nowhere, and everybody else's numbers are as they were."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.scan import traces
from tests.unit.store.builders import event
from tests.unit.store.builders import settings as made
from tidewheel.identify.hands import belongings
from tidewheel.identify.people import find, get, timeline
from tidewheel.identify.resolve import resolve
from tidewheel.store.erase import Needles
from tidewheel.store.storehouse import Storehouse
from tidewheel.store.view import Snapshot

USERS = [f"user:customer-number-{letter}" for letter in "abcd"]
DEVICES = [f"device:device-number-{letter}" for letter in "wxyz"]
events = st.lists(
    st.tuples(
        st.sampled_from(USERS),
        st.sampled_from([None, *DEVICES]),
        st.booleans(),
        st.sampled_from(["view_item", "purchase", "$set"]),
    ),
    min_size=4,
    max_size=25,
)


def told(snapshot: Snapshot) -> dict[str, Any]:
    """Return everything that is known of each person, by id."""
    found = {}
    for row in find(snapshot, "", 0, 100).people:
        done = [
            (one.id, one.name, one.time, one.actor) for one in timeline(snapshot, row.id, None, 1000).events
        ]
        found[row.id] = (row.model_dump(), get(snapshot, row.id).properties, done)
    return found


def without(people: dict[str, Any], devices: set[str]) -> dict[str, Any]:
    """Leave out which devices people are said to have: one that was somebody's who is gone is another's who has it."""
    for row, *_ in people.values():
        row["identifiers"] = [name for name in row["identifiers"] if name not in devices]
    return people


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(events, st.integers(0, 3), st.integers(0, 25))
def test_nobody_else_notices(rows: list[Any], whom: int, cut: int) -> None:
    with tempfile.TemporaryDirectory() as folder, Storehouse.open(Path(folder), made(Path(folder))) as house:
        store = house.project("shop")
        for key, (user, device, on_device, name) in enumerate(rows):
            others = [device] if device and not on_device else []
            actor = device if device and on_device else user
            properties = {"value": key} if name == "purchase" else {"note": f"n{key}"}
            store.append([event(key, actor=actor, name=name, others=others, properties=properties)]).result()
            if key == cut:
                store.flush()
        store.sync()
        snapshot = store.snapshot()
        people = resolve(snapshot)
        person = whom % people.count
        own = people.actors[people.heads[person] : people.heads[person + 1]]
        everything = snapshot.actors.strings(own)
        held = belongings(snapshot, np.array([person], np.int32))
        actors = held.actors
        before = told(snapshot)
        [gone] = [key for key, (row, *_) in before.items() if set(row["identifiers"]) == set(everything)]
        store.hide(actors)
        hidden = told(store.snapshot())
        store.erase(Needles(actors, parts=held.parts))
        after = told(store.snapshot())
        del before[gone]
        shared = set(everything) - set(actors)
        assert hidden == before
        assert without(after, shared) == without(before, shared)
        store.flush()
        assert traces(Path(folder), [actor.partition(":")[2] for actor in actors]) == []
