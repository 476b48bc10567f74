"""The models that look at all journeys together: Markov removal effect and Shapley value.

Both give each touch a share of the conversions that had touches. Sources: Anderl, Becker, von Wangenheim and
Schumann (2016), "Mapping the customer journey", for the removal effect; Shapley (1953), with the game "how
many of the journeys that used only these touches converted".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.contract import Floats, Ints
from tidewheel.analyse.kernels.journeys import UNIT

GRAIN = 1 << 30


def markov(moves: Ints) -> Floats:
    """Return each touch's share by removal effect, of counts of moves between touches (order 1).

    ``moves`` is (1 + n) x (n + 2): from the start or a touch, to a touch, a conversion or nothing. Removing a
    touch sends everyone who reaches it to nothing: the conversions lost are P(reach it) x P(convert from it).
    Moves of a touch to itself change neither. Zeros where nobody converted.
    """
    n = moves.shape[0] - 1
    totals = moves.sum(axis=1)
    rates = moves / np.maximum(totals, 1)[:, None]
    if not n or not moves[:, n].sum():
        return np.zeros(n)
    left = np.eye(n) - rates[1:, :n]
    unused = totals[1:] == 0
    left[unused, unused] = 1.0
    convert = np.linalg.solve(left, rates[1:, n])
    visits = np.linalg.inv(left)
    reach = (rates[0, :n] @ visits) / np.diag(visits)
    lost: Floats = reach * convert
    return lost / lost.sum()


def shapley(members: Sequence[Sequence[int]], journeys: Ints, conversions: Ints, n: int) -> Floats:
    """Return each touch's share by Shapley value; exact over all 2**n coalitions.

    ``members[i]`` are the touches (0 … n - 1) of ``journeys[i]`` journeys, of which ``conversions[i]``
    converted. A coalition is worth the conversion rate of the journeys that used no other touch, 0 where
    there are none. A touch with which fewer convert than without gets nothing rather than less.
    """
    size = 1 << n
    all_of, won = np.zeros(size, np.int64), np.zeros(size, np.int64)
    masks = np.array([sum(1 << one for one in set(touches)) for touches in members], np.int64)
    np.add.at(all_of, masks, journeys)
    np.add.at(won, masks, conversions)
    coalitions = np.arange(size)
    for bit in range(n):
        having = coalitions[coalitions >> bit & 1 == 1]
        all_of[having] += all_of[having ^ 1 << bit]
        won[having] += won[having ^ 1 << bit]
    worth = won / np.maximum(all_of, 1)
    weight = np.zeros(n)
    chance = 1.0 / max(n, 1)
    for others in range(n):
        weight[others] = chance
        chance *= (others + 1) / max(n - 1 - others, 1)
    sizes = np.bitwise_count(coalitions)
    found = np.zeros(n)
    for bit in range(n):
        without = coalitions[coalitions >> bit & 1 == 0]
        gained = worth[without | 1 << bit] - worth[without]
        found[bit] = (gained * weight[sizes[without]]).sum()
    found = np.maximum(found, 0.0)
    return found / found.sum() if found.sum() > 0 else found


def deal(total: int, shares: npt.ArrayLike) -> list[int]:
    """Cut a total of millionths by shares, by running total: the parts add up to it exactly."""
    weights = [round(float(one) * GRAIN) for one in np.asarray(shares, np.float64)]
    whole, run, parts = sum(weights), 0, []
    for weight in weights:
        before = total * run // whole if whole else 0
        run += weight
        parts.append((total * run // whole if whole else 0) - before)
    return parts


def units(millionths: int) -> float:
    """Return millionths as units."""
    return millionths / UNIT
