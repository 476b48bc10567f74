"""The answer of a path question: steps, links, a matrix, whole paths, loops and exits out of counted paths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tidewheel.analyse.contract import Ints, Labels
from tidewheel.analyse.kernels.cells import ranked
from tidewheel.analyse.kernels.groups import OTHER
from tidewheel.analyse.kernels.trails import BEYOND, END, MORE, Batch, Flags, distinct, often, tallied
from tidewheel.analyse.question import GroupLabel, Model

ENTRY: GroupLabel = ["$entry"]
EXIT: GroupLabel = ["$exit"]
FURTHER: GroupLabel = ["$more"]
WHOLE, LOOPS, EXITS = 20, 10, 5
NOTABLE = 1.959963984540054


class PathLess(Model):
    """What has fewer people than ``least`` and is not listed: ``different`` links, moves or paths, ``count`` times in all."""

    different: int
    count: int


class PathRest(Model):
    """Of one node's moves, how many are not listed."""

    node: GroupLabel
    count: int


class PathNode(Model):
    """What stands at one step. ``count`` paths of ``people`` different persons, ``converted`` of the paths reach the goal.

    ``less_after`` and ``less_before`` of the paths go on and come by links that are not listed.
    """

    node: GroupLabel
    count: int
    people: int
    converted: int
    less_after: int
    less_before: int


class PathStep(Model):
    """One step: 0 is the anchor, 1 what follows, -1 what comes before."""

    at: int
    nodes: list[PathNode]


class PathLink(Model):
    """From a node of step ``at`` to one of the next, or out (``$exit``), in (``$entry``), further (``$more``)."""

    at: int
    source: GroupLabel
    target: GroupLabel
    count: int
    people: int
    converted: int


class PathMove(Model):
    """From one node to the next at any step; ``count`` moves."""

    source: GroupLabel
    target: GroupLabel
    count: int
    people: int


class PathMatrix(Model):
    """Moves between the nodes met most often, largest first; the rest is "other".

    ``less`` are the moves not listed, ``less_from`` and ``less_to`` how often by the node they go from and to.
    """

    nodes: list[GroupLabel]
    moves: list[PathMove]
    less: PathLess
    less_from: list[PathRest]
    less_to: list[PathRest]


class WholePath(Model):
    """One path from end to end: an entry a column, None where it has not begun or is over."""

    nodes: list[GroupLabel | None]
    count: int
    people: int
    converted: int
    share: float


class PathLoop(Model):
    """Going from ``node`` to ``over`` and straight back."""

    node: GroupLabel
    over: GroupLabel
    count: int
    people: int


class PathExit(Model):
    """Where paths end more often than they do elsewhere at the same steps, before the goal.

    ``count`` paths come by, ``exits`` end there, ``people`` leave there; ``expected`` would end there at the
    average rate of each step.
    """

    node: GroupLabel
    count: int
    exits: int
    people: int
    expected: float


class PathGroup(Model):
    """The paths of everyone (``group`` None) or of one breakdown value.

    ``paths`` and ``people`` are those shown; ``started`` and ``converted`` are all of the group's and those
    that reach the goal, whatever is shown. ``less`` are the links that are not listed and the paths that take one of
    them, ``less_whole`` the whole paths.
    """

    group: GroupLabel | None
    paths: int
    people: int
    started_paths: int
    started_people: int
    converted_paths: int
    converted_people: int
    looping_paths: int
    ended_at_once: int
    steps: list[PathStep]
    links: list[PathLink]
    less: PathLess
    matrix: PathMatrix
    whole: list[WholePath]
    less_whole: PathLess
    loops: list[PathLoop]
    exits: list[PathExit]


class PathResult(Model):
    """``groups[0]`` is everyone."""

    groups: list[PathGroup]


@dataclass(frozen=True, slots=True)
class Naming:
    """The nodes named at one step, or over all; those of a lower ``slot`` are larger. The rest is "other"."""

    codes: Ints
    slot: Ints

    @property
    def size(self) -> int:
        """How many are named."""
        return self.codes.size


class Flow:
    """One group's paths. ``batch.table`` has the columns group, goal reached, then the path; ``lead`` comes before the anchor."""

    def __init__(self, batch: Batch, lead: int, names: Labels, most: int, least: int) -> None:
        self.batch, self.lead, self.names, self.most, self.least = batch, lead, names, most, least
        self.use: Flags = np.ones(batch.count.size, bool)
        self.reached: Flags = batch.table[:, 1] > 0
        self.path = batch.table[:, 2:]
        self.codes, place = ranked(self.path.reshape(-1))
        self.codes, skipped = self.codes[self.codes >= 0], int((self.codes < 0).sum())
        self.index = place.reshape(self.path.shape) - skipped
        self.wide = most + 3
        self.spoken: dict[int, GroupLabel] = {}
        self.alphabetical = np.zeros(max(self.codes.size, 1), np.int64)
        self.alphabetical[sorted(range(self.codes.size), key=lambda i: (str(self.label(i)), i))] = np.arange(
            self.codes.size
        )

    def label(self, index: int) -> GroupLabel:
        """Return what a node is called."""
        if index not in self.spoken:
            self.spoken[index] = self.names.of(int(self.codes[index]))
        return self.spoken[index]

    def naming(self, index: Ints, rows: Ints) -> Naming:
        """Name the nodes that occur most among ``index``, the ranks of nodes in ``rows``."""
        counts = np.zeros(self.codes.size, np.int64)
        np.add.at(counts, index, np.where(self.use, self.batch.count, 0)[rows])
        there = np.flatnonzero(counts)
        if there.size > self.most:
            there = there[counts[there] >= np.partition(counts[there], -self.most)[-self.most]]
        order = sorted(there.tolist(), key=lambda i: (-counts[i].item(), str(self.label(i)), i))
        named = np.array(order[: self.most], np.int64)
        slot = np.full(self.codes.size, self.most, np.int64)
        slot[named] = np.arange(named.size)
        return Naming(named, slot)

    def slots(self, naming: Naming, column: int) -> Ints:
        """Return where each path stands at a column: a named node, other, an end, further, or -1."""
        path = self.path[:, column]
        found = naming.slot[np.maximum(self.index[:, column], 0)] if self.codes.size else path * 0
        found = np.where(path == END, self.most + 1, found)
        found = np.where(path == MORE, self.most + 2, found)
        return np.where(path == BEYOND, -1, found)

    def spoken_slot(self, naming: Naming, slot: int, end: GroupLabel) -> GroupLabel:
        """Return what a slot is called; ``end`` is the word for an end."""
        if slot < naming.size:
            return self.label(int(naming.codes[slot]))
        return OTHER if slot == self.most else end if slot == self.most + 1 else FURTHER

    def tally(self, row: Ints, cell: Ints, cells: int, use: Flags | None = None) -> tuple[Ints, Ints]:
        """Count cells: how often, and how many different people."""
        return tallied(self.batch, self.use if use is None else use, row, cell, cells)

    def group(self, label: GroupLabel | None, shown_rows: Flags, started: Flags) -> PathGroup:
        """Put the whole answer together: what is shown, and the group's paths whatever is shown."""
        self.use = shown_rows
        all_rows = np.arange(self.use.size)
        one = np.zeros(self.use.size, np.int64)
        shown, begun, reached = (
            [int(figure[0]) for figure in self.tally(all_rows, one, 1, use)]
            for use in (self.use, started, started & self.reached)
        )
        alone = self.path[:, self.lead + 1] == END if self.path.shape[1] > self.lead + 1 else one > 0
        columns = range(self.path.shape[1])
        namings = [self._naming_of(column) for column in columns]
        slots = np.stack([self.slots(naming, c) for c, naming in enumerate(namings)], axis=1)
        loops, looping = self._loops()
        links, less, unlisted = self._links(namings, slots)
        whole, less_whole = self._whole(shown[0])
        return PathGroup(
            group=label,
            paths=shown[0],
            people=shown[1],
            started_paths=begun[0],
            started_people=begun[1],
            converted_paths=reached[0],
            converted_people=reached[1],
            looping_paths=looping,
            ended_at_once=int(self.batch.count[self.use & alone].sum()),
            steps=self._steps(namings, slots, unlisted),
            links=links,
            less=less,
            matrix=self._matrix(),
            whole=whole,
            less_whole=less_whole,
            loops=loops,
            exits=self._exits(),
        )

    def _naming_of(self, column: int) -> Naming:
        rows = np.flatnonzero(self.path[:, column] >= 0)
        return self.naming(self.index[rows, column], rows)

    def _figures(self, row: Ints, cell: Ints, cells: int) -> tuple[Ints, Ints, Ints]:
        times, people = self.tally(row, cell, cells)
        return times, people, often(self.batch, self.use & self.reached, row, cell, cells)

    def _steps(self, namings: list[Naming], slots: Ints, unlisted: tuple[Ints, Ints]) -> list[PathStep]:
        row, column = np.nonzero((slots >= 0) & (slots <= self.most))
        cell = column * self.wide + slots[row, column]
        times, people, converted = self._figures(row, cell, slots.shape[1] * self.wide)
        after, before = unlisted
        found = []
        for at, naming in enumerate(namings):
            nodes = [
                PathNode(
                    node=self.spoken_slot(naming, slot, EXIT),
                    count=int(times[at * self.wide + slot]),
                    people=int(people[at * self.wide + slot]),
                    converted=int(converted[at * self.wide + slot]),
                    less_after=int(after[at, slot]),
                    less_before=int(before[at, slot]),
                )
                for slot in range(self.most + 1)
                if times[at * self.wide + slot]
            ]
            if nodes:
                found.append(PathStep(at=at - self.lead, nodes=nodes))
        return found

    def _links(
        self, namings: list[Naming], slots: Ints
    ) -> tuple[list[PathLink], PathLess, tuple[Ints, Ints]]:
        """Return the links, those not listed, and by step and slot how many paths these take on and brought."""
        row, column = np.nonzero((slots[:, :-1] >= 0) & (slots[:, 1:] >= 0))
        cell = (column * self.wide + slots[row, column]) * self.wide + slots[row, column + 1]
        times, people, converted = self._figures(row, cell, slots.shape[1] * self.wide**2)
        small = (times > 0) & (people < self.least)
        taken = np.zeros(self.use.size, bool)
        taken[row[small[cell]]] = True
        less = PathLess(different=int(small.sum()), count=int(self.batch.count[self.use & taken].sum()))
        unlisted = np.where(small, times, 0).reshape(slots.shape[1], self.wide, self.wide)
        before = np.zeros((slots.shape[1], self.wide), np.int64)
        before[1:] = unlisted[:-1].sum(axis=1)
        found = []
        for key in np.flatnonzero((times > 0) & ~small).tolist():
            at, source, target = key // self.wide**2, key // self.wide % self.wide, key % self.wide
            found.append(
                PathLink(
                    at=at - self.lead,
                    source=self.spoken_slot(namings[at], source, ENTRY),
                    target=self.spoken_slot(namings[at + 1], target, EXIT),
                    count=int(times[key]),
                    people=int(people[key]),
                    converted=int(converted[key]),
                )
            )
        return found, less, (unlisted.sum(axis=2), before)

    def _matrix(self) -> PathMatrix:
        rows, columns = np.nonzero(self.path >= 0)
        naming = self.naming(self.index[rows, columns], rows)
        slots = np.stack([self.slots(naming, c) for c in range(self.path.shape[1])], axis=1)
        row, column = np.nonzero((slots[:, :-1] >= 0) & (slots[:, 1:] >= 0))
        cell = slots[row, column] * self.wide + slots[row, column + 1]
        times, people = self.tally(row, cell, self.wide**2)
        small = (times > 0) & (people < self.least)
        unlisted = np.where(small, times, 0)
        square = unlisted.reshape(self.wide, self.wide)
        moves = [
            PathMove(
                source=self.spoken_slot(naming, key // self.wide, ENTRY),
                target=self.spoken_slot(naming, key % self.wide, EXIT),
                count=int(times[key]),
                people=int(people[key]),
            )
            for key in np.flatnonzero((times > 0) & ~small).tolist()
        ]
        less_from, less_to = (
            [
                PathRest(node=self.spoken_slot(naming, slot, end), count=int(counts[slot]))
                for slot in np.flatnonzero(counts).tolist()
            ]
            for counts, end in ((square.sum(axis=1), ENTRY), (square.sum(axis=0), EXIT))
        )
        return PathMatrix(
            nodes=[self.label(int(index)) for index in naming.codes],
            moves=moves,
            less=PathLess(different=int(small.sum()), count=int(unlisted.sum())),
            less_from=less_from,
            less_to=less_to,
        )

    def _whole(self, shown: int) -> tuple[list[WholePath], PathLess]:
        rows = np.flatnonzero(self.use)
        if not rows.size:
            return [], PathLess(different=0, count=0)
        own = np.ascontiguousarray(self.path[rows])
        ids, first = np.empty(rows.size, np.int64), np.empty(rows.size, np.int64)
        n = distinct(own, ids, first)
        times, people, converted = self._figures(rows, ids, n)
        small = people < self.least
        less = PathLess(different=int(small.sum()), count=int(times[small].sum()))
        ranks = np.where(small, 0, times)
        bar = max(int(np.partition(ranks, -min(WHOLE, n))[-min(WHOLE, n)]), 1)
        likely = np.flatnonzero(ranks >= bar)
        place = self.index[rows[first[likely]]]
        known = np.where(place >= 0, self.alphabetical[np.maximum(place, 0)], own[first[likely]])
        best = likely[np.lexsort((*known.T[::-1], -times[likely]))][:WHOLE].tolist()
        return [
            WholePath(
                nodes=self._said(own[first[one]]),
                count=int(times[one]),
                people=int(people[one]),
                converted=int(converted[one]),
                share=int(times[one]) / shown,
            )
            for one in best
        ], less

    def _said(self, path: Ints) -> list[GroupLabel | None]:
        found: list[GroupLabel | None] = []
        for column, code in enumerate(path.tolist()):
            end = ENTRY if column < self.lead else EXIT
            at = np.searchsorted(self.codes, code)
            found.append(self.label(int(at)) if code >= 0 else {END: end, MORE: FURTHER, BEYOND: None}[code])
        return found

    def _loops(self) -> tuple[list[PathLoop], int]:
        path, size = self.path, max(self.codes.size, 1)
        back = loops(path)
        row, column = np.nonzero(back)
        if not row.size:
            return [], 0
        found, cell = ranked(self.index[row, column] * size + self.index[row, column + 1])
        times, people = self.tally(row, cell, found.size)
        spoken = {
            at: (self.label(int(found[at]) // size), self.label(int(found[at]) % size))
            for at in np.flatnonzero(times).tolist()
        }
        best = sorted(spoken, key=lambda at: (-times[at].item(), str(spoken[at]), at))[:LOOPS]
        return [
            PathLoop(node=spoken[at][0], over=spoken[at][1], count=int(times[at]), people=int(people[at]))
            for at in best
        ], int(self.batch.count[self.use & back.any(axis=1)].sum())

    def _exits(self) -> list[PathExit]:
        lost = self.use & ~self.reached
        weight = np.where(lost, self.batch.count, 0)
        size = self.codes.size
        came, left, expected, spread = (np.zeros(size) for _ in range(4))
        for column in range(self.lead, self.path.shape[1] - 1):
            rows = np.flatnonzero((self.path[:, column] >= 0) & lost)
            index = self.index[rows, column]
            visits, exits = np.zeros(size, np.int64), np.zeros(size, np.int64)
            np.add.at(visits, index, weight[rows])
            np.add.at(exits, index, np.where(self.path[rows, column + 1] == END, weight[rows], 0))
            rate = int(exits.sum()) / max(int(visits.sum()), 1)
            came += visits
            left += exits
            expected += visits * rate
            spread += visits * rate * (1 - rate)
        notable = np.flatnonzero(left - expected > NOTABLE * np.sqrt(spread))
        best = sorted(
            notable.tolist(), key=lambda i: (expected[i].item() - left[i].item(), str(self.label(i)), i)
        )[:EXITS]
        if not best:
            return []
        slot = np.full(size, -1, np.int64)
        slot[best] = np.arange(len(best))
        tail, after = self.path[:, self.lead : -1], self.path[:, self.lead + 1 :]
        row, steps = np.nonzero((tail >= 0) & (after == END))
        cell = slot[self.index[row, self.lead + steps]]
        row, cell = row[cell >= 0], cell[cell >= 0]
        people = self.tally(row, cell, len(best), lost)[1]
        return [
            PathExit(
                node=self.label(one),
                count=int(came[one]),
                exits=int(left[one]),
                people=int(people[at]),
                expected=float(expected[one]),
            )
            for at, one in enumerate(best)
        ]


def loops(path: Ints) -> Flags:
    """Return where a node comes, another, and the first again."""
    if path.shape[1] < 3:
        return np.zeros((path.shape[0], 0), bool)
    a, b, c = path[:, :-2], path[:, 1:-1], path[:, 2:]
    found: Flags = (a >= 0) & (b >= 0) & (a == c) & (a != b)
    return found
