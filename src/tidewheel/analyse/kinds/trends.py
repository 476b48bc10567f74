"""Trends: how much, how many, how often, over time."""

from __future__ import annotations

from tidewheel.analyse.measuring import Measuring
from tidewheel.core.text import Text


class Trends(Measuring):
    """See the module's description and ``docs/reference/analyses/trends.md``."""

    name = "trends"
    title = Text("Trends", "事件趋势")
    description = Text(
        "How much, how many and how often, over time.", "多少次、多少人、多少金额，随时间如何变化。"
    )
    family = "behaviour"
    sentence = Text(
        "Over {period}, by {grain}, for {people}: {series}.", "{people}在{period}，按{grain}看：{series}。"
    )
    samples = (
        {
            "series": [
                {"step": {"any_of": [{"event": "page_view"}]}, "measure": {"kind": "people"}},
                {"step": {"any_of": [{"event": "purchase"}]}, "measure": {"kind": "people"}},
                {
                    "step": {"any_of": [{"event": "purchase"}]},
                    "measure": {"kind": "sum", "property": "value"},
                },
            ],
            "formulas": [{"expression": "B / A", "format": "percent"}],
            "breakdowns": [{"property": "channel"}],
        },
        {
            "series": [
                {
                    "step": {"any_of": [{"event": "purchase"}]},
                    "measure": {"kind": "sum", "property": "price", "times": "quantity", "scope": "item"},
                }
            ],
            "breakdowns": [{"property": "item_category", "scope": "item"}],
            "grain": "week",
            "top": 5,
        },
    )
