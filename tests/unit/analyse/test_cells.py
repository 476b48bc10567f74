"""Tables that add up the same whether their keys lie close together or far apart."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import reduce

import numpy as np
import pytest

from tests.oracle.worlds import LABELS, NAMES, blocks, make_world, whole
from tidewheel.analyse.contract import Context, Ints, Labels, Ragged
from tidewheel.analyse.executors.threads import WORTH, Threads
from tidewheel.analyse.kernels import cells
from tidewheel.analyse.kernels.buckets import numbered
from tidewheel.analyse.kernels.cells import Loose, alike, exact, no_cells, occurrences, ranked, real, tally
from tidewheel.analyse.kernels.samples import by_cell
from tidewheel.analyse.kinds.retention import Retention, RetentionParams
from tidewheel.analyse.kinds.trends import Trends
from tidewheel.analyse.trends_question import TrendsParams
from tidewheel.core.period import DAY, Calendar, Dates, Grain

SPAN = Calendar().span(Dates.model_validate({"from": "2026-11-01", "to": "2026-11-07"}), 0)
CONTEXT = Context(Calendar(), SPAN, now=SPAN.end + DAY, labels=LABELS)
FAR = 10**7


@pytest.mark.parametrize("apart", [1, 10**9])
def test_tally_and_merge(apart: int) -> None:
    keys = whole([3, 1, 3]) * apart
    cells = tally(keys, np.array([[1, 2, 3], [10, 20, 30]]))
    assert cells.keys.tolist() == [apart, 3 * apart]
    assert cells.columns.tolist() == [[2, 4], [20, 40]]
    both = cells.merge(tally(whole([2 * apart]), np.array([[7], [7]]))).merge(no_cells(2))
    assert both.keys.tolist() == [apart, 2 * apart, 3 * apart]
    assert both.between(2 * apart, 4 * apart)[0].tolist() == [0, apart]
    assert occurrences(keys).columns.tolist() == [[1, 2]]
    assert ranked(keys)[1].tolist() == [1, 0, 1]


@pytest.mark.parametrize("seed", range(20))
def test_hashes_are_told_apart_as_by_sorting(seed: int) -> None:
    rng = np.random.default_rng(seed)
    few = rng.integers(-(2**63), 2**63 - 1, rng.integers(1, 40))
    keys = rng.choice(few, rng.integers(0, 200)) & (
        -1 if seed % 2 else ~0xFFFF
    )  # the low bits may all be alike
    _, first, place = np.unique(keys, return_index=True, return_inverse=True)
    got = alike(keys)
    assert got[0].tolist() == first.tolist()
    assert got[1].tolist() == place.tolist()


@pytest.mark.parametrize("seed", range(20))
def test_samples_are_each_cells_numbers_in_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = int(rng.integers(0, 300))
    cell, values = rng.integers(0, 6, size), rng.integers(-20, 20, size) / 4
    counts = rng.integers(1, 2 if seed % 2 else 5, size)
    for number, sample in enumerate(by_cell(cell, values, counts, 7)):
        own = np.sort(np.repeat(values[cell == number], counts[cell == number]))
        assert np.repeat(sample.values, sample.counts).tolist() == own.tolist()
        assert sample.size == own.size
        assert sample.total == own.sum()
        for share in (0, 10, 50, 99, 100) if own.size else ():
            assert sample.at(share) == pytest.approx([np.percentile(own, share)])


def test_few_rows_are_cut_into_few_ranges() -> None:
    threads = Threads(4)
    for rows, ranges in ((None, 32), (0, 1), (WORTH - 1, 1), (3 * WORTH, 3), (10**9, 32)):
        cut = threads.shards(100_000, rows)
        assert len(cut) == ranges
        assert [*cut[0][:1], *(end for _, end in cut)] == [*(begin for begin, _ in cut), 100_000]
    threads.close()


def test_real_numbers_survive_as_integers() -> None:
    values = np.array([1.5, -1.5, 0.25, 2.0**53, -(2.0**53), 1e300])
    assert real(*exact(values)).tolist() == [1.5, -1.5, 0.25, 2.0**53, -(2.0**53), 2.0**53]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
@pytest.mark.parametrize("grain", ["hour", "day", "week", "month"])
def test_buckets_are_those_of_a_search(zone: str, grain: Grain) -> None:
    calendar = Calendar(zone)
    cuts = calendar.edges(
        calendar.span(Dates.model_validate({"from": "2026-02-20", "to": "2026-04-02"}), 0), grain
    )
    spread = np.random.default_rng(1).integers(cuts[0] - DAY, cuts[-1], 2000)
    time: Ints = np.concatenate([cuts[:-1], cuts[1:] - 1, spread])
    assert (numbered(cuts, time) == np.searchsorted(cuts, time, side="right") - 1).all()
    later = int(cuts[0]) + 3_600_000
    assert ((numbered(cuts, time, later) == -1) == (time < later)).all()


@pytest.mark.parametrize("ragged", [False, True])
def test_codes_far_apart_change_nothing(ragged: bool) -> None:
    world = make_world(random.Random(7), bits=2, start=SPAN.start, hours=160, people=30, ragged_group=ragged)
    near = blocks(world)
    group = near.group
    assert group is not None
    far = replace(
        near, group=Ragged(group.offsets, group.values * FAR) if isinstance(group, Ragged) else group * FAR
    )
    spread = replace(CONTEXT, labels=Labels(tables=(NAMES,), strides=(FAR,)))
    step = {"any_of": [{"event": "e"}]}
    question = {"breakdowns": [{"property": "c"}], "top": 2}
    trends, retention = Trends(), Retention()
    asked = TrendsParams.model_validate(
        {"series": [{"step": step, "measure": {"kind": "people"}}] * 2, **question}
    )
    one, two = (trends.partial(asked, context, block) for context, block in ((CONTEXT, near), (spread, far)))
    assert trends.shape(asked, CONTEXT, one) == trends.shape(asked, spread, two)
    table = RetentionParams.model_validate({"start": step, "back": step, **question})
    a, b = (retention.partial(table, context, block) for context, block in ((CONTEXT, near), (spread, far)))
    assert retention.shape(table, CONTEXT, a) == retention.shape(table, spread, b)


@pytest.mark.parametrize("many", [1, 10, 10**6])
def test_loose_keys_are_counted_alike_however_they_are_put_together(
    many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cells, "MANY", many)
    rng = np.random.default_rng(many)
    parts = [rng.integers(0, 9, rng.integers(0, 12)) for _ in range(8)]
    loose = [Loose((part,)) for part in parts]
    expected = occurrences(np.concatenate(parts))
    for found in (reduce(Loose.merge, loose, Loose()), Loose().merge(reduce(lambda a, b: b.merge(a), loose))):
        assert found.whole().keys.tolist() == expected.keys.tolist()
        assert found.whole().columns.tolist() == expected.columns.tolist()
    assert not Loose().whole().keys.size
