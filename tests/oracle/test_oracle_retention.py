"""Kernel and oracle agree on every cell and every list of people, in thousands of random worlds."""

from __future__ import annotations

import random
from functools import reduce

import pytest

from tests.oracle.worlds import LABELS, blocks, codes_of, make_world, split, whole
from tidewheel.analyse.contract import Block, Context
from tidewheel.analyse.kinds.retention import (
    Retention,
    RetentionCell,
    RetentionGroup,
    RetentionParams,
    RetentionResult,
)
from tidewheel.analyse.oracle import World
from tidewheel.analyse.oracles.retention import (
    Entry,
    RetentionOracle,
    amount,
    begins,
    came,
    ends,
    entries,
    ranges,
    starts,
)
from tidewheel.analyse.verify.agree import differences
from tidewheel.core.period import DAY, Calendar, Dates

RETENTION = Retention()
CALENDAR = Calendar("Asia/Shanghai")
SPAN = CALENDAR.span(Dates.model_validate({"from": "2026-11-03", "to": "2026-11-12"}), 0)
CONTEXT = Context(CALENDAR, SPAN, now=SPAN.end + DAY + 7_200_000, labels=LABELS)


def a_question(dice: random.Random) -> RetentionParams:
    """Draw the options of a retention table."""
    return RetentionParams.model_validate(
        {
            "start": {"any_of": [{"event": "a"}]},
            "back": {"any_of": [{"event": "b"}]},
            "first_time": dice.random() < 0.3,
            "grain": "hour" if dice.random() < 0.05 else dice.choice(("day", "day", "week", "month")),
            "clock": dice.choice(("calendar", "rolling")),
            "mode": dice.choice(("exact", "on_or_after", "brackets")),
            "periods": dice.choice((1, 3, 6)),
            "brackets": sorted(dice.sample(range(1, 8), 3)),
            "value": dice.choice((None, {"kind": "sum", "property": "p"}, {"kind": "count"})),
            "breakdowns": [{"property": "category"}],
            "top": dice.choice((2, 10)),
        }
    )


def a_world(dice: random.Random, params: RetentionParams) -> World:
    """Draw people for a question, with only the rows its plan reads."""
    span = RETENTION.plan(params, CONTEXT).span
    world = make_world(
        dice,
        bits=2,
        start=SPAN.start - dice.choice((0, 2)) * DAY,
        hours=15 * 24,
        people=10,
        rows=12,
        ragged_group=dice.random() < 0.5,
        ragged_value=dice.random() < 0.5,
    )
    for person, rows in world.people.items():
        world.people[person] = [
            row for row in rows if span.start <= row.time < min(span.end, CONTEXT.now + 1)
        ]
    return world


def answer(params: RetentionParams, *parts: Block) -> RetentionResult:
    """Fold blocks and add them up in the order given."""
    folded = [RETENTION.partial(params, CONTEXT, block) for block in parts]
    merged = reduce(lambda a, b: a.merge(b), folded, RETENTION.empty(params, CONTEXT))
    return RETENTION.shape(params, CONTEXT, merged)


def check_group(
    world: World,
    block: Block,
    params: RetentionParams,
    found: list[Entry],
    group: RetentionGroup,
    codes: set[int] | None,
) -> None:
    """Compare one group's table, and the people behind it, with the oracle."""
    inside = [e for e in found if codes is None or world.groups_of(e.row, 1) & codes]
    groups = None if codes is None else whole(sorted(codes))

    def listed(**cell: int | bool | None) -> list[int]:
        asked = RetentionCell.model_validate({"group": group.group, **cell})
        return sorted(RETENTION.people(params, CONTEXT, block, asked, groups).tolist())

    assert listed() == sorted({e.person for e in inside})
    assert group.people == len(listed())
    cuts = starts(params, CONTEXT)
    sums: dict[int, list[tuple[int, int]]] = {}
    for number, cohort in enumerate(group.cohorts):
        own = [e for e in inside if e.cohort == number]
        assert cohort.people == len(own)
        assert listed(cohort=number) == sorted(e.person for e in own)
        for column, (low, high) in enumerate(ranges(params)):
            figure = cohort.figures[column]
            end = low + 1 if params.mode == "on_or_after" else high
            if begins(params, CONTEXT, cuts, number, low) > CONTEXT.now:
                assert figure.people is None
                assert figure.value is None
                assert figure.incomplete
                continue
            back = [e for e in own if came(e, low, high)]
            assert figure.people == len(back)
            assert figure.rate == (len(back) / len(own) if own else None)
            assert figure.incomplete == (ends(params, CONTEXT, cuts, number, end) > CONTEXT.now)
            rows = [row for e in own for row in came(e, low, high)]
            if params.value is None:
                assert figure.value is None
            else:
                assert figure.value == (
                    len(rows)
                    if params.value.kind == "count"
                    else sum(amount(world, params, row) for row in rows)
                )
            assert listed(cohort=number, period=column) == sorted(e.person for e in back)
            lost = {e.person for e in own} - {e.person for e in back}
            assert listed(cohort=number, period=column, lost=True) == sorted(lost)
            if not figure.incomplete:
                sums.setdefault(column, []).append((len(back), len(own)))
    for column, mean in enumerate(group.mean):
        back_sum, own_sum = (sum(pair[i] for pair in sums.get(column, ())) for i in (0, 1))
        assert mean.people == (back_sum if column in sums else None)
        assert mean.rate == (back_sum / own_sum if own_sum else None)
        if params.first_time and mean.people is not None:
            assert len(listed(period=column)) == mean.people


@pytest.mark.parametrize("seed", range(8))
def test_retention_equals_oracle(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(40):
        params = a_question(dice)
        world = a_world(dice, params)
        block = blocks(world)
        found = entries(world, params, CONTEXT)
        result = answer(params, block)
        labels = [group.group for group in result.groups]
        named = {code for g in labels if g not in (None, ["$other"]) for code in codes_of(g, set()) or ()}
        for group in result.groups:
            check_group(world, block, params, found, group, codes_of(group.group, named))
        present = {code for entry in found for code in world.groups_of(entry.row, 1)}
        assert len(named) == min(len(present), params.top)
        assert (["$other"] in labels) == (len(present) > params.top)


@pytest.mark.parametrize("seed", range(4))
def test_merging_does_not_depend_on_grouping_or_order(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(25):
        params = a_question(dice)
        world = a_world(dice, params)
        parts = split(dice, world, 4)
        once = answer(params, blocks(world))
        assert answer(params, *parts) == once
        dice.shuffle(parts)
        a, b, c, d = (RETENTION.partial(params, CONTEXT, part) for part in parts)
        assert RETENTION.shape(params, CONTEXT, a.merge(b).merge(c.merge(d))) == once
        assert RETENTION.shape(params, CONTEXT, d.merge(c.merge(b.merge(a)))) == once


@pytest.mark.parametrize("seed", range(4))
def test_the_whole_answer_equals_the_oracle(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(60):
        params = a_question(dice)
        world = a_world(dice, params)
        expected = RetentionOracle().answer(world, params, CONTEXT)
        assert not differences(answer(params, blocks(world)), expected), params
