"""Checkouts, orders online and in stores, redeemed coupons, refunds, and member levels reached by spending."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tidewheel.core.period import DAY, HOUR
from tidewheel.demo.dice import Ints
from tidewheel.demo.emit import Town, basket, coupon_columns
from tidewheel.demo.marketing import COUPONS
from tidewheel.demo.sheet import Coded, Goods
from tidewheel.demo.shopping import FULL_REFUNDS, REFUNDS
from tidewheel.demo.vocabulary import CHANNELS, LEVEL_SPEND, LEVELS, PLATFORMS, STORE


@dataclass
class Orders:
    """Orders placed before the end of the world, in the order of visits."""

    visit: Ints
    value: Ints
    refunded: Ints
    """Fen given back before the end of the world."""


def orders(town: Town) -> Orders:
    """Write checkouts, purchases and what follows them."""
    visits, shopping, brand = town.visits, town.shopping, town.brand
    online = visits.platform != STORE
    rows = np.flatnonzero(online & shopping.checkout)
    town.say(
        "begin_checkout",
        rows,
        shopping.checkout_at[rows],
        goods=basket(shopping, rows),
        value=shopping.gross[rows].astype(np.float64),
        coupon_id=Coded(shopping.coupon[rows], [one.id for one in COUPONS]),
        currency="CNY",
    )
    _store_visits(town)
    rows = np.flatnonzero(shopping.ordered & (shopping.purchase_at < brand.seasons.until))
    number = _order_ids(town, rows)
    value = shopping.gross[rows] - shopping.discount[rows]
    home_store = town.people.store[visits.person[rows]]
    store = np.where(online[rows], -1, home_store)
    pay = np.where(online[rows], 0, brand.dice.below("pay by", 3, visits.key[rows]))
    town.say(
        "purchase",
        rows,
        shopping.purchase_at[rows],
        goods=basket(shopping, rows),
        order_id=number,
        value=value.astype(np.float64),
        gross_value=shopping.gross[rows].astype(np.float64),
        discount=shopping.discount[rows].astype(np.float64),
        currency="CNY",
        coupon_id=Coded(shopping.coupon[rows], [one.id for one in COUPONS]),
        store_id=Coded(store, brand.stores.ids),
        store_name=Coded(store, brand.stores.names),
        pay_method=Coded(pay, ("微信支付", "支付宝", "银行卡")),
    )
    used = np.flatnonzero(shopping.coupon[rows] >= 0)
    redeemed = rows[used]
    town.say(
        "coupon_redeem",
        redeemed,
        shopping.purchase_at[redeemed] + 1,
        order_id=Coded(number.codes[used], number.words),
        value=shopping.discount[redeemed].astype(np.float64),
        currency="CNY",
        more=coupon_columns(shopping.coupon[redeemed]),
    )
    refunded = _refunds(town, rows, number, value)
    _levels(town, rows, value)
    return Orders(rows, value, refunded)


def _order_ids(town: Town, rows: Ints) -> Coded:
    keys = (town.visits.key[rows] >> np.uint64(20)).tolist()
    return Coded(np.arange(len(rows)), [f"SO{key:013d}" for key in keys])


def _store_visits(town: Town) -> None:
    visits, shopping, brand = town.visits, town.shopping, town.brand
    rows = np.flatnonzero(visits.platform == STORE)
    store = town.people.store[visits.person[rows]]
    shown = {"store_id": Coded(store, brand.stores.ids), "store_name": Coded(store, brand.stores.names)}
    town.say("store_visit", rows, visits.start[rows], more=shown)
    scans = np.flatnonzero(brand.dice.chance("scans", 0.35, visits.key[rows]))
    scanned = rows[scans]
    one = np.ones(len(scans), dtype=np.int64)
    goods = Goods(one, shopping.sku[scanned, 0], shopping.price[scanned, 0], one)
    picked = {label: Coded(value.codes[scans], value.words) for label, value in shown.items()}
    town.say("scan_item", scanned, visits.start[scanned] + 240_000, goods=goods, more=picked)


def _refunds(town: Town, rows: Ints, number: Coded, value: Ints) -> Ints:
    """Refund some orders within ten days: all of it, or the first line."""
    visits, shopping, brand = town.visits, town.shopping, town.brand
    key = visits.key[rows]
    back = np.flatnonzero(brand.dice.chance("refund", REFUNDS, key))
    keys, visit = key[back], rows[back]
    full = brand.dice.chance("full refund", FULL_REFUNDS, keys) | (shopping.basket[visit] == 1)
    wait = 3 * HOUR + (brand.dice.uniform("refund after", keys) * 10 * DAY).astype(np.int64)
    time = shopping.purchase_at[visit] + wait
    line = shopping.price[visit, 0] * shopping.quantity[visit, 0]
    amount = np.where(full, value[back], value[back] * line // np.maximum(shopping.gross[visit], 1))
    counts = np.where(full, shopping.basket[visit], 1)
    inside = np.arange(shopping.sku.shape[1])[None, :] < counts[:, None]
    goods = Goods(
        counts, shopping.sku[visit][inside], shopping.price[visit][inside], shopping.quantity[visit][inside]
    )
    reason = brand.dice.pick("reason", (0.4, 0.25, 0.2, 0.15), keys)
    town.say(
        "refund",
        visit,
        time,
        session=False,
        source=6,
        goods=goods,
        platform=Coded(visits.platform[visit], PLATFORMS),
        channel=Coded(visits.channel[visit], CHANNELS),
        order_id=Coded(number.codes[back], number.words),
        refund_value=amount.astype(np.float64),
        full=full.astype(np.float64),
        currency="CNY",
        reason=Coded(reason, ("不想要了", "色号不合适", "肤质不适", "包装破损")),
    )
    given = np.zeros(len(rows), dtype=np.int64)
    given[back] = np.where(time < brand.seasons.until, amount, 0)
    return given


def _levels(town: Town, rows: Ints, value: Ints) -> None:
    """Say the new member level after the order that reaches it."""
    visits, shopping = town.visits, town.shopping
    person = visits.person[rows]
    spent = np.cumsum(value)
    first = np.concatenate([[True], person[1:] != person[:-1]]) if len(rows) else np.zeros(0, dtype=bool)
    base = np.where(first, spent - value, 0)
    spent = spent - np.maximum.accumulate(base) if len(rows) else spent
    level = np.searchsorted(np.array(LEVEL_SPEND), spent, side="right") - 1
    before = np.searchsorted(np.array(LEVEL_SPEND), spent - value, side="right") - 1
    up = np.flatnonzero(level > before)
    visit = rows[up]
    town.say(
        "$set",
        visit,
        shopping.purchase_at[visit] + 2_000,
        7,
        session=False,
        member_level=Coded(level[up], LEVELS),
    )
