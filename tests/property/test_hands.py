"""Laws of devices that change hands: whose every row is agrees with plain Python, in whatever order facts arrive."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.facts import START, Fact, table
from tests.property.test_identity_rules import Row, rows
from tidewheel.analyse.verify.persons import Holders, Told, components
from tidewheel.core.identity_rules import IdentityRules
from tidewheel.core.period import HOUR
from tidewheel.identify import deciding, hands, people
from tidewheel.identify.gather import Gatherer
from tidewheel.identify.properties import ALL_TIME, history
from tidewheel.identify.rare import few
from tidewheel.identify.resolve import People, as_of, resolve
from tidewheel.store.links import earliest_links
from tidewheel.store.view import Chunk, Snapshot, View

ACCOUNTS = ["user:0", "user:1", "user:2", "unionid:0"]
DEVICES = ["device:0", "device:1", "cookie:0"]
OTHERS = ["phone:0", "openid:0"]
LAST, STRIDE = 8, HOUR // 3
STEP = st.integers(0, LAST).map(lambda step: START + step * STRIDE)
ASSERTED = st.tuples(
    st.sampled_from(ACCOUNTS), st.sampled_from(DEVICES), STEP, st.integers(-3, 3),
    st.sampled_from(["same_event", "signed_in", "signed_in"]), STEP, st.sampled_from([1.0, 1.0, 0.4]),
)  # fmt: skip
LINKED = st.tuples(
    st.sampled_from(ACCOUNTS + DEVICES + OTHERS), st.sampled_from(ACCOUNTS + DEVICES + OTHERS), STEP,
    st.integers(-3, 3), st.sampled_from(["same_event", "same_event", "manual", "undone"]), STEP, st.just(1.0),
).filter(lambda row: row[0] != row[1])  # fmt: skip
RULES = st.builds(
    lambda shared, blocked, handed, least: IdentityRules(
        types=[
            {"type": "user", "most": 1},
            {"type": "device", "shared_by": shared, "blocked": blocked, "hands_over": handed},
        ],
        least_confidence=least,
    ),
    st.sampled_from([None, None, 1, 2]),
    st.sampled_from([(), (), ("1",)]),
    st.sampled_from([None, None, True, False]),
    st.sampled_from([0.0, 0.5]),
)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(DEVICES * 3 + ACCOUNTS + OTHERS), STEP, st.sampled_from(["view_item", "purchase", "$set"])
    ),
    min_size=1,
    max_size=24,
)  # fmt: skip


def facts_of(drawn: list[tuple[str, int, str]]) -> list[Fact]:
    said: dict[str, str] = {"purchase": "value", "$set": "level"}
    return [
        Fact(name, time, actor, number, {said[name]: number} if name in said else {})
        for number, (actor, time, name) in enumerate(drawn)
    ]


def named_too(held: list[Row]) -> list[Row]:
    """Return the facts with what else comes of an event by which somebody is known to have signed in: the pair it names."""
    return [*held, *((*row[:4], "same_event", *row[5:]) for row in held if row[4] == "signed_in")]


def shown(facts: list[list[Fact]], held: list[list[Row]], rules: IdentityRules) -> Snapshot:
    view = View(None)
    view.rule(rules)
    view.replace(
        [Chunk(f"events-{n}", partial(table, own), durable=n == 0) for n, own in enumerate(facts) if own],
        [Chunk(f"links-{n}", partial(lambda own: earliest_links(rows(own)), own), durable=False) for n, own in enumerate(held)],
    )  # fmt: skip
    return view.snapshot()


def plainly(
    facts: list[Fact], held: list[Row], rules: IdentityRules, moment: int | None = None
) -> dict[int, frozenset[str]]:
    """Return the person, as the set of all identifiers, of each row by its id."""
    told = rows(held)
    groups = components(told, {fact.actor for fact in facts}, rules, moment)
    holders = Holders(Told(told, rules, moment), groups)
    whole = {group[0]: frozenset(group) for group in groups}
    return {fact.id: whole[holders.of(fact.actor, fact.time)] for fact in facts}


def named(snapshot: Snapshot, person: int) -> frozenset[str]:
    found = resolve(snapshot)
    return frozenset(snapshot.actors.strings(found.actors[found.heads[person] : found.heads[person + 1]]))


def by_rows(snapshot: Snapshot) -> dict[int, frozenset[str]]:
    """Return whose each row is, as filters, SQL and consents see it."""
    found: dict[int, frozenset[str]] = {}
    for loaded in snapshot.segments:
        every = np.arange(loaded.segment.rows)
        persons = hands.persons_of(snapshot, loaded, every).tolist()
        found |= {int(key): named(snapshot, who) for key, who in zip(loaded.segment.id, persons, strict=True)}
    return found


def gathered(snapshot: Snapshot) -> dict[int, frozenset[str]]:
    """Return whose each row is, as analyses read it."""
    masks: list[Any] = [np.ones(loaded.segment.rows, np.uint8) for loaded in snapshot.segments]
    block = Gatherer(snapshot, resolve(snapshot), masks, ALL_TIME).read_all()
    found = {}
    for place, person in enumerate(block.people.tolist()):
        for at in range(int(block.offsets[place]), int(block.offsets[place + 1])):
            key = snapshot.segments[int(block.segment[at])].segment.id[int(block.row[at])]
            assert int(key) not in found
            found[int(key)] = named(snapshot, person)
    return found


def check(snapshot: Snapshot, facts: list[Fact], want: dict[int, frozenset[str]]) -> None:
    assert by_rows(snapshot) == want
    assert gathered(snapshot) == want
    sums, found = people.totals(snapshot), resolve(snapshot)
    shown_facts = [fact for fact in facts if not fact.name.startswith("$")]
    events = Counter(want[fact.id] for fact in shown_facts)
    spent = Counter[frozenset[str]]()
    for fact in facts:
        if fact.name == "purchase":
            spent[want[fact.id]] += fact.properties["value"]
    levels: dict[frozenset[str], float] = {}
    for fact in sorted(facts, key=lambda fact: (fact.time, fact.id)):
        if fact.name == "$set":
            levels[want[fact.id]] = fact.properties["level"]
    now = history(snapshot, "level", "number").now() if levels else np.full(found.count, np.nan)
    for person in range(found.count):
        who = named(snapshot, person)
        assert int(sums.events[person]) == events[who]
        assert float(sums.revenue[person]) == spent[who]
        assert levels.get(who) == (None if np.isnan(now[person]) else now[person])
        told = people.get(snapshot, min(who))
        assert sum(one.events for one in told.details) == sum(owner == who for owner in want.values())
        line = people.timeline(snapshot, min(who), None, 100)
        assert {int(one.id, 16) for one in line.events} == {
            fact.id for fact in shown_facts if want[fact.id] == who
        }


@settings(max_examples=150, deadline=None)
@given(
    ROWS,
    st.lists(ASSERTED, max_size=10),
    st.lists(LINKED, max_size=5),
    RULES,
    st.randoms(use_true_random=False),
)
def test_whose_each_row_is_agrees_with_plain_python(
    drawn: list[tuple[str, int, str]], asserted: list[Row], linked: list[Row], rules: IdentityRules, dice: random.Random
) -> None:  # fmt: skip
    """Whatever order and pieces facts come in, and however often, now and as of every moment."""
    facts, held = facts_of(drawn), [*named_too(asserted), *linked]
    again, twice = dice.sample(facts, len(facts)), [*held, *dice.sample(held, len(held) // 2)]
    dice.shuffle(twice)
    snapshot = shown([again[::2], again[1::2]], [twice[::2], twice[1::2]], rules)
    want = plainly(facts, held, rules)
    check(snapshot, facts, want)
    repeated = shown([again[::2], again[1::2], dice.sample(facts, len(facts) // 3)], [twice], rules)
    assert by_rows(repeated) == gathered(repeated) == want
    for moment in range(START - 1, START + LAST * STRIDE + 1, 3 * STRIDE):
        then = as_of(snapshot, moment)
        assert by_rows(then) == gathered(then) == plainly(facts, held, rules, moment)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(ROWS, st.lists(st.one_of(ASSERTED, LINKED), max_size=4)), min_size=1, max_size=5),
    RULES,
    RULES,
)
def test_in_steps_and_when_rules_change(
    batches: list[tuple[list[tuple[str, int, str]], list[Row]]], rules: IdentityRules, other: IdentityRules
) -> None:  # fmt: skip
    view = View(None)
    view.rule(rules)
    drawn: list[tuple[str, int, str]] = []
    events: list[Chunk] = []
    links: list[Chunk] = []
    held: list[Row] = []
    for number, (came, asserted) in enumerate(batches):
        facts = [replace(fact, id=fact.id + len(drawn)) for fact in facts_of(came)]
        drawn += came
        asserted = named_too(asserted)  # noqa: PLW2901
        held += asserted
        events.append(Chunk(f"events-{number}", partial(table, facts), durable=True))
        links.append(
            Chunk(f"links-{number}", partial(lambda own: earliest_links(rows(own)), asserted), durable=False)
        )
        view.replace(events, links)
        if number == 2:
            view.rule(other)
        if number == 3:
            view.merge(whole=True)
        assert by_rows(view.snapshot()) == plainly(facts_of(drawn), held, view.rules)
        assert gathered(view.snapshot()) == by_rows(view.snapshot())


@pytest.mark.parametrize("seed", range(20))
def test_rows_that_are_few_are_read_alike(seed: int) -> None:
    dice = random.Random(seed)
    facts = [
        Fact(
            "purchase" if dice.random() < 0.06 else "view_item",
            START + dice.randrange(50) * STRIDE,
            dice.choice(DEVICES),
            key,
        )
        for key in range(300)
    ]
    held: list[Row] = [
        (
            dice.choice(ACCOUNTS),
            dice.choice(DEVICES),
            START + dice.randrange(50) * STRIDE,
            key,
            "signed_in",
            START,
            1.0,
        )
        for key in range(30)
    ]
    snapshot = shown([facts[::2], facts[1::2]], [named_too(held)], IdentityRules())
    masks: list[Any] = []
    for loaded in snapshot.segments:
        code = loaded.segment.names.index("purchase") if "purchase" in loaded.segment.names else -1
        masks.append((loaded.segment.event == code).astype(np.uint8))
    found = few(
        snapshot, resolve(snapshot), masks, ALL_TIME, None, lambda work, parts: list(map(work, parts))
    )
    assert found is not None
    [rows] = found.parts
    whole = Gatherer(snapshot, resolve(snapshot), masks, ALL_TIME).read_all()
    for name in ("people", "offsets", "time", "match", "segment", "row"):
        assert np.array_equal(getattr(rows, name), getattr(whole, name)), name


def parts_of(found: People) -> dict[int, list[tuple[int, int, int]]]:
    """Return who has had each device that changes hands: from when, by which account, and called by which actor."""
    steps, first = found.steps, found.first()
    return {
        int(device): [
            (int(steps.time[at]), int(steps.account[at]), int(first[steps.person[at]]))
            for at in range(int(steps.heads[place]), int(steps.heads[place + 1]))
        ]
        for place, device in enumerate(steps.devices)
    }


@settings(max_examples=150, deadline=None)
@given(
    st.lists(ASSERTED, min_size=2, max_size=14), st.lists(LINKED, max_size=4), st.lists(LINKED, max_size=3)
)
def test_a_change_tells_everybody_who_has_another_part_of_a_device(
    asserted: list[Row], linked: list[Row], decided: list[Row]
) -> None:
    facts = facts_of([(actor, START, "view_item") for actor in (*ACCOUNTS, *DEVICES, *OTHERS)])
    before = shown([facts], [[*named_too(asserted), *linked]], IdentityRules())
    after = deciding.suppose(before, rows(decided))
    old, new = parts_of(resolve(before)), parts_of(resolve(after))
    want = set()
    for device in {*old, *new}:
        if old.get(device) != new.get(device):
            want |= {device, *(account for told in (old, new) for _, account, _ in told.get(device, ()))}
    want |= {code for code in range(before.actor_count) if named_of(before, code) != named_of(after, code)}
    change = deciding.change(before, after)
    for snapshot, told in ((before, change.before), (after, change.after)):
        people_of = resolve(snapshot).person_of
        wanted = {named(snapshot, int(people_of[code])) for code in want}
        assert {frozenset(snapshot.actors.strings(codes)) for codes in told} == wanted


def named_of(snapshot: Snapshot, code: int) -> frozenset[str]:
    return named(snapshot, int(resolve(snapshot).person_of[code]))
