"""Conversion drivers said plainly: a slice after each start, then the time that is left to convert."""

from __future__ import annotations

from tidewheel.analyse.contract import Context
from tidewheel.analyse.drivers import DriversResult
from tidewheel.analyse.kinds.conversion_drivers import ConversionDriversParams
from tidewheel.analyse.oracle import Oracle, World
from tidewheel.analyse.plain_drivers import Course, answered


class ConversionDriversOracle(Oracle[ConversionDriversParams, DriversResult]):
    """See the module's description."""

    name = "conversion_drivers"

    def answer(self, world: World, params: ConversionDriversParams, context: Context) -> DriversResult:
        """Return the behaviours of those who converted later and those who did not."""

        def course(start: int) -> Course:
            return Course(start + params.watch, start + params.watch, start + params.within + 1)

        return answered(world, params, context, course, early_left_out=True)
