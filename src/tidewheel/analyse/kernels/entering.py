"""The moment each person came in: the first row ever of a step, if it falls in the asked period."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.contract import Block, Ints
from tidewheel.analyse.kernels import kernel
from tidewheel.analyse.kernels.orders import Ledger
from tidewheel.core.period import Span


class Entering(NamedTuple):
    """Persons (indexes into the block) who came in during the period and the row they came in with; ascending."""

    person: Ints
    row: Ints


def entering(block: Block, rows: Ints, span: Span) -> Entering:
    """Return those whose first of ``rows`` (ascending) lies in the period."""
    person, row = np.empty((2, min(rows.size, block.people.size)), np.int64)
    n = _firsts(block.offsets, rows, block.time, span.start, span.end, person, row)
    return Entering(person[:n], row[:n])


@kernel
def _firsts(offsets: Ints, rows: Ints, time: Ints, start: int, end: int, person: Ints, row: Ints) -> int:
    """Write each person's first row if it lies in the period; return how many."""
    n, p, last = 0, 0, -1
    for r in rows:
        while r >= offsets[p + 1]:
            p += 1
        if p != last and start <= time[r] < end:
            person[n], row[n] = p, r
            n += 1
        last = p
    return n


@kernel
def by_day_and_age(
    chosen: npt.NDArray[np.bool_], day: Ints, entry: Ints, age: Ints, first: Ints, value: Ints, out: Ints
) -> None:
    """Add first orders and values of the chosen entries to ``out`` (2 x days x ages)."""
    for i in range(entry.size):
        if chosen[entry[i]]:
            out[0, day[entry[i]], age[i]] += first[i]
            out[1, day[entry[i]], age[i]] += value[i]


class Spent(NamedTuple):
    """Money that moved after a person came in: which entry, when, how much, and the order (-1: a refund)."""

    entry: Ints
    time: Ints
    value: Ints
    order: Ints


def spent_by(block: Block, found: Entering, book: Ledger) -> Spent:
    """Return the orders from each entry's own moment on, in the order of their rows, then their refunds."""
    entry_of = np.full(block.people.size, -1, np.int64)
    entry_of[found.person] = np.arange(found.person.size)
    entry = entry_of[book.person]
    kept = entry >= 0
    kept[kept] = book.time[kept] >= block.time[found.row[entry[kept]]]
    own, back = np.flatnonzero(kept), kept[book.refund_order]
    return Spent(
        np.concatenate([entry[own], entry[book.refund_order[back]]]),
        np.concatenate([book.time[own], book.refund_time[back]]),
        np.concatenate([book.value[own], -book.refund_value[back]]),
        np.concatenate([own, np.full(int(back.sum()), -1)]),
    )
