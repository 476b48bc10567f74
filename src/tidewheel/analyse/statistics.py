"""The few tests and intervals the analyses need, each with its source."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

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


def ratio_interval(a: int, trials_a: int, b: int, trials_b: int) -> tuple[float, float] | None:
    """Return the 95 % interval of a ratio of proportions (Katz et al. 1978, on the logarithm); None where one is 0."""
    if not a or not b:
        return None
    middle = math.log(a / trials_a / (b / trials_b))
    half = Z95 * math.sqrt(max(0.0, 1 / a - 1 / trials_a + 1 / b - 1 / trials_b))
    return math.exp(middle - half), math.exp(middle + half)


def phi(a: int, trials_a: int, b: int, trials_b: int) -> float | None:
    """Return the correlation of two yes-or-no facts (Pearson's phi, Matthews' coefficient); None where one never varies."""
    whole, both = trials_a + trials_b, a + b
    spread = math.sqrt(trials_a) * math.sqrt(trials_b) * math.sqrt(both) * math.sqrt(whole - both)
    return (a * trials_b - b * trials_a) / spread if spread else None


def pooled_difference(strata: Iterable[tuple[int, int, int, int]]) -> tuple[float, float, float] | None:
    """Return the difference of proportions over strata with its 95 % interval (Mantel and Haenszel; Greenland and Robins 1985).

    A stratum is (successes, trials) of both sides; one without trials on a side says nothing. None where all are so.
    """
    weight = whole = spread = 0.0
    for a, n, b, m in strata:
        if n and m:
            weight += n * m / (n + m)
            whole += (a * m - b * n) / (n + m)
            spread += (a * (n - a) * m**3 + b * (m - b) * n**3) / (n * m * (n + m) ** 2)
    if not weight:
        return None
    middle, half = whole / weight, Z95 * math.sqrt(spread) / weight
    return middle, max(-1.0, middle - half), min(1.0, middle + half)


def fisher_exact(a: int, trials_a: int, b: int, trials_b: int) -> float:
    """Return the two-sided p-value of Fisher's exact test: all tables at most as likely as the one found."""
    both, whole = a + b, trials_a + trials_b
    low, high = max(0, both - trials_b), min(trials_a, both)
    x = np.arange(low, high, dtype=np.float64)
    steps = np.log((trials_a - x) * (both - x)) - np.log((x + 1) * (whole - trials_a - both + x + 1))
    weight = np.concatenate([np.zeros(1), np.cumsum(steps)])
    weight -= weight.max()
    likely = np.exp(weight)
    found = likely[weight <= weight[a - low] + 1e-7].sum() / likely.sum()
    return min(1.0, float(found))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values that hold together for all tests (Holm 1979), in the order given."""
    adjusted = [1.0] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = highest
    return adjusted


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Return q-values that bound the share of false finds (Benjamini and Hochberg 1995), in the order given."""
    adjusted = [1.0] * len(p_values)
    lowest = 1.0
    for rank, index in reversed(list(enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i]), 1))):
        lowest = min(lowest, p_values[index] * len(p_values) / rank)
        adjusted[index] = lowest
    return adjusted


def chi_square_tail(x: float, degrees: int) -> float:
    """Return the probability of a chi-square of at least ``x`` (finite sums, Abramowitz and Stegun 26.4.4, 26.4.5)."""
    if x <= 0:
        return 1.0
    half = x / 2
    if degrees % 2:
        terms = (i + 0.5 for i in range((degrees - 1) // 2))
        start = math.erfc(math.sqrt(half))
    else:
        terms = (float(i) for i in range(degrees // 2))
        start = 0.0
    return min(
        1.0, start + math.fsum(math.exp(k * math.log(half) - half - math.lgamma(k + 1)) for k in terms)
    )


def independence(table: Sequence[tuple[int, int]]) -> tuple[float, int, float, float] | None:
    """Return chi-square, degrees, p-value and Cramér's V of rows of two counts; None where nothing can be told."""
    rows = [row for row in table if sum(row)]
    totals = [sum(row[side] for row in rows) for side in (0, 1)]
    if len(rows) < 2 or 0 in totals:
        return None
    whole = sum(totals)
    found = math.fsum(
        (row[side] - sum(row) * totals[side] / whole) ** 2 / (sum(row) * totals[side] / whole)
        for row in rows
        for side in (0, 1)
    )
    degrees = len(rows) - 1
    return found, degrees, chi_square_tail(found, degrees), math.sqrt(found / whole)


def cohen_h(one: float, other: float) -> float:
    """Return the distance of two proportions on the arcsine scale (Cohen 1988)."""
    return 2 * math.asin(math.sqrt(one)) - 2 * math.asin(math.sqrt(other))
