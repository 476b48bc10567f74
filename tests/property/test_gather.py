"""Gathering agrees with a plain loop over all facts, whatever the batches, order and repeats."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from tests.facts import DAY, START, Fact, links, split, view, world
from tidewheel.analyse.blocks import Source
from tidewheel.analyse.contract import Plan, Ragged
from tidewheel.analyse.executors.threads import Threads
from tidewheel.analyse.filters import Facts
from tidewheel.analyse.question import Breakdown, Condition, EventMatch, OneItem, PeopleFilter, Some, Step
from tidewheel.analyse.verify.persons import Holders, Told
from tidewheel.core.period import Calendar, Span
from tidewheel.identify.resolve import resolve
from tidewheel.store.links import link_table

THREADS = Threads(2)


def plain_components(facts: list[Fact], pairs: list[tuple[str, str, int]]) -> dict[str, frozenset[str]]:
    """Join identifiers in time order; a person has at most one user."""
    group = {
        actor: frozenset([actor])
        for actor in {f.actor for f in facts} | {end for a, b, _ in pairs for end in (a, b)}
    }
    ordered = sorted(enumerate(pairs), key=lambda entry: (entry[1][2], entry[0]))
    for _, (a, b, _) in ordered:
        joined = group[a] | group[b]
        if sum(name.startswith("user:") for name in joined) <= 1:
            for name in joined:
                group[name] = joined
    return group


def step(*matches: EventMatch) -> Step:
    return Step(any_of=matches)


def run(seed: int) -> None:
    rng = random.Random(seed)
    facts, pairs = world(seed)
    batches = split(facts, rng)
    snapshot = view(batches, pairs, durable=rng.randrange(len(batches) + 1)).snapshot()
    people = resolve(snapshot)
    group = plain_components(facts, pairs)
    span = Span(START + 3 * DAY, START + 17 * DAY)
    gold = Condition(property="level", op="is", value="gold", scope="person", when="event")
    steps = (
        step(EventMatch(event="view_item"), EventMatch(event="page_view", filters=(Condition(property="vip", op="is", value=True),))),
        step(EventMatch(event="purchase", filters=(Some(any=(Condition(property="channel", op="in", value=["ads", "直播"]), gold)),))),
        step(EventMatch(event="add_to_cart", filters=(OneItem(item=(Condition(property="price", op="gte", value=500, scope="item"), Condition(property="item_id", op="is", value="sku1", scope="item"))),))),
    )  # fmt: skip
    plan = Plan(
        steps,
        span,
        group=(Breakdown(property="channel"), Breakdown(property="level", scope="person", when="event")),
        key=(Breakdown(property="item_id", scope="item"),),
        values=(Breakdown(property="value"), Breakdown(property="price", scope="item")),
        sessions=rng.random() < 0.5,
        session_gap=900,
    )
    who = (
        PeopleFilter(filters=(Condition(property="age", op="lt", value=40, scope="person"),))
        if rng.random() < 0.3
        else None
    )
    source = Source(Facts(snapshot, people, Calendar()), plan, (), who)
    source.ready(THREADS.map)
    names = snapshot.actors.all()
    got: dict[frozenset[str], list[Any]] = {}
    for first, last in THREADS.shards(people.count):
        for block, _ in source.blocks(first, last):
            assert isinstance(block.group, np.ndarray)
            assert isinstance(block.key, Ragged)
            assert isinstance(block.values[1], Ragged)
            for p in range(len(block.people)):
                person = int(block.people[p])
                ids = frozenset(
                    names[a] for a in people.actors[people.heads[person] : people.heads[person + 1]]
                )
                for i in range(int(block.offsets[p]), int(block.offsets[p + 1])):
                    keys = block.key.values[block.key.offsets[i] : block.key.offsets[i + 1]].tolist()
                    prices = (
                        block.values[1]
                        .values[block.values[1].offsets[i] : block.values[1].offsets[i + 1]]
                        .tolist()
                    )
                    value = float(block.values[0][i])  # type: ignore[index]
                    got.setdefault(ids, []).append(
                        (
                            int(block.time[i]),
                            int(block.match[i]),
                            tuple(source.labels.of(int(block.group[i]))),
                            None if np.isnan(value) else value,
                            [words(snapshot, code) for code in keys],
                            [None if np.isnan(price) else price for price in prices],
                            int(block.session[i]) if block.session is not None else None,
                        )
                    )
    holders = Holders(Told(link_table(links(pairs))), [sorted(one) for one in set(group.values())])
    whole = {fact.id: group[holders.of(fact.actor, fact.time)] for fact in facts}
    assert got == plain(facts, whole, span, who is not None, plan.sessions)


def words(snapshot: Any, code: int) -> str | None:
    return None if code < 0 else snapshot.interner("s_item_id").strings(np.array([code - 1]))[0]


def plain(
    facts: list[Fact], group: dict[int, frozenset[str]], span: Span, young: bool, sessions: bool
) -> dict[frozenset[str], list[Any]]:
    found: dict[frozenset[str], list[Any]] = {}
    streams: dict[frozenset[str], dict[tuple[int, int], Fact]] = {}
    for fact in facts:
        streams.setdefault(group[fact.id], {})[(fact.time, fact.id)] = fact
    for person, stream in streams.items():
        level: str | None = None
        age: float | None = None
        ordered = [stream[key] for key in sorted(stream)]
        for fact in ordered:
            if fact.name == "$set":
                age = fact.properties["age"]
        if young and not (age is not None and age < 40):
            continue
        session, before = 0, None
        for fact in ordered:
            levels = [f.properties["level"] for f in ordered if f.name == "$set" and f.time <= fact.time]
            level = levels[-1] if levels else None
            if fact.name.startswith("$") or not span.start <= fact.time < span.end:
                continue
            if before is not None and fact.time - before > 900:
                session += 1
            before = fact.time
            match = 0
            if fact.name == "view_item" or (fact.name == "page_view" and fact.properties.get("vip") is True):
                match |= 1
            if fact.name == "purchase" and (
                fact.properties.get("channel") in ("ads", "直播") or level == "gold"
            ):
                match |= 2
            if fact.name == "add_to_cart" and any(
                i["price"] >= 500 and i["item_id"] == "sku1" for i in fact.items
            ):
                match |= 4
            if match:
                found.setdefault(person, []).append(
                    (
                        fact.time, match, (fact.properties.get("channel"), level), fact.properties.get("value"),
                        [i["item_id"] for i in fact.items], [i["price"] for i in fact.items], session if sessions else None,
                    )
                )  # fmt: skip
    return found


@pytest.mark.parametrize("seed", range(40))
def test_gathered_rows_equal_a_plain_loop(seed: int) -> None:
    run(seed)
