"""Rows picked because they are few are the rows that walking every person finds, in the same order."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.facts import DAY, START, split, view, world
from tidewheel.analyse.blocks import Source
from tidewheel.analyse.contract import Plan
from tidewheel.analyse.filters import Facts
from tidewheel.analyse.question import Condition, EventMatch, Step
from tidewheel.core.period import Calendar, Span
from tidewheel.identify import rare
from tidewheel.identify.gather import Gatherer
from tidewheel.identify.resolve import resolve

NAMES = ("view_item", "page_view", "purchase", "add_to_cart")


def mapper(work: Any, parts: list[Any]) -> list[Any]:
    return [work(part) for part in parts]


def steps_of(rng: random.Random) -> tuple[Step, ...]:
    tested = (Condition(property="vip", op="is", value=True),)
    return tuple(
        Step(any_of=(EventMatch(event=name, filters=tested if rng.random() < 0.3 else ()),))
        for name in rng.sample(NAMES, rng.randrange(1, 4))
    )


@pytest.mark.parametrize("seed", range(60))
def test_few_rows_are_those_a_walk_finds(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rare, "SHARE", 0)
    monkeypatch.setattr(rare, "ROOM", 7)
    rng = random.Random(seed)
    monkeypatch.setattr(rare, "WORTH", rng.choice([3, 20, 1 << 16]))
    facts, pairs = world(seed) if seed % 5 else world(seed, people=2, events=300)
    if seed % 3 == 0:  # the same moments over and over: only ids tell rows apart
        facts = [replace(fact, time=START + fact.time % 5 * DAY) for fact in facts]
    batches = split(facts, rng)
    snapshot = view(batches, pairs, durable=rng.randrange(len(batches) + 1)).snapshot()
    people = resolve(snapshot)
    span = Span(START + rng.randrange(5) * DAY, START + rng.randrange(6, 20) * DAY)
    keep = np.array([rng.random() < 0.7 for _ in range(people.count)]) if rng.random() < 0.5 else None
    source = Source(Facts(snapshot, people, Calendar()), Plan(steps_of(rng), span), (), None)
    masks = [source._mask(loaded) for loaded in snapshot.segments]
    walked = Gatherer(snapshot, people, masks, span, keep).read_all()
    found = rare.few(snapshot, people, masks, span, keep, mapper)
    assert found is not None
    ids = [loaded.segment.id for loaded in snapshot.segments]
    expected = told(walked, ids)
    got, first = [], 0
    while first < people.count:
        last = min(first + rng.randrange(1, 40), people.count)
        while first < last:
            rows, first = found.read(first, last)
            got += told(rows, ids)
    assert got == expected


def told(rows: Any, ids: list[Any]) -> list[tuple[int, ...]]:
    person = np.repeat(rows.people, np.diff(rows.offsets)).tolist()
    id_ = [int(ids[s][r]) for s, r in zip(rows.segment, rows.row, strict=True)]
    return list(zip(person, rows.time.tolist(), rows.match.tolist(), id_, strict=True))
