"""Arrays of many parts as one: records that point at others keep pointing at them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tidewheel.analyse.contract import Ints


def strung(columns: Sequence[Ints]) -> Ints:
    """Return arrays one after another."""
    return np.concatenate([np.zeros(0, np.int64), *columns])


def shifted(columns: Sequence[Ints], sizes: Sequence[int]) -> Ints:
    """Return arrays of indexes one after another, those of part i moved by the sizes of the parts before it."""
    starts = np.cumsum([0, *sizes])[:-1]
    return strung([column + start for column, start in zip(columns, starts, strict=True)])
