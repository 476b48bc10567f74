"""The journeys of a block: every conversion of the period, and everyone touched in it who did not convert."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.attribution.question import AttributionParams, TouchName, one_value
from tidewheel.analyse.coding import code_of
from tidewheel.analyse.contract import Block, Context, Ints, Labels, Ragged
from tidewheel.analyse.kernels.attribution import (
    COLUMNS,
    PATH_MODELS,
    along,
    credit_all,
    earned,
    moves,
    paths,
    sets,
    slots_for,
)
from tidewheel.analyse.kernels.cells import ranked
from tidewheel.analyse.kernels.groups import item_bits
from tidewheel.analyse.kernels.journeys import journeys, millionths, paid, touches
from tidewheel.core.period import DAY, HOUR, MINUTE

DEPTH = 6
"""How many touches of a path are shown."""
LONGEST = 10
"""Journeys of so many touches and more are put together."""
DELAYS = (0, HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY)
"""Where the spans between first touch and conversion begin."""


class Catalogue:
    """All touches that can be: a number from 1 on for each definition and name; 0 is "no touch"."""

    def __init__(self, names: tuple[Labels, ...]) -> None:
        self._names = names
        self.bases, size = [], 0
        for labels in names:
            self.bases.append(size)
            size += len(labels.tables[0])
        self.size = size + 1

    def of(self, touch: int) -> TouchName:
        """Return what a touch is called."""
        definition = max(at for at, base in enumerate(self.bases) if base < touch)
        name = self._names[definition].of(touch - self.bases[definition])[0]
        return TouchName(definition=definition, name=name)

    def find(self, name: TouchName) -> int:
        """Return the number of a touch, -1 when there is none of that name."""
        if name.definition is None or not 0 <= name.definition < len(self._names) or name.name is None:
            return -1
        code = code_of(self._names[name.definition], [name.name])
        return -1 if not code else self.bases[name.definition] + code


@dataclass(frozen=True, slots=True)
class Ragged64:
    """Lists of numbers: those of ``i`` are ``values[ends[i - 1]:ends[i]]``."""

    ends: Ints
    values: Ints

    def take(self, which: Ints) -> Ragged64:
        """Return some of the lists."""
        starts = np.concatenate([np.zeros(1, np.int64), self.ends[:-1]]) if self.ends.size else self.ends
        lengths = (self.ends - starts)[which]
        ends = np.cumsum(lengths)
        at = np.arange(int(ends[-1]) if ends.size else 0) + np.repeat(starts[which] - ends + lengths, lengths)
        return Ragged64(ends, self.values[at])

    def join(self, other: Ragged64) -> Ragged64:
        """Return the lists of both."""
        ends = np.concatenate([self.ends, other.ends + self.values.size])
        return Ragged64(ends, np.concatenate([self.values, other.values]))

    def lists(self) -> list[list[int]]:
        """Return plain lists."""
        values = self.values.tolist()
        return [values[low:high] for low, high in pairwise([0, *self.ends.tolist()])]


class Journeys:
    """The journeys of a block, one entry each, the persons' in order.

    ``person`` is a place in the block, ``line`` the group code, ``later`` whether the person had converted
    before, ``value`` revenue in millionths. The touches are ``touch[low:high]`` at ``when[low:high]``.
    """

    def __init__(self, params: AttributionParams, context: Context, block: Block) -> None:
        self.catalogue = catalogue = Catalogue(context.names)
        self.params, self.people = params, block.people
        match = block.match.view(np.int64)
        bit = len(params.touches)
        bases = np.array(catalogue.bases, np.int64)
        heads = np.zeros(block.offsets.size, np.int64)
        names = _named(params, block)
        row, touch = np.empty(names.size, np.int64), np.empty(names.size, np.int64)
        again = params.again_minutes * MINUTE
        n = touches(block.offsets, block.time, match, names, bases, again, heads, row, touch)
        row, self.touch = row[:n], touch[:n]
        self.when = block.time[row]
        converts = match >> bit & 1 == 1
        room = int(converts.sum()) + block.people.size
        person, at_row, low, high = (np.empty(room, np.int64) for _ in range(4))
        repeat, converted = np.empty(room, bool), np.empty(room, bool)
        n = journeys(
            block.offsets, block.time, match, bit, heads, row, context.span.start, context.span.end,
            params.within_days * DAY, params.fresh, person, at_row, low, high, repeat, converted,
        )  # fmt: skip
        self.person, self.row, self.low, self.high = person[:n], at_row[:n], low[:n], high[:n]
        self.later, self.converted = repeat[:n], converted[:n]
        self.value = np.zeros(n, np.int64)
        if params.valued and n:
            self.value = np.where(self.converted, revenue(params, block, converts)[self.row], 0)
        self.code = np.full(n, -1, np.int64)
        if block.group is not None:
            if isinstance(block.group, Ragged):
                raise one_value("breakdowns", ", ".join(one.property for one in params.breakdowns))
            self.code = block.group[self.row]
        self.time = block.time[self.row]

    @property
    def length(self) -> Ints:
        """The touches of each, :data:`LONGEST` and more together."""
        return np.minimum(self.high - self.low, LONGEST)

    @property
    def delay(self) -> Ints:
        """The place in :data:`DELAYS` of the span from the first touch, -1 without touches."""
        some = self.high > self.low
        found = np.full(self.low.size, -1, np.int64)
        span = self.time[some] - self.when[self.low[some]]
        found[some] = np.searchsorted(np.array(DELAYS), span, side="right") - 1
        return found

    def credited(self, which: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """Return (entry, touch) pairs of some conversions with credits in millionths: of one, of the value.

        The credits are pairs x models; touch 0 holds conversions without touches.
        """
        low, high = self.low[which], self.high[which]
        room = int(np.maximum(high - low, 1).sum())
        record, name = np.empty(room, np.int64), np.empty(room, np.int64)
        counts, worths = np.empty((2, room, PATH_MODELS), np.int64)
        n = earned(low, high, *self._dealing(which), record, name, counts, worths)
        return which[record[:n]], name[:n], counts[:n], worths[:n]

    def credits(self, which: Ints, lines: Ints, *, kept: bool) -> tuple[Ints, Ints, Ints]:
        """Add up the credits of some conversions by ``line * touches + touch``, see ``kernels.attribution.credit_all``.

        Returns the keys, what belongs to each, and (key, person, models) records where they are to be ``kept``.
        """
        low, high = self.low[which], self.high[which]
        records = int(np.maximum(high - low, 1).sum()) * len(lines)
        room = min(records, sum(_different(line) for line in lines) * self.catalogue.size)
        keys, sums = np.empty(room, np.int64), np.zeros((room, PATH_MODELS * COLUMNS), np.int64)
        last, seen = np.zeros((room, PATH_MODELS), np.int64), np.empty((3, records if kept else 0), np.int64)
        n, records = credit_all(
            low, high, *self._dealing(which), self.person[which], lines, slots_for(room), keys, sums, last, kept, seen
        )  # fmt: skip
        return keys[:n], sums[:n], seen[:, :records]

    def _dealing(self, which: Ints) -> tuple[Ints, Ints, npt.NDArray[np.bool_], Ints, Ints, float]:
        """Return what the kernels must know to deal conversions out."""
        weights, half_life = np.array(self.params.weights), self.params.half_life_days * DAY
        return self.touch, self.when, self._direct(), self.value[which], weights, half_life

    def moves(self, line: Ints) -> tuple[Ints, int]:
        """Return a key for each step of all journeys, and its width: ``(line * width + from) * width + to``."""
        width = self.catalogue.size + 2
        key = np.empty(int((self.high - self.low).sum()) + self.low.size, np.int64)
        n = moves(self.low, self.high, self.touch, line, self.converted, width, key)
        return key[:n], width

    def paths(self, which: Ints, lines: Ints) -> tuple[Ints, Ints, Ints, Ragged64]:
        """Count some conversions by line and path; return keys, figures, lines and the paths, -1 in front where it was longer.

        The figures are conversions, whole value, millionths, people.
        """
        room = which.size * len(lines)
        keys, line_of, ends = np.empty((3, room), np.int64)
        sums, members = np.zeros((room, 5), np.int64), np.empty(room * (DEPTH + 1), np.int64)
        n = paths(
            self.low[which], self.high[which], self.touch, self.person[which], self.value[which], lines, DEPTH,
            slots_for(room), keys, sums, line_of, ends, members,
        )  # fmt: skip
        return keys[:n], sums[:n, :4], line_of[:n], _ragged(ends[:n], members)

    def on_path(self, which: Ints, wanted: list[int]) -> Ints:
        """Return those of some journeys that took a path, -1 in front of it if there was more."""
        found = np.empty(which.size, bool)
        along(self.low[which], self.high[which], self.touch, DEPTH, np.array(wanted, np.int64), found)
        return which[found]

    def sets(self, which: Ints, lines: Ints) -> tuple[Ints, Ints, Ints, Ragged64]:
        """Count some journeys by line and different touches; return keys, figures, lines and the touches.

        The figures are journeys, conversions, whole value, millionths.
        """
        low, high, room = self.low[which], self.high[which], which.size * len(lines)
        keys, line_of, ends = np.empty((3, room), np.int64)
        sums, members = (
            np.zeros((room, 4), np.int64),
            np.empty(int((high - low).sum()) * len(lines), np.int64),
        )
        n = sets(
            low, high, self.touch, self.value[which], self.converted[which], lines, self.catalogue.size,
            slots_for(room), keys, sums, line_of, ends, members,
        )  # fmt: skip
        return keys[:n], sums[:n], line_of[:n], _ragged(ends[:n], members)

    def _direct(self) -> npt.NDArray[np.bool_]:
        found = np.zeros(self.catalogue.size, bool)
        for definition in range(len(self.params.touches)):
            for name in self.params.direct:
                at = self.catalogue.find(TouchName(definition=definition, name=name))
                if at > 0:
                    found[at] = True
        return found


def _named(params: AttributionParams, block: Block) -> Ints:
    """Return what each row is called by each definition of a touch, 0 for nothing."""
    for at, codes in enumerate(block.names):
        if isinstance(codes, Ragged):
            raise one_value(f"touches.{at}.property", params.touches[at].property.property)
    names: list[Any] = list(block.names)
    return names[0][None] if len(names) == 1 else np.stack(names)


def _ragged(ends: Ints, members: Ints) -> Ragged64:
    return Ragged64(ends.copy(), members[: int(ends[-1]) if ends.size else 0].copy())


def _different(line: Ints) -> int:
    return ranked(line)[0].size


def revenue(params: AttributionParams, block: Block, converts: npt.NDArray[np.bool_]) -> Ints:
    """Return what each row of a block brings as a conversion, in millionths, net of refunds if asked."""
    column = block.values[0]
    times = block.values[1] if params.measure.times is not None else None
    values = column.values if isinstance(column, Ragged) else column
    if times is not None:
        factor = times.values if isinstance(times, Ragged) else times
        values = values * np.where(np.isnan(factor), 1.0, factor)
    found = millionths(values)
    if isinstance(column, Ragged):
        bits = item_bits(block, column)
        counts = bits >> len(params.touches) & 1 == 1 if bits.size else np.ones(values.size, bool)
        row = np.repeat(np.arange(block.time.size), np.diff(column.offsets))[counts]
        sums = np.zeros(block.time.size, np.int64)
        np.add.at(sums, row, found[counts])
        found = sums
    if params.refund is None or block.key is None:
        return found
    if isinstance(block.key, Ragged):
        raise one_value("same", params.same)
    refunded = millionths(np.asarray(block.values[-1], np.float64))
    person = np.repeat(np.arange(block.people.size), np.diff(block.offsets))
    orders = np.where(block.key < 0, -1, block.key + person * (int(block.key.max(initial=0)) + 1))
    back = np.flatnonzero((block.match.view(np.int64) >> len(params.touches) + 1 & 1 == 1) & (orders >= 0))
    known, place = np.unique(orders[back], return_inverse=True)
    left = np.zeros(known.size, np.int64)
    np.add.at(left, place, np.maximum(refunded[back], 0))
    rows = np.flatnonzero(converts & (orders >= 0))
    group = np.searchsorted(known, orders[rows])
    group[np.append(known, -1)[group] != orders[rows]] = -1
    values = found[rows]
    paid(np.argsort(orders[rows], kind="stable"), group, values, left)
    found[rows] = values
    return found
