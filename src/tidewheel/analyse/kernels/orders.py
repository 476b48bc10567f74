"""A person's orders and what was taken back of each: the one ledger of every analysis of money.

Amounts are whole minor units. An order is one purchase row; further purchase rows of the person with the same order
id are the same order and add nothing. Refunds belong to the person's order with their id, in (time, event id)
order: each takes back what it says, at most what is left of the amount paid, and without an amount all that is
left. So a partial refund followed by a full one, told as the rest or as the whole, takes back the amount paid
once. Refunds without an order are nothing.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.contract import Block, Floats, Ints, Ragged
from tidewheel.analyse.kernels import kernel

Money: TypeAlias = Literal["gross", "paid", "net"]
LARGEST = float(10**15)
WHOLE = -1
SHORT: Final = 32
"""So few rows of a person are sorted one by one."""


class Ledger(NamedTuple):
    """Orders ascending by (person, row), persons and rows as indexes into the block.

    ``value`` is gross or paid. ``refund_*`` (net only) are what was taken back of ``refund_order``, at
    ``refund_time``: the refund's own, but never before its order's.
    """

    person: Ints
    row: Ints
    time: Ints
    value: Ints
    refund_order: Ints
    refund_time: Ints
    refund_value: Ints

    def net(self) -> tuple[Ints, npt.NDArray[np.bool_]]:
        """Return what is left of each order, and which were taken back entirely."""
        left = self.value.copy()
        np.subtract.at(left, self.refund_order, self.refund_value)
        touched = np.zeros(left.size, bool)
        touched[self.refund_order] = True
        return left, touched & (left == 0)


def minor(values: Floats, missing: int = 0) -> Ints:
    """Return amounts as whole minor units, halves to even; less than nothing is nothing."""
    known = np.clip(np.nan_to_num(values, nan=0.0), 0.0, LARGEST)
    return np.where(np.isnan(values), missing, np.rint(known)).astype(np.int64)


@kernel
def _runs(offsets: Ints, counts: npt.NDArray[np.bool_], key: Ints, rows: Ints, runs: Ints) -> tuple[int, int]:
    """Write the rows that count, by person and order id, and where each run of one id begins; return how many of both."""
    n, m = 0, 0
    for p in range(offsets.size - 1):
        begin = n
        for i in range(offsets[p], offsets[p + 1]):
            if counts[i] and key[i] >= 0:
                rows[n] = i
                n += 1
        if n - begin > SHORT:
            own = rows[begin:n].copy()
            rows[begin:n] = own[np.argsort(key[own], kind="mergesort")]
        else:
            for k in range(begin + 1, n):
                row, j = rows[k], k - 1
                while j >= begin and key[rows[j]] > key[row]:
                    rows[j + 1] = rows[j]
                    j -= 1
                rows[j + 1] = row
        for k in range(begin, n):
            if k == begin or key[rows[k]] != key[rows[k - 1]]:
                runs[m] = k
                m += 1
    runs[m] = n
    return n, m


@kernel
def _deal(
    rows: Ints,
    runs: Ints,
    match: Ints,
    buys: int,
    refunds: int,
    paid: Ints,
    back: Ints,
    head: npt.NDArray[np.bool_],
    of: Ints,
    at: Ints,
    amount: Ints,
) -> int:
    """Mark the first purchase of each run of one order id, and write what its refunds take back."""
    n = 0
    for r in range(runs.size - 1):
        first = -1
        for i in range(runs[r], runs[r + 1]):
            if match[rows[i]] & buys:
                first = rows[i]
                break
        if first < 0:
            continue
        head[first] = True
        left = paid[first]
        for i in range(runs[r], runs[r + 1]):
            row = rows[i]
            if not match[row] & refunds or left == 0:
                continue
            taken = left if back[row] < 0 else min(left, back[row])
            if taken:
                of[n], at[n], amount[n] = first, row, taken
                left -= taken
                n += 1
    return n


def ledger(
    block: Block,
    money: Money,
    *,
    buys: int = 1,
    refunds: int = 2,
    inside: npt.NDArray[np.bool_] | None = None,
    first: int = 0,
) -> Ledger:
    """Return the orders of a block; ``inside``: of these rows only.

    ``buys`` and ``refunds`` are step bits. ``block.values`` from ``first`` on are the amount paid, and for gross
    the gross amount (where missing, the amount paid), for net the amount of refunds. ``block.key`` is the
    order id, -1 where there is none: then every purchase is an order that cannot be taken back.
    """
    match = block.match.view(np.int64)
    person = np.repeat(np.arange(block.people.size), np.diff(block.offsets))
    counts = match & (buys | refunds) != 0
    if inside is not None:
        counts &= inside
    key = (
        block.key if block.key is not None and not isinstance(block.key, Ragged) else np.full(match.size, -1)
    )
    paid = minor(_plain(block, first))
    value = paid
    back = np.zeros(match.size, np.int64)
    if money == "gross":
        gross = _plain(block, first + 1)
        value = np.where(np.isnan(gross), paid, minor(gross))
    elif money == "net":
        back = minor(_plain(block, first + 1), WHOLE)
    rows, runs = np.empty(match.size, np.int64), np.empty(match.size + 1, np.int64)
    rows_held, runs_held = _runs(block.offsets, counts, key, rows, runs)
    rows, runs = rows[:rows_held], runs[: runs_held + 1]
    head = counts & (key < 0) & (match & buys != 0)
    of, at, amount = (np.empty(rows.size, np.int64) for _ in range(3))
    taken = refunds if money == "net" else 0
    n = _deal(rows, runs, match, buys, taken, paid, back, head, of, at, amount)
    row = np.flatnonzero(head)
    of, at, amount = of[:n], at[:n], amount[:n]
    return Ledger(
        person[row],
        row,
        block.time[row],
        value[row],
        np.searchsorted(row, of),
        np.maximum(block.time[at], block.time[of]),
        amount,
    )


def _plain(block: Block, at: int) -> Floats:
    column = block.values[at]
    if isinstance(column, Ragged):
        raise TypeError("amounts of orders are properties of the event")
    return column
