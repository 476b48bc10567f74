"""Folding links in steps equals folding all of them from nothing, whatever comes, goes, and in what order."""

from __future__ import annotations

import random
from functools import partial

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.facts import START, Fact, table
from tidewheel.identify.resolve import Resolver, resolve
from tidewheel.store.links import LINK_SCHEMA, earliest_links
from tidewheel.store.view import Chunk, Snapshot, View

Row = tuple[str, str, int, int]


def rows(given_rows: list[Row]) -> pa.Table:
    a, b, time, ids = zip(*given_rows, strict=True) if given_rows else ((), (), (), ())
    return pa.table(
        [
            pa.array(a, pa.string()),
            pa.array(b, pa.string()),
            pa.array(time, pa.timestamp("ms", "UTC")),
            pa.array(ids, pa.int64()),
            pa.array(["login"] * len(a), pa.string()),
            pa.array(["same_event"] * len(a), pa.string()),
        ],
        names=LINK_SCHEMA.names[:6],
    )


def same_as_from_nothing(snapshot: Snapshot) -> None:
    stepped, whole = resolve(snapshot), Resolver().people(snapshot)
    assert stepped.count == whole.count
    for name in ("person_of", "heads", "actors", "link_a", "link_b", "in_force"):
        assert np.array_equal(getattr(stepped, name), getattr(whole, name)), name


ENDS = st.sampled_from(
    [f"{kind}:{n}" for kind in ("user", "phone", "device", "cookie", "unionid") for n in range(4)]
)
ROW = st.tuples(ENDS, ENDS, st.integers(0, 6).map(lambda step: START + step), st.integers(-3, 3))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.lists(ROW, max_size=6), st.integers(0, 5)), min_size=1, max_size=8))
def test_any_links_in_any_batches(batches: list[tuple[list[Row], int]]) -> None:
    """Batches come one by one; now and then some are merged into one, as the tail and compaction do, or taken away."""
    view = View(None)
    shown: dict[str, list[Row]] = {}
    for number, (batch, act) in enumerate(batches):
        shown[f"links-{number}"] = batch
        if act == 1 and len(shown) > 1:
            merged = [row for key in list(shown)[:2] for row in shown.pop(key)]
            shown[f"merged-{number}"] = merged
        if act == 2:
            del shown[next(iter(shown))]
        chunks = [
            Chunk(key, partial(lambda held: earliest_links(rows(held)), held), durable=False)
            for key, held in shown.items()
        ]
        view.replace([], chunks)
        if act != 3:  # some snapshots are never asked
            same_as_from_nothing(view.snapshot())
    same_as_from_nothing(view.snapshot())


@pytest.mark.parametrize("seed", range(10))
def test_many_links_with_new_actors_and_late_ones(seed: int) -> None:
    rng = random.Random(seed)
    view = View(None)
    chunks: list[Chunk] = []
    events: list[Chunk] = []
    for number in range(30):
        batch = [
            (
                f"user:{rng.randrange(60)}" if rng.random() < 0.7 else f"phone:{rng.randrange(60)}",
                f"device:{rng.randrange(20 * (number + 1))}",
                START + number * 1000 - (rng.randrange(20_000) if rng.random() < 0.2 else 0),
                rng.getrandbits(40),
            )
            for _ in range(rng.randrange(40))
        ]
        facts = [Fact("page_view", START, f"cookie:{number}-{k}", k) for k in range(rng.randrange(3))]
        chunks.append(Chunk(f"links-{number}", partial(rows, batch), durable=False))
        if facts:
            events.append(Chunk(f"events-{number}", partial(table, facts), durable=False))
        view.replace(events, chunks)
        same_as_from_nothing(view.snapshot())


def test_a_snapshot_older_than_the_last_one_asked_has_its_own_people() -> None:
    view = View(None)
    first = Chunk("a", lambda: rows([("user:1", "device:1", START + 5, 1)]), durable=False)
    second = Chunk("b", lambda: rows([("user:2", "device:1", START, 2)]), durable=False)
    view.replace([], [first])
    old = view.snapshot()
    view.replace([], [first, second])
    same_as_from_nothing(view.snapshot())
    same_as_from_nothing(old)
    names = old.actors.all()
    assert resolve(old).person_of[names.index("user:1")] == resolve(old).person_of[names.index("device:1")]
    late = resolve(view.snapshot())
    assert late.person_of[names.index("user:1")] != late.person_of[names.index("device:1")]
