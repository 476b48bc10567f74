"""Conversion drivers: what people who converted did before that others did not."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tidewheel.analyse.contract import Context, Ints
from tidewheel.analyse.drivers import Drivers, DriversQuestion, Windows
from tidewheel.analyse.form import Ask
from tidewheel.analyse.question import Step
from tidewheel.core.errors import BadInput
from tidewheel.core.period import DAY, HOUR
from tidewheel.core.text import Text


class ConversionDriversParams(DriversQuestion):
    """Who does ``goal`` ``within`` so long (ms) of the start, by what they did in its first slice, ``watch`` (ms).

    Everyone's behaviours count for the same length of time and before anyone's outcome: who converts in the
    slice already is left out.
    """

    goal: Annotated[Step, Ask(Text("Goal", "转化目标"))]
    watch: Annotated[
        int, Field(ge=1, le=366 * DAY), Ask(Text("Behaviours within", "行为时长"), edit="duration")
    ] = HOUR
    within: Annotated[
        int, Field(ge=1, le=366 * DAY), Ask(Text("Conversion within", "转化窗口"), edit="duration")
    ] = 7 * DAY


class ConversionDrivers(Drivers[ConversionDriversParams]):
    """See the module's description and ``docs/reference/analyses/conversion_drivers.md``."""

    name = "conversion_drivers"
    title = Text("Conversion drivers", "转化驱动")
    description = Text(
        "What people did early on that goes with converting later: how strongly, for how many, and whether it can be chance.",
        "用户早期的哪些行为与之后转化有关：关联多强、涉及多少人、会不会只是偶然。",
    )
    sentence = Text(
        "Of {people} who did {start} in {period}: what done in the first {watch} goes with doing {goal} later, within {within}?",
        "{period}做了{start}的{people}，头 {watch}里做的哪些事，与之后在 {within}内做{goal}有关？",
    )
    Params = ConversionDriversParams
    early = True
    reached = Text("Converted", "转化人数")
    samples = (
        {
            "period": {"last": 60},
            "start": {"any_of": [{"event": "view_item"}]},
            "goal": {"any_of": [{"event": "purchase"}]},
            "within": 14 * DAY,
        },
        {
            "period": {"last": 60},
            "start": {"any_of": [{"event": "page_view"}]},
            "goal": {"any_of": [{"event": "sign_up"}]},
            "first_time": True,
            "exclude": [{"any_of": [{"event": "page_view"}]}],
            "watch": 10 * 60_000,
            "support": 10,
        },
    )

    def outcome(self, params: ConversionDriversParams) -> Step:
        """Return the goal."""
        return params.goal

    def windows(self, params: ConversionDriversParams, context: Context, start: Ints) -> Windows:
        """Return the slice, and the rest of the time; its end counts, as in a funnel."""
        return Windows(start + params.watch, start + params.watch, start + params.within + 1)

    def check(self, params: ConversionDriversParams) -> None:
        """Refuse a slice that leaves no time to convert."""
        if params.watch >= params.within:
            raise BadInput(
                "windows_overlap",
                Text("The outcome must come after the behaviours.", "结果必须发生在行为之后。"),
                field="watch",
                got=params.watch,
                expected=f"< {params.within}",
                hint=Text(
                    "Watch behaviours for a shorter time, or give more time to convert.",
                    "请缩短行为时长，或放宽转化窗口。",
                ),
            )
