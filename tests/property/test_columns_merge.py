"""A merged segment holds what its parts held, once, in the order of runs."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tests.facts import DAY, START, Fact, split, table, world
from tidewheel.identify.people import event_at
from tidewheel.store.columns.merge import Part, merge
from tidewheel.store.columns.segment import Segment, build
from tidewheel.store.columns.strings import Interner
from tidewheel.store.view import Loaded


def held(segment: Segment, actors: np.ndarray) -> list[str]:
    loaded = Loaded("x", segment, actors, durable=True)
    events = [event_at(loaded, row) for row in range(segment.rows)]
    return sorted(
        str((e.name, e.time, e.actor, e.id, sorted(e.properties.items()), e.items, e.source)) for e in events
    )


@pytest.mark.parametrize("seed", range(20))
def test_merging_equals_building_at_once(seed: int) -> None:
    rng = random.Random(seed)
    facts, _ = world(seed, events=200)
    facts = [fact for fact in facts if START + DAY <= fact.time < START + 28 * DAY]
    if seed % 2:  # a column that few rows have, and numbers no two of which are equal
        facts += [
            Fact(
                "rare", START + DAY + n, f"user:{n % 5}", n, {"odd": "x" * n, "weight": n / 7, "at": float(n)}
            )
            for n in range(9)
        ]
    names = Interner()

    def rank(codes: np.ndarray) -> np.ndarray:
        return np.argsort(np.argsort((codes.astype(np.int64) * 7919 + 13) % 104_729))

    parts = []
    for batch in split(facts, rng):
        if batch:
            [segment] = build(table(batch), lambda actors: rank(names.codes(actors, add=True)))
            parts.append(Part(segment, names.codes(segment.actors(), add=True)))
    [(merged, codes)] = merge(parts, rank, names)
    [whole] = build(table(facts), lambda actors: rank(names.codes(actors, add=True)))
    assert held(merged, codes) == held(whole, codes)
    assert merged.actors().to_pylist() == whole.actors().to_pylist() == names.strings(codes)
    for one, other in (
        (merged.runs, whole.runs),
        (merged.id, whole.id),
        (merged.base + merged.time.astype(np.int64), whole.base + whole.time.astype(np.int64)),
    ):
        assert np.array_equal(one, other)
    assert {name: column.present() for name, column in merged.columns.items()} == {
        name: column.present() for name, column in whole.columns.items()
    }
    ranges = list(merge(parts, rank, names, rng.randrange(2, 6)))
    assert sorted(event for one, of in ranges for event in held(one, of)) == held(whole, codes)
    assert [name for _, of in ranges for name in names.strings(of)] == whole.actors().to_pylist()
    [(again, _)] = merge([Part(merged, codes)], rank, names)
    assert held(again, codes) == held(merged, codes)
