"""Paths worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.oracle.worlds import blocks
from tidewheel.analyse.contract import Context, Labels
from tidewheel.analyse.flows import PathGroup
from tidewheel.analyse.kernels.trails import Trails
from tidewheel.analyse.kinds.paths import Paths, PathsCell, PathsParams
from tidewheel.analyse.oracle import Happening, World
from tidewheel.core.errors import BadInput
from tidewheel.core.period import MINUTE, Calendar, Dates

PATHS = Paths()
SPAN = Calendar().span(Dates.model_validate({"from": "2026-11-01", "to": "2026-11-02"}), 0)
CONTEXT = Context(Calendar(), SPAN, now=SPAN.end, names=Labels((("home", "item", "cart", "pay"),), (1,)))
STEP = {"any_of": [{"event": "e"}]}
CODE = {"home": 1, "item": 2, "cart": 3, "pay": 4}


def person(*told: tuple[int, str]) -> list[Happening]:
    """Make a person's rows from (minute, name); ``home`` is the anchor (bit 0), ``pay`` the goal (bit 2)."""
    bits = {"home": 3, "pay": 6}
    return [
        Happening(SPAN.start + at * MINUTE, bits.get(name, 2), 0, -1, (None,), 0, name=CODE[name])
        for at, name in told
    ]


PEOPLE = {
    1: person((0, "home"), (1, "item"), (2, "item"), (3, "cart"), (4, "item"), (5, "pay")),
    2: person((0, "home"), (50, "home"), (51, "item")),
    3: person((0, "item"), (1, "home"), (2, "item")),
}


def ask(people: dict[int, list[Happening]] = PEOPLE, **options: Any) -> PathGroup:
    """Answer a question over people."""
    params = PathsParams.model_validate({"anchor": STEP, "goal": STEP, **options})
    block = blocks(World(people, grouped=False))
    return PATHS.shape(params, CONTEXT, PATHS.partial(params, CONTEXT, block)).groups[0]


def links(group: PathGroup) -> dict[tuple[int, str, str], tuple[int, int]]:
    """Return (count, people) by step, source and target."""
    return {(one.at, str(one.source[0]), str(one.target[0])): (one.count, one.people) for one in group.links}


def test_after_the_first_home_of_each_session() -> None:
    found = ask(steps=2)
    assert (found.paths, found.people) == (4, 3)
    assert (found.converted_paths, found.converted_people) == (1, 1)
    assert found.ended_at_once == 1
    assert links(found) == {
        (0, "home", "item"): (3, 3),
        (0, "home", "$exit"): (1, 1),
        (1, "item", "cart"): (1, 1),
        (1, "item", "$exit"): (2, 2),
        (2, "cart", "$more"): (1, 1),
    }


def test_repeats_are_steps_unless_collapsed_and_a_way_back_is_a_loop() -> None:
    assert (1, "item", "item") in links(ask(steps=2, collapse=False))
    found = ask(steps=5)
    assert [(one.node, one.over, one.count, one.people) for one in found.loops] == [
        (["item"], ["cart"], 1, 1)
    ]
    assert found.looping_paths == 1


def test_before_and_around() -> None:
    assert links(ask(position="end", steps=1)) == {
        (-1, "$entry", "home"): (3, 2),
        (-2, "$entry", "item"): (1, 1),
        (-1, "item", "home"): (1, 1),
    }
    around = links(ask(position="through", steps=1))
    assert around[-1, "item", "home"] == (1, 1)
    assert around[1, "item", "$more"] == (1, 1)


def test_life_and_window() -> None:
    assert ask(unit="life", which="first").paths == 3
    assert ask(unit="life", which="every").paths == 3  # two homes in a row are one step
    assert ask(unit="life", which="every", collapse=False).paths == 4
    assert links(ask(unit="life", which="last", within=1)) == links(
        ask(unit="life", which="last", within=1, steps=9)
    )
    assert ask(within=3).converted_paths == 0


def test_only_paths_that_convert() -> None:
    assert [ask(outcome=outcome).paths for outcome in ("converted", "dropped")] == [1, 3]


def test_the_rest_is_other_and_opens() -> None:
    found = ask(steps=3, nodes=1)
    assert [node.node for step in found.steps if step.at == 2 for node in step.nodes] == [["cart"]]
    params = PathsParams.model_validate({"anchor": STEP, "goal": STEP})
    cell = PathsCell(at=1, node=["$other"], besides=(["pay"],))
    listed = PATHS.people(params, CONTEXT, blocks(World(PEOPLE, grouped=False)), cell, None)
    assert listed.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"outcome": "converted", "goal": None}, "goal_needed"),
        ({"split": STEP}, "split_incomplete"),
        ({"by": [{"property": "page"}]}, "split_incomplete"),
    ],
)
def test_what_has_no_meaning_is_refused(options: dict[str, Any], code: str) -> None:
    params = PathsParams.model_validate({"anchor": STEP, **options})
    with pytest.raises(BadInput) as caught:
        PATHS.plan(params, CONTEXT)
    assert caught.value.code == code


def test_rows_with_one_hash_slot_stay_apart() -> None:
    table = np.array([[a, b] for a in range(200) for b in range(200)], np.int64)
    trails = Trails.of(table, np.arange(len(table)) // 2)
    whole = trails.merge(Trails.of(table[::-1].copy(), np.arange(len(table)))).whole()
    assert len(whole.count) == len(table)
    assert set(whole.count.tolist()) == {2}
    assert set(whole.single.tolist()) == {1}
    assert whole.heads.size == len(table) // 2 + 1


def test_a_person_apart_changes_only_what_is_theirs() -> None:
    more = {**PEOPLE, 4: [replace(row, time=row.time + MINUTE) for row in PEOPLE[1]]}
    assert ask(more, steps=2).people == 4
    assert links(ask(more, steps=2))[1, "item", "cart"] == (2, 2)
