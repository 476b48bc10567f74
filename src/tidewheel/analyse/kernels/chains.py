"""From a block of persons to the best chain of funnel steps of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from tidewheel.analyse.contract import Block, Ints
from tidewheel.analyse.kernels.buckets import edges, numbered
from tidewheel.analyse.kernels.funnel import (
    attempts,
    bounds_of,
    in_any_order,
    in_order,
    narrowed,
    with_optional,
)
from tidewheel.analyse.kernels.plain_chains import MOST_PLAIN_STEPS, in_order_plainly
from tidewheel.analyse.kernels.runs import Runs, by_session, cut_down, runs_of
from tidewheel.core.period import Calendar, Span

EVER = 2**61
Count: TypeAlias = Literal["people", "sessions", "held", "attempts"]


def _none() -> Ints:
    return np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Rules:
    """What makes a chain: at most ``window`` ms from the first row to the last, the first before ``entry_end``.

    ``after`` and ``before`` are the 1-based steps between which each exclusion breaks the chain. ``legs``: the
    longest time to each step from the required one before it; empty where no step has one. ``optional``: the
    steps (from 0) that may be skipped. ``count``: each person, session, value held or attempt has one chain.
    """

    steps: int
    order: Literal["ordered", "strict", "any"]
    entry_end: int
    calendar: Calendar
    window: int = EVER
    same: Literal["day", "session"] | None = None
    held: bool = False
    after: Ints = field(default_factory=_none)
    before: Ints = field(default_factory=_none)
    legs: Ints = field(default_factory=_none)
    optional: Ints = field(default_factory=_none)
    count: Count = "people"


class Chains(NamedTuple):
    """The best chain of each person who entered, row indexes into the block; ``key`` is what was held.

    ``person`` ascends; one has several chains where sessions, values or attempts count.
    ``depth`` is the number of the last required step reached; a step skipped or not reached has the row -1.
    """

    person: Ints
    depth: Ints
    rows: Ints
    key: Ints | None


def best_chains(rules: Rules, block: Block) -> Chains:
    """Return the best chain of each person (session, value held, attempt) of the block who entered."""
    segment = _none()
    if rules.same == "day":
        segment = days(rules.calendar, block)
    elif rules.same == "session" and block.session is not None:
        segment = block.session.astype(np.int64)
    runs = runs_of(block, segment, held=rules.held)
    if rules.count == "sessions" and block.session is not None:
        runs = by_session(runs, block.session, block.people.size)
    elif rules.count == "attempts":
        runs = by_attempt(rules, runs, block.people.size)
    depth, rows = _along(rules, runs)
    entered = np.flatnonzero(depth)
    if runs.source is None or runs.person is None:
        if entered.size == depth.size:
            return Chains(entered, depth, rows, None)
        return Chains(entered, depth[entered], rows[entered], None)
    if rules.held and rules.count in ("people", "sessions"):
        session = block.session if rules.count == "sessions" else None
        entered = entered[_best(rules, runs, depth[entered], rows[entered], entered, session)]
    chosen = rows[entered]
    return Chains(
        runs.person[entered],
        depth[entered],
        np.where(chosen >= 0, runs.source[chosen], -1),
        None if runs.key is None else runs.key[entered],
    )


def by_attempt(rules: Rules, runs: Runs, people: int) -> Runs:
    """Return a run for each attempt: see :func:`attempts`."""
    must, strict = required(rules), rules.order == "strict"
    narrow, bounds = runs.match, (rules.after, rules.before, rules.legs, steps_before(rules))
    if rules.optional.size:
        narrow = np.empty_like(runs.match)
        narrowed(runs.match, rules.steps, rules.after.size, must, narrow)
        bounds = bounds_of(must, *bounds)
    size = runs.time.size
    kept, bits = np.empty(size, np.int64), np.empty(size, np.int64)
    starts, owner = np.empty(size, np.int64), np.empty(size, np.int64)
    limits = (must.size, rules.window, rules.entry_end)
    rows, found = attempts(
        runs.offsets, runs.time, runs.match, narrow, runs.segment, *limits, strict, *bounds, kept, bits, starts, owner
    )  # fmt: skip
    return cut_down(runs, kept[:rows], bits[:rows], starts[:found], owner[:found], people)


def required(rules: Rules) -> Ints:
    """Return the steps (from 0) that nobody may skip."""
    return np.setdiff1d(np.arange(rules.steps), rules.optional)


def steps_before(rules: Rules) -> Ints:
    """Return the required step before each step, -1 before the first."""
    must = required(rules)
    return np.append(-1, must)[np.searchsorted(must, np.arange(rules.steps))].astype(np.int64)


def _along(rules: Rules, runs: Runs) -> tuple[Ints, Ints]:
    """Return how far each run gets, and the rows of its best chain."""
    offsets, time, match, segment = runs.offsets, runs.time, runs.match, runs.segment
    depth = np.full(offsets.size - 1, -1, np.int64)
    rows = np.full((offsets.size - 1, rules.steps), -1, np.int64)
    limits = (rules.steps, rules.window, rules.entry_end)
    if rules.order == "any":
        in_any_order(offsets, time, match, segment, *limits, rules.after.size, depth, rows)
        return depth, rows
    bounds = (rules.after, rules.before, rules.legs, steps_before(rules))
    if rules.optional.size:
        must = required(rules)
        with_optional(offsets, time, match, segment, *limits, must, rules.optional, *bounds, depth, rows)
        return depth, rows
    strict = rules.order == "strict"
    free = not (strict or segment.size or rules.after.size or rules.legs.size)
    plain = free and rules.steps <= MOST_PLAIN_STEPS
    if not plain or in_order_plainly(offsets, time, match, *limits, depth, rows):
        in_order(offsets, time, match, segment, *limits, strict, *bounds, depth, rows)
    return depth, rows


def _best(rules: Rules, runs: Runs, depth: Ints, rows: Ints, entered: Ints, session: Ints | None) -> Ints:
    """Return the best of the chains of each person (and session); of equals that of the value that appeared first."""
    person, place, source = runs.person, runs.place, runs.source
    assert person is not None
    assert place is not None
    assert source is not None
    time, one = runs.time, np.arange(entered.size)
    start, last = time[rows[:, 0]], time[rows[one, depth - 1]]
    keys = [place[runs.offsets[entered]], -start]
    if rules.optional.size:
        done = rows >= 0
        final = rules.steps - 1 - np.argmax(done[:, ::-1], axis=1)
        keys += [time[rows[one, final]], -done[:, rules.optional].sum(axis=1)]
    units = [person[entered]]
    if session is not None:
        units = [session[source[runs.offsets[entered]]], *units]
    order = np.lexsort([*keys, last, -depth, *units])
    first = np.zeros(order.size, bool)
    for unit in units:
        first |= np.diff(unit[order], prepend=-1) != 0
    return order[first]


def days(calendar: Calendar, block: Block) -> Ints:
    """Number the calendar day of each row."""
    if not block.time.size:
        return np.empty(0, np.int64)
    first = calendar.floor(int(block.time.min()), "day")
    last = calendar.floor(int(block.time.max()), "day")
    return numbered(edges(calendar, Span(first, last + 1), "day"), block.time)
