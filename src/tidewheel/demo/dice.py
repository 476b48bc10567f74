"""Randomness without state: every draw is a pure function of (seed, purpose, keys).

A draw is a counter-based hash (SplitMix64 finaliser, Steele et al. 2014) of what it is for and of whom
it is about. So a person's history is the same in whatever shard, order or world size it is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tidewheel.core.ids import key64

Words: TypeAlias = npt.NDArray[np.uint64]
Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Numbers: TypeAlias = Floats | float

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def mix(word: Words) -> Words:
    """Return the words scrambled; a bijection on 64 bits."""
    word = word + _GOLDEN
    word ^= word >> np.uint64(30)
    word *= _FIRST
    word ^= word >> np.uint64(27)
    word *= _SECOND
    word ^= word >> np.uint64(31)
    return word


def words(value: npt.ArrayLike) -> Words:
    """Return integers as unsigned words; negative ones wrap."""
    array = np.asarray(value)
    return array if array.dtype == np.uint64 else array.astype(np.int64).astype(np.uint64)


class Dice:
    """Draws for one seed. ``purpose`` names the draw, ``keys`` (integers, broadcast) whom it is about."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._salts: dict[str, np.uint64] = {}

    def word(self, purpose: str, *keys: npt.ArrayLike) -> Words:
        """Return 64 random bits."""
        salt = self._salts.get(purpose)
        if salt is None:
            salt = self._salts[purpose] = np.uint64(key64("tidewheel demo", str(self.seed), purpose))
        drawn: Words = np.full(1, salt, dtype=np.uint64)
        for key in keys:
            drawn = mix(drawn ^ words(key))
        return drawn

    def uniform(self, purpose: str, *keys: npt.ArrayLike) -> Floats:
        """Return numbers in [0, 1)."""
        return np.asarray((self.word(purpose, *keys) >> np.uint64(11)).astype(np.float64) * 2.0**-53)

    def chance(self, purpose: str, probability: Numbers, *keys: npt.ArrayLike) -> Flags:
        """Return True with the given probability."""
        return np.asarray(self.uniform(purpose, *keys) < probability)

    def pick(self, purpose: str, weights: Sequence[float] | Floats, *keys: npt.ArrayLike) -> Ints:
        """Return an index drawn in proportion to ``weights``."""
        return choose(np.cumsum(np.asarray(weights, dtype=np.float64)), self.uniform(purpose, *keys))

    def below(self, purpose: str, limit: Ints | int, *keys: npt.ArrayLike) -> Ints:
        """Return an integer in [0, limit)."""
        return np.asarray((self.uniform(purpose, *keys) * limit).astype(np.int64))

    def exponential(self, purpose: str, mean: Numbers, *keys: npt.ArrayLike) -> Floats:
        """Return exponential waiting times."""
        return np.asarray(-np.log1p(-self.uniform(purpose, *keys)) * mean)

    def geometric(self, purpose: str, probability: Numbers, *keys: npt.ArrayLike) -> Ints:
        """Return failures before the first success: 0, 1, 2 …"""
        waited = np.log1p(-self.uniform(purpose, *keys)) / np.log1p(
            -np.asarray(probability, dtype=np.float64)
        )
        return np.asarray(np.minimum(waited, 1e9).astype(np.int64))

    def normal(self, purpose: str, *keys: npt.ArrayLike) -> Floats:
        """Return standard normal numbers (Box and Muller 1958)."""
        drawn = self.word(purpose, *keys)
        first = ((drawn >> np.uint64(11)).astype(np.float64) + 1.0) * 2.0**-53
        second = (mix(drawn) >> np.uint64(11)).astype(np.float64) * 2.0**-53
        return np.asarray(np.sqrt(-2.0 * np.log(first)) * np.cos(2.0 * np.pi * second))

    def poisson(self, purpose: str, mean: Numbers, *keys: npt.ArrayLike, most: int = 12) -> Ints:
        """Return Poisson counts by inversion, at most ``most``."""
        drawn = self.uniform(purpose, *keys)
        mean = np.broadcast_to(np.asarray(mean, dtype=np.float64), drawn.shape)
        counts = np.zeros(drawn.shape, dtype=np.int64)
        rest = np.flatnonzero(drawn >= np.exp(-mean))
        flat, means, found = drawn.reshape(-1)[rest], mean.reshape(-1)[rest], counts.reshape(-1)
        term = np.exp(-means)
        total = term.copy()
        for count in range(1, most + 1):
            found[rest] = count
            term = term * means / count
            total = total + term
            keep = flat >= total
            if not keep.any():
                break
            rest, flat, means, term, total = rest[keep], flat[keep], means[keep], term[keep], total[keep]
        return counts


def choose(cumulative: Floats, drawn: Floats) -> Ints:
    """Return the index in which ``drawn`` (0…1) falls on a cumulative scale."""
    found = np.searchsorted(cumulative, drawn * cumulative[-1], side="right")
    return np.asarray(np.minimum(found, len(cumulative) - 1).astype(np.int64))


def spread(counts: npt.NDArray[Any]) -> tuple[Ints, Ints]:
    """Return for ``counts`` [2, 0, 1] the owners [0, 0, 2] and the ordinals [0, 1, 0]."""
    owner = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    starts = np.cumsum(counts) - counts
    return owner, np.arange(len(owner), dtype=np.int64) - np.repeat(starts, counts).astype(np.int64)
