"""The few tests and intervals the analyses need, each with its source."""

from __future__ import annotations

import math
from collections.abc import Sequence

Z95 = 1.959963984540054


def wilson(successes: int, trials: int, z: float = Z95) -> tuple[float, float] | None:
    """Return the score interval of a proportion (Wilson 1927); None without trials."""
    if trials == 0:
        return None
    share, square = successes / trials, z * z
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    half = z / (1 + square / trials) * math.sqrt(share * (1 - share) / trials + square / (4 * trials**2))
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    high = 1.0 if successes == trials else min(1.0, middle + half)
    return low, high


def two_proportions(a: int, trials_a: int, b: int, trials_b: int) -> float | None:
    """Return the two-sided p-value of the pooled z-test that two proportions are equal."""
    if trials_a == 0 or trials_b == 0:
        return None
    pooled = (a + b) / (trials_a + trials_b)
    error = math.sqrt(pooled * (1 - pooled) * (1 / trials_a + 1 / trials_b))
    if error == 0:
        return 1.0
    return math.erfc(abs(a / trials_a - b / trials_b) / error / math.sqrt(2))


def newcombe(a: int, trials_a: int, b: int, trials_b: int) -> tuple[float, float] | None:
    """Return the 95 % interval of a difference of proportions (Newcombe 1998, method 10)."""
    first, second = wilson(a, trials_a), wilson(b, trials_b)
    if first is None or second is None:
        return None
    p, q = a / trials_a, b / trials_b
    low = p - q - math.hypot(p - first[0], second[1] - q)
    high = p - q + math.hypot(first[1] - p, q - second[0])
    return low, high


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values that hold together for all tests (Holm 1979), in the order given."""
    adjusted = [1.0] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = highest
    return adjusted
