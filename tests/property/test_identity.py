"""Laws of identity: the order of arrival does not matter, and nobody holds more than one account."""

from __future__ import annotations

import random
from functools import partial

import pytest

from tests.facts import START, Fact, links, table, world
from tidewheel.core.ids import decode_key
from tidewheel.identify.people import get, number_of
from tidewheel.identify.resolve import person_by_key, person_id, resolve
from tidewheel.store.view import Chunk, Snapshot, View


def components(snapshot: Snapshot) -> set[frozenset[str]]:
    people, names = resolve(snapshot), snapshot.actors.all()
    return {
        frozenset(names[a] for a in people.actors[people.heads[p] : people.heads[p + 1]])
        for p in range(people.count)
    }


def show(facts: list[Fact], pieces: list[list[tuple[str, str, int]]]) -> Snapshot:
    made = View(None)
    numbered = [
        Chunk(f"links-{i}", partial(links, piece), durable=False) for i, piece in enumerate(pieces) if piece
    ]
    made.replace([Chunk("events", lambda: table(facts), durable=True)], numbered)
    return made.snapshot()


@pytest.mark.parametrize("seed", range(25))
def test_people_do_not_depend_on_the_order_or_number_of_deliveries(seed: int) -> None:
    rng = random.Random(seed)
    facts, pairs = world(seed)
    pairs = [
        (a, b, time + i) for i, (a, b, time) in enumerate(pairs)
    ]  # ties are settled by event id, which is made up here
    want = components(show(facts, [pairs]))
    shuffled = rng.sample(pairs, len(pairs))
    again = [
        *shuffled[: len(pairs) // 2],
        *rng.sample(shuffled, len(pairs) // 3),
        *shuffled[len(pairs) // 2 :],
    ]
    rng.shuffle(facts)
    assert components(show(facts, [again[::2], again[1::2]])) == want


@pytest.mark.parametrize("seed", range(25))
def test_a_person_holds_at_most_one_account_and_later_links_are_refused(seed: int) -> None:
    facts, pairs = world(seed)
    snapshot = show(facts, [pairs])
    for person in components(snapshot):
        assert sum(name.startswith("user:") for name in person) <= 1
    people = resolve(snapshot)
    for a, b, in_force in zip(people.link_a, people.link_b, people.in_force, strict=True):
        if in_force:
            assert people.person_of[a] == people.person_of[b]


def test_a_shared_device_belongs_to_the_first_account_that_signed_in() -> None:
    facts = [
        Fact("page_view", START, "device:d", 1),
        Fact("purchase", START + 10, "user:a", 2, {"value": 100}),
        Fact("purchase", START + 20, "user:b", 3, {"value": 900}),
    ]
    snapshot = show(facts, [[("user:b", "device:d", START + 15), ("user:a", "device:d", START + 5)]])
    assert components(snapshot) == {frozenset({"user:a", "device:d"}), frozenset({"user:b"})}
    assert get(snapshot, "user:a").revenue == 100
    assert [(link.in_force, link.reason) for link in get(snapshot, "user:b").links] == [(False, "over_limit")]


def test_ids_of_people_are_stable_and_every_identifier_finds_them() -> None:
    facts, pairs = world(3)
    snapshot = show(facts, [pairs])
    people = resolve(snapshot)
    for person in range(people.count):
        public = person_id(snapshot, people, person)
        key = decode_key(public)
        assert key is not None
        assert person_by_key(snapshot, people, key) == person
        for name in snapshot.actors.strings(people.actors[people.heads[person] : people.heads[person + 1]]):
            assert number_of(snapshot, name) == person
