"""One row, what one test found that a channel brings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from tidewheel.collect.files.contract import Field, Job, Made, RowKind
from tidewheel.collect.files.readers import Row
from tidewheel.collect.problems import Refused
from tidewheel.core.text import Text

_MEASURES: Final = frozenset({"orders", "days"})


class LiftTests(RowKind):
    """Orders that would not have come without a channel, from a day on. A later import of the same replaces it."""

    name: ClassVar[str] = "lift"
    title: ClassVar[Text] = Text("Lift tests", "增量实验")
    table: ClassVar[str | None] = "lift"
    needs: ClassVar[tuple[str, ...]] = ("when", "fields.orders")
    guesses: ClassVar[tuple[str, ...]] = ("when",)
    fields: ClassVar[Mapping[str, Field]] = {
        "orders": Field(("orders", "incrementalorders", "lift", "增量订单", "增量订单数", "增量", "订单数")),
        "days": Field(("days", "天数", "持续天数", "实验天数")),
        "channel": Field(("channel", "渠道", "投放渠道", "媒体", "平台")),
        "utm_source": Field(("utmsource", "source", "来源")),
        "utm_medium": Field(("utmmedium", "medium", "媒介")),
        "utm_campaign": Field(("utmcampaign", "campaign", "campaignname", "计划", "计划名称", "活动")),
    }

    def one(self, job: Job, row: Row) -> Made:
        """Translate one row; ``days`` is 1 where it is not said."""
        when = job.when(row, job.mapping.when)
        if when is None:
            raise Refused("missing_when", job.mapping.when)
        day = datetime.fromtimestamp(when / 1000, UTC).astimezone(job.zone).date().isoformat()
        values: dict[str, Any] = {"day": day} | job.values(row, job.properties)
        if values.get("orders") is None:
            raise Refused("missing_value", job.mapping.fields["orders"])
        for name in _MEASURES & values.keys():
            if not isinstance(values[name], int | float):
                raise Refused("not_a_number", job.properties[name], str(values[name])[:80])
        split = {name: value for name, value in values.items() if isinstance(value, str)}
        return Made(row.number, values, ("lift", day, split))
