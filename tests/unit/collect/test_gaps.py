"""Which numbers may still come below the newest one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tidewheel.collect.pull.gaps import WINDOW, gaps_after


@pytest.mark.parametrize(
    ("newest", "known", "values", "missing"),
    [
        (None, [], [3, 4, 6], [5]),  # what was before the first one is nobody's
        (6, [5], [5, 6], []),
        (6, [5], [6, 9], [5, 7, 8]),
        (6, [5], [Decimal(6), Decimal(8)], [5, 7]),
        (6, [5], [6, 6 + WINDOW], list(range(7, 6 + WINDOW))),
        (10**18, [], [10**18, 2 * 10**18], list(range(2 * 10**18 - WINDOW, 2 * 10**18))),
        ("a", [], ["a", "b"], []),
        (None, [], [1.5], []),
        (None, [], [True], []),
    ],
)
def test_gaps(newest: Any, known: list[int], values: list[Any], missing: list[int]) -> None:
    assert gaps_after(newest, known, values) == missing
