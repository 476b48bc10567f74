"""Drivers: which behaviours go with an outcome that comes later. What both kinds of question share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final, Literal, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from tidewheel.analyse.coding import code_of
from tidewheel.analyse.contract import Analysis, Block, Context, Figure, Ints, Plan, first_of
from tidewheel.analyse.form import Ask
from tidewheel.analyse.fourfold import Driver, Four, Tested, held_together, weighed
from tidewheel.analyse.kernels.cells import Cells, no_cells
from tidewheel.analyse.kernels.drivers import (
    EARLY,
    NOT_REACHED,
    REACHED,
    UNFINISHED,
    fated,
    levelled,
    started,
)
from tidewheel.analyse.question import Breakdown, EventMatch, Model, Question, Step
from tidewheel.core.errors import BadInput
from tidewheel.core.period import Span
from tidewheel.core.text import Text

ACTIVITY: Final = 9
"""How many steps of activity are told apart: 0, 1, 2–3, 4–7 … 128 or more other rows."""
ANY = Step(any_of=(EventMatch(event="*"),))


class DriversQuestion(Question):
    """What questions about drivers share: who starts, which behaviours, how often, and what is worth a test."""

    start: Annotated[Step, Ask(Text("Start", "起始行为"))]
    first_time: Annotated[bool, Ask(Text("First time only", "仅首次"))] = False
    behaviours: Annotated[
        tuple[Step, ...],
        Field(max_length=40),
        Ask(
            Text("Behaviours", "候选行为"),
            Text("None: every event that occurs.", "留空则为出现过的所有事件。"),
        ),
    ] = ()
    exclude: Annotated[tuple[Step, ...], Field(max_length=20), Ask(Text("Leave out", "排除行为"))] = ()
    times: Annotated[
        tuple[Annotated[int, Field(ge=1, le=1000)], ...],
        Field(min_length=1, max_length=10),
        Ask(Text("At least so many times", "至少次数")),
    ] = (1, 2, 3, 5)
    support: Annotated[int, Field(ge=1, le=1_000_000), Ask(Text("Least people", "最少人数"))] = 20


class DriversCell(Model):
    """People of the answer, or with ``left_out`` those who are not counted in it.

    ``behaviour`` and ``times``: those who did it at least so often, with ``did`` false those who did not. ``reached``:
    those with the outcome, with false those without; None: both.
    """

    behaviour: str | int | None = None
    times: Annotated[int, Field(ge=1)] = 1
    did: bool = True
    reached: bool | None = None
    left_out: Literal["unfinished", "early"] | None = None


class DriversResult(Model):
    """``people`` are looked at, ``reached`` of them have the outcome. ``tested`` is how many tests q-values hold together.

    Left out are ``unfinished``, whose time for the outcome is not over, and ``early``, who had it before behaviours were counted to the end.
    ``drivers`` are sorted by the correlation of their best test, the strongest first; those without a test are last.
    """

    people: int
    reached: int
    rate: float | None
    unfinished: int
    early: int
    tested: int
    drivers: list[Driver]


@dataclass(frozen=True, slots=True)
class DriversPart:
    """People by what became of them, and those without and with the outcome as :func:`levelled` counts them.

    ``everyone`` is 2 x activity; ``by_level`` has keys (behaviour, level, activity), ``by_total`` (behaviour, activity).
    """

    fates: Ints
    everyone: Ints
    by_level: Cells
    by_total: Cells

    def merge(self, other: DriversPart) -> DriversPart:
        """Return the people of both."""
        return DriversPart(
            self.fates + other.fates,
            self.everyone + other.everyone,
            self.by_level.merge(other.by_level),
            self.by_total.merge(other.by_total),
        )


class Windows(NamedTuple):
    """For each start: behaviours count before ``counted``, the outcome at ``since <= time < until``."""

    counted: Ints
    since: Ints
    until: Ints


class People(NamedTuple):
    """For each person of a block: the row of the start (-1: none), until when behaviours count, and what became of them."""

    row: Ints
    counted: Ints
    fate: Ints


P = TypeVar("P", bound=DriversQuestion)


class Drivers(Analysis[P, DriversPart, DriversCell, DriversResult]):
    """A fold over what people did from their start on; a kind says what the outcome is and when it counts."""

    family = "growth"
    Cell = DriversCell
    Result = DriversResult
    early: bool
    """Whether who has the outcome too soon is left out."""
    reached: Text
    """What having the outcome is called."""

    @abstractmethod
    def outcome(self, params: P) -> Step:
        """Return the outcome."""

    @abstractmethod
    def windows(self, params: P, context: Context, start: Ints) -> Windows:
        """Return the windows that belong to some moments of starting."""

    @abstractmethod
    def check(self, params: P) -> None:
        """Refuse windows that have no meaning."""

    def plan(self, params: P, context: Context) -> Plan:
        """Read starts, outcomes, what to leave out and behaviours, until the last outcome can have come."""
        self.check(params)
        if params.breakdowns:
            raise BadInput(
                "no_breakdown",
                Text("Drivers cannot be split.", "驱动分析不支持拆分。"),
                field="breakdowns",
                got=len(params.breakdowns),
                hint=Text("Give people or filters instead.", "请改用人群或筛选。"),
            )
        span = context.span
        last = self.windows(params, context, np.array([span.end - 1], np.int64)).until
        return Plan(
            steps=(params.start, self.outcome(params), *params.exclude, *params.behaviours, ANY),
            span=Span(0 if params.first_time else span.start, int(last[0])),
            names=() if params.behaviours else ((Breakdown(property="$event"),),),
        )

    def partial(self, params: P, context: Context, block: Block) -> DriversPart:
        """Count people by what became of them, and by how often they did each behaviour."""
        people = self._people(params, context, block)
        times = np.array(ladder(params), np.int64)
        code = codes(params, block)
        behaviours = int(code.max(initial=0)) if code.size else len(params.behaviours)
        by_level = np.zeros((2, behaviours + 1, times.size + 1, ACTIVITY), np.int64)
        by_total = np.zeros((2, behaviours + 1, ACTIVITY), np.int64)
        everyone = np.zeros((2, ACTIVITY), np.int64)
        levelled(
            block.offsets, block.time, block.match.view(np.int64), code, first_bit(params), left_out(params),
            people.row, people.counted, people.fate, times, by_level, by_total, everyone,
        )  # fmt: skip
        fates = np.bincount(people.fate, minlength=5)[:4]
        return DriversPart(fates, everyone, sparse(by_level), sparse(by_total))

    def _people(self, params: P, context: Context, block: Block) -> People:
        size, match, span = block.people.size, block.match.view(np.int64), context.span
        row, fate = np.empty(size, np.int64), np.empty(size, np.int64)
        started(block.offsets, block.time, match, span.start, span.end, params.first_time, row)
        there = row >= 0
        found = self.windows(params, context, block.time[row[there]])
        counted, since, until = (spread(one, there) for one in found)
        fated(block.offsets, block.time, match, row, since, until, context.now, self.early, fate)
        return People(row, counted, fate)

    def empty(self, params: P, context: Context) -> DriversPart:
        """Return nobody."""
        return DriversPart(np.zeros(4, np.int64), np.zeros((2, ACTIVITY), np.int64), no_cells(2), no_cells(2))

    def people(
        self, params: P, context: Context, block: Block, cell: DriversCell, groups: Ints | None
    ) -> npt.NDArray[np.int32]:
        """Return who did so, or did not, and what became of them."""
        people = self._people(params, context, block)
        if cell.left_out:
            chosen = people.fate == (UNFINISHED if cell.left_out == "unfinished" else EARLY)
            return block.people[chosen]
        wanted = (
            [NOT_REACHED, REACHED] if cell.reached is None else [REACHED if cell.reached else NOT_REACHED]
        )
        chosen = np.isin(people.fate, wanted)
        if cell.behaviour is not None:
            chosen &= (done(params, context, block, people, cell.behaviour) >= cell.times) == cell.did
        return block.people[chosen]

    def shape(self, params: P, context: Context, part: DriversPart) -> DriversResult:
        """Test every behaviour and number of times, and put the strongest first."""
        without, reached, unfinished, early = part.fates.tolist()
        people, levels = without + reached, len(ladder(params)) + 1
        if params.behaviours:
            occurring = range(1, len(params.behaviours) + 1)
        else:
            occurring = np.unique(part.by_level.keys // (levels * ACTIVITY)).tolist()
        found = []
        for code in occurring:
            own = dense(part.by_level, code, levels * ACTIVITY).reshape(2, levels, ACTIVITY)
            never = part.everyone - dense(part.by_total, code, ACTIVITY)
            tests = [
                weighed(
                    times,
                    strata(own[:, level:].sum(axis=1), never + own[:, :level].sum(axis=1)),
                    params.support,
                )
                for level, times in enumerate(ladder(params), 1)
                if own[:, level:].any()
            ]
            if tests or params.behaviours:
                found.append((*called(params, context, code), tests))
        drivers, number = held_together(found)
        return DriversResult(
            people=people,
            reached=reached,
            rate=reached / people if people else None,
            unfinished=unfinished,
            early=early,
            tested=number,
            drivers=drivers,
        )

    def figures(self, params: P, result: DriversResult) -> list[Figure]:
        """Return the rate of the outcome, its people, and how many behaviours go with it."""
        telling = sum(driver.best is not None and best_of(driver).telling for driver in result.drivers)
        return [
            Figure("rate", Text("Rate of all", "总体比例"), result.rate, "percent", cell=DriversCell(reached=True)),
            Figure("people", Text("People looked at", "分析人数"), result.people, cell=DriversCell()),
            Figure("reached", self.reached, result.reached, cell=DriversCell(reached=True)),
            Figure("telling", Text("Telling behaviours", "显著行为数"), telling),
        ]  # fmt: skip

    def counted(self, params: P, result: DriversResult) -> Iterator[tuple[DriversCell, int]]:
        """Return everyone, who is left out, and the four kinds of people of every test."""
        yield DriversCell(), result.people
        yield DriversCell(reached=True), result.reached
        yield DriversCell(left_out="unfinished"), result.unfinished
        yield DriversCell(left_out="early"), result.early
        for driver in result.drivers:
            for one in driver.tests:
                cell = DriversCell(behaviour=driver.behaviour, times=one.times)
                other = cell.model_copy(update={"did": False})
                yield cell, one.did
                yield cell.model_copy(update={"reached": True}), one.did_reached
                yield cell.model_copy(update={"reached": False}), one.did - one.did_reached
                yield other, one.not_did
                yield other.model_copy(update={"reached": True}), one.not_did_reached
                yield other.model_copy(update={"reached": False}), one.not_did - one.not_did_reached


def best_of(driver: Driver) -> Tested:
    """Return the test of a driver's best number of times; it must have one."""
    return next(one for one in driver.tests if one.times == driver.best)


def ladder(params: DriversQuestion) -> list[int]:
    """Return the numbers of times that are tried, ascending."""
    return sorted(set(params.times))


def first_bit(params: DriversQuestion) -> int:
    """Return the first bit of behaviours."""
    return 2 + len(params.exclude)


def left_out(params: DriversQuestion) -> int:
    """Return the bits of rows that are no behaviour."""
    return ((1 << len(params.exclude)) - 1) << 2


def codes(params: DriversQuestion, block: Block) -> Ints:
    """Return the code of each row's name; nothing where behaviours are given."""
    return np.zeros(0, np.int64) if params.behaviours else first_of(block.names[0])


def sparse(table: Ints) -> Cells:
    """Return a table as cells; its first axis are the columns."""
    columns = table.reshape(2, -1)
    keys = np.flatnonzero(columns.any(axis=0))
    return Cells(keys, columns[:, keys])


def dense(cells: Cells, code: int, width: int) -> Ints:
    """Return the cells of one behaviour as 2 x ``width``."""
    keys, columns = cells.between(code * width, (code + 1) * width)
    found = np.zeros((2, width), np.int64)
    found[:, keys] = columns
    return found


def strata(did: Ints, other: Ints) -> list[Four]:
    """Return one table of two by two for each activity; both are (without, with the outcome) x activity."""
    columns = (did[1], did.sum(axis=0), other[1], other.sum(axis=0))
    return list(zip(*(column.tolist() for column in columns), strict=True))


def spread(values: Ints, there: npt.NDArray[np.bool_]) -> Ints:
    """Return values of some as values of all, 0 for the others."""
    found = np.zeros(there.size, np.int64)
    found[there] = values
    return found


def called(params: DriversQuestion, context: Context, code: int) -> tuple[str | int, str]:
    """Return what a behaviour is in a cell, and its name."""
    if not params.behaviours:
        name = str(context.names[0].of(code)[0])
        return name, name
    step = params.behaviours[code - 1]
    return code - 1, step.name or step.any_of[0].event


def done(
    params: DriversQuestion, context: Context, block: Block, people: People, behaviour: str | int
) -> Ints:
    """Return how often each person did a behaviour while it counts."""
    bits = block.match.view(np.int64)
    if params.behaviours:
        if not isinstance(behaviour, int) or not 0 <= behaviour < len(params.behaviours):
            raise BadInput(
                "no_such_behaviour",
                Text("The question has {count} behaviours.", "该问题有 {count} 个候选行为。"),
                field="cell.behaviour",
                got=behaviour,
                expected=f"0…{len(params.behaviours) - 1}",
                count=len(params.behaviours),
            )
        chosen = bits >> (first_bit(params) + behaviour) & 1 > 0
    else:
        code = code_of(context.names[0], [behaviour])
        chosen = (codes(params, block) == (0 if code is None else code)) & (bits >> first_bit(params) & 1 > 0)
        if code is None:
            chosen[:] = False
    person = np.repeat(np.arange(block.people.size), np.diff(block.offsets))
    row = people.row[person]
    chosen &= (row >= 0) & (bits & left_out(params) == 0) & (row != np.arange(row.size))
    chosen &= (block.time >= block.time[row]) & (block.time < people.counted[person])
    return np.bincount(person[chosen], minlength=block.people.size)
