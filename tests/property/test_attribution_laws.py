"""Laws of attribution that hold for any people and any question."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.oracle.worlds import LABELS, blocks, make_world
from tidewheel.analyse.attribution.models import deal, markov, shapley
from tidewheel.analyse.contract import Context
from tidewheel.analyse.kernels.journeys import millionths
from tidewheel.analyse.oracle import Happening, World
from tidewheel.analyse.run import ANALYSES
from tidewheel.core.period import DAY, Calendar, Dates

ATTRIBUTION = ANALYSES.get("attribution")()
SPAN = Calendar().span(Dates.model_validate({"from": "2026-11-05", "to": "2026-11-12"}), 0)
CONTEXT = Context(Calendar(), SPAN, now=SPAN.end + 3 * DAY, labels=LABELS, names=(LABELS,))
SEEDS = st.integers(0, 2**32)
MODELS = ("first", "last", "last_non_direct", "linear", "position", "time_decay", "participation")
DRAWN = st.fixed_dictionaries(
    {
        "within_days": st.sampled_from([1, 3, 30]),
        "fresh": st.booleans(),
        "chain": st.booleans(),
        "again_minutes": st.sampled_from([0, 30, 600]),
        "names": st.sampled_from([1, 2, 12]),
        "half_life_days": st.sampled_from([0.1, 1.0, 30.0]),
        "position": st.sampled_from([(0.4, 0.2, 0.4), (0, 0, 1), (3, 1, 2)]),
        "breakdowns": st.sampled_from([[], [{"property": "category"}]]),
        "top": st.sampled_from([1, 3, 10]),
    }
)


def a_world(seed: int) -> World:
    """Draw people who act within twelve days."""
    world = make_world(
        random.Random(seed),
        bits=2,
        start=SPAN.start - 3 * DAY,
        hours=12 * 24,
        rows=14,
        people=10,
        names=1,
        values=1,
    )
    inside = {p: [row for row in rows if row.time < SPAN.end] for p, rows in world.people.items()}
    return replace(world, people=inside)


def ask(world: World, context: Context = CONTEXT, **options: object) -> Any:
    """Answer an attribution over a world."""
    params = ATTRIBUTION.Params.model_validate(
        {
            "touches": [{"step": {"any_of": [{"event": "a"}]}, "property": {"property": "p"}}],
            "conversion": {"any_of": [{"event": "b"}]},
            "measure": {"kind": "sum", "property": "v"},
            **options,
        }
    )
    rows = replace(world, grouped=bool(params.breakdowns))
    return ATTRIBUTION.shape(params, context, ATTRIBUTION.partial(params, context, blocks(rows)))


def whole(value: float) -> int:
    """Return a figure in millionths."""
    return round(value * 1_000_000)


def credits_of(group: Any, model: str) -> dict[str, tuple[int, int]]:
    """Return conversions and revenue of each row in millionths."""
    at = (*MODELS, "markov", "shapley").index(model)
    return {
        str(row.touch): (whole(row.credits[at].conversions), whole(row.credits[at].value))
        for row in group.rows
    }


@given(SEEDS, DRAWN)
@settings(max_examples=60, deadline=None)
def test_credits_add_up_to_the_conversions_and_the_revenue_exactly(seed: int, drawn: dict[str, Any]) -> None:
    for group in ask(a_world(seed), **drawn).groups:
        for at, model in enumerate((*MODELS, "markov", "shapley")):
            counts = sum(whole(row.credits[at].conversions) for row in group.rows)
            worths = sum(whole(row.credits[at].value) for row in group.rows)
            if model == "participation":
                assert counts >= group.conversions * 1_000_000
                continue
            assert counts == group.conversions * 1_000_000, model
            assert worths == whole(group.value), model
            if group.first_conversions is not None:
                for total, stage in (
                    (group.first_conversions, "first"),
                    (group.repeat_conversions, "repeat"),
                ):
                    parts = [getattr(row, stage)[at].conversions for row in group.rows]
                    assert sum(map(whole, parts)) == total * 1_000_000


@given(SEEDS, DRAWN)
@settings(max_examples=50, deadline=None)
def test_first_and_repeat_add_up_to_all(seed: int, drawn: dict[str, Any]) -> None:
    for group in ask(a_world(seed), **{**drawn, "chain": True}).groups:
        assert group.first_conversions + group.repeat_conversions == group.conversions
        for row in group.rows:
            for one, first, repeat in zip(row.credits, row.first, row.repeat, strict=True):
                assert whole(one.conversions) == whole(first.conversions) + whole(repeat.conversions)
                assert whole(one.value) == whole(first.value) + whole(repeat.value)
                assert max(first.people, repeat.people) <= one.people <= first.people + repeat.people


@given(SEEDS, DRAWN)
@settings(max_examples=50, deadline=None)
def test_groups_add_up_to_everyone_touch_by_touch(seed: int, drawn: dict[str, Any]) -> None:
    found = ask(a_world(seed), **{**drawn, "breakdowns": [{"property": "category"}]})
    everyone, *groups = found.groups
    for model in MODELS:
        sums: dict[str, tuple[int, int]] = dict.fromkeys(credits_of(everyone, model), (0, 0))
        for group in groups:
            for touch, (count, worth) in credits_of(group, model).items():
                sums[touch] = (sums[touch][0] + count, sums[touch][1] + worth)
        assert sums == credits_of(everyone, model)
    assert sum(group.lost for group in groups) == everyone.lost


@given(SEEDS, DRAWN)
@settings(max_examples=50, deadline=None)
def test_the_chain_does_not_change_what_is_credited_by_the_path(seed: int, drawn: dict[str, Any]) -> None:
    world = a_world(seed)
    apart, together = (ask(world, **{**drawn, "chain": chain}).groups[0] for chain in (True, False))
    for model in MODELS:
        assert credits_of(apart, model) == credits_of(together, model)
    assert apart.lengths == together.lengths
    assert apart.paths == together.paths


@given(SEEDS, DRAWN)
@settings(max_examples=50, deadline=None)
def test_no_model_by_path_gives_more_than_participation(seed: int, drawn: dict[str, Any]) -> None:
    for group in ask(a_world(seed), **drawn).groups:
        most = credits_of(group, "participation")
        for model in MODELS:
            for touch, (count, _) in credits_of(group, model).items():
                assert count <= most[touch][0]
        for row in group.rows:
            assert row.assisted >= 0
            if row.touch is not None:
                assert (row.assisted + row.last) * 1_000_000 == most[str(row.touch)][0]


@given(SEEDS, DRAWN)
@settings(max_examples=40, deadline=None)
def test_journeys_of_one_touch_are_the_same_to_every_model(seed: int, drawn: dict[str, Any]) -> None:
    world = a_world(seed)
    same = {
        p: [replace(row, names=(min(row.names[0], 1),)) for row in rows] for p, rows in world.people.items()
    }
    group = ask(replace(world, people=same), **drawn).groups[0]
    first = credits_of(group, "last")
    assert all(credits_of(group, model) == first for model in (*MODELS, "markov", "shapley"))


@given(SEEDS, DRAWN)
@settings(max_examples=40, deadline=None)
def test_lengths_and_delays_count_every_conversion(seed: int, drawn: dict[str, Any]) -> None:
    for group in ask(a_world(seed), **drawn).groups:
        assert sum(one.conversions for one in group.lengths) == group.conversions
        untouched = group.lengths[0].conversions
        assert sum(one.conversions for one in group.delays) == group.conversions - untouched
        direct = next(row for row in group.rows if row.touch is None)
        assert all(whole(one.conversions) == untouched * 1_000_000 for one in direct.credits)


@given(SEEDS, DRAWN)
@settings(max_examples=40, deadline=None)
def test_a_longer_look_back_leaves_fewer_conversions_without_a_touch(
    seed: int, drawn: dict[str, Any]
) -> None:
    world = a_world(seed)
    short, long = (ask(world, **{**drawn, "within_days": days}).groups[0] for days in (1, 10))
    assert long.lengths[0].conversions <= short.lengths[0].conversions
    assert long.conversions == short.conversions


@given(SEEDS, DRAWN)
@settings(max_examples=40, deadline=None)
def test_a_touch_after_everything_changes_only_who_was_lost(seed: int, drawn: dict[str, Any]) -> None:
    world = a_world(seed)
    late = {
        person: [*rows, Happening(SPAN.end, 1, 1, -1, (None,), 99, (), (3,))]
        for person, rows in world.people.items()
    }
    assert ask(replace(world, people=late), **drawn) == ask(world, **drawn)


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_refunds_never_raise_revenue_or_change_conversions(seed: int) -> None:
    dice = random.Random(seed)
    world = make_world(
        dice, bits=3, start=SPAN.start, hours=7 * 24, rows=12, people=8, names=1, values=2, overlap=0.1
    )
    paid = {
        p: [replace(row, values=(abs(row.values[0] or 0.0), row.values[1])) for row in rows]
        for p, rows in world.people.items()
    }
    gross = ask(replace(world, people=paid)).groups[0]
    net = ask(replace(world, people=paid), refund={"any_of": [{"event": "r"}]}).groups[0]
    assert 0 <= net.value <= gross.value
    assert net.conversions == gross.conversions


@given(st.lists(st.integers(0, 9), min_size=16, max_size=16))
@settings(max_examples=60, deadline=None)
def test_markov_shares_are_a_split_and_ignore_repeats(numbers: list[int]) -> None:
    moves = np.array(numbers, np.int64)[:15].reshape(3, 5)[:, :4].copy()
    moves[0, 2:] = 0
    moves[1:, 3] += 1  # every touch can end
    assume(moves[0].sum() > 0)
    shares = markov(moves)
    assert (shares >= -1e-12).all()
    assert shares.sum() == 0 or abs(shares.sum() - 1) < 1e-9
    again = moves.copy()
    again[1, 0] += 50
    np.testing.assert_allclose(markov(again), shares, atol=1e-9)


@given(
    st.lists(
        st.tuples(st.sets(st.integers(0, 3), min_size=1), st.integers(1, 9), st.integers(0, 9)), min_size=1
    )
)
@settings(max_examples=60, deadline=None)
def test_shapley_shares_are_a_split_and_symmetric(found: list[tuple[set[int], int, int]]) -> None:
    members = [sorted(one) for one, _, _ in found]
    journeys = np.array([lost + won for _, lost, won in found])
    won = np.array([one for _, _, one in found])
    shares = shapley(members, journeys, won, 4)
    assert (shares >= 0).all()
    assert abs(shares.sum() - (1 if won.sum() else 0)) < 1e-9
    swapped = shapley([[{0: 1, 1: 0}.get(one, one) for one in part] for part in members], journeys, won, 4)
    np.testing.assert_allclose(swapped[[1, 0, 2, 3]], shares, atol=1e-12)
    used = {one for part in members for one in part}
    assert all(shares[one] == 0 for one in set(range(4)) - used)


@given(st.integers(-(10**18), 10**18), st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_dealing_keeps_every_millionth(total: int, shares: list[float]) -> None:
    assume(sum(shares) > 0.01)
    assert sum(deal(total, shares)) == total


@given(st.integers(-(2**43), 2**43))
def test_whole_money_becomes_millionths_exactly(fen: int) -> None:
    assert millionths(np.array([float(fen)]))[0] == max(min(fen, 9 * 10**12), -9 * 10**12) * 1_000_000


@given(SEEDS, DRAWN)
@settings(max_examples=25, deadline=None)
def test_costs_return_what_they_say(seed: int, drawn: dict[str, Any]) -> None:
    costs = pa.table(
        {"day": ["2026-11-06", "2026-11-06", "2026-11-30"], "p": ["a", "zz", "a"], "cost": [400, 50, 9]}
    )
    found = ask(a_world(seed), replace(CONTEXT, tables={"costs": costs}), **{**drawn, "names": 12})
    assert found.cost == 450
    for row in found.groups[0].rows:
        assert row.cost == (400 if row.touch is not None and row.touch.name == "a" else None)
        for one in row.credits:
            assert (one.roas is None) == (row.cost is None)
            if row.cost:
                assert abs(one.roi - (one.roas - 1)) < 1e-9
                assert abs(one.roas * row.cost - one.value) < 1e-6
    assert found.cost_elsewhere in (50, 450)
