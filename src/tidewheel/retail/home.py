"""Home: how the shop is doing today, set against yesterday until the same minute.

Money: ``gmv`` is the goods' value before discounts (``gross_value`` of purchases, else ``value``), ``paid``
is ``value``, ``net`` is paid minus refunds made on the day, whichever day the order was placed.
A visitor is a person with any page or item view, or a live show entered; a buyer has a purchase.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final, Literal

from pydantic import BaseModel

from tidewheel.analyse.answer import Title
from tidewheel.analyse.run import Asking, Stored, ask

VISIT: Final = ("page_view", "view_item", "live_enter")
Format = Literal["count", "money", "percent"]


class Opening(BaseModel):
    """The question and cell behind a figure."""

    kind: str
    params: dict[str, Any]
    cell: dict[str, Any]


class Figure(BaseModel):
    """A key figure. ``change`` is relative for counts and money, in points (0.01 = 1 pt) for rates."""

    key: str
    title: Title
    value: float | None
    compared: float | None
    change: float | None
    format: Format
    open: Opening | None


class Hour(BaseModel):
    """One hour of today beside the same hour of yesterday; None: not yet."""

    hour: int
    visitors: float | None
    orders: float | None
    gmv: float | None
    compared_visitors: float | None
    compared_orders: float | None
    compared_gmv: float | None


class ChannelRow(BaseModel):
    """People and money of one channel today."""

    channel: str | None
    visitors: float
    buyers: float
    gmv: float
    open: Opening
    open_buyers: Opening


class GoodsRow(BaseModel):
    """One item sold today."""

    item_id: str | None
    item_name: str | None
    quantity: float
    gmv: float
    buyers: float
    open: Opening


class HomeReport(BaseModel):
    """The whole page. ``until`` is the minute up to which both days are counted."""

    day: date
    compared_day: date
    until: str
    figures: list[Figure]
    hours: list[Hour]
    channels: list[ChannelRow]
    goods: list[GoodsRow]
    new_people: float
    returning_people: float


def _step(*names: str) -> dict[str, Any]:
    return {"any_of": [{"event": name} for name in names]}


def _line(step: dict[str, Any], kind: str, name: str, **measure: Any) -> dict[str, Any]:
    return {"step": step, "measure": {"kind": kind, **measure}, "name": name}


def _series(gross: str) -> list[dict[str, Any]]:
    visit, buy, refund = _step(*VISIT), _step("purchase"), _step("refund")
    return [
        _line(visit, "people", "visitors"),
        _line(buy, "people", "buyers"),
        _line(buy, "count", "orders"),
        _line(buy, "sum", "gmv", property=gross),
        _line(buy, "sum", "paid", property="value"),
        _line(refund, "sum", "refunds", property="refund_value"),
        _line(visit, "first_time", "new_people"),
    ]


TITLES: Final[dict[str, tuple[Title, Format]]] = {
    "visitors": (Title(en="Visitors", zh="访客"), "count"),
    "buyers": (Title(en="Buyers", zh="支付人数"), "count"),
    "orders": (Title(en="Orders", zh="订单"), "count"),
    "gmv": (Title(en="GMV", zh="GMV"), "money"),
    "net": (Title(en="Net sales", zh="净销售额"), "money"),
    "conversion": (Title(en="Conversion", zh="支付转化率"), "percent"),
    "basket": (Title(en="Average order", zh="客单价"), "money"),
}
OPENS: Final = {"visitors": 0, "buyers": 1, "orders": 2, "gmv": 3, "net": 4, "conversion": 1, "basket": 1}


def home(store: Stored, asking: Asking, day: date | None = None, *, top: int = 10) -> HomeReport:
    """Return the report of a day (default: today)."""
    calendar = asking.calendar
    today = calendar.local(asking.now).date()
    chosen = day or today
    start, end = calendar.at(chosen), calendar.at(chosen + timedelta(days=1))
    until = min(asking.now, end) if chosen >= today else end
    before = calendar.at(chosen - timedelta(days=1))
    gross = "gross_value" if store.snapshot().kinds("gross_value", "event") else "value"
    asked: dict[str, Any] = {
        "period": {"from": chosen.isoformat(), "to": chosen.isoformat()},
        "series": _series(gross),
        "grain": "hour",
    }
    previous = (chosen - timedelta(days=1)).isoformat()
    yesterday = {**asked, "period": {"from": previous, "to": previous}}
    now_lines = _lines(store, asked, asking)
    then_lines = _lines(store, yesterday, asking)
    then_until = _totals_until(store, yesterday, asking, before + (until - start))
    now_sums = {name: line["total"] for name, line in now_lines.items()}
    return HomeReport(
        day=chosen,
        compared_day=chosen - timedelta(days=1),
        until=calendar.local(until).isoformat(),
        figures=_figures(asked, _derive(now_sums), _derive(then_until)),
        hours=_hours(now_lines, then_lines, reached=max(0, (until - start + 3_599_999) // 3_600_000)),
        channels=_channels(store, asked, asking, gross, top),
        goods=_goods(store, asked, asking, top),
        new_people=now_sums["new_people"] or 0.0,
        returning_people=(now_sums["visitors"] or 0.0) - (now_sums["new_people"] or 0.0),
    )


def _lines(store: Stored, params: dict[str, Any], asking: Asking) -> dict[str, Any]:
    result = ask(store, "trends", params, asking).result
    return {line.name: line.model_dump() for line in result.lines}


def _totals_until(
    store: Stored, yesterday: dict[str, Any], asking: Asking, moment: int
) -> dict[str, float | None]:
    """Return yesterday's totals as they stood at a moment, by asking as if it were then."""
    lines = _lines(store, {**yesterday, "grain": "total"}, replace(asking, now=moment))
    return {name: line["total"] for name, line in lines.items()}


def _derive(sums: dict[str, float | None]) -> dict[str, float | None]:
    visitors, buyers, orders = (sums[name] or 0.0 for name in ("visitors", "buyers", "orders"))
    paid = sums["paid"] or 0.0
    return {
        "visitors": visitors,
        "buyers": buyers,
        "orders": orders,
        "gmv": sums["gmv"] or 0.0,
        "net": paid - (sums["refunds"] or 0.0),
        "conversion": buyers / visitors if visitors else None,
        "basket": paid / orders if orders else None,
    }


def _figures(
    params: dict[str, Any], now: dict[str, float | None], then: dict[str, float | None]
) -> list[Figure]:
    found = []
    for key, (title, form) in TITLES.items():
        value, compared = now[key], then[key]
        change = None
        if value is not None and compared is not None:
            change = value - compared if form == "percent" else (value / compared - 1 if compared else None)
        opening = Opening(kind="trends", params=params, cell={"series": OPENS[key]})
        found.append(
            Figure(
                key=key, title=title, value=value, compared=compared, change=change, format=form, open=opening
            )
        )
    return found


def _hours(now: dict[str, Any], then: dict[str, Any], reached: int) -> list[Hour]:
    def at(lines: dict[str, Any], name: str, hour: int, last: int) -> float | None:
        values = lines[name]["values"]
        return (values[hour] or 0.0) if hour < min(last, len(values)) else None

    count = len(now["visitors"]["values"])
    return [
        Hour(
            hour=hour,
            **{name: at(now, name, hour, reached) for name in ("visitors", "orders", "gmv")},
            **{f"compared_{name}": at(then, name, hour, count) for name in ("visitors", "orders", "gmv")},
        )
        for hour in range(count)
    ]


def _channels(store: Stored, asked: dict[str, Any], asking: Asking, gross: str, top: int) -> list[ChannelRow]:
    series = [asked["series"][0], asked["series"][1], _line(_step("purchase"), "sum", "gmv", property=gross)]
    params = {
        **asked,
        "series": series,
        "grain": "total",
        "breakdowns": [{"property": "channel"}],
        "top": top,
    }
    found: dict[tuple[Any, ...], dict[str, float]] = {}
    for line in ask(store, "trends", params, asking).result.lines:
        if line.group is not None:
            found.setdefault(tuple(line.group), {})[line.name] = line.total or 0.0
    rows = [
        ChannelRow(
            channel=group[0],
            visitors=sums.get("visitors", 0.0),
            buyers=sums.get("buyers", 0.0),
            gmv=sums.get("gmv", 0.0),
            open=Opening(kind="trends", params=params, cell={"series": 0, "group": list(group)}),
            open_buyers=Opening(kind="trends", params=params, cell={"series": 1, "group": list(group)}),
        )
        for group, sums in found.items()
    ]
    return sorted(rows, key=lambda row: (-row.gmv, -row.visitors, row.channel or ""))


def _goods(store: Stored, asked: dict[str, Any], asking: Asking, top: int) -> list[GoodsRow]:
    buy = _step("purchase")
    series = [
        _line(buy, "sum", "gmv", property="price", times="quantity", scope="item"),
        _line(buy, "sum", "quantity", property="quantity", scope="item"),
        _line(buy, "people", "buyers"),
    ]
    breakdowns = [{"property": "item_id", "scope": "item"}, {"property": "item_name", "scope": "item"}]
    params = {**asked, "series": series, "grain": "total", "breakdowns": breakdowns, "top": top}
    found: dict[tuple[Any, ...], dict[str, float]] = {}
    for line in ask(store, "trends", params, asking).result.lines:
        if line.group is not None and line.group != ["$other"]:
            found.setdefault(tuple(line.group), {})[line.name] = line.total or 0.0
    rows = [
        GoodsRow(
            item_id=group[0],
            item_name=group[1],
            quantity=sums.get("quantity", 0.0),
            gmv=sums.get("gmv", 0.0),
            buyers=sums.get("buyers", 0.0),
            open=Opening(kind="trends", params=params, cell={"series": 2, "group": list(group)}),
        )
        for group, sums in found.items()
    ]
    return sorted(rows, key=lambda row: (-row.gmv, row.item_id or ""))[:top]
