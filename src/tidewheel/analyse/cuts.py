"""Where ranges of figures begin so that they read well: whole numbers one by one, amounts at round numbers."""

from __future__ import annotations

import math

SINGLES = 12
MOST_CUTS = 100


def whole_cuts(largest: float) -> list[float]:
    """Return where ranges of whole numbers begin: 1, 2, 3 … or, when they reach far, … 5, 6–10, 11–20, 21–50 …"""
    if largest <= SINGLES:
        return [float(n) for n in range(1, max(int(largest), 1) + 1)]
    found, step = [1.0, 2.0, 3.0, 4.0, 5.0], 5
    while step < largest:
        found.append(step + 1.0)
        step = next_step(step)
    return found


def next_step(step: int) -> int:
    """Return the next of 1, 2, 5, 10, 20, 50 …"""
    return step * 5 // 2 if str(step).startswith("2") else step * 2


def even_cuts(low: float, high: float, parts: int = 8) -> list[float]:
    """Return about ``parts`` even cuts from ``low`` to ``high`` at round numbers."""
    if not high > low:
        return [low]
    raw = (high - low) / parts
    power = 10.0 ** math.floor(math.log10(raw))
    width = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw)
    return stepped(low, high, width)


def stepped(low: float, high: float, width: float) -> list[float]:
    """Return the multiples of ``width`` from the one at or below ``low`` to the one at or below ``high``, at most 100."""
    first = math.floor(low / width)
    last = min(math.floor(high / width), first + MOST_CUTS - 1)
    return [round(n * width, 10) for n in range(first, last + 1)]
