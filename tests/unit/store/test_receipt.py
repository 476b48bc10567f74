"""Points in the order in which facts were taken in."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.unit.store.builders import event
from tidewheel.store.inbox.queue import Batch, Stamps, first_of
from tidewheel.store.receipt import Point
from tidewheel.store.rows import MOMENT


def test_stamps_only_rise_and_tell_loads_from_the_inbox() -> None:
    times = iter([100, 100, 50, 200, 201])
    stamps = Stamps(lambda: next(times), last=99)
    assert [stamps.next(odd=odd) for odd in (False, False, True, True, False)] == [100, 102, 103, 201, 202]


def test_a_point_has_what_was_taken_in_up_to_its_stamps() -> None:
    point = Point(first=10, inbox=20, load=15, facts=0)
    stamps = [3, 9, 12, 20, 22, 11, 15, 17, 19]
    rows = pa.table({"received": pa.array(stamps, MOMENT)})
    assert [one for one, seen in zip(stamps, point.seen(rows), strict=True) if seen] == [3, 9, 12, 20, 11, 15]


@pytest.mark.parametrize("text", [None, "", "1-2-3", "a-b-c-d", "1-2-3-4-5"])
def test_what_is_no_receipt_is_none(text: str | None) -> None:
    assert Point.read(text) is None
    assert Point.read("1-2-3-4") == Point(1, 2, 3, 4)


def test_batches_of_one_transaction_are_shown_together() -> None:
    batches = [Batch(number, [event(number)], stamp) for number, stamp in enumerate([2, 4, 4, 4, 6])]
    assert [batch.sequence for batch in first_of(batches, 2)] == [0, 1, 2, 3]
    assert [batch.sequence for batch in first_of(batches, 9)] == [0, 1, 2, 3, 4]
    assert [batch.sequence for batch in first_of(batches, 1)] == [0]
