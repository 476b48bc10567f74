"""Where each actor's runs are: actor code → (segment, first row, end row), compressed by actor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from tidewheel.store.columns.derived import Arrays, Wanted
from tidewheel.store.columns.pointers import load64


@dataclass(frozen=True, slots=True)
class RunIndex:
    """Runs of actor ``a`` are at ``heads[a - least]:heads[a - least + 1]``; those of actors outside: none.

    Segments are numbered within the index; its first is number ``first`` of the snapshot.
    """

    first: int
    heads: npt.NDArray[np.int64]
    runs: npt.NDArray[np.uint32]
    """(segment, first row, end row, 0) of each run: one line of the cache tells all of it."""
    least: int = 0
    """The code that ``heads`` begin with."""


Maker = Callable[[Mapping[str, Wanted], Callable[[Arrays], None]], Arrays]


def index_runs(
    actor_codes: Sequence[npt.NDArray[np.int32]],
    runs: Sequence[npt.NDArray[np.int64]],
    actors: int,
    make: Maker,
) -> RunIndex:
    """Build the index of some segments in arrays that ``make`` gives; order within an actor is theirs."""

    def fill(arrays: Arrays) -> None:
        heads = arrays["heads"]
        for codes in actor_codes:
            _count(codes, heads)
        np.cumsum(heads, out=heads)
        for number, (codes, edges) in enumerate(zip(actor_codes, runs, strict=True)):
            _fill(codes, edges, number, heads, arrays["runs"])

    wanted = {
        "heads": Wanted(np.int64, (actors + 2,)),
        "runs": Wanted(np.uint32, (sum(map(len, actor_codes)), 4)),
    }
    arrays = make(wanted, fill)
    return RunIndex(0, arrays["heads"][:-1], arrays["runs"])


@njit(nogil=True, cache=True)
def _count(codes: npt.NDArray[np.int32], heads: npt.NDArray[np.int64]) -> None:
    for i in range(codes.shape[0]):
        heads[codes[i] + 2] += 1


@njit(nogil=True, cache=True)
def _fill(
    codes: npt.NDArray[np.int32], edges: npt.NDArray[np.int64], number: int, heads: npt.NDArray[np.int64], runs: npt.NDArray[np.uint32]
) -> None:  # fmt: skip
    """Enter the runs of one segment; ``heads[a + 1]`` moves from the begin of actor ``a``'s runs to their end."""
    for i in range(codes.shape[0]):
        at = heads[codes[i] + 1]
        heads[codes[i] + 1] = at + 1
        runs[at, 0], runs[at, 1], runs[at, 2], runs[at, 3] = number, edges[i], edges[i + 1], 0


@njit(nogil=True, cache=True)
def mark_known(
    actors: npt.NDArray[np.int32], ids: npt.NDArray[np.uint64], order: npt.NDArray[np.int64],
    heads: npt.NDArray[np.int64], runs: npt.NDArray[np.uint32],
    id_at: npt.NDArray[np.uint64], found: npt.NDArray[np.bool_],
) -> None:  # fmt: skip
    """Set ``found`` where (actor, id) is stored. ``order`` sorts by (actor, id): each run is read once."""
    n = order.shape[0]
    i = 0
    while i < n:
        actor = actors[order[i]]
        j = i
        while j < n and actors[order[j]] == actor:
            j += 1
        if actor >= 0 and actor < heads.shape[0] - 1:
            for run in range(heads[actor], heads[actor + 1]):
                stored = id_at[runs[run, 0]]
                for row in range(np.int64(runs[run, 1]), np.int64(runs[run, 2])):
                    low, high = i, j
                    while low < high:
                        middle = (low + high) >> 1
                        if ids[order[middle]] < load64(stored, row):
                            low = middle + 1
                        else:
                            high = middle
                    while low < j and ids[order[low]] == load64(stored, row):
                        found[order[low]] = True
                        low += 1
        i = j
