"""Laws of links, rules and decisions: the engine agrees with plain Python, in steps and from nothing, now and as of any moment."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.facts import START
from tests.property.test_identity import components
from tidewheel.analyse.verify import persons
from tidewheel.core.identity_rules import DEFAULT_RULES, IdentityRules
from tidewheel.identify.resolve import Resolver, as_of, resolve
from tidewheel.store.links import earliest_links, link_table
from tidewheel.store.view import Chunk, Snapshot, View

Row = tuple[str, str, int, int, str, int, float]
ENDS = st.sampled_from(
    [f"{kind}:{n}" for kind in ("user", "phone", "device", "cookie", "unionid") for n in range(3)]
)
STEP = st.integers(0, 6).map(lambda step: START + step)
ROW = st.tuples(
    ENDS,
    ENDS,
    STEP,
    st.integers(-3, 3),
    st.sampled_from(["same_event"] * 4 + ["manual", "undone"]),
    STEP,
    st.sampled_from([1.0, 1.0, 0.4]),
).filter(lambda row: row[0] != row[1])
RULES = st.builds(
    lambda most, shared, blocked, pattern, size, least: IdentityRules(
        types=[
            {"type": "user", "most": most},
            {"type": "device", "shared_by": shared, "blocked": blocked},
            {"type": "phone", "most": 2, "patterns": pattern},
        ],
        most_identifiers=size,
        least_confidence=least,
    ),
    st.sampled_from([1, 2, None]),
    st.sampled_from([None, 1, 2]),
    st.sampled_from([(), ("1",)]),
    st.sampled_from([(), ("[01]",)]),
    st.sampled_from([3, 5, 500]),
    st.sampled_from([0.0, 0.5]),
)


def rows(held: list[Row]) -> pa.Table:
    names = ("a", "b", "time", "id", "rule", "received", "confidence")
    columns: dict[str, Any] = dict(zip(names, zip(*held, strict=True) if held else ((),) * 7, strict=True))
    moment = pa.timestamp("ms", "UTC")
    return link_table(
        pa.table(
            {
                "a": pa.array(columns["a"], pa.string()),
                "b": pa.array(columns["b"], pa.string()),
                "time": pa.array(columns["time"], moment),
                "id": pa.array(columns["id"], pa.int64()),
                "source": pa.array(["login"] * len(held), pa.string()),
                "rule": pa.array(columns["rule"], pa.string()),
                "received": pa.array(columns["received"], moment),
                "confidence": pa.array(columns["confidence"], pa.float64()),
            }
        )
    )


def shown(pieces: list[list[Row]], rules: IdentityRules = DEFAULT_RULES) -> Snapshot:
    view = View(None)
    view.rule(rules)
    view.replace(
        [], [Chunk(f"links-{n}", partial(rows, held), durable=False) for n, held in enumerate(pieces)]
    )
    return view.snapshot()


def plain(held: list[Row], rules: IdentityRules, moment: int | None = None) -> set[frozenset[str]]:
    names = {end for row in held for end in row[:2]}
    return {frozenset(group) for group in persons.components(rows(held), names, rules, moment)}


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.tuples(st.lists(ROW, max_size=6), st.integers(0, 5)), min_size=1, max_size=6), RULES, RULES
)
def test_in_steps_from_nothing_and_in_plain_python(
    batches: list[tuple[list[Row], int]], rules: IdentityRules, other: IdentityRules
) -> None:
    """Batches come, are merged, go; now and then the rules change, and everybody is who the rules now say."""
    view = View(None)
    view.rule(rules)
    held: dict[str, list[Row]] = {}
    for number, (batch, act) in enumerate(batches):
        held[f"links-{number}"] = batch
        if act == 1 and len(held) > 1:
            held[f"merged-{number}"] = [row for key in list(held)[:2] for row in held.pop(key)]
        if act == 2:
            del held[next(iter(held))]
        if act == 3:
            view.rule(other if view.rules is rules else rules)
        view.replace(
            [],
            [
                Chunk(key, partial(lambda own: earliest_links(rows(own)), own), durable=False)
                for key, own in held.items()
            ],
        )
        every = [row for own in held.values() for row in own]
        snapshot = view.snapshot()
        named = {end for row in every for end in row[:2]}
        stepped = {frozenset(group & named) for group in components(snapshot)} - {frozenset()}
        assert stepped == plain(every, view.rules)
        whole = replace(snapshot, memo={"people": Resolver().people(snapshot)})
        assert components(whole) == components(snapshot)
    for moment in range(START - 1, START + 7):
        then = {frozenset(group & named) for group in components(as_of(snapshot, moment))} - {frozenset()}
        assert then == plain(every, view.rules, moment)


def test_a_decision_that_is_gone_leaves_nothing_behind() -> None:
    """An undoing of a pair that no fact names is taken back: nobody has joined the two, so they stay two."""
    row: Row = ("user:0", "user:1", START, 0, "undone", START, 1.0)
    view = View(None)
    view.rule(IdentityRules(types=[{"type": "user", "most": 2}]))
    for held in ([row], []):
        view.replace(
            [],
            [Chunk("undone", partial(lambda own: earliest_links(rows(own)), held), durable=False)]
            if held
            else [],
        )
        assert components(view.snapshot()) == {frozenset({"user:0"}), frozenset({"user:1"})}


@pytest.mark.parametrize("seed", range(30))
def test_order_and_repetition_change_nothing(seed: int) -> None:
    rng = random.Random(seed)
    held = chance(rng, 40)
    again = [*rng.sample(held, len(held)), *rng.sample(held, len(held) // 2)]
    rules = IdentityRules(types=[{"type": "user", "most": 1}, {"type": "device", "shared_by": 2}])
    assert components(shown([again[::3], again[1::3], again[2::3]], rules)) == components(
        shown([held], rules)
    )


@pytest.mark.parametrize("seed", range(30))
def test_undoing_a_merge_gives_back_who_was_who(seed: int) -> None:
    """Whoever is linked by hand, undoing that link leaves the persons as they were; undoing it again changes nothing."""
    rng = random.Random(seed)
    held = chance(rng, 40)
    before = shown([held])
    names = before.actors.all()
    people = resolve(before)
    pairs = [
        (a, b)
        for a in names
        for b in names
        if people.person_of[names.index(a)] != people.person_of[names.index(b)]
    ]
    for a, b in rng.sample(pairs, min(4, len(pairs))):
        merge: Row = (a, b, START + 50, 1, "manual", START + 50, 1.0)
        undo: Row = (b, a, START + 60, 2, "undone", START + 60, 1.0)
        redo: Row = (a, b, START + 70, 3, "undone", START + 70, 1.0)
        merged = components(shown([held, [merge]]))
        assert any({a, b} <= group for group in merged)
        assert components(shown([held, [merge], [undo]])) == components(before)
        assert components(shown([held, [merge, undo, redo]])) == components(before)
        assert components(as_of(shown([held, [merge], [undo]]), START + 55)) == merged


@pytest.mark.parametrize("seed", range(30))
def test_an_undone_pair_stays_apart_whatever_events_say_until_it_is_linked_again(seed: int) -> None:
    rng = random.Random(seed)
    a, b = "device:x", "user:x"
    said: Row = (b, a, START + 1, 1, "same_event", START + 1, 1.0)
    undone: Row = (a, b, START + 2, 2, "undone", START + 2, 1.0)
    again: Row = (b, a, START + 3, 3, "same_event", START + 3, 1.0)
    earlier: Row = (b, a, START, 4, "same_event", START + 4, 1.0)
    linked: Row = (a, b, START + 9, 5, "manual", START + 9, 1.0)
    facts = rng.sample([said, undone, again, earlier], 4)
    assert components(shown([facts])) == {frozenset({a}), frozenset({b})}
    assert components(shown([[*facts, linked]])) == {frozenset({a, b})}
    assert components(shown([[*facts, linked, (a, b, START + 10, 6, "undone", START + 10, 1.0)]])) == {
        frozenset({a}),
        frozenset({b}),
    }


def chance(rng: random.Random, count: int) -> list[Row]:
    def end() -> str:
        return f"{rng.choice(['user', 'phone', 'device', 'cookie'])}:{rng.randrange(8)}"

    made = [
        (
            end(),
            end(),
            START + rng.randrange(20),
            rng.randrange(9),
            "same_event",
            START + rng.randrange(30),
            1.0,
        )
        for _ in range(count)
    ]
    return [row for row in made if row[0] != row[1]]
