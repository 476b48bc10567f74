"""What the staff of the demo shop keep at hand: segments, boards and alerts."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from tidewheel.analyse.run import ANALYSES, parse
from tidewheel.core.text import Language, Text
from tidewheel.model import parse_alert
from tidewheel.serve.definitions import kept_form
from tidewheel.store.catalog import Catalog, alerts, boards, segments

BY: Final = "demo"
Params: TypeAlias = dict[str, Any]
Place: TypeAlias = tuple[int, int, int, int]
"""Column, row, width and height on the grid."""
Tile: TypeAlias = tuple[Text, str, Params, str | None, Place]
"""Title, kind of question, its parameters, and view."""


def add(catalog: Catalog, project: str, language: Language, now: int) -> None:
    """Give the shop its segments, boards and alerts, named in the language of its staff; what is there stays."""
    with catalog.write() as db:
        there = {board.name for board in boards.listed(db, project)}
        for name, kind, params, cell in SEGMENTS:
            if segments.find(db, project, name.say(language)):
                continue
            question = parse(ANALYSES.get(kind)(), params)
            rule = {
                "kind": kind,
                "params": question.model_dump(mode="json"),
                "cell": cell,
                "comparison": None,
            }
            segments.add(
                db, project_id=project, name=name.say(language), kind="rule",
                definition=rule, members=None, by=BY, now=now,
            )  # fmt: skip
        for name, tiles in BOARDS:
            if name.say(language) in there:
                continue
            shown = [_tile(f"t{number}", tile, language) for number, tile in enumerate(tiles)]
            boards.add(db, project_id=project, name=name.say(language), tiles=shown, by=None, now=now)
        for key, raw in ALERTS.items():
            definition = kept_form(parse_alert(key, raw))
            alerts.put(db, project_id=project, name=key, definition=definition, by=BY, now=now)


def _tile(own: str, tile: Tile, language: Language) -> dict[str, Any]:
    title, kind, params, view, (x, y, w, h) = tile
    place = {"x": x, "y": y, "w": w, "h": h}
    return {"id": own, "title": title.say(language), "kind": kind, "params": params, "view": view, **place}


def _step(event: str) -> Params:
    return {"any_of": [{"event": event}]}


def _trend(
    title: Text, event: str, view: str, place: Place, measure: Params | None = None, **more: Any
) -> Tile:
    """Return a tile of an event day by day: its people, where nothing else is measured."""
    series = {"step": _step(event), "measure": measure or {"kind": "people"}}
    return title, "trends", {"period": MONTH, "series": [series], **more}, view, place


MONTH: Final = {"last": 30, "unit": "day"}
SEASON: Final = {"last": 90, "unit": "day"}
QUARTER: Final = {"last": 12, "unit": "week"}
PREVIOUS: Final = [{"period": "previous"}]
CHANNEL: Final = [{"property": "channel"}]
VIEW, CART, BUY = _step("view_item"), _step("add_to_cart"), _step("purchase")
TOUCHES: Final = {"any_of": [{"event": name} for name in ("page_view", "live_enter", "post_view")]}
WORTH: Final = {"kind": "sum", "property": "value"}

SEGMENTS: Final[tuple[tuple[Text, str, Params, Params], ...]] = (
    (
        Text("Left the cart, 7 days", "近 7 天加购未付款"),
        "funnel",
        {"period": {"last": 7, "unit": "day"}, "steps": [CART, BUY], "within": {"n": 3, "unit": "day"}},
        {"step": 1, "dropped": True},
    ),
    (
        Text("Valuable customers", "重要价值客户"),
        "rfm",
        {"period": SEASON},
        {"segment": "key_value"},
    ),
    (
        Text("Valuable, to win back", "重要挽留客户"),
        "rfm",
        {"period": SEASON},
        {"segment": "key_win_back"},
    ),
    (
        Text("Watched live, 30 days", "近 30 天进过直播间"),
        "funnel",
        {"period": MONTH, "steps": [_step("live_enter"), BUY]},
        {"step": 1},
    ),
)

BOARDS: Final[tuple[tuple[Text, tuple[Tile, ...]], ...]] = (
    (
        Text("Shop at a glance", "经营总览"),
        (
            _trend(
                Text("Paid amount", "成交额"),
                "purchase",
                "line",
                (0, 0, 8, 8),
                measure=WORTH,
                compare=PREVIOUS,
            ),
            _trend(Text("Buyers", "购买人数"), "purchase", "number", (8, 0, 4, 4), compare=PREVIOUS),
            _trend(Text("Visitors", "访客数"), "page_view", "number", (8, 4, 4, 4), compare=PREVIOUS),
            (
                Text("From item to order", "从浏览到下单"),
                "funnel",
                {"period": MONTH, "steps": [VIEW, CART, BUY], "within": {"n": 3, "unit": "day"}},
                None,
                (0, 8, 6, 8),
            ),
            (
                Text("Sales by category", "各品类销售"),
                "table",
                {
                    "period": MONTH,
                    "event": BUY,
                    "measures": [{"kind": "people"}, WORTH],
                    "breakdowns": [{"property": "item_category", "scope": "item"}],
                    "top": 8,
                },
                None,
                (6, 8, 6, 8),
            ),
        ),
    ),
    (
        Text("Members and repurchase", "会员与复购"),
        (
            (
                Text("New, returning, asleep", "新增、留存与沉默"),
                "lifecycle",
                {"period": QUARTER, "event": BUY, "grain": "week"},
                None,
                (0, 0, 6, 9),
            ),
            (
                Text("Customers by RFM", "RFM 客户分层"),
                "rfm",
                {"period": SEASON},
                None,
                (6, 0, 6, 9),
            ),
            (
                Text("Bought again, week by week", "复购留存（按周）"),
                "retention",
                {"period": QUARTER, "start": BUY, "back": BUY, "grain": "week", "periods": 8},
                "curve",
                (0, 9, 6, 9),
            ),
            (
                Text("Days to the next order", "两次购买间隔"),
                "interval",
                {"period": QUARTER, "start": BUY, "end": BUY},
                None,
                (6, 9, 6, 9),
            ),
        ),
    ),
    (
        Text("Channels", "渠道与投放"),
        (
            _trend(
                Text("Visitors by channel", "各渠道访客"),
                "page_view",
                "line",
                (0, 0, 7, 9),
                breakdowns=CHANNEL,
            ),
            _trend(
                Text("Buyers by channel", "各渠道购买人数"),
                "purchase",
                "ranking",
                (7, 0, 5, 9),
                breakdowns=CHANNEL,
            ),
            (
                Text("Which channel the money came by", "成交额归因"),
                "attribution",
                {
                    "period": MONTH,
                    "touches": [{"step": TOUCHES, "property": CHANNEL[0]}],
                    "conversion": BUY,
                    "measure": WORTH,
                    "model": "position",
                },
                None,
                (0, 9, 12, 10),
            ),
        ),
    ),
)

ALERTS: Final[dict[str, Params]] = {
    "gmv_low": {
        "title": {"en": "GMV unusually low", "zh": "成交额异常偏低"},
        "metric": "gmv",
        "rule": {"kind": "anomaly"},
    },
    "conversion_drop": {
        "title": {"en": "Conversion down by a fifth", "zh": "转化率较上周下跌两成"},
        "metric": "conversion",
        "rule": {"kind": "change", "by": 20, "against": "last_week"},
    },
}
