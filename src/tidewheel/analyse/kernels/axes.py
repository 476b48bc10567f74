"""The rows and columns of a table of several breakdowns: a tree of values, the largest named, the rest "other"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from tidewheel.analyse.coding import code_of
from tidewheel.analyse.contract import Block, Ints, Labels, Ragged
from tidewheel.analyse.kernels.cells import ranked

EMPTY: tuple[int, ...] = ()


@dataclass(slots=True)
class Axis:
    """Nodes in reading order. A node is its digits, and for "other" the digits it is none of.

    ``children`` lead from (node, digit) to a node, ``others`` from a node to its "other".
    """

    nodes: list[tuple[tuple[int, ...], tuple[int, ...] | None]] = field(default_factory=list)
    children: dict[tuple[int, int], int] = field(default_factory=dict)
    others: dict[int, int] = field(default_factory=dict)

    def at(self, digits: Sequence[int]) -> int | None:
        """Return the node of some digits; None below an "other", which is not split further."""
        node: int | None = 0
        for digit in digits:
            if node is None or self.nodes[node][1] is not None:
                return None
            node = self.children.get((node, digit), self.others.get(node))
        return node

    def level(self, node: int) -> int:
        """Return how many breakdowns a node is of."""
        digits, but = self.nodes[node]
        return len(digits) + (but is not None)


def digits_of(codes: Ints, labels: Labels, dims: Sequence[int]) -> list[tuple[int, ...]]:
    """Return the digits of each code at some breakdowns."""
    columns = [(codes // labels.strides[dim] % (len(labels.tables[dim]) + 1)).tolist() for dim in dims]
    return list(zip(*columns, strict=True)) if columns else [EMPTY] * codes.size


def projected(block: Block, labels: Labels, dims: Sequence[int]) -> Block:
    """Return the block grouped by some of its breakdowns only."""
    return next(projections(block, labels, [dims]))


def projections(block: Block, labels: Labels, levels: Sequence[Sequence[int]]) -> Iterator[Block]:
    """Yield the block grouped by the breakdowns of each level; digits are worked out once for each different code."""
    group = block.group
    values = group.values if isinstance(group, Ragged) else group
    known, place = (None, None) if values is None else ranked(values)
    for dims in levels:
        if not dims or known is None:
            yield replace(block, group=None)
            continue
        total = np.zeros(known.size, np.int64)
        for dim in dims:
            stride = labels.strides[dim]
            total += known // stride % (len(labels.tables[dim]) + 1) * stride
        codes = total[place]
        yield replace(block, group=Ragged(group.offsets, codes) if isinstance(group, Ragged) else codes)


def value_of(labels: Labels, dim: int, digit: int) -> Any:
    """Return the value of a digit."""
    return None if digit == 0 else labels.tables[dim][digit - 1]


def digit_of(labels: Labels, dim: int, value: Any) -> int:
    """Return the digit of a value; -1 where no row has it."""
    found = code_of(Labels((labels.tables[dim],), (1,)), [value])
    return -1 if found is None else found
