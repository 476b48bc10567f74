"""RFM and its oracle agree on the whole answer and on every list of people, in random worlds."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import reduce

import pytest

from tests.oracle.worlds import LABELS, blocks, codes_of, make_world, split, whole
from tidewheel.analyse.contract import Block, Context
from tidewheel.analyse.kinds.rfm import Rfm, RfmParams, RfmPart
from tidewheel.analyse.oracle import World
from tidewheel.analyse.oracles.rfm import RfmOracle
from tidewheel.analyse.verify.agree import differences
from tidewheel.core.period import DAY, HOUR, Calendar, Dates

RFM = Rfm()
CALENDAR = Calendar("Asia/Shanghai")
SPAN = CALENDAR.span(Dates.model_validate({"from": "2026-11-03", "to": "2026-11-12"}), 0)
CONTEXT = Context(CALENDAR, SPAN, now=SPAN.end - 7 * HOUR, labels=LABELS)


def a_question(dice: random.Random) -> RfmParams:
    return RfmParams.model_validate(
        {
            "money": dice.choice(("gross", "paid", "net", "net")),
            "cuts": dice.choice(("quantile", "mean", "fixed")),
            "recency_levels": dice.randint(2, 5),
            "frequency_levels": dice.randint(2, 5),
            "monetary_levels": dice.randint(2, 5),
            "recency_cuts": sorted(dice.sample(range(1, 10), dice.randint(1, 4))),
            "frequency_cuts": sorted(dice.sample(range(1, 6), dice.randint(1, 4))),
            "monetary_cuts": sorted(dice.sample(range(1, 200), dice.randint(1, 4))),
            "breakdowns": [{"property": "category"}],
            "top": dice.choice((2, 10)),
            "compare": dice.choice(
                ([], [{"period": "previous"}], [{"period": {"from": "2026-11-01", "to": "2026-11-04"}}])
            ),
        }
    )


def a_world(dice: random.Random) -> World:
    return make_world(
        dice,
        bits=2,
        start=SPAN.start - dice.choice((0, 9)) * DAY,
        hours=19 * 24,
        people=dice.choice((0, 4, 12)),
        rows=9,
        values=2,
        ragged_group=dice.random() < 0.5,
    )


def fold(params: RfmParams, *parts: Block) -> RfmPart:
    folded = [RFM.partial(params, CONTEXT, block) for block in parts]
    return reduce(lambda a, b: a.merge(b), folded, RFM.empty(params, CONTEXT))


@pytest.mark.parametrize("seed", range(10))
def test_rfm_equals_oracle_however_people_are_dealt_out(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(100):
        params, world = a_question(dice), a_world(dice)
        expected = RfmOracle().answer(world, params, CONTEXT)
        assert not differences(RFM.shape(params, CONTEXT, fold(params, blocks(world))), expected), params
        parts = split(dice, world, 4)
        assert RFM.shape(params, CONTEXT, fold(params, *parts)) == RFM.shape(
            params, CONTEXT, fold(params, *reversed(parts))
        )
        assert not differences(RFM.shape(params, CONTEXT, fold(params, *parts)), expected)


@pytest.mark.parametrize("seed", range(6))
def test_every_cell_opens_into_as_many_people(seed: int) -> None:
    dice = random.Random(100 + seed)
    for _ in range(40):
        params, world = a_question(dice), a_world(dice)
        block = blocks(world)
        part = fold(params, block)
        result = RFM.shape(params, CONTEXT, part)
        context = replace(CONTEXT, settled=RFM.settle(params, CONTEXT, part))
        labels = [group.group for group in result.groups]
        named = {code for g in labels if g not in (None, ["$other"]) for code in codes_of(g, set()) or ()}
        for cell, count in RFM.counted(params, result):
            codes = codes_of(cell.group, named)
            groups = None if codes is None else whole(sorted(codes))
            found = RFM.people(params, context, block, cell, groups)
            assert len(set(found.tolist())) == len(found) == count, cell
