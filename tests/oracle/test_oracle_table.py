"""Kernel and oracle agree on every figure of a table, in thousands of random worlds."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.oracle.agree import agree
from tests.oracle.worlds import make_world
from tidewheel.analyse.contract import Context, Labels
from tidewheel.analyse.kinds.table import Table, TableCell, TableParams
from tidewheel.analyse.oracle import World
from tidewheel.analyse.oracles.table import TableOracle
from tidewheel.core.period import DAY, Calendar, Dates

CALENDAR = Calendar("Asia/Shanghai", week_start=2)
SPAN = CALENDAR.span(Dates.model_validate({"from": "2026-11-03", "to": "2026-11-05"}), 0)
TWO = Labels((("x",), ("a", "b")), (1, 2))
THREE = Labels((("x",), ("y",), ("z",)), (1, 2, 4))
KINDS = ("count", "people", "per_person", "sum", "mean", "median", "max", "distinct", "sessions")
FIRST = ("count", "people", "sum", "mean", "sessions")


def a_question(dice: random.Random, dims: int) -> TableParams:
    """Draw the options of a table."""
    rows = dice.randint(1, dims)
    kinds = [dice.choice(FIRST), *(dice.choice(KINDS) for _ in range(dice.randint(0, 2)))]
    return TableParams.model_validate(
        {
            "event": {"any_of": [{"event": "a"}]},
            "measures": [{"kind": kind, "property": "p"} for kind in kinds],
            "breakdowns": [{"property": f"r{n}"} for n in range(rows)],
            "columns": [{"property": f"c{n}"} for n in range(dims - rows)],
            "order": dice.choice(("value", "name")),
            "top": dice.choice((1, 2, 10)),
        }
    )


def a_world(dice: random.Random, params: TableParams, context: Context, codes: int) -> World:
    """Draw people for a question; all measures are of the same step."""
    world = make_world(
        dice,
        bits=1,
        start=SPAN.start,
        hours=3 * 24,
        people=dice.choice((0, 3, 8)),
        rows=7,
        values=max(1, len(Table().plan(params, context).values)),
        ragged_group=dice.random() < 0.5,
        ragged_value=dice.random() < 0.5,
    )
    every = (1 << len(params.measures)) - 1
    for person, rows in world.people.items():
        world.people[person] = [
            replace(
                row,
                match=every,
                group=dice.randrange(codes),
                items=tuple(
                    replace(item, bits=every * (item.bits & 1), group=dice.randrange(codes))
                    for item in row.items
                ),
            )
            for row in rows
        ]
    return world


@pytest.mark.parametrize("seed", range(10))
def test_table_equals_oracle(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(100):
        labels = dice.choice((TWO, THREE))
        params = a_question(dice, len(labels.tables))
        context = Context(CALENDAR, SPAN, now=SPAN.end + DAY, labels=labels)
        world = a_world(dice, params, context, 6 if labels is TWO else 8)
        agree(dice, Table(), TableOracle(), world, params, context, [])


def test_cells_without_labels_are_the_total() -> None:
    assert TableCell().row == ()
