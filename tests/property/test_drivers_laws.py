"""Laws of drivers: what holds for any people, what is found where something was planted, and where nothing was."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.agree import answer
from tests.oracle.worlds import blocks, make_world
from tidewheel.analyse.contract import Block, Context, Labels
from tidewheel.analyse.drivers import DriversCell
from tidewheel.analyse.kinds.conversion_drivers import ConversionDrivers, ConversionDriversParams
from tidewheel.analyse.kinds.retention_drivers import RetentionDrivers, RetentionDriversParams
from tidewheel.analyse.oracle import Happening, World
from tidewheel.core.period import DAY, HOUR, Calendar, Dates

SPAN = Calendar().span(Dates.model_validate({"from": "2026-11-02", "to": "2026-11-04"}), 0)
BEHAVIOURS = 12
NAMES = (Labels((tuple(f"b{n:02}" for n in range(BEHAVIOURS)),), (1,)),)
CONTEXT = Context(Calendar(), SPAN, now=SPAN.end + 9 * DAY, names=NAMES)
SEEDS = st.integers(0, 2**32)
KINDS: list[tuple[Any, Any]] = [
    (
        RetentionDrivers(),
        RetentionDriversParams.model_validate(
            {
                "start": {"any_of": [{"event": "a"}]},
                "back": {"any_of": [{"event": "b"}]},
                "watch_days": 1,
                "from_day": 1,
                "to_day": 2,
                "support": 2,
            }
        ),
    ),
    (
        ConversionDrivers(),
        ConversionDriversParams.model_validate(
            {
                "start": {"any_of": [{"event": "a"}]},
                "goal": {"any_of": [{"event": "b"}]},
                "watch": 8 * HOUR,
                "within": 40 * HOUR,
                "support": 2,
            }
        ),
    ),
]
KIND = st.sampled_from(KINDS)


def a_world(seed: int) -> World:
    """Draw people with few rows of five names."""
    return make_world(
        random.Random(seed), bits=3, start=SPAN.start, hours=100, rows=9, people=25, names=1, overlap=0.4
    )


@given(SEEDS, KIND)
@settings(max_examples=80, deadline=None)
def test_those_who_did_and_those_who_did_not_are_everyone(seed: int, kind: tuple[Any, Any]) -> None:
    result = answer(*kind, CONTEXT, blocks(a_world(seed)))
    for driver in result.drivers:
        for one in driver.tests:
            assert one.did + one.not_did == result.people
            assert one.did_reached + one.not_did_reached == result.reached
        people = [one.did for one in driver.tests]
        assert people == sorted(people, reverse=True)


@given(SEEDS, KIND)
@settings(max_examples=60, deadline=None)
def test_q_values_are_never_below_p_values_and_keep_their_order(seed: int, kind: tuple[Any, Any]) -> None:
    result = answer(*kind, CONTEXT, blocks(a_world(seed)))
    tests = [one for driver in result.drivers for one in driver.tests if one.p_value is not None]
    assert len(tests) == result.tested
    assert all(one.q_value >= one.p_value for one in tests)
    ordered = sorted(tests, key=lambda one: one.p_value)
    assert [one.q_value for one in ordered] == sorted(one.q_value for one in ordered)


@given(SEEDS, KIND)
@settings(max_examples=60, deadline=None)
def test_intervals_hold_the_difference_and_the_mirror_is_its_opposite(
    seed: int, kind: tuple[Any, Any]
) -> None:
    result = answer(*kind, CONTEXT, blocks(a_world(seed)))
    for one in (one for driver in result.drivers for one in driver.tests if one.difference is not None):
        assert one.low - 1e-12 <= one.difference <= one.high + 1e-12
        if one.phi is not None:
            assert (one.word == "did") == (one.phi >= 0)
            assert abs(one.phi) <= 1 + 1e-12


@given(SEEDS, KIND)
@settings(max_examples=60, deadline=None)
def test_what_happens_before_the_start_or_after_everything_changes_nothing(
    seed: int, kind: tuple[Any, Any]
) -> None:
    world = a_world(seed)
    before = answer(*kind, CONTEXT, blocks(world))
    more = {}
    for person, rows in world.people.items():
        late = Happening(SPAN.end + 20 * DAY, 0b111, 0, -1, (None,), 0, (), (1,))
        soon = [row for row in rows if row.match & 1 and row.time >= SPAN.start][:1]
        early = [replace(soon[0], time=soon[0].time - 1, match=0b100, names=(2,))] if soon else []
        more[person] = sorted([*early, *rows, late], key=lambda row: row.time)
    assert answer(*kind, CONTEXT, blocks(replace(world, people=more))) == before


@given(SEEDS, KIND)
@settings(max_examples=40, deadline=None)
def test_the_four_lists_of_a_test_part_everyone(seed: int, kind: tuple[Any, Any]) -> None:
    analysis, params = kind
    block = blocks(a_world(seed))
    everyone = analysis.people(params, CONTEXT, block, DriversCell(), None)
    four = [
        analysis.people(
            params, CONTEXT, block, DriversCell(behaviour="b01", times=2, did=did, reached=reached), None
        )
        for did in (True, False)
        for reached in (True, False)
    ]
    assert sorted(np.concatenate(four).tolist()) == sorted(everyone.tolist())


def drawn(dice: np.random.Generator, people: int, planted: float, by_activity: float = 0.0) -> Block:
    """Draw people who start, do some of the behaviours and come back or not.

    Some are more active than others, and with ``by_activity`` come back the more. Who did the fourth behaviour (``b03``) at least
    twice comes back at a rate higher by ``planted``.
    """
    active = dice.gamma(2.0, 0.35, people)
    counts = dice.poisson(active[:, None] * np.linspace(0.5, 3.0, BEHAVIOURS)[None])
    rate = 0.25 + planted * (counts[:, 3] >= 2) + by_activity * np.minimum(active - 0.7, 1)
    back = dice.random(people) < rate
    person = np.concatenate(
        [np.arange(people), np.repeat(np.arange(people), counts.sum(axis=1)), np.flatnonzero(back)]
    )
    name = np.repeat(np.tile(np.arange(BEHAVIOURS), people), counts.reshape(-1))
    order = np.concatenate([np.zeros(people), np.ones(name.size), np.full(int(back.sum()), 2)])
    match = np.concatenate([np.ones(people), np.full(name.size, 4), np.full(int(back.sum()), 2)])
    code = np.concatenate([np.zeros(people), name + 1, np.zeros(int(back.sum()))])
    time = SPAN.start + np.array([0, HOUR, DAY + HOUR])[order.astype(int)]
    placed = np.lexsort((order, person))
    return Block(
        np.arange(people, dtype=np.int32),
        np.searchsorted(person[placed], np.arange(people + 1)).astype(np.int64),
        time[placed].astype(np.int64),
        match[placed].astype(np.uint64),
        names=(code[placed].astype(np.int64),),
    )


PLANTED_PARAMS = KINDS[0][1].model_copy(update={"support": 20, "times": (1, 2, 3, 5)})


def test_where_nothing_was_planted_hardly_anything_is_found() -> None:
    dice = np.random.default_rng(1)
    found = tests = worlds = 0
    for _ in range(300):
        result = answer(RetentionDrivers(), PLANTED_PARAMS, CONTEXT, drawn(dice, 600, 0.0))
        telling = sum(one.telling for driver in result.drivers for one in driver.tests)
        found, tests, worlds = found + telling, tests + result.tested, worlds + bool(telling)
    assert tests > 6_000
    assert found / tests <= 0.05
    assert worlds / 300 <= 0.05 + 2 * (0.05 * 0.95 / 300) ** 0.5


def test_what_was_planted_is_found_first_with_its_number_of_times_and_its_size() -> None:
    dice = np.random.default_rng(7)
    first = right = covered = 0
    for _ in range(60):
        result = answer(RetentionDrivers(), PLANTED_PARAMS, CONTEXT, drawn(dice, 2_000, 0.2))
        first += result.drivers[0].name == "b03"
        right += result.drivers[0].best == 2
        own = next(
            one for driver in result.drivers if driver.name == "b03" for one in driver.tests if one.times == 2
        )
        covered += own.low <= 0.2 <= own.high
        assert own.telling
    assert first >= 57
    assert right >= 57
    assert covered >= 54


def test_what_activity_alone_brings_about_is_mostly_gone_among_the_equally_active() -> None:
    dice = np.random.default_rng(3)
    raw, adjusted, planted = [], [], []
    for _ in range(30):
        result = answer(RetentionDrivers(), PLANTED_PARAMS, CONTEXT, drawn(dice, 3_000, 0.1, 0.25))
        for driver in result.drivers:
            one = driver.tests[1 if driver.name == "b03" else 0]
            if driver.name == "b03":
                planted.append(one.adjusted)
            else:
                raw.append(one.difference)
                adjusted.append(one.adjusted)
    assert np.mean(raw) > 0.1
    assert abs(np.mean(adjusted)) < np.mean(raw) / 4
    assert abs(np.mean(planted) - 0.1) < 0.03
