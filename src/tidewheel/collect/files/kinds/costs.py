"""One row, what one campaign cost on one day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from tidewheel.collect.files.contract import Field, Job, Made, RowKind
from tidewheel.collect.files.readers import Row
from tidewheel.collect.problems import Refused
from tidewheel.core.text import Text

_MEASURES: Final = frozenset({"cost", "impressions", "clicks", "conversions"})


class Costs(RowKind):
    """Spending by day and whatever it is split by. A later import of the same day and split replaces it."""

    name: ClassVar[str] = "costs"
    title: ClassVar[Text] = Text("Costs", "投放花费")
    table: ClassVar[str | None] = "costs"
    needs: ClassVar[tuple[str, ...]] = ("when", "fields.cost")
    guesses: ClassVar[tuple[str, ...]] = ("when",)
    fields: ClassVar[Mapping[str, Field]] = {
        "cost": Field(("cost", "spend", "amount", "花费", "消耗", "消费", "费用", "投放花费", "总花费", "实际消耗", "投放金额", "金额"),
                      money=True),
        "channel": Field(("channel", "渠道", "投放渠道", "媒体", "平台")),
        "utm_source": Field(("utmsource", "source", "来源")),
        "utm_medium": Field(("utmmedium", "medium", "媒介")),
        "utm_campaign": Field(("utmcampaign", "campaign", "campaignname", "计划", "计划名称", "广告计划", "推广计划", "活动")),
        "impressions": Field(("impressions", "impression", "展现", "展现量", "展示", "展示量", "曝光", "曝光量")),
        "clicks": Field(("clicks", "click", "点击", "点击量", "点击数")),
        "conversions": Field(("conversions", "转化", "转化数")),
    }  # fmt: skip

    def one(self, job: Job, row: Row) -> Made:
        """Translate one row."""
        when = job.when(row, job.mapping.when)
        if when is None:
            raise Refused("missing_when", job.mapping.when)
        day = datetime.fromtimestamp(when / 1000, UTC).astimezone(job.zone).date().isoformat()
        values: dict[str, Any] = {"day": day} | job.values(row, job.properties)
        if values.get("cost") is None:
            raise Refused("missing_value", job.mapping.fields["cost"])
        for name in _MEASURES & values.keys():
            if not isinstance(values[name], int | float):
                raise Refused("not_a_number", job.properties[name], str(values[name])[:80])
        split = {name: value for name, value in values.items() if isinstance(value, str)}
        return Made(row.number, values, ("costs", day, split))
