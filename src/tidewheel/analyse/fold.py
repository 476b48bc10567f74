"""What is done to every block of persons: the same in any process that has their facts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.blocks import Source
from tidewheel.analyse.contract import Analysis, Block, Context, Ints, Plan
from tidewheel.analyse.filters import Facts
from tidewheel.analyse.picks import picked_in
from tidewheel.core.period import MINUTE, Calendar, Span
from tidewheel.identify.resolve import People, resolve
from tidewheel.store.view import Snapshot


@dataclass(frozen=True, slots=True)
class Found:
    """The part of a fold that looks for people."""

    found: tuple[npt.NDArray[np.int32], ...] = ()

    def merge(self, other: Found) -> Found:
        """Return the people of both."""
        return Found(self.found + other.found)

    def people(self) -> npt.NDArray[np.int32]:
        """Return everyone, once, in order."""
        return np.unique(np.concatenate(self.found)) if self.found else np.zeros(0, np.int32)


@dataclass(frozen=True, slots=True)
class Fold:
    """One question without its answer; can be sent to another process.

    ``cell`` asks for the people behind it instead of the parts of an answer; see ``Analysis.people``.
    """

    analysis: Analysis[Any, Any, Any, Any]
    question: Any
    calendar: Calendar
    now: int
    cell: Any = None
    groups: Ints | None = None
    settled: Any = None
    """What the analysis settled by the sum of all parts; see ``Analysis.settle``."""

    def sets(self) -> tuple[Any, ...]:
        """Return the sets of people the plan tells apart."""
        return self._plan()[1].sets

    def _plan(self) -> tuple[Context, Plan]:
        context = Context(self.calendar, self.calendar.span(self.question.period, self.now), self.now)
        plan = self.analysis.plan(self.question, context)
        # What a question of a past moment must not see: facts after that minute.
        return context, replace(plan, span=Span(plan.span.start, min(plan.span.end, self.now + MINUTE)))

    def open(
        self,
        snapshot: Snapshot,
        *,
        chosen: npt.NDArray[np.bool_] | None = None,
        sets: Ints | None = None,
        within: npt.NDArray[np.bool_] | None = None,
        called: npt.NDArray[np.int32] | None = None,
    ) -> Opened:
        """Make the question ready for a snapshot, or for some of its persons; see ``Source``."""
        context, plan = self._plan()
        people, question = resolve(snapshot), self.question
        if question.bots == "counted":
            snapshot = snapshot.whole()
        facts = Facts(snapshot, people, self.calendar, picked_in(plan.steps))
        source = Source(
            facts,
            plan,
            question.filters,
            question.people,
            chosen=chosen,
            sets=sets,
            within=within,
            called=called,
        )
        context = replace(
            context, labels=source.labels, names=source.names, traits=source.traits, settled=self.settled
        )
        return Opened(self, snapshot, people, source, context, chosen, sets)


@dataclass(frozen=True, slots=True)
class Opened:
    """A fold over one snapshot. Its parts are the analysis' own, or :class:`Found` when a cell was asked."""

    fold: Fold
    snapshot: Snapshot
    people: People
    source: Source
    context: Context
    chosen: npt.NDArray[np.bool_] | None
    """Who segments leave; None is everyone."""
    sets: Ints | None
    """The sets each person is in, a bit each."""

    def empty(self) -> Any:
        """Return the part of nobody."""
        if self.fold.cell is not None:
            return Found()
        return self.fold.analysis.empty(self.fold.question, self.context)

    def part(self, block: Block) -> Any:
        """Fold one block."""
        fold = self.fold
        if fold.cell is None:
            return fold.analysis.partial(fold.question, self.context, block)
        people = fold.analysis.people(fold.question, self.context, block, fold.cell, fold.groups)
        return Found((people.copy(),) if len(people) else ())
