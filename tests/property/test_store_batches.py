"""Arrival does not matter: any split, order and duplication of batches keeps the same facts."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from tests.unit.store.builders import NOVEMBER
from tests.unit.store.builders import settings as store_settings
from tidewheel.core.events import Event, decode_events, encode_events
from tidewheel.store.order import join, sorted_events
from tidewheel.store.project import ProjectStore
from tidewheel.store.rows import to_events, to_table

names = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
numbers = st.floats(allow_nan=False, allow_infinity=False)
moments = st.integers(0, 4 * 10**12).map(
    lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + ms * timedelta(milliseconds=1)
)
scalars = st.one_of(texts, numbers, st.booleans(), moments)
values = st.one_of(scalars, st.lists(texts, max_size=3))
items = st.lists(st.dictionaries(names, scalars, min_size=1, max_size=3), max_size=3)
actors = st.sampled_from(["device:a", "device:b", "user:u", "openid:wx/é"])


def make(number: int, fields: dict[str, Any]) -> Event:
    return Event(id=number * 2**60 + number, received=NOVEMBER, source="s", **fields)


fields = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["view_item", "login", "purchase"]),
        "time": st.integers(0, 60).map(lambda days: NOVEMBER + days * 86_400_000),
        "actor": actors,
        "properties": st.dictionaries(names, values, max_size=4),
        "items": items,
        "others": st.lists(actors, max_size=2),
    }
)
worlds = st.lists(fields, min_size=1, max_size=12).map(
    lambda found: [make(number % 16, one) for number, one in enumerate(found)]
)


def plain(events: list[Event]) -> list[Event]:
    return [msgspec.structs.replace(event, others=[]) for event in events]


@given(worlds)
def test_tables_hold_everything(world: list[Event]) -> None:
    assert to_events(to_table(world)) == plain(world)


@given(worlds)
def test_the_form_in_the_inbox_makes_the_same_table(world: list[Event]) -> None:
    assert to_table(decode_events(encode_events(world))).equals(to_table(world))


@given(worlds, st.data())
def test_a_table_does_not_depend_on_split_and_order(world: list[Event], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(world))
    cut = data.draw(st.integers(0, len(world)))
    parts = [to_table(part) for part in (shuffled[:cut], shuffled[cut:])]
    assert to_events(sorted_events(join(parts))) == to_events(sorted_events(to_table(world)))


def stored(store: ProjectStore) -> list[Event]:
    found = [event for chunk in store.lake.events.chunks() for event in to_events(chunk.load())]
    return sorted(found, key=lambda event: event.id)


def unstamped(events: list[Event]) -> list[Event]:
    """Return events without the moment the store took them in."""
    return [structs.replace(event, received=0) for event in events]


def links(store: ProjectStore) -> set[tuple[str, str, int]]:
    earliest: dict[tuple[str, str], tuple[int, int]] = {}
    for row in store.snapshot().links().to_pylist():
        place = (int(row["time"].timestamp() * 1000), row["id"] % 2**64)
        pair = (row["a"], row["b"])
        earliest[pair] = min(place, earliest.get(pair, place))
    return {(*pair, place[1]) for pair, place in earliest.items()}


@settings(max_examples=20, deadline=None)
@given(worlds, st.data())
def test_a_project_does_not_depend_on_arrival(world: list[Event], data: st.DataObject) -> None:
    arrivals = data.draw(st.permutations(world + data.draw(st.lists(st.sampled_from(world), max_size=6))))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(arrivals)), max_size=4)))
    batches = [arrivals[start:end] for start, end in zip([0, *cuts], [*cuts, len(arrivals)], strict=True)]
    ways = data.draw(
        st.lists(st.sampled_from(["append", "flush", "bulk", "reopen", "tidy"]), min_size=len(batches))
    )
    expected = {
        (event.actor, other): min(
            (e.time, e.id) for e in world if e.actor == event.actor and other in e.others
        )
        for event in world
        for other in event.others
        if other != event.actor
    }
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        store = ProjectStore(home, store_settings(home))
        for batch, way in zip(batches, ways, strict=False):
            if way == "bulk":
                store.bulk([batch])
            else:
                store.append(batch).result()
            if way == "flush":
                store.flush()
            if way == "tidy":
                store.flush()
                store.lake.compact()
            if way == "reopen":
                store.close()
                store = ProjectStore(home, store_settings(home))
        store.flush()
        assert unstamped(stored(store)) == unstamped(sorted(plain(world), key=lambda event: event.id))
        assert store.snapshot().rows == len(world)
        assert links(store) == {(*pair, place[1]) for pair, place in expected.items()}
        store.close()
