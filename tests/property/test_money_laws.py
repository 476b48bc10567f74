"""Laws of orders and refunds, and of the analyses that rest on them."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracle.worlds import LABELS, blocks, make_world
from tidewheel.analyse.contract import Context
from tidewheel.analyse.kernels.orders import ledger
from tidewheel.analyse.kinds.cohort import Cohort, CohortParams, CohortResult
from tidewheel.analyse.kinds.ltv import Ltv, LtvParams, LtvResult
from tidewheel.analyse.kinds.rfm import Rfm, RfmParams, RfmResult
from tidewheel.analyse.oracle import Happening, World
from tidewheel.core.period import DAY, Calendar, Dates

SPAN = Calendar().span(Dates.model_validate({"from": "2026-11-03", "to": "2026-11-12"}), 0)
CONTEXT = Context(Calendar(), SPAN, now=SPAN.end + 3 * DAY, labels=LABELS)
AMOUNTS = st.integers(1, 10_000)


def buys(day: float, paid: float | None, key: int = 0, gross: float | None = None) -> Happening:
    return Happening(SPAN.start + int(day * DAY), 1, 0, key, (paid, gross), 0)


def refunds(day: float, amount: float | None, key: int = 0) -> Happening:
    return Happening(SPAN.start + int(day * DAY), 2, 0, key, (None, amount), 0)


def book(*rows: Happening, money: Any = "net") -> tuple[list[int], list[int]]:
    """Return what is left of each order, and what each refund took back."""
    ordered = sorted(rows, key=lambda row: row.time)
    found = ledger(blocks(World({1: ordered}, grouped=False, values=2)), money)
    return found.net()[0].tolist(), found.refund_value.tolist()


@given(AMOUNTS, st.lists(st.one_of(st.none(), st.integers(-50, 12_000)), max_size=6))
def test_refunds_never_exceed_what_was_paid(paid: int, amounts: list[int | None]) -> None:
    left, taken = book(buys(0, paid), *(refunds(1 + n, amount) for n, amount in enumerate(amounts)))
    assert left == [paid - sum(taken)]
    assert left[0] >= 0
    assert all(one > 0 for one in taken)


@given(AMOUNTS, st.data())
def test_partial_then_full_is_the_amount_paid_once(paid: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, paid))
    for rest in (paid - part, paid, None):
        left, taken = book(buys(0, paid), refunds(1, part), refunds(2, rest))
        assert left == [0]
        assert sum(taken) == paid


@given(AMOUNTS, AMOUNTS)
def test_an_order_told_twice_is_one_order(paid: int, other: int) -> None:
    assert book(buys(0, paid), buys(1, other))[0] == [paid]
    assert book(buys(0, paid), buys(1, other, key=1))[0] == [paid, other]
    assert book(buys(0, paid, key=-1), buys(1, other, key=-1))[0] == [paid, other]
    assert book(buys(0, paid, key=-1), refunds(1, paid, key=-1))[0] == [paid]


@given(AMOUNTS)
def test_a_refund_of_an_order_that_is_not_there_is_nothing(paid: int) -> None:
    assert book(buys(0, paid), refunds(1, paid, key=1)) == ([paid], [])
    assert book(refunds(0, paid)) == ([], [])


def test_money_by_hand() -> None:
    order = buys(0, 80, gross=100)
    assert [book(order, money=one)[0] for one in ("gross", "paid")] == [[100], [80]]
    assert book(buys(0, 80, gross=None), money="gross")[0] == [80]
    assert book(buys(0, 99.5))[0] == [100]
    assert book(buys(0, None))[0] == [0]
    assert book(refunds(0, 30), buys(1, 80))[0] == [50]


def rfm(world: World, **options: Any) -> RfmResult:
    params = RfmParams.model_validate({"breakdowns": [{"property": "category"}], **options})
    analysis = Rfm()
    return analysis.shape(params, CONTEXT, analysis.partial(params, CONTEXT, blocks(world)))


def ltv(world: World, **options: Any) -> LtvResult:
    params = LtvParams.model_validate({"grain": "day", "ages": [0, 1, 2, 5, 9], **options})
    analysis = Ltv()
    return analysis.shape(params, CONTEXT, analysis.partial(params, CONTEXT, blocks(world)))


def cohort(world: World, **options: Any) -> CohortResult:
    params = CohortParams.model_validate({"grain": "day", "periods": 9, **options})
    analysis = Cohort()
    return analysis.shape(params, CONTEXT, analysis.partial(params, CONTEXT, blocks(world)))


def a_world(seed: int, bits: int = 2) -> World:
    return make_world(random.Random(seed), bits=bits, start=SPAN.start, hours=240, people=40, values=2)


@pytest.mark.parametrize("seed", range(12))
def test_segments_and_boxes_hold_everyone_once(seed: int) -> None:
    before = [{"period": {"from": "2026-11-01", "to": "2026-11-06"}}]
    for cuts in ("quantile", "mean", "fixed"):
        result = rfm(a_world(seed), cuts=cuts, compare=before)
        for group in result.groups:
            assert sum(one.people for one in group.segments) == group.people
            assert sum(one.people for one in group.grid) == group.people
            assert sum(one.revenue for one in group.segments) == group.revenue
            assert sum(one.revenue for one in group.grid) == group.revenue
        whole = result.groups[0]
        assert sum(group.people for group in result.groups[1:]) == whole.people
        moved: dict[str, int] = {}
        for move in result.moves or ():
            moved[move.now] = moved.get(move.now, 0) + move.people
        assert {one.segment: one.people for one in whole.segments} == {
            name: n for name, n in moved.items() if name != "none"
        }


@pytest.mark.parametrize("seed", range(12))
def test_quantile_levels_are_even_but_for_ties(seed: int) -> None:
    dice = random.Random(seed)
    people = {n: [buys(dice.random() * 9, 1 + n)] for n in range(100)}
    result = rfm(World(people, values=2), cuts="quantile", monetary_levels=5)
    sizes: dict[int, int] = {}
    for box in result.groups[0].grid:
        sizes[box.monetary] = sizes.get(box.monetary, 0) + box.people
    assert sizes == dict.fromkeys(range(1, 6), 20)


@pytest.mark.parametrize("seed", range(12))
def test_net_is_paid_less_refunds_and_gross_of_nobody_less_is_paid(seed: int) -> None:
    world = a_world(seed)
    totals = {money: rfm(world, money=money).groups[0].revenue for money in ("paid", "net")}
    assert totals["net"] <= totals["paid"]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("money", ["gross", "paid", "net"])
def test_value_grows_with_age_and_money_is_kept(seed: int, money: str) -> None:
    world = a_world(seed, bits=3)
    for line in ltv(world, money=money).groups[0].cohorts:
        values = [one.value for one in line.figures if one.value is not None]
        payers = [one.payers for one in line.figures if one.payers is not None]
        assert payers == sorted(payers)
        assert all(payer <= line.people for payer in payers)
        if money != "net":
            assert values == sorted(values)
        assert all(value >= 0 for value in values)


@pytest.mark.parametrize("seed", range(12))
def test_cohorts_split_and_repeats_never_fall(seed: int) -> None:
    world = a_world(seed)
    result = cohort(world, breakdowns=[{"property": "category"}], top=2)
    whole = result.groups[0]
    assert sum(group.people for group in result.groups[1:]) == whole.people
    assert sum(row.people for row in whole.cohorts) == whole.people == whole.steps[0].people
    for row in whole.cohorts:
        repeated = [one.repeated for one in row.figures if one.repeated is not None]
        assert repeated == sorted(repeated)
        assert all(one <= row.people for one in repeated)
    counts = [step.people for step in whole.steps]
    assert counts == sorted(counts, reverse=True)


@pytest.mark.parametrize("seed", range(12))
def test_people_numbers_and_other_rows_change_nothing(seed: int) -> None:
    world = a_world(seed)
    dice = random.Random(seed)
    numbers = dice.sample(range(5000), len(world.people))
    other = replace(world, people=dict(zip(numbers, world.people.values(), strict=True)))
    assert rfm(other) == rfm(world)
    assert cohort(other) == cohort(world)
    strangers = {person: [row for row in rows if row.match & 3] for person, rows in world.people.items()}
    assert rfm(replace(world, people=strangers)) == rfm(world)
