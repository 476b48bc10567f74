"""From runs of start and end rows to the pairs whose time apart is measured."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from tidewheel.analyse.contract import Block, Ints
from tidewheel.analyse.kernels import kernel
from tidewheel.analyse.kernels.runs import explode

Pairing: TypeAlias = Literal["nearest", "every", "first"]
MODES: dict[Pairing, int] = {"nearest": 0, "every": 1, "first": 2}


class Pairs(NamedTuple):
    """Rows of the block that make a pair, their person, and the value they share (None: none asked)."""

    person: Ints
    start: Ints
    end: Ints
    key: Ints | None


@kernel
def _pair(
    offsets: Ints, time: Ints, bits: Ints, mode: int, most: int, run: Ints, first: Ints, second: Ints
) -> int:
    """Write (run, start, end) of each pair at most ``most`` ms apart; return how many.

    Rows of a run are in order. One that is both ends what is open before it starts anew.
    """
    n = 0
    for r in range(offsets.size - 1):
        waiting = offsets[r]
        held = -1
        for i in range(offsets[r], offsets[r + 1]):
            if bits[i] & 2 and held >= 0:
                if mode == 1:
                    for j in range(waiting, i):
                        if bits[j] & 1 and time[i] - time[j] <= most:
                            run[n], first[n], second[n] = r, j, i
                            n += 1
                elif time[i] - time[held] <= most:
                    run[n], first[n], second[n] = r, held, i
                    n += 1
                held, waiting = -1, i
                if mode == 2:
                    break
            if bits[i] & 1 and not (mode == 2 and held >= 0):
                held = i
    return n


def pairs_of(block: Block, pairing: Pairing, most: int, *, hold: bool) -> Pairs:
    """Return the pairs of the block's persons; with ``hold`` only rows with one value of the key pair."""
    runs = explode(block) if hold else None
    offsets = block.offsets if runs is None else runs.offsets
    source = np.arange(block.time.size) if runs is None else runs.source
    bits = (block.match.view(np.int64) if runs is None else runs.match) & 3
    time = block.time[source]
    owner = np.repeat(np.arange(offsets.size - 1), np.diff(offsets))
    if (time[1:] == time[:-1]).any():
        rank = np.array([0, 0, 2, 1])[bits]
        order = np.lexsort((source, rank, time, owner))
        source, time, bits = source[order], time[order], bits[order]
    room = int((bits & 1).sum())
    run, first, second = (np.empty(room, np.int64) for _ in range(3))
    n = _pair(offsets, time, bits, MODES[pairing], most, run, first, second)
    run, first, second = run[:n], source[first[:n]], source[second[:n]]
    if runs is None:
        return Pairs(run, first, second, None)
    return Pairs(runs.person[run], first, second, runs.key[run])
