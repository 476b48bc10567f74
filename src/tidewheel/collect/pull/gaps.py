"""Numbers that were passed over: a row takes its number first and is committed later, below newer ones."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

WINDOW: Final = 500
"""How far below the newest number a row may still come."""


def gaps_after(newest: Any, known: Iterable[int], values: list[Any]) -> list[int]:
    """Return the numbers without a row within ``WINDOW`` of the newest one, after rows with ``values`` were read.

    ``newest`` is the newest value before them and ``known`` the numbers that had no row then. The values come in their order;
    where they are no whole numbers there are no gaps.
    """
    numbers = [int(value) for value in values if _whole(value)]
    if len(numbers) < len(values) or not numbers:
        return []
    begun = int(newest) if _whole(newest) else numbers[0]
    top = max(begun, numbers[-1])
    low = top - WINDOW
    missing = {number for number in known if number >= low} | set(range(max(begun + 1, low), top))
    return sorted(missing.difference(numbers))


def _whole(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and value == int(value)
