"""Pieces of the tail: few of them, and together they hold what came."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest

from tests.unit.store.builders import event
from tidewheel.store.link_maker import links_of
from tidewheel.store.rows import to_table
from tidewheel.store.tail import ALIKE, LEAST, MOST, SHARE, Tail, pace


@pytest.mark.parametrize(
    "sizes", [[1] * 200, [1, 5, 2, 9, 1] * 20, list(range(1, 40)), list(range(40, 0, -1))]
)
def test_pieces_stay_few_and_hold_everything(sizes: list[int]) -> None:
    tail, number, most = Tail("test"), 0, 0
    for sequence, size in enumerate(sizes, 1):
        events = [event(number + place, actor=f"device:{number % 7}") for place in range(size)]
        number += size
        tail.add(to_table(events), links_of(events), sequence, 0.0)
        most = max(most, len(tail.pieces))
        assert tail.rows == number
    assert most <= ALIKE * (1 + math.ceil(math.log(number, ALIKE)))
    ids = pa.concat_tables([piece.events.select(["id"]) for piece in tail.pieces])["id"].to_pylist()
    assert sorted(ids) == list(range(number))
    assert len({piece.key for piece in tail.pieces}) == len(tail.pieces)


def test_states_are_a_share_of_the_time_within_bounds() -> None:
    assert pace(0.0) == LEAST
    assert pace(0.1) == 0.1 / SHARE
    assert pace(60.0) == MOST
