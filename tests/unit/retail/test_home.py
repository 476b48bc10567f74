"""Home of a tiny shop, worked out by hand: today against yesterday until the same minute."""

from __future__ import annotations

from tests.facts import DAY, START, Fact, view
from tidewheel.analyse.executors.threads import Threads
from tidewheel.analyse.run import Asking, people_behind
from tidewheel.core.period import HOUR, Calendar
from tidewheel.retail.home import home
from tidewheel.store.view import View

TODAY = START + 5 * DAY  # midnight in Shanghai
ASKING = Asking(Calendar(), TODAY + 10 * HOUR, Threads(1))


def order(time: int, user: str, number: int, channel: str, gross: int, paid: int) -> Fact:
    items = [{"item_id": "sku", "item_name": "精华", "price": gross, "quantity": 1}]
    return Fact(
        "purchase", time, user, number, {"value": paid, "gross_value": gross, "channel": channel}, items
    )


def shop() -> View:
    return view(
        [
            [
                Fact("page_view", TODAY - DAY + HOUR, "user:a", 1, {"channel": "live"}),
                order(TODAY - DAY + HOUR, "user:a", 2, "live", 10_000, 9_000),
                order(
                    TODAY - DAY + 20 * HOUR, "user:b", 3, "live", 50_000, 50_000
                ),  # later than the same time
                Fact("page_view", TODAY + HOUR, "user:a", 4, {"channel": "live"}),
                Fact("view_item", TODAY + 2 * HOUR, "device:new", 5, {"channel": "chat"}),
                order(TODAY + 3 * HOUR, "user:a", 6, "live", 20_000, 18_000),
                order(TODAY + 4 * HOUR, "user:a", 7, "chat", 10_000, 10_000),
                Fact("refund", TODAY + 5 * HOUR, "user:a", 8, {"refund_value": 3_000}),
            ]
        ]
    )


def test_key_figures() -> None:
    report = home(shop(), ASKING)
    figures = {figure.key: (figure.value, figure.compared) for figure in report.figures}
    assert figures == {
        "visitors": (2, 1),
        "buyers": (1, 1),
        "orders": (2, 1),
        "gmv": (30_000, 10_000),
        "net": (25_000, 9_000),
        "conversion": (0.5, 1.0),
        "basket": (14_000, 9_000),
    }
    assert (report.new_people, report.returning_people) == (1, 1)
    assert [hour.orders for hour in report.hours][:6] == [0, 0, 0, 1, 1, 0]
    assert [hour.orders for hour in report.hours][10:] == [None] * 14
    assert report.hours[20].compared_orders == 1


def test_channels_and_goods_open_into_their_people() -> None:
    shown = shop()
    report = home(shown, ASKING)
    assert [(row.channel, row.visitors, row.buyers, row.gmv) for row in report.channels] == [
        ("live", 1, 1, 20_000),
        ("chat", 1, 1, 10_000),
    ]
    assert [(row.item_id, row.item_name, row.quantity, row.gmv, row.buyers) for row in report.goods] == [
        ("sku", "精华", 2, 30_000, 1)
    ]
    for row in report.channels:
        for opening, figure in ((row.open, row.visitors), (row.open_buyers, row.buyers)):
            _, people = people_behind(shown, opening.kind, opening.params, opening.cell, ASKING)
            assert len(people) == figure
