"""Which breakdown values the chosen rows stand for."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.contract import Block, Ints, Labels, Ragged
from tidewheel.analyse.kernels import kernel
from tidewheel.analyse.question import GroupLabel

OTHER: GroupLabel = ["$other"]
NOT_SET = 0


@kernel
def _spread(
    rows: Ints,
    bits: Ints,
    offsets: Ints,
    codes: Ints,
    holds: Ints,
    keys: Ints,
    wanted: Ints,
    record: Ints,
    code: Ints,
) -> int:
    """Write one (record, code) for each different code of each row; return how many."""
    n = 0
    for i in range(rows.size):
        begin = n
        for entry in range(offsets[rows[i]], offsets[rows[i] + 1]):
            if holds.size and not holds[entry] & bits[i]:
                continue
            if keys.size and keys[entry] != wanted[i]:
                continue
            known = False
            for earlier in range(begin, n):
                known = known or code[earlier] == codes[entry]
            if not known:
                record[n], code[n] = i, codes[entry]
                n += 1
        if n == begin:
            record[n], code[n] = i, NOT_SET
            n += 1
    return n


def memberships(block: Block, rows: Ints, bits: Ints, wanted: Ints | None = None) -> tuple[Ints, Ints]:
    """Return (index into ``rows``, group code) pairs, each once: the groups those rows belong to.

    Only items that satisfy a step of ``bits`` count and, with ``wanted``, only items with that key. A row
    without such an item belongs to the group "not set".
    """
    group = block.group
    if group is None:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    if not isinstance(group, Ragged):
        return np.arange(rows.size), group[rows]
    holds, keys = item_bits(block, group), np.empty(0, np.int64)
    if wanted is not None and isinstance(block.key, Ragged) and block.key.values.size == group.values.size:
        keys = block.key.values
    room = int((group.offsets[rows + 1] - group.offsets[rows]).sum()) + rows.size
    record, code = np.empty(room, np.int64), np.empty(room, np.int64)
    n = _spread(
        rows, bits, group.offsets, group.values, holds, keys, rows if wanted is None else wanted, record, code
    )
    return record[:n], code[:n]


@kernel
def _first(place: Ints, person: Ints, last: Ints, fresh: npt.NDArray[np.bool_]) -> None:
    for i in range(place.size):
        fresh[i] = last[place[i]] != person[i]
        last[place[i]] = person[i]


def once_each(place: Ints, person: Ints) -> npt.NDArray[np.bool_]:
    """Mark the first of each (place, person); the records of a person stand together."""
    fresh = np.empty(place.size, bool)
    _first(place, person, np.full(int(place.max(initial=-1)) + 1, -1), fresh)
    return fresh


def item_bits(block: Block, ragged: Ragged) -> Ints:
    """Return the step bits of each entry, or nothing when the entries are not items."""
    found = block.item_match
    if found is None or found.values.size != ragged.values.size:
        return np.empty(0, np.int64)
    return found.values.view(np.int64)


def leading(codes: Ints, sizes: npt.NDArray[np.generic], top: int, labels: Labels) -> tuple[Ints, Ints]:
    """Return the ``top`` codes, largest first (equals by label), and the codes that make "other"."""
    chosen = np.arange(codes.size)
    if codes.size > top:
        chosen = np.flatnonzero(sizes >= np.partition(sizes, -top)[-top])
    ranking = sorted(
        chosen.tolist(), key=lambda i: (-sizes[i].item(), str(labels.of(int(codes[i]))), int(codes[i]))
    )
    named_codes = np.array(ranking[:top], dtype=np.int64)
    return codes[named_codes], np.delete(codes, named_codes)


def may_have_other(breakdowns: int, top: int, labels: Labels) -> bool:
    """Say whether there can be more groups than are named, as far as is known while folding."""
    space = math.prod(len(table) + 1 for table in labels.tables)
    return breakdowns > 0 and (not labels.tables or space > top)


def named(codes: Sequence[int] | Ints, rest: Ints, labels: Labels) -> list[tuple[GroupLabel, Ints]]:
    """Return each label with the codes it stands for, "other" last."""
    found = [(labels.of(int(code)), np.array([code], dtype=np.int64)) for code in codes]
    return [*found, (OTHER, rest)] if rest.size else found


def first_code(block: Block, bits: int) -> Ints:
    """Return one group code a row: of several, the first that satisfies a step of ``bits``; 0 without groups."""
    rows = np.arange(block.time.size)
    if block.group is None:
        return np.zeros(rows.size, np.int64)
    if not isinstance(block.group, Ragged):
        return block.group
    record, code = memberships(block, rows, np.full(rows.size, bits))
    fresh = np.ones(record.size, bool)
    fresh[1:] = record[1:] != record[:-1]
    return code[fresh]
