"""Which actors should lie next to each other: those that links join, directly or through others.

This only decides where rows are kept. Who is one person is decided when a question is asked, with rules
that this does not know; a wrong guess costs time, never a number.
"""

from __future__ import annotations

import threading

import numpy as np
import numpy.typing as npt
from numba import njit

Codes = npt.NDArray[np.int32]


@njit(nogil=True, cache=True)
def _root(parent: Codes, at: int) -> int:
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = parent[at]
    return at


@njit(nogil=True, cache=True)
def _join(parent: Codes, a: Codes, b: Codes) -> None:
    for i in range(a.shape[0]):
        x, y = _root(parent, a[i]), _root(parent, b[i])
        if x != y:
            parent[max(x, y)] = min(x, y)


@njit(nogil=True, cache=True)
def _roots(parent: Codes, codes: Codes) -> Codes:
    out = np.empty(codes.shape[0], np.int32)
    for i in range(codes.shape[0]):
        out[i] = _root(parent, codes[i])
    return out


class Clusters:
    """Components of actor codes, growing as links arrive."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._parent = np.zeros(0, np.int32)
        self._waiting: list[tuple[Codes, Codes]] = []

    def join(self, a: Codes, b: Codes) -> None:
        """Put the ends of links together: when a rank is asked for next, as a start needs none."""
        if len(a):
            with self._lock:
                self._waiting.append((a, b))

    def rank(self, codes: Codes) -> npt.NDArray[np.int64]:
        """Return the place of each of some distinct actors: by component, then by code."""
        with self._lock:
            for a, b in self._waiting:
                self._grow(int(max(a.max(), b.max())) + 1)
                _join(self._parent, a, b)
            self._waiting.clear()
            if len(codes):
                self._grow(int(codes.max()) + 1)
            roots = _roots(self._parent, codes)
        order = np.lexsort((codes, roots))
        rank = np.empty(len(codes), np.int64)
        rank[order] = np.arange(len(codes))
        return rank

    def _grow(self, size: int) -> None:
        known = len(self._parent)
        if size > known:
            grown = np.arange(max(size, 2 * known), dtype=np.int32)
            grown[:known] = self._parent
            self._parent = grown
