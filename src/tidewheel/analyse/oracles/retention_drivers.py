"""Retention drivers said plainly: the days of each start, then what everyone did and whether they came back."""

from __future__ import annotations

from tidewheel.analyse.contract import Context
from tidewheel.analyse.drivers import DriversResult
from tidewheel.analyse.kinds.retention_drivers import RetentionDriversParams
from tidewheel.analyse.oracle import Oracle, World
from tidewheel.analyse.plain_drivers import Course, answered


class RetentionDriversOracle(Oracle[RetentionDriversParams, DriversResult]):
    """See the module's description."""

    name = "retention_drivers"

    def answer(self, world: World, params: RetentionDriversParams, context: Context) -> DriversResult:
        """Return the behaviours of those who came back and those who did not."""

        def day(start: int, number: int) -> int:
            found = context.calendar.floor(start, "day")
            for _ in range(number):
                found = context.calendar.next(found, "day")
            return found

        def course(start: int) -> Course:
            return Course(
                day(start, params.watch_days), day(start, params.from_day), day(start, params.to_day + 1)
            )

        return answered(world, params, context, course, early_left_out=False)
