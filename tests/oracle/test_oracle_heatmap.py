"""Heat maps and their oracle agree on the whole answer and every list of people, in a thousand random worlds."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.oracle.agree import agree
from tests.oracle.worlds import LABELS, blocks, make_world
from tidewheel.analyse.contract import Context, Labels
from tidewheel.analyse.kinds.heatmap import Heatmap, HeatmapParams, groups_of
from tidewheel.analyse.oracle import Line, World
from tidewheel.analyse.oracles.heatmap import HeatmapOracle
from tidewheel.core.period import HOUR, Calendar, Dates

HEATMAP, ORACLE = Heatmap(), HeatmapOracle()
CALENDAR = Calendar("Asia/Shanghai")
SPAN = CALENDAR.span(Dates.model_validate({"from": "2026-11-03", "to": "2026-11-06"}), 0)
NAMES = tuple(Labels((words,), (1,)) for words in ("pqrs", "abcd", "tuvw"))
CONTEXT = Context(CALENDAR, SPAN, now=SPAN.end, labels=LABELS, names=NAMES)


def a_question(dice: random.Random) -> HeatmapParams:
    """Draw the options of a question."""
    return HeatmapParams.model_validate(
        {
            "page": dice.choice((None, "p", "q", "nowhere")),
            "rage_clicks": dice.randint(2, 4),
            "rage_seconds": dice.randint(1, 4),
            "dead_seconds": dice.randint(1, 4),
            "elements": dice.choice((1, 2, 10)),
            "columns": dice.randint(1, 5),
            "rows": dice.randint(1, 5),
            "breakdowns": [{"property": "category"}] if dice.random() < 0.6 else [],
            "top": dice.choice((1, 2, 10)),
        }
    )


def a_world(dice: random.Random, params: HeatmapParams) -> World:
    """Draw people who click within seconds, around one of the period's ends or inside it."""
    world = make_world(
        dice,
        bits=3,
        start=0,
        people=7,
        rows=12,
        overlap=0.3,
        names=3,
        values=2,
        ragged_group=dice.random() < 0.2,
    )
    begin = dice.choice((SPAN.start - 3_000, SPAN.start + HOUR, SPAN.end - 5_000))
    few = dice.random() < 0.5
    people = {}
    for person, rows in world.people.items():
        times = sorted(begin + dice.randrange(20) * 500 for _ in rows)
        people[person] = [
            replace(row, time=time, names=(row.names[0] % 2 + 1, row.names[1] % 2, row.names[2]) if few else row.names)
            for row, time in zip(rows, times, strict=True)
        ]  # fmt: skip
    return replace(world, people=people, grouped=bool(params.breakdowns))


@pytest.mark.parametrize("seed", range(10))
def test_heat_maps_equal_their_oracle(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(110):
        params = a_question(dice)
        world = a_world(dice, params)
        seen = HEATMAP.partial(params, CONTEXT, blocks(world)).seen.whole()
        top, rest = groups_of(params, CONTEXT, seen)
        lines: list[Line] = [(LABELS.of(int(code)), {int(code)}) for code in top]
        lines.append((["$other"], set(rest.tolist())))
        agree(dice, HEATMAP, ORACLE, world, params, CONTEXT, lines)
