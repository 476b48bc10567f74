"""Turning counts of people by code or number into the values of a distribution."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from tidewheel.analyse.contract import Floats, Ints, Trait
from tidewheel.analyse.kernels.cells import Cells
from tidewheel.analyse.kernels.groups import OTHER
from tidewheel.analyse.question import GroupLabel


class Counts(NamedTuple):
    """People in the set, in the base, and in both."""

    people: int
    base: int
    both: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """One value: its label or the numbers it spans, the codes it stands for, its people."""

    label: GroupLabel | None
    low: float | None
    high: float | None
    codes: Ints
    counts: Counts


def counted(cells: Cells, codes: Ints) -> Counts:
    """Return the people with any of the codes."""
    return Counts(*cells.columns[:, np.isin(cells.keys, codes)].sum(axis=1).tolist())


def values_of(cells: Cells, trait: Trait, people: Counts, top: int, *, in_order: bool) -> list[Drawn]:
    """Return the ``top`` values, the rest as "other" and those without a value last.

    Values are ranked by the larger of their shares in the set and in the base (of ``people``), equals by label; those that
    have an order are then shown in it. Of lists each entry is a value, and people stand at each of theirs.
    """
    known = cells.keys[cells.keys > 0]
    if trait.kind == "list":
        holders: dict[object, list[int]] = {}
        for code in known.tolist():
            for entry in dict.fromkeys(trait.table[code - 1]):
                holders.setdefault(entry, []).append(code)
        groups = {entry: np.array(codes, np.int64) for entry, codes in holders.items()}
    else:
        groups = {trait.table[code - 1]: np.array([code], np.int64) for code in known.tolist()}
    drawn = [Drawn([value], None, None, codes, counted(cells, codes)) for value, codes in groups.items()]  # type: ignore[list-item]
    whole, base = max(people.people, 1), max(people.base, 1)
    drawn.sort(key=lambda one: (-max(one.counts.people * base, one.counts.base * whole), str(one.label)))
    shown, rest = drawn[:top], drawn[top:]
    if in_order:
        shown.sort(key=lambda one: int(one.codes[0]))
    if rest:
        codes = np.unique(np.concatenate([one.codes for one in rest]))
        shown.append(Drawn(OTHER, None, None, codes, counted(cells, codes)))
    return shown + without(cells)


def without(cells: Cells) -> list[Drawn]:
    """Return those without a value, if there are any."""
    nothing = np.zeros(1, np.int64)
    counts = counted(cells, nothing)
    return [Drawn([None], None, None, nothing, counts)] if counts.people or counts.base else []


def numeric_bins(cells: Cells, bins: int, table: Floats | None) -> list[Drawn]:
    """Return numbers cut at the base's nearest-rank quantiles; equal numbers stay together.

    With ``table`` keys are codes of numbers and 0 is no value; without, they are the numbers. Without anybody in
    the base the set's quantiles are taken. Spans say the least and the most that occurs.
    """
    inside = cells.keys > 0 if table is not None else np.ones(cells.keys.size, bool)
    keys, columns = cells.keys[inside], cells.columns[:, inside]
    weights = columns[1] if columns[1].sum() else columns[0]
    found: list[Drawn] = []
    if keys.size:
        ranks = -(-np.arange(1, bins) * int(weights.sum()) // bins)
        cuts = np.unique(np.searchsorted(np.cumsum(weights), np.maximum(ranks, 1)))
        ends = np.unique(np.append(cuts, keys.size - 1)) + 1
        for start, end in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True):
            codes = keys[start:end]
            low, high = (int(codes[at]) for at in (0, -1))
            span = (
                (float(low), float(high))
                if table is None
                else (float(table[low - 1]), float(table[high - 1]))
            )
            counts = Counts(*columns[:, start:end].sum(axis=1).tolist())
            found.append(Drawn(None, *span, codes, counts))
    return found + (without(cells) if table is not None else [])


def spelled(cells: Cells, side: int, table: Floats | None) -> tuple[float | None, float | None]:
    """Return mean and nearest-rank median of the set's (0) or the base's (1) numbers, exactly rounded."""
    inside = cells.keys > 0 if table is not None else np.ones(cells.keys.size, bool)
    weights = cells.columns[side, inside]
    n = int(weights.sum())
    if not n:
        return None, None
    keys = cells.keys[inside]
    numbers = keys.tolist() if table is None else [Fraction(one) for one in table[keys - 1].tolist()]
    total = sum(number * weight for number, weight in zip(numbers, weights.tolist(), strict=True))
    middle = int(np.searchsorted(np.cumsum(weights), -(-n // 2)))
    return float(Fraction(total) / n), float(numbers[middle])
