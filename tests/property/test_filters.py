"""Every operator of every kind agrees with the same test said in plain Python."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

import numpy as np
import pytest

from tests.facts import START, Fact, view
from tidewheel.analyse.filters import Facts, passes, people_pass
from tidewheel.analyse.question import Condition, Every, Negation, OneItem, Some, Test
from tidewheel.analyse.verify.plain import Look, holds
from tidewheel.analyse.verify.plain import passes as plain
from tidewheel.core.errors import BadInput
from tidewheel.core.period import Calendar
from tidewheel.identify.resolve import resolve

WORDS = ["ads", "直播", "a.b", "", "Ads", "live show"]
NUMBERS = [0, 1, -2.5, 300, 1e15]
DAYS = [datetime(2026, 11, day, 8, tzinfo=UTC) for day in (1, 11, 20)]
LABELS = ["x", "y", "z"]


def value_of(kind: str, rng: random.Random) -> Any:
    made: dict[str, Callable[[], Any]] = {
        "text": lambda: rng.choice(WORDS),
        "number": lambda: rng.choice(NUMBERS),
        "flag": lambda: rng.random() < 0.5,
        "time": lambda: rng.choice(DAYS),
        "list": lambda: rng.sample(LABELS, rng.randrange(0, 4)),
    }
    return made[kind]()


def condition(rng: random.Random, scope: str) -> Condition:
    kind = rng.choice(["text", "number", "flag", "time", "list"] if scope != "item" else ["text", "number"])
    name = f"{kind}_property"
    op, value = "is_set", cast("Any", None)
    if kind == "text":
        op = rng.choice(
            [
                "is",
                "is_not",
                "in",
                "not_in",
                "contains",
                "not_contains",
                "starts_with",
                "ends_with",
                "matches",
                "is_set",
                "is_not_set",
            ]
        )
        value = (
            rng.sample(WORDS, 2) if op in ("in", "not_in") else rng.choice(["ads", "直", "a.b", "^a", "s$"])
        )
    elif kind == "number":
        op = rng.choice(
            ["is", "is_not", "in", "not_in", "gt", "gte", "lt", "lte", "between", "is_set", "is_not_set"]
        )
        value = sorted(rng.sample(NUMBERS, 2)) if op in ("in", "not_in", "between") else rng.choice(NUMBERS)
    elif kind == "flag":
        op, value = rng.choice(["is", "is_not"]), rng.random() < 0.5
    elif kind == "time":
        op = rng.choice(["before", "after", "between"])
        days = [day.isoformat() for day in sorted(rng.sample(DAYS, 2))]
        value = days if op == "between" else days[0]
    else:
        op = rng.choice(["has", "has_any", "has_all", "has_none"])
        value = rng.choice(LABELS) if op == "has" else rng.sample(LABELS, 2)
    return Condition(
        property=name,
        op=op,
        value=None if op.endswith("set") else value,
        scope=scope,
        kind=kind if op.endswith("set") else None,
    )


def tree(rng: random.Random, depth: int) -> Test:
    pick = rng.random()
    if depth and pick < 0.2:
        return Every(all=tuple(tree(rng, depth - 1) for _ in range(2)))
    if depth and pick < 0.4:
        return Some(any=tuple(tree(rng, depth - 1) for _ in range(2)))
    if depth and pick < 0.5:
        return Negation(not_=tree(rng, depth - 1))
    if pick < 0.6:
        return OneItem(item=(condition(rng, "item"), condition(rng, "item")))
    return condition(rng, rng.choice(["event", "event", "person"]))


def looked_up(held: dict[str, Any], test: Condition) -> Any:
    return held.get(test.property)


def plainly(test: Test, fact: Fact, person: dict[str, Any]) -> bool:
    items: list[Look] = [partial(looked_up, item) for item in fact.items]
    return plain(
        test, lambda one: (person if one.scope == "person" else fact.properties).get(one.property), items
    )


def properties(rng: random.Random, kinds: tuple[str, ...]) -> dict[str, Any]:
    return {f"{kind}_property": value_of(kind, rng) for kind in kinds if rng.random() < 0.7}


@pytest.mark.parametrize("seed", range(30))
def test_filters_agree_with_plain_python(seed: int) -> None:
    rng = random.Random(seed)
    every = ("text", "number", "flag", "time", "list")
    people = {f"user:{number}": properties(rng, every) for number in range(8)}
    facts = [
        Fact("view", START + number, rng.choice([*people]), number, properties(rng, every), [properties(rng, ("text", "number")) for _ in range(rng.randrange(3))])
        for number in range(60)
    ]  # fmt: skip
    for fact in facts:
        fact.items = [item for item in fact.items if item]
    known = [
        Fact("$set", START - 5, actor, 900 + number, held)
        for number, (actor, held) in enumerate(people.items())
        if held
    ]
    snapshot = view([facts[:30], [*facts[30:], *known]]).snapshot()
    world = Facts(snapshot, resolve(snapshot), Calendar())
    by_id = {fact.id: fact for fact in facts}
    for _ in range(12):
        test = tree(rng, 2)
        for loaded in snapshot.segments:
            names = np.array(loaded.segment.names)
            rows = np.flatnonzero(names[loaded.segment.event] == "view")
            got = passes(world, (test,), loaded, rows)
            ids = loaded.segment.id[rows].tolist()
            assert got.tolist() == [plainly(test, by_id[one], people[by_id[one].actor]) for one in ids], test
    test = condition(rng, "person")
    names_of = snapshot.actors.all()
    got_people = people_pass(world, (test,))
    for actor, held in people.items():
        if actor in names_of:
            person = world.people.person_of[names_of.index(actor)]
            assert bool(got_people[person]) == holds(test, held.get(test.property)), test


@pytest.mark.parametrize(
    ("test", "code"),
    [
        (Condition(property="text_property", op="matches", value="("), "bad_pattern"),
        (Condition(property="number_property", op="gt", value="many"), "wrong_value"),
        (Condition(property="number_property", op="between", value=[1]), "wrong_value"),
        (Condition(property="text_property", op="contains", value=3), "wrong_value"),
        (Condition(property="time_property", op="before", value="soon"), "wrong_value"),
        (Condition(property="number_property", op="contains", value="1", kind="number"), "wrong_value"),
    ],
)
def test_a_test_that_cannot_be_meant_says_so(test: Condition, code: str) -> None:
    fact = Fact(
        "view", START, "user:1", 1, {"text_property": "a", "number_property": 1, "time_property": DAYS[0]}
    )
    snapshot = view([[fact]]).snapshot()
    world = Facts(snapshot, resolve(snapshot), Calendar())
    with pytest.raises(BadInput) as caught:
        passes(world, (test,), snapshot.segments[0], np.zeros(1, np.int64))
    assert caught.value.code == code
    assert caught.value.field is not None
