"""Shards are dealt to workers so that few of them move."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewheel.analyse.spread import assign, batches

SHARDS = 64
CREWS = st.dictionaries(
    st.text("abcdef0123456789", min_size=4, max_size=8), st.integers(1, 64), min_size=1, max_size=12
)


def holder(dealt: dict[str, list[int]]) -> dict[int, str]:
    return {shard: worker for worker, shards in dealt.items() for shard in shards}


@given(CREWS)
def test_every_shard_has_one_worker(crew: dict[str, int]) -> None:
    dealt = assign(SHARDS, crew)
    assert sorted(shard for shards in dealt.values() for shard in shards) == list(range(SHARDS))
    assert set(dealt) == set(crew)


@given(CREWS, st.integers(1, 64))
def test_a_new_worker_takes_shards_and_moves_no_others(crew: dict[str, int], weight: int) -> None:
    before, after = holder(assign(SHARDS, crew)), holder(assign(SHARDS, {**crew, "new worker": weight}))
    assert all(after[shard] in (before[shard], "new worker") for shard in range(SHARDS))


@given(CREWS)
def test_a_worker_that_leaves_gives_away_its_own_alone(crew: dict[str, int]) -> None:
    gone = min(crew)
    rest = {worker: weight for worker, weight in crew.items() if worker != gone}
    if rest:
        before, after = holder(assign(SHARDS, crew)), holder(assign(SHARDS, rest))
        assert all(before[shard] in (after[shard], gone) for shard in range(SHARDS))


@pytest.mark.parametrize("workers", [2, 3, 5])
def test_shares_follow_weights(workers: int) -> None:
    crew = {f"node-{number}": 1.0 + number for number in range(workers)}
    dealt = assign(20_000, crew)
    for worker, weight in crew.items():
        assert len(dealt[worker]) / 20_000 == pytest.approx(weight / sum(crew.values()), abs=0.02)


def test_batches_hold_every_shard_once() -> None:
    assert batches([5, 1, 9], 2) == [[5, 1], [9]]
    assert batches([5], 4) == [[5]]
    assert batches([], 4) == []
