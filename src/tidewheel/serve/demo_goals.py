"""What the demo shop wants: its metrics, this month's goal, and how strategies and channels make it up."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any, Final

from tidewheel.model import parse, parse_goal
from tidewheel.serve.definitions import kept_form
from tidewheel.store.catalog import Catalog, goals, metrics

BY: Final = "demo"
GROWTH: Final = 1.5
"""What this month shall bring, by the mean month."""


def add(catalog: Catalog, project: str, truth: dict[str, Any], now: int) -> None:
    """Give the shop its metrics and goals; what was ever there is left alone."""
    wanted = {name: kept_form(parse(name, raw)) for name, raw in METRICS.items()}
    with catalog.write() as db:
        for name, definition in wanted.items():
            if not metrics.history(db, project, name):
                metrics.put(db, project_id=project, name=name, definition=definition, by=BY, why="", now=now)
        for name, raw in _goals(truth).items():
            if not goals.history(db, project, name):
                definition = kept_form(parse_goal(name, raw))
                goals.put(db, project_id=project, name=name, definition=definition, by=BY, why="", now=now)


def _trend(event: str, kind: str, **more: str) -> dict[str, Any]:
    step = {"any_of": [{"event": event}]}
    params = {"grain": "day", "series": [{"step": step, "measure": {"kind": kind, **more}}]}
    return {"question": {"kind": "trends", "params": params}, "figure": "A"}


METRICS: Final[dict[str, dict[str, Any]]] = {
    "gmv": {
        "title": {"en": "GMV", "zh": "成交额"},
        "description": {"en": "Paid orders, refunds not deducted", "zh": "已支付订单金额，不扣退款"},
        "format": "money",
        **_trend("purchase", "sum", property="value"),
    },
    "orders": {"title": {"en": "Orders", "zh": "订单数"}, **_trend("purchase", "count")},
    "buyers": {"title": {"en": "Buyers", "zh": "购买人数"}, **_trend("purchase", "people")},
    "visitors": {"title": {"en": "Visitors", "zh": "访客数"}, **_trend("page_view", "people")},
    "conversion": {
        "title": {"en": "Buyers among visitors", "zh": "购买转化率"},
        "formula": "buyers / visitors",
        "format": "percent",
    },
    "orders_per_buyer": {
        "title": {"en": "Orders a buyer", "zh": "人均订单数"},
        "formula": "orders / buyers",
    },
    "aov": {
        "title": {"en": "Average order value", "zh": "客单价"},
        "formula": "gmv / orders",
        "format": "money",
    },
}


def _goals(truth: dict[str, Any]) -> dict[str, dict[str, Any]]:
    last = date.fromisoformat(truth["last_day"])
    first = last.replace(day=1)
    end = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    day = truth["orders"]["value"] / truth["days"]
    month = _round(day * ((end - first).days + 1) * GROWTH)
    target = {"value": month, "from": first.isoformat(), "to": end.isoformat()}
    return {
        "gmv": {
            "title": {"en": "This month's GMV", "zh": "本月成交额"},
            "metric": "gmv",
            "target": target,
            "how": "product",
            "parts": [
                {
                    "title": {"en": "More buyers", "zh": "拉新：更多人买"},
                    "owner": "拉新组",
                    "metric": "buyers",
                    "measures": [{"metric": "visitors"}, {"metric": "conversion"}],
                    "how": "split",
                    "by": {"property": "channel", "top": 5},
                },
                {
                    "title": {"en": "More orders a buyer", "zh": "复购：每人多买"},
                    "owner": "会员组",
                    "metric": "orders_per_buyer",
                },
                {
                    "title": {"en": "Larger orders", "zh": "提客单：每单更大"},
                    "owner": "商品组",
                    "metric": "aov",
                    "how": "split",
                    "by": {"property": "channel", "top": 5},
                },
            ],
        },
        "gmv_by_channel": {
            "title": {"en": "GMV by channel", "zh": "各渠道成交额"},
            "metric": "gmv",
            "how": "split",
            "by": {"property": "channel", "top": 7},
        },
    }


def _round(fen: float) -> float:
    """Return an amount with two digits that count."""
    if fen < 1:
        return 1.0
    power = 10 ** max(math.floor(math.log10(fen)) - 1, 0)
    return float(round(fen / power) * power)
