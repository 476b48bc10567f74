"""From a block of persons to the best chain of funnel steps of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np

from tidewheel.analyse.contract import Block, Ints, Ragged
from tidewheel.analyse.kernels.buckets import edges, numbered
from tidewheel.analyse.kernels.funnel import MOST_PLAIN_STEPS, in_any_order, in_order, in_order_plainly
from tidewheel.analyse.kernels.groups import item_bits
from tidewheel.core.period import Calendar, Span

EVER = 2**61


@dataclass(frozen=True, slots=True)
class Rules:
    """What makes a chain: at most ``window`` ms from the first row to the last, the first before ``entry_end``.

    ``after`` and ``before`` are the 1-based steps between which each exclusion breaks the chain. ``legs``: the
    longest time to each step from the one before it; empty where no step has one.
    """

    steps: int
    order: Literal["ordered", "strict", "any"]
    entry_end: int
    calendar: Calendar
    window: int = EVER
    same: Literal["day", "session"] | None = None
    held: bool = False
    after: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    before: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    legs: Ints = field(default_factory=lambda: np.empty(0, np.int64))


class Chains(NamedTuple):
    """The best chain of each person who entered, row indexes into the block; ``key`` is what was held."""

    person: Ints
    depth: Ints
    rows: Ints
    key: Ints | None


def best_chains(rules: Rules, block: Block) -> Chains:
    """Return the best chain of each person of the block who entered."""
    held = explode(block) if rules.held else None
    offsets = block.offsets if held is None else held.offsets
    match = block.match.view(np.int64) if held is None else held.match
    time = block.time if held is None else block.time[held.source]
    segment = np.empty(0, np.int64)
    if rules.same == "day":
        segment = days(rules.calendar, block)
    elif rules.same == "session" and block.session is not None:
        segment = block.session.astype(np.int64)
    if segment.size and held is not None:
        segment = segment[held.source]
    depth = np.full(offsets.size - 1, -1, np.int64)
    rows = np.full((offsets.size - 1, rules.steps), -1, np.int64)
    limits = (rules.steps, rules.window, rules.entry_end)
    if rules.order == "any":
        in_any_order(offsets, time, match, segment, *limits, rules.after.size, depth, rows)
    else:
        strict = rules.order == "strict"
        free = not (strict or segment.size or rules.after.size or rules.legs.size)
        plain = free and rules.steps <= MOST_PLAIN_STEPS
        if not plain or in_order_plainly(offsets, time, match, *limits, depth, rows):
            in_order(
                offsets,
                time,
                match,
                segment,
                *limits,
                strict,
                rules.after,
                rules.before,
                rules.legs,
                depth,
                rows,
            )
    entered = np.flatnonzero(depth)
    if held is None:
        if entered.size == depth.size:
            return Chains(entered, depth, rows, None)
        return Chains(entered, depth[entered], rows[entered], None)
    source = held.source
    first, last = time[rows[entered, 0]], time[rows[entered, depth[entered] - 1]]
    person = held.person[entered]
    order = np.lexsort((held.appeared[entered], -first, last, -depth[entered], person))
    best = order[np.flatnonzero(np.diff(person[order], prepend=-1))]
    chosen = rows[entered[best]]
    return Chains(
        person[best], depth[entered[best]], np.where(chosen >= 0, source[chosen], -1), held.key[entered[best]]
    )


class Held(NamedTuple):
    """One run for each person and held value; ``appeared`` is where the run begins among all values."""

    offsets: Ints
    source: Ints
    match: Ints
    person: Ints
    key: Ints
    appeared: Ints


def explode(block: Block) -> Held:
    """Deal each person's rows out by the value held; a row with several values goes to each, once."""
    match = block.match.view(np.int64)
    row = np.arange(block.time.size)
    if isinstance(block.key, Ragged):
        row = np.repeat(row, np.diff(block.key.offsets))
        key = block.key.values
        bits = match[row]
        items = item_bits(block, block.key)
        if items.size:
            bits = bits & items
    else:
        key = block.key if block.key is not None else np.zeros(row.size, np.int64)
        bits = match
    position = np.flatnonzero((key >= 0) & (bits != 0))
    person = np.repeat(np.arange(block.people.size), np.diff(block.offsets))[row[position]]
    order = np.lexsort((key[position], person))
    position, person = position[order], person[order]
    source, value = row[position], key[position]
    fresh = np.ones(source.size, bool)
    same_run = (person[1:] == person[:-1]) & (value[1:] == value[:-1])
    fresh[1:] = ~(same_run & (source[1:] == source[:-1]))
    kept = np.flatnonzero(fresh)
    merged = np.bitwise_or.reduceat(bits[position], kept) if kept.size else kept
    begins = np.ones(kept.size, bool)
    begins[1:] = (np.diff(person[kept]) != 0) | (np.diff(value[kept]) != 0)
    runs = np.flatnonzero(begins)
    return Held(
        np.append(runs, kept.size),
        source[kept],
        merged,
        person[kept][runs],
        value[kept][runs],
        position[kept][runs],
    )


def days(calendar: Calendar, block: Block) -> Ints:
    """Number the calendar day of each row."""
    if not block.time.size:
        return np.empty(0, np.int64)
    first = calendar.floor(int(block.time.min()), "day")
    last = calendar.floor(int(block.time.max()), "day")
    return numbered(edges(calendar, Span(first, last + 1), "day"), block.time)
