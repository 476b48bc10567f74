"""Cutting whole numbers into levels: a value is in level 1 + (how many thresholds it is above)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.contract import Ints


def quantile_thresholds(values: Ints, levels: int) -> Ints:
    """Return the nearest-rank quantiles k/levels (k = 1 … levels - 1); equal values stay in one level."""
    if not values.size:
        return np.zeros(0, np.int64)
    rank = -(-np.arange(1, levels) * values.size // levels) - 1
    return np.partition(values, np.unique(rank))[rank]


def mean_threshold(values: Ints) -> Ints:
    """Return the mean rounded down: a whole number is above it if and only if it is above the mean."""
    if not values.size:
        return np.zeros(0, np.int64)
    return np.array([sum(int(part.sum()) for part in np.array_split(values, 64)) // values.size], np.int64)


def levels_of(values: Ints, thresholds: Ints) -> npt.NDArray[np.int64]:
    """Return the level of each value."""
    return 1 + np.searchsorted(np.sort(thresholds), values, side="left").astype(np.int64)
