"""Pages and their oracle agree on the whole answer and every list of people, in a thousand random worlds."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.oracle.agree import agree
from tests.oracle.worlds import LABELS, blocks, make_world
from tidewheel.analyse.contract import Context, Labels
from tidewheel.analyse.kinds.pages import Pages, PagesParams, bits, sources_of
from tidewheel.analyse.oracle import Line, World
from tidewheel.analyse.oracles.pages import PagesOracle
from tidewheel.core.period import HOUR, MINUTE, Calendar, Dates

PAGES, ORACLE = Pages(), PagesOracle()
CALENDAR = Calendar("Asia/Shanghai")
SPAN = CALENDAR.span(Dates.model_validate({"from": "2026-11-03", "to": "2026-11-06"}), 0)
NAMES = Labels((("p", "q", "r", "s"),), (1,))
CONTEXT = Context(CALENDAR, SPAN, now=SPAN.end - 6 * HOUR, labels=LABELS, names=(NAMES,))
STEP = {"any_of": [{"event": "e"}]}


def a_question(dice: random.Random) -> PagesParams:
    """Draw the options of a question."""

    def maybe(chance: float = 0.3) -> object:
        return STEP if dice.random() < chance else None

    return PagesParams.model_validate(
        {
            "timeout": dice.choice((1, 30, 120, 600)),
            "cut": maybe(),
            "ignore": maybe(),
            "goal": maybe(0.7),
            "value": dice.choice(("value", "value", None)),
            "new_day": dice.random() < 0.4,
            "pages": dice.choice((1, 2, 10)),
            "breakdowns": [{"property": "category"}] if dice.random() < 0.6 else [],
            "top": dice.choice((1, 2, 10)),
        }
    )


def a_world(dice: random.Random, params: PagesParams) -> World:
    """Draw people who act close together, some of them before the period."""
    world = make_world(
        dice,
        bits=len(bits(params).steps),
        start=SPAN.start - dice.choice((0, 24)) * HOUR,
        hours=90,
        people=8,
        rows=14,
        coarse=dice.choice((10 * MINUTE + 250, HOUR)),
        overlap=0.5,
        names=1,
        ragged_group=dice.random() < 0.3,
    )
    return replace(world, grouped=bool(params.breakdowns))


@pytest.mark.parametrize("seed", range(10))
def test_pages_equal_their_oracle(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(110):
        params = a_question(dice)
        world = a_world(dice, params)
        batch = PAGES.partial(params, CONTEXT, blocks(world)).visits.whole()
        top, rest = sources_of(params, CONTEXT, batch)
        lines: list[Line] = [(LABELS.of(int(code)), {int(code)}) for code in top]
        lines.append((["$other"], set(rest.tolist())))
        agree(dice, PAGES, ORACLE, world, params, CONTEXT, lines)
