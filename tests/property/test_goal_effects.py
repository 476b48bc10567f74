"""Laws of sharing a change out: it adds up exactly, nothing comes of nothing, order and unit do not matter."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidewheel.analyse.goals.effects import (
    Effect,
    Pair,
    added,
    blended,
    logarithmic_mean,
    multiplied,
    settled,
    whole,
)

ANY = st.fractions(-1000, 1000, max_denominator=50)
ABOVE = st.fractions(Fraction(1, 50), 1000, max_denominator=50)
AMOUNT = st.integers(0, 5000).map(Fraction)


def pairs(values: st.SearchStrategy[Fraction]) -> st.SearchStrategy[list[tuple[Fraction, Fraction]]]:
    return st.lists(st.tuples(values, values), min_size=1, max_size=6)


def total(effects: list[Effect]) -> Fraction:
    return sum((one.gain for one in effects), Fraction(0))


@given(pairs(ANY), st.data())
def test_a_sum(parts: list[tuple[Fraction, Fraction]], data: st.DataObject) -> None:
    then, now = [a for a, _ in parts], [b for _, b in parts]
    weights = data.draw(st.lists(ANY, min_size=len(parts), max_size=len(parts)))
    effects = added(weights, then, now)
    assert total(effects) == sum(w * (b - a) for w, a, b in zip(weights, then, now, strict=True))
    assert all(one.gain == 0 for one in added(weights, then, then))


@given(pairs(ABOVE))
def test_a_product_of_what_is_above_zero(parts: list[tuple[Fraction, Fraction]]) -> None:
    then, now = [a for a, _ in parts], [b for _, b in parts]
    method, effects = multiplied(then, now)
    assert method == "lmdi"
    assert total(effects) == math.prod(now) - math.prod(then)
    for (a, b), one in zip(parts, effects, strict=True):
        assert one.gain == one.rate * (b - a)
        assert (one.gain > 0) == (b > a)
    back = multiplied(now, then)[1]
    for one, other in zip(effects, back, strict=True):
        assert float(one.gain) == pytest.approx(-float(other.gain), rel=1e-9, abs=1e-9)


@given(pairs(ANY))
def test_any_product(parts: list[tuple[Fraction, Fraction]]) -> None:
    then, now = [a for a, _ in parts], [b for _, b in parts]
    effects = multiplied(then, now)[1]
    assert total(effects) == math.prod(now) - math.prod(then)
    assert all(one.gain == 0 for one in multiplied(then, then)[1])
    turned = multiplied(then[::-1], now[::-1])[1]
    assert [one.gain for one in turned[::-1]] == [one.gain for one in effects]


@given(pairs(ANY), ABOVE)
def test_another_unit_of_a_factor_scales_all(parts: list[tuple[Fraction, Fraction]], unit: Fraction) -> None:
    then, now = [a for a, _ in parts], [b for _, b in parts]
    effects = multiplied(then, now)[1]
    scaled = multiplied([unit * then[0], *then[1:]], [unit * now[0], *now[1:]])[1]
    for one, other in zip(effects, scaled, strict=True):
        assert float(other.gain) == pytest.approx(float(unit * one.gain), rel=1e-9, abs=1e-9)


@given(st.lists(st.tuples(ANY, ANY), min_size=1, max_size=5))
@settings(max_examples=60)
def test_shapley_is_the_mean_over_all_orders(parts: list[tuple[Fraction, Fraction]]) -> None:
    parts[0] = (Fraction(0), parts[0][1])
    then, now = [a for a, _ in parts], [b for _, b in parts]
    method, effects = multiplied(then, now)
    assert method == "shapley"
    gains = [Fraction(0)] * len(parts)
    orders = list(permutations(range(len(parts))))
    for order in orders:
        held = list(then)
        for place in order:
            before = math.prod(held)
            held[place] = now[place]
            gains[place] += math.prod(held) - before
    assert [one.gain for one in effects] == [gain / len(orders) for gain in gains]


@given(st.lists(st.tuples(AMOUNT, AMOUNT, AMOUNT, AMOUNT), min_size=1, max_size=7))
def test_a_ratio_by_parts_that_cover_it(rows: list[tuple[Fraction, ...]]) -> None:
    then = [Pair(a if b else Fraction(0), b) for a, b, _, _ in rows]
    now = [Pair(c if d else Fraction(0), d) for _, _, c, d in rows]
    before, after = (
        Pair(sum((one.top for one in held), Fraction(0)), sum((one.bottom for one in held), Fraction(0)))
        for held in (then, now)
    )
    if not before.bottom or not after.bottom:
        return
    effects = blended(then, now, before, after)
    assert total(effects) == after.top / after.bottom - before.top / before.bottom
    assert all(one.gain == 0 for one in blended(then, then, before, before))


def test_the_rate_of_every_part_the_same_leaves_the_mix_only() -> None:
    """Simpson's case: both parts convert no better, the whole does, as more come by the better one."""
    then, now = [Pair(Fraction(90), Fraction(300)), Pair(Fraction(10), Fraction(100))], [
        Pair(Fraction(60), Fraction(200)),
        Pair(Fraction(20), Fraction(200)),
    ]  # fmt: skip
    effects = blended(then, now, Pair(Fraction(100), Fraction(400)), Pair(Fraction(80), Fraction(400)))
    assert [one.within for one in effects] == [0, 0]
    assert sum(one.mix for one in effects) == Fraction(80, 400) - Fraction(100, 400)


@given(st.lists(ANY, min_size=1, max_size=9))
def test_whole_amounts_add_up_and_are_near(amounts: list[Fraction]) -> None:
    exact = sum(amounts, Fraction(0))
    for goal in {math.floor(exact), math.ceil(exact)}:
        found = whole(goal, amounts)
        assert sum(found) == goal
        assert all(abs(one - amount) < 1 for one, amount in zip(found, amounts, strict=True))


@given(pairs(ANY), ANY)
def test_the_residual_is_what_is_left(parts: list[tuple[Fraction, Fraction]], change: Fraction) -> None:
    effects = added([Fraction(1)] * len(parts), [a for a, _ in parts], [b for _, b in parts])
    told, residual = settled(effects, change, abs(change))
    assert total(told) + residual == change


def test_published_figures() -> None:
    """Two sectors of three factors each, from the worked example of M. K. Heun's LMDIR after Ang, Zhang and Choi
    (Energy 23, 1998), to the eight digits that are printed there."""
    years = {
        (1971, 1972): (
            ((1, 10, 2), (4, 5, 3), (50.47438029, -25.23719014, 14.76280986)),
            ((4, 5, 3), (5, 6, 4), (19.31568569, 15.78206435, 24.90224996)),
        ),
        (1972, 1973): (
            ((4, 5, 3), (8, 2, 4), (42.96021467, -56.79031473, 17.83010006)),
            ((5, 6, 4), (5, 7, 5), (0, 22.47128816, 32.52871184)),
        ),
        (1973, 1974): (
            ((8, 2, 4), (10, 1, 5), (12.6549815, -39.30996299, 12.6549815)),
            ((5, 7, 5), (6, 8, 6), (41.35566084, 30.28867832, 41.35566084)),
        ),
    }
    for sectors in years.values():
        for then, now, expected in sectors:
            _, effects = multiplied([Fraction(one) for one in then], [Fraction(one) for one in now])
            assert [float(one.gain) for one in effects] == pytest.approx(expected, abs=5e-8)


def test_the_logarithmic_mean_lies_between_the_geometric_and_the_arithmetic() -> None:
    for a, b in ((1, 2), (3, 3), (10**6, 10**6 + 1), (1, 10**9)):
        mean = logarithmic_mean(Fraction(a), Fraction(b))
        assert math.sqrt(a * b) * (1 - 1e-12) <= mean <= (a + b) / 2 * (1 + 1e-12)
