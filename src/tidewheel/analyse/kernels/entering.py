"""The moment each person came in: the first row ever of a step, if it falls in the asked period."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tidewheel.analyse.contract import Block, Ints
from tidewheel.analyse.kernels.orders import Ledger
from tidewheel.core.period import Span


class Entering(NamedTuple):
    """Persons (indexes into the block) who came in during the period and the row they came in with; ascending."""

    person: Ints
    row: Ints


def entering(block: Block, rows: Ints, span: Span) -> Entering:
    """Return those whose first of ``rows`` (ascending) lies in the period."""
    person = np.repeat(np.arange(block.people.size), np.diff(block.offsets))[rows]
    first = rows[np.flatnonzero(np.diff(person, prepend=-1))]
    first = first[(block.time[first] >= span.start) & (block.time[first] < span.end)]
    return Entering(np.searchsorted(block.offsets, first, side="right") - 1, first)


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
