"""What a session is: the parameters of the analyses that cut a person's events into sessions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field

from tidewheel.analyse.contract import Block, Context, Ints
from tidewheel.analyse.form import Ask
from tidewheel.analyse.kernels.buckets import edges, numbered
from tidewheel.analyse.kernels.visits import number
from tidewheel.analyse.question import EventMatch, Question, Step
from tidewheel.core.period import MINUTE
from tidewheel.core.text import Text

Flags = npt.NDArray[np.bool_]
ANYTHING = Step(any_of=(EventMatch(event="*"),))


class Visiting(Question):
    """A question about sessions."""

    activity: Annotated[Step, Ask(Text("What counts", "参与事件"))] = ANYTHING
    """The events that make sessions."""
    ignore: Annotated[Step | None, Ask(Text("Except", "不计入"))] = None
    """Events that neither begin nor prolong a session, such as messages sent to people."""
    timeout: Annotated[int, Field(ge=1, le=1440), Ask(Text("Timeout in minutes", "超时（分钟）"))] = 30
    """A pause longer than this ends the session."""
    cut: Annotated[Step | None, Ask(Text("Cut at", "切割事件"))] = None
    """Each of these begins a new session."""
    new_day: Annotated[
        bool,
        Ask(
            Text("Cut at midnight", "跨天切割"),
            choices={
                "true": Text("ends at midnight", "跨天切断"),
                "false": Text("may last past midnight", "跨天不切断"),
            },
        ),
    ] = False
    """A session ends at midnight of the project's time zone."""


@dataclass(frozen=True, slots=True)
class Bits:
    """Which bit stands for what; the steps of a plan, only those that were asked."""

    steps: tuple[Step, ...]
    bits: dict[str, int]

    @classmethod
    def of(cls, **steps: Step | None) -> Self:
        """Give each step that is there a bit, by name."""
        given = {name: step for name, step in steps.items() if step is not None}
        return cls(tuple(given.values()), {name: at for at, name in enumerate(given)})

    def flag(self, block: Block, name: str, *, missing: bool = False) -> Flags:
        """Return which rows match the step of this name; ``missing`` for all if it was not asked."""
        if name not in self.bits:
            return np.full(block.time.size, missing)
        found: Flags = (block.match >> np.uint64(self.bits[name])) & np.uint64(1) == 1
        return found

    def mask(self, name: str) -> int:
        """Return the bit of this name's step as a number, 0 if it was not asked."""
        return 1 << self.bits[name] if name in self.bits else 0

    def always(self, block: Block, name: str) -> bool:
        """Say whether every row matches the step of this name."""
        return bool(np.bitwise_and.reduce(block.match) >> np.uint64(self.bits[name]) & np.uint64(1))


def sessions(params: Visiting, context: Context, block: Block, active: Flags, cut: Flags) -> Ints:
    """Return the session of each row, from 0 for each person; -1 before the first active row.

    Rows that are not active belong to the session before them.
    """
    day = np.zeros(0, np.int64)
    if params.new_day:
        day = numbered(edges(context.calendar, context.span, "day"), block.time)
    found = np.empty(block.time.size, np.int64)
    number(block.offsets, block.time, active, cut, day, params.timeout * MINUTE, found)
    return found
