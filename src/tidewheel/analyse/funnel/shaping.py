"""From the chains of a funnel to its figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.contract import Context, Ints
from tidewheel.analyse.funnel.answer import FunnelGroup, FunnelStep, FunnelTrendPoint, TimeBin
from tidewheel.analyse.funnel.question import FunnelParams, closing_ms, step_name, window_ms
from tidewheel.analyse.kernels.buckets import edges
from tidewheel.analyse.kernels.cells import ranked
from tidewheel.analyse.kernels.chains import EVER
from tidewheel.analyse.kernels.groups import leading, named
from tidewheel.analyse.question import GroupLabel
from tidewheel.analyse.statistics import wilson
from tidewheel.core.period import DAY, HOUR, MINUTE

CUTS: Final = (
    1000, 10_000, 30_000, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
    DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY,
)  # fmt: skip


class Batch(NamedTuple):
    """What the answer needs of some chains. ``gaps[i, k]`` are the milliseconds to step k+2, -1: not reached.

    ``gaps`` has a row for each chain that got past the first step, in the order of the chains. ``member``
    points from each group code to its chain; ``member_step`` is the 1-based step with that value.
    """

    depth: Ints
    bucket: Ints
    gaps: Ints
    member: Ints
    member_code: Ints
    member_step: Ints
    person: Ints
    """Whose each chain is, ascending; empty where each is of another person."""


@dataclass(frozen=True, slots=True)
class FunnelPart:
    """Chains of some persons; adding is putting together."""

    batches: tuple[Batch, ...] = ()

    def merge(self, other: FunnelPart) -> FunnelPart:
        """Return the chains of both."""
        return FunnelPart(self.batches + other.batches)


class Shaping:
    """Turns chains into figures."""

    def __init__(self, params: FunnelParams, context: Context, part: FunnelPart) -> None:
        self.params, self.context, self.steps = params, context, len(params.steps)
        batches = part.batches
        self.depth = gathered([b.depth for b in batches])
        self.bucket = gathered([b.bucket for b in batches])
        self.gaps = np.concatenate([np.empty((0, self.steps - 1), np.int64), *(b.gaps for b in batches)])
        self.optional = [step.optional for step in params.steps]
        self.onward = np.arange(self.depth.size) if any(self.optional) else np.cumsum(self.depth > 1) - 1
        before = np.cumsum([0, *(b.depth.size for b in batches)])
        self.member = gathered([b.member + start for b, start in zip(batches, before[:-1], strict=True)])
        self.code = gathered([b.member_code for b in batches])
        self.member_step = gathered([b.member_step for b in batches])
        self.person = None if params.count == "people" else gathered(numbered_on([b.person for b in batches]))
        self.edges = (
            np.empty(1, np.int64)
            if params.trend is None
            else edges(context.calendar, context.span, params.trend)
        )
        self.each = params.attribution == "each"
        self.reached = [
            np.flatnonzero(self.gaps[:, at - 1] >= 0 if self.optional[at] else self.depth > at)
            for at in range(self.steps)
        ]

    def leading(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Return (codes, place of each membership among them, codes named largest first, codes of "other")."""
        codes, place = ranked(self.code)
        counted = self.member_step == 1 if self.each else np.ones(place.size, bool)
        sizes = np.bincount(place[counted], minlength=codes.size)
        return codes, place, *leading(codes, sizes, self.params.top, self.context.labels)

    def groups(self) -> list[FunnelGroup]:
        """Return everyone, the largest groups, and the rest as one."""
        found = [self._group(None, self.reached)]
        if not self.params.breakdowns:
            return found
        codes, place, top, rest = self.leading()
        slot = np.zeros(codes.size, np.int64)
        labelled = named(top, rest, self.context.labels)
        for index, (_, inside) in enumerate(labelled):
            slot[np.searchsorted(codes, inside)] = index
        slot = slot[place]
        for index, (label, _) in enumerate(labelled):
            belongs = slot == index
            if self.each:
                steps = range(1, self.steps + 1)
                reached = [self._chains(belongs & (self.member_step == step)) for step in steps]
            else:
                chains = self._chains(belongs)
                reached = [self._did(chains, at) for at in range(self.steps)]
            found.append(self._group(label, reached))
        return found

    def _did(self, chains: Ints, at: int) -> Ints:
        """Return those of some chains that have a step (from 0)."""
        if self.optional[at]:
            return chains[self.gaps[chains, at - 1] >= 0]
        return chains[self.depth[chains] > at]

    def _dropped(self, reached: list[Ints], before: int, at: int) -> tuple[int, int]:
        """Return how many chains and persons stop at a step; of an optional one, how many skip it after ``before``."""
        if at == self.steps - 1:
            return 0, 0
        chains = reached[before] if self.optional[at] else reached[at]
        gone = self.gaps[chains, at - 1] < 0 if self.optional[at] else self.depth[chains] == at + 1
        count = int(np.count_nonzero(gone))
        return count, count if self.person is None else self._people(chains[gone])

    def _people(self, chains: Ints) -> int:
        """Return how many different persons have some chains, which ascend."""
        if self.person is None or not chains.size:
            return chains.size
        return 1 + int(np.count_nonzero(np.diff(self.person[chains])))

    def _chains(self, belongs: npt.NDArray[np.bool_]) -> Ints:
        """Return the chains of some memberships, each once."""
        chosen = np.zeros(self.depth.size, bool)
        chosen[self.member[belongs]] = True
        return np.flatnonzero(chosen)

    def _group(self, label: GroupLabel | None, reached: list[Ints]) -> FunnelGroup:
        steps: list[FunnelStep] = []
        base = self.reached if self.each else reached
        before = 0
        for index, (step, chains) in enumerate(zip(self.params.steps, reached, strict=True)):
            entered, previous = base[0].size, base[before].size
            interval = wilson(chains.size, entered)
            gaps = self.gaps[self.onward[chains], index - 1] if index else np.empty(0, np.int64)
            mean, median = seconds(gaps)
            dropped, dropped_people = self._dropped(reached, before, index)
            before = before if step.optional else index
            steps.append(
                FunnelStep(
                    name=step_name(step),
                    optional=step.optional,
                    count=chains.size,
                    people=self._people(chains),
                    dropped=dropped,
                    dropped_people=dropped_people,
                    rate=chains.size / entered if entered else None,
                    rate_from_previous=chains.size / previous if previous else None,
                    low=interval[0] if interval else None,
                    high=interval[1] if interval else None,
                    mean_seconds=mean,
                    median_seconds=median,
                )
            )
        whole = self.gaps[self.onward[reached[-1]]]
        if any(self.optional):
            whole = whole[:, [not skipped for skipped in self.optional[1:]]]
        whole = whole.sum(axis=1)
        mean, median = seconds(whole)
        return FunnelGroup(
            group=label,
            steps=steps,
            mean_seconds=mean,
            median_seconds=median,
            times=self._times(whole),
            trend=self._trend(reached[0], reached[-1]),
        )

    def _times(self, whole: Ints) -> list[TimeBin]:
        within = self.params.within
        longest = DAY if within.same == "day" else EVER if within.same else window_ms(within)
        cuts = [0, *(cut for cut in CUTS if cut <= longest)]
        counts = np.bincount(np.searchsorted(cuts, whole, side="right") - 1, minlength=len(cuts))
        ends: list[float | None] = [*(cut / 1000 for cut in cuts[1:]), None]
        return [
            TimeBin(start=cut / 1000, end=end, count=int(count))
            for cut, end, count in zip(cuts, ends, counts, strict=True)
        ]

    def _trend(self, entered: Ints, converted: Ints) -> list[FunnelTrendPoint]:
        size = self.edges.size - 1
        came = np.bincount(self.bucket[entered], minlength=size)
        went = np.bincount(self.bucket[converted], minlength=size)
        base = np.bincount(self.bucket[self.reached[0]], minlength=size) if self.each else came
        return [
            FunnelTrendPoint(
                bucket=self.context.calendar.local(int(self.edges[i])).isoformat(),
                entered=int(came[i]),
                converted=int(went[i]),
                rate=int(went[i]) / int(base[i]) if base[i] else None,
                incomplete=self._closes(i) > self.context.now,
            )
            for i in range(size)
        ]

    def _closes(self, bucket: int) -> int:
        """Return when the last of a bucket's people can no longer convert."""
        end = min(int(self.edges[bucket + 1]), self.context.span.end)
        closes = end + closing_ms(self.params)
        if self.params.within.same == "day":
            calendar = self.context.calendar
            closes = min(closes, calendar.next(calendar.floor(end - 1, "day"), "day"))
        return closes


def numbered_on(arrays: list[Ints]) -> list[Ints]:
    """Return numbers of persons that go on from one batch to the next."""
    found, past = [], 0
    for array in arrays:
        found.append(array + past)
        past = int(found[-1][-1]) + 1 if array.size else past
    return found


def gathered(arrays: list[Ints]) -> Ints:
    """Put arrays together; none make an empty one."""
    return np.concatenate([np.empty(0, np.int64), *arrays])


def seconds(gaps: Ints) -> tuple[float | None, float | None]:
    """Return mean and median of milliseconds, in seconds."""
    if not gaps.size:
        return None, None
    return int(gaps.sum()) / gaps.size / 1000, float(np.median(gaps)) / 1000
