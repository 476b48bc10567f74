"""Many numbers described by a few: percentiles, mean, histogram."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from tidewheel.analyse.contract import Floats, Ints
from tidewheel.analyse.kernels import kernel
from tidewheel.analyse.kernels.cells import UNITS, exact


@dataclass(frozen=True)
class Sample:
    """Numbers in ascending order, each with how often it occurs."""

    values: Floats
    counts: Ints

    @cached_property
    def ends(self) -> Ints:
        """How many numbers there are up to each one."""
        found: Ints = np.cumsum(self.counts)
        return found

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return int(self.ends[-1]) if self.ends.size else 0

    @cached_property
    def total(self) -> float:
        """Their sum, which does not depend on any order."""
        return _exact_sum(self.values, self.counts)

    @property
    def mean(self) -> float | None:
        """The arithmetic mean; None of nothing."""
        return self.total / self.size if self.size else None

    def at(self, *shares: float) -> list[float | None]:
        """Return percentiles, between neighbours by straight line (Hyndman and Fan 1996, type 7); None of nothing."""
        if not self.size:
            return [None] * len(shares)
        place = (self.size - 1) * np.array(shares) / 100
        below = np.floor(place)
        low, high = self.values[np.searchsorted(self.ends, [below, np.ceil(place)], side="right")]
        found: list[float | None] = (low + (high - low) * (place - below)).tolist()
        return found

    def histogram(self, cuts: Sequence[float]) -> list[int]:
        """Count the numbers below the first cut, in each ``[cut, next cut)``, and from the last cut on."""
        ends = np.append(0, self.ends)
        return [int(count) for count in np.diff(ends[self._places(cuts)])]

    def sums(self, cuts: Sequence[float]) -> list[float]:
        """Return the sum of the numbers of each part of :meth:`histogram`."""
        places = self._places(cuts).tolist()
        return [_exact_sum(self.values[low:high], self.counts[low:high]) for low, high in pairwise(places)]

    def largest(self, share: float) -> float | None:
        """Return which part of the total the largest ``share`` (0…1) of the numbers make; None where it has no meaning."""
        if not self.size or self.values[0] < 0 or self.total <= 0:
            return None
        wanted = math.ceil(self.size * share)
        taken = np.clip(wanted - (np.cumsum(self.counts[::-1]) - self.counts[::-1]), 0, self.counts[::-1])
        return _exact_sum(self.values[::-1], taken) / self.total

    def _places(self, cuts: Sequence[float]) -> Ints:
        return np.concatenate([[0], np.searchsorted(self.values, np.array(cuts)), [self.values.size]])


def _exact_sum(values: Floats, counts: Ints) -> float:
    whole, fraction = exact(values)
    return int((whole * counts).sum()) + int((fraction * counts).sum()) / UNITS


def by_cell(cell: Ints, values: Floats, counts: Ints, cells: int) -> list[Sample]:
    """Return the sample of each cell 0 … ``cells`` - 1."""
    heads, held, times = np.empty(cells + 1, np.int64), np.empty(cell.size), np.empty(cell.size, np.int64)
    _deal(cell, values, counts, heads, held, times)
    found = []
    for low, high in pairwise(heads.tolist()):
        own, often = held[low:high], times[low:high]
        if (often == 1).all():
            own.sort()
        else:
            order = np.argsort(own)
            own, often = own[order], often[order]
        found.append(Sample(own, often))
    return found


@kernel
def _deal(cell: Ints, values: Floats, counts: Ints, heads: Ints, held: Floats, times: Ints) -> None:
    """Put the numbers of each cell together; those of cell c are ``heads[c]:heads[c + 1]``."""
    heads[:] = 0
    for i in range(cell.size):
        heads[cell[i] + 1] += 1
    for c in range(heads.size - 1):
        heads[c + 1] += heads[c]
    fill = heads.copy()
    for i in range(cell.size):
        at = fill[cell[i]]
        held[at], times[at] = values[i], counts[i]
        fill[cell[i]] = at + 1
