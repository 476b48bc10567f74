"""Retention drivers: what people who came back did in their first days that others did not."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

import numpy as np
from pydantic import Field

from tidewheel.analyse.contract import Context, Ints
from tidewheel.analyse.drivers import Drivers, DriversQuestion, Windows
from tidewheel.analyse.form import Ask
from tidewheel.analyse.kernels.buckets import numbered
from tidewheel.analyse.question import Step
from tidewheel.core.errors import BadInput
from tidewheel.core.period import Calendar, Span
from tidewheel.core.text import Text


class RetentionDriversParams(DriversQuestion):
    """Who comes back from day ``from_day`` to day ``to_day``, by what they did in the first ``watch_days`` days.

    Days are calendar days; the day of the start is day 0.
    """

    back: Annotated[Step, Ask(Text("Return", "回访行为"))]
    watch_days: Annotated[int, Field(ge=1, le=366), Ask(Text("Behaviours within days", "行为天数"))] = 7
    from_day: Annotated[int, Field(ge=1, le=366), Ask(Text("Return from day", "回访起始日"))] = 7
    to_day: Annotated[int, Field(ge=1, le=366), Ask(Text("Return to day", "回访截止日"))] = 13


class RetentionDrivers(Drivers[RetentionDriversParams]):
    """See the module's description and ``docs/reference/analyses/retention_drivers.md``."""

    name = "retention_drivers"
    title = Text("Retention drivers", "留存魔法师")
    description = Text(
        "What people did in their first days that goes with coming back: how strongly, for how many, and whether it can be chance.",
        "用户起初几天的哪些行为与之后回访有关：关联多强、涉及多少人、会不会只是偶然。",
    )
    sentence = Text(
        "Of {people} who did {start} in {period}: what done in the first {watch_days} days goes with doing {back} on days {from_day} to {to_day}?",
        "{period}做了{start}的{people}，前 {watch_days} 天做的哪些事，与第 {from_day} 至第 {to_day} 天做{back}有关？",
    )
    Params = RetentionDriversParams
    early = False
    reached = Text("Came back", "回访人数")
    samples = (
        {
            "period": {"last": 60},
            "start": {"any_of": [{"event": "sign_up"}]},
            "back": {"any_of": [{"event": "page_view"}]},
            "first_time": True,
        },
        {
            "period": {"last": 60},
            "start": {"any_of": [{"event": "view_item"}]},
            "back": {"any_of": [{"event": "purchase"}]},
            "behaviours": [
                {"any_of": [{"event": "add_to_cart"}]},
                {"any_of": [{"event": "share"}, {"event": "follow"}], "name": "Share or follow"},
            ],
            "times": [1, 3],
            "watch_days": 3,
            "from_day": 3,
            "to_day": 16,
            "support": 5,
        },
    )

    def outcome(self, params: RetentionDriversParams) -> Step:
        """Return coming back."""
        return params.back

    def windows(self, params: RetentionDriversParams, context: Context, start: Ints) -> Windows:
        """Return the days as retention counts them."""
        cuts = days(context.calendar, context.span, params.to_day)
        day = numbered(cuts, start)
        return Windows(
            cuts[day + params.watch_days], cuts[day + params.from_day], cuts[day + params.to_day + 1]
        )

    def check(self, params: RetentionDriversParams) -> None:
        """Refuse a return that is not after the behaviours."""
        if params.from_day < params.watch_days:
            raise BadInput(
                "windows_overlap",
                Text("The outcome must come after the behaviours.", "结果必须发生在行为之后。"),
                field="from_day",
                got=params.from_day,
                expected=f"≥ {params.watch_days}",
                hint=Text(
                    "Behaviours count on days 0 to {last}: let people come back from day {first} on.",
                    "行为统计第 0 至第 {last} 天，回访请从第 {first} 天起。",
                ),
                last=params.watch_days - 1,
                first=params.watch_days,
            )
        if params.to_day < params.from_day:
            raise BadInput(
                "window_ends_first",
                Text("The time for the outcome ends before it begins.", "结果的时间窗口还没开始就结束了。"),
                field="to_day",
                got=params.to_day,
                expected=f"≥ {params.from_day}",
            )


@lru_cache(maxsize=64)
def days(calendar: Calendar, span: Span, more: int) -> Ints:
    """Return the days of a period and so many after it, as bucket starts and the end of the last."""
    found = calendar.edges(span, "day").tolist()
    for _ in range(more):
        found.append(calendar.next(found[-1], "day"))
    cuts = np.array(found, np.int64)
    cuts.setflags(write=False)
    return cuts
