"""Lifecycle: who is new, stays, comes back or falls asleep, period by period; or stages of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Final, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from tidewheel.analyse.contract import Analysis, Block, Context, Figure, Ints, Plan
from tidewheel.analyse.form import GRAINS, Ask
from tidewheel.analyse.kernels.buckets import edges, numbered, starts
from tidewheel.analyse.kernels.cells import Cells, no_cells, occurrences, ranked
from tidewheel.analyse.kernels.groups import first_code
from tidewheel.analyse.kernels.lifecycle import DORMANT, FAR, NEW, RESURRECTED, flows, standard_flows, walk
from tidewheel.analyse.kernels.persons import Slots
from tidewheel.analyse.question import GroupLabel, Model, Question, Step
from tidewheel.core.errors import BadInput
from tidewheel.core.period import Calendar, Grain, Span
from tidewheel.core.text import Text

CHUNK: Final = 2_000_000
STANDARD: Final = ("new", "returning", "resurrected", "dormant", "asleep")
REST: Final = "$rest"
RULES: Final = (
    (0, 0, 0, FAR, 0, FAR, 0, FAR),
    (0, FAR, 0, 0, 0, FAR, 0, 1),
    (0, FAR, 0, 0, 0, FAR, 2, FAR),
    (0, FAR, 1, 1, 0, FAR, 0, FAR),
    (0, FAR, 2, FAR, 0, FAR, 0, FAR),
)
"""The standard stages in the words of ``kernels.lifecycle.walk``."""


class Stage(Model):
    """A stage of one's own; all bounds are in buckets, both ends included, None is open.

    ``age``: since the first active bucket (0: this one). ``idle``: since the last one (0: active now).
    ``times``: active buckets among the last ``window``.
    """

    name: Annotated[str, Field(min_length=1, max_length=60)]
    age_from: Annotated[int, Field(ge=0, le=1000)] = 0
    age_to: Annotated[int | None, Field(ge=0, le=1000)] = None
    idle_from: Annotated[int, Field(ge=0, le=1000)] = 0
    idle_to: Annotated[int | None, Field(ge=0, le=1000)] = None
    times_from: Annotated[int, Field(ge=0, le=1000)] = 0
    times_to: Annotated[int | None, Field(ge=0, le=1000)] = None


class LifecycleParams(Question):
    """A lifecycle question. Without ``stages`` they are new, returning, resurrected, dormant and asleep."""

    event: Annotated[Step, Ask(Text("Active is who did", "活跃行为"))]
    grain: Annotated[Literal["day", "week", "month"], Ask(Text("Each", "粒度"), choices=GRAINS)] = "week"
    stages: Annotated[tuple[Stage, ...], Field(max_length=12), Ask(Text("Own stages", "自定义阶段"))] = ()
    """The first that holds at the end of a bucket is a person's stage."""
    window: Annotated[int, Field(ge=1, le=366), Ask(Text("Frequency over", "频次窗口（期）"))] = 4
    """How many buckets, the present one included, ``times`` looks at."""


class LifecycleCell(Model):
    """The persons in one stage at the end of one bucket (None: the last).

    ``before``: only who was in that stage one bucket earlier; the number of stages stands for "not known yet".
    """

    bucket: int | None = None
    stage: int | None = None
    before: int | None = None
    group: GroupLabel | None = None


class LifecyclePoint(Model):
    """One bucket. ``people`` by stage; ``flows[before][stage]``, its last row those not known before."""

    people: list[int]
    flows: list[list[int]]
    quick_ratio: float | None
    """(new + resurrected) / dormant; None for stages of one's own, and where nobody fell asleep."""


class LifecycleGroup(Model):
    """One breakdown value."""

    group: GroupLabel | None
    points: list[LifecyclePoint]


class LifecycleResult(Model):
    """``stages`` in order; of one's own stages the last, ``$rest``, holds who is in none. ``groups[0]`` is everyone."""

    buckets: list[str]
    incomplete: list[bool]
    stages: list[str]
    groups: list[LifecycleGroup]


@dataclass(frozen=True, slots=True)
class LifecyclePart:
    """People by ``((code * buckets + bucket) * (stages + 1) + before) * stages + stage``."""

    people: Cells

    def merge(self, other: LifecyclePart) -> LifecyclePart:
        """Return the people of both."""
        return LifecyclePart(self.people.merge(other.people))


class Lifecycle(Analysis[LifecycleParams, LifecyclePart, LifecycleCell, LifecycleResult]):
    """See the module's description and ``docs/reference/analyses/lifecycle.md``."""

    name = "lifecycle"
    title = Text("Lifecycle", "生命周期")
    description = Text(
        "Who is new, stays, comes back or falls asleep, period by period.",
        "每一期有多少新增、留存、回流和沉默的人，从哪里来、到哪里去。",
    )
    family = "behaviour"
    sentence = Text(
        "Of {people} who did {event}: who is new, stays, comes back, falls asleep? By {grain}, in {period}.",
        "{period}按{grain}看，做了{event}的{people}中，谁是新增、留存、回流、沉默？",
    )
    Params = LifecycleParams
    Cell = LifecycleCell
    Result = LifecycleResult
    samples = (
        {"event": {"any_of": [{"event": "page_view"}]}, "breakdowns": [{"property": "channel"}]},
        {
            "event": {"any_of": [{"event": "purchase"}]},
            "grain": "week",
            "stages": [
                {"name": "new", "age_to": 1},
                {"name": "loyal", "idle_to": 1, "times_from": 2},
                {"name": "active", "idle_to": 1},
                {"name": "at risk", "idle_to": 3},
                {"name": "lost"},
            ],
        },
    )

    def plan(self, params: LifecycleParams, context: Context) -> Plan:
        """Read all history: who is new is known by their first event ever."""
        grid = grid_of(params, context)
        return Plan(steps=(params.event,), span=Span(0, int(grid.cuts[-1])), group=params.breakdowns)

    def partial(self, params: LifecycleParams, context: Context, block: Block) -> LifecyclePart:
        """Count people by group, bucket, and the stages before and after."""
        grid = grid_of(params, context)
        total = no_cells(1)
        codes, place = np.zeros(1, np.int64), np.zeros(0, np.int64)
        if block.group is not None or params.stages:
            codes, place = ranked(first_code(block, 1))
        if 0 < codes.size * grid.cells <= CHUNK:
            counts = grid.flows(block, place, codes.size)
            held = np.flatnonzero(counts)
            group, rest = np.divmod(held, grid.cells)
            return LifecyclePart(Cells(codes[group] * grid.cells + rest, counts[None, held]))
        place = place if place.size else np.zeros(block.time.size, np.int64)
        size = max(1, CHUNK // max(grid.count, 1))
        for first in range(0, block.people.size, size):
            found = grid.walk(block, place, first, min(first + size, block.people.size), 0, grid.count)
            total = total.merge(occurrences(grid.keys(*found[1:])))
        if codes.size:
            group, rest = np.divmod(total.keys, grid.cells)
            total = Cells(codes[group] * grid.cells + rest, total.columns)
        return LifecyclePart(total)

    def empty(self, params: LifecycleParams, context: Context) -> LifecyclePart:
        """Return nobody."""
        return LifecyclePart(no_cells(1))

    def people(
        self,
        params: LifecycleParams,
        context: Context,
        block: Block,
        cell: LifecycleCell,
        groups: Ints | None,
    ) -> npt.NDArray[np.int32]:
        """Return who is in the stage."""
        grid = grid_of(params, context)
        bucket = grid.count - 1 if cell.bucket is None else cell.bucket
        if not 0 <= bucket < grid.count:
            raise BadInput(
                "no_such_period",
                Text("The table has {columns} periods.", "该表共有 {columns} 个周期。"),
                field="cell.bucket",
                got=cell.bucket,
                expected=f"0…{grid.count - 1}",
                columns=grid.count,
            )
        code = first_code(block, 1)
        person, _, before, stage, group = grid.walk(block, code, 0, block.people.size, bucket, bucket + 1)
        chosen = np.ones(person.size, bool)
        if cell.stage is not None:
            chosen &= stage == cell.stage
        if cell.before is not None:
            chosen &= before == cell.before
        if groups is not None:
            chosen &= np.isin(group, groups)
        return block.people[person[chosen]]

    def others(self, params: LifecycleParams, context: Context, part: LifecyclePart) -> Ints:
        """Return the group codes that make "other"."""
        return slots_of(params, context, part, grid_of(params, context)).rest

    def figures(self, params: LifecycleParams, result: LifecycleResult) -> list[Figure]:
        """Return the stages of the last bucket that is over (or of the last), and the quick ratio."""
        found: list[Figure] = []
        over = [number for number, open_ended in enumerate(result.incomplete) if not open_ended]
        if not result.buckets:
            return found
        last = over[-1] if over else len(result.buckets) - 1
        for group in result.groups:
            point = group.points[last]
            for number, stage in enumerate(result.stages):
                cell = LifecycleCell(bucket=last, stage=number, group=group.group)
                title = TITLES.get(stage, Text(stage, stage))
                name = stage if not params.stages else f"stage_{number}"
                found.append(Figure(name, title, point.people[number], "number", group.group, cell))
            if not params.stages:
                title = Text("Quick ratio", "增长速动比")
                found.append(Figure("quick_ratio", title, point.quick_ratio, "ratio", group.group))
        return found

    def counted(
        self, params: LifecycleParams, result: LifecycleResult
    ) -> Iterator[tuple[LifecycleCell, int]]:
        """Return the people of every stage and of every flow."""
        for group in result.groups:
            for bucket, point in enumerate(group.points):
                for stage, people in enumerate(point.people):
                    yield LifecycleCell(bucket=bucket, stage=stage, group=group.group), people
                for before, row in enumerate(point.flows):
                    for stage, people in enumerate(row):
                        place = LifecycleCell(bucket=bucket, stage=stage, before=before, group=group.group)
                        yield place, people

    def shape(self, params: LifecycleParams, context: Context, part: LifecyclePart) -> LifecycleResult:
        """Make the stages of everyone, the largest groups and the rest."""
        grid = grid_of(params, context)
        slots = slots_of(params, context, part, grid)
        table = np.zeros((len(slots.labels), grid.cells), np.int64)
        code, place = np.divmod(part.people.keys, grid.cells)
        np.add.at(table[0], place, part.people.columns[0])
        if params.breakdowns:
            np.add.at(table, (slots.of(code), place), part.people.columns[0])
        flows = table.reshape(len(slots.labels), grid.count, grid.stages + 1, grid.stages)
        return LifecycleResult(
            buckets=starts(context.calendar, grid.cuts[grid.history :]),
            incomplete=[bool(end > context.now) for end in grid.cuts[grid.history + 1 :]],
            stages=grid.names,
            groups=[
                LifecycleGroup(group=label, points=[point(params, one) for one in flows[slot]])
                for slot, label in enumerate(slots.labels)
            ],
        )


TITLES: Final = {
    "new": Text("New", "新增"),
    "returning": Text("Returning", "留存"),
    "resurrected": Text("Back again", "回流"),
    "dormant": Text("Fell asleep", "新沉默"),
    "asleep": Text("Asleep", "持续沉默"),
    REST: Text("In no stage", "未归入任何阶段"),
}


def grid_of(params: LifecycleParams, context: Context) -> Grid:
    """Return the buckets and rules of a question, worked out once."""
    return _grid(params.grain, params.stages, params.window, context.calendar, context.span, context.now)


@lru_cache(maxsize=64)
def _grid(
    grain: Grain, stages: tuple[Stage, ...], window: int, calendar: Calendar, span: Span, now: int
) -> Grid:
    return Grid(grain, stages, window, calendar, span, now)


class Grid:
    """The buckets of the period that have begun, those before it that can matter, and the stages' rules."""

    def __init__(
        self, grain: Grain, stages: tuple[Stage, ...], window: int, calendar: Calendar, span: Span, now: int
    ) -> None:
        asked = edges(calendar, span, grain)
        begun = int(np.searchsorted(asked, now, side="right"))
        asked = asked[: max(min(begun + 1, asked.size), 1)]
        bounds = [window, 2]
        rules = []
        for stage in stages:
            ends = [stage.age_to, stage.idle_to, stage.times_to]
            bounds += [stage.age_from, stage.idle_from, *(end for end in ends[:2] if end is not None)]
            tops = [FAR if end is None else end for end in ends]
            lows = (stage.age_from, stage.idle_from, stage.times_from)
            rules.append([bound for pair in zip(lows, tops, strict=True) for bound in pair] + [0, FAR])
        self.standard = not stages
        self.rules = np.array(rules if stages else RULES, dtype=np.int64)
        self.names = [*(stage.name for stage in stages), REST] if stages else list(STANDARD)
        earlier = [int(asked[0])]
        for _ in range(max(bounds) + 2):
            earlier.insert(0, calendar.floor(earlier[0] - 1, grain))
        self.history = len(earlier) - 1
        self.cuts = np.concatenate([np.array(earlier[:-1], dtype=np.int64), asked])
        self.count, self.stages, self.window = asked.size - 1, len(self.names), window
        self.cells = self.count * (self.stages + 1) * self.stages

    def keys(self, bucket: Ints, before: Ints, stage: Ints, group: Ints) -> Ints:
        """Return the key of each record; see :class:`LifecyclePart`."""
        return ((group * self.count + bucket) * (self.stages + 1) + before) * self.stages + stage

    def flows(self, block: Block, place: Ints, groups: int) -> Ints:
        """Return the people of each group by ``cells``; ``place`` is each row's group."""
        out = np.zeros((groups, self.count, self.stages + 1, self.stages), np.int64)
        runs = np.zeros((groups, self.count + 1, self.stages), np.int64)
        if self.standard:
            standard_flows(block.offsets, block.time, place, self.cuts, self.history, out, runs)
        else:
            bucket = numbered(self.cuts, block.time)
            flows(block.offsets, bucket, place, self.history, self.window, self.rules, out, runs)
        return out.reshape(-1)

    def walk(
        self, block: Block, code: Ints, first: int, last: int, low: int, high: int
    ) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        """Return person, bucket, stage before, stage and group of some of the block's persons."""
        room = (last - first) * (high - low)
        columns = [np.empty(room, np.int64) for _ in range(5)]
        n = walk(
            block.offsets[first : last + 1],
            numbered(self.cuts, block.time),
            code,
            low + self.history,
            high + self.history,
            self.window,
            self.rules,
            *columns,
        )
        person, bucket, before, stage, group = (column[:n] for column in columns)
        unknown = self.rules.shape[0] + 1
        before[before == unknown] = self.stages
        return person + first, bucket - self.history, before, stage, group


def slots_of(params: LifecycleParams, context: Context, part: LifecyclePart, grid: Grid) -> Slots:
    """Return the lines of the answer: groups by their people in the last bucket."""
    none = np.zeros(0, np.int64)
    if not params.breakdowns:
        return Slots(none, none, params.top, context.labels)
    code, place = np.divmod(part.people.keys, max(grid.cells, 1))
    codes, at = np.unique(code, return_inverse=True)
    sizes = np.zeros(codes.size, np.int64)
    last = place >= grid.cells - (grid.stages + 1) * grid.stages
    np.add.at(sizes, at[last], part.people.columns[0, last])
    return Slots(codes, sizes, params.top, context.labels)


def point(params: LifecycleParams, flows: Ints) -> LifecyclePoint:
    """Return one bucket."""
    people = flows.sum(axis=0).tolist()
    lost = 0 if params.stages else people[DORMANT]
    gained = people[NEW] + people[RESURRECTED]
    return LifecyclePoint(people=people, flows=flows.tolist(), quick_ratio=gained / lost if lost else None)
