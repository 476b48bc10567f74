"""Sessions said plainly, for the oracles."""

from __future__ import annotations

from tidewheel.analyse.contract import Context
from tidewheel.analyse.oracle import Happening
from tidewheel.analyse.question import Step
from tidewheel.analyse.visits import Visiting
from tidewheel.core.period import MINUTE


def matcher(steps: dict[str, Step | None]) -> dict[str, int]:
    """Return the bit of each step that is there, in the order they are named."""
    return {name: 1 << at for at, name in enumerate(name for name, step in steps.items() if step is not None)}


def cut_up(
    rows: list[Happening], active: list[bool], cut: int, params: Visiting, context: Context
) -> list[list[int]]:
    """Return the places of the rows of each session; a row that is not active is of the session before it."""
    found: list[list[int]] = []
    last: Happening | None = None
    for at, row in enumerate(rows):
        if active[at]:
            fresh = (
                last is None
                or row.time - last.time > params.timeout * MINUTE
                or bool(row.match & cut)
                or (
                    params.new_day
                    and context.calendar.floor(row.time, "day") != context.calendar.floor(last.time, "day")
                )
            )
            if fresh:
                found.append([])
            last = row
        if found:
            found[-1].append(at)
    return found
