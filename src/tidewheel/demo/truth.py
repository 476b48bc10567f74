"""The planted truth as a document, and the costs of advertising and tests of lift that go with it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa

from tidewheel.demo.brand import Brand
from tidewheel.demo.clicks import ELEMENTS, PAGES, SLOW_PAY
from tidewheel.demo.followups import FOLLOW_UP
from tidewheel.demo.marketing import ADS, COUPONS, MISSING
from tidewheel.demo.people import CAUSED_ORIGIN, CHURN_A_DAY, CHURN_FACTOR
from tidewheel.demo.schedule import CAUSED_VISIT
from tidewheel.demo.shopping import FUNNEL, STEPS
from tidewheel.demo.tally import Tally
from tidewheel.demo.visits import FIRST_AD
from tidewheel.demo.vocabulary import CHANNELS, KINDS, ONE_VISIT, PLATFORMS, SLOTS, STORE

SHOW_FEE: Final = 280_000
"""Fen paid for the host and the room of one live show."""


def truth(brand: Brand, people: int, seed: int, tally: Tally) -> dict[str, Any]:
    """Return everything planted; see docs/reference/demo-world.md."""
    seasons, counts = brand.seasons, tally.counts
    orders = dict(
        zip(
            (
                "orders",
                "value",
                "refunded_value",
                "orders_refunded",
                "orders_no_channel_caused",
                "value_no_channel_caused",
            ),
            counts["orders"].tolist(),
            strict=True,
        )
    )
    found, identifiers, groups, refused = counts["identity"].tolist()
    return {
        "version": 1,
        "brand": "汐语 Tidecare",
        "people": people,
        "days": seasons.days,
        "seed": seed,
        "until": seasons.until,
        "first_day": seasons.dates[0].isoformat(),
        "last_day": seasons.dates[-1].isoformat(),
        "currency": "CNY",
        "orders": orders,
        "identity": {
            "people": found,
            "identifiers": identifiers,
            "persons_after_links": groups,
            "links_to_refuse": refused,
            "bots": int(counts["bots"][0]),
            "digest": f"{tally.digest:016x}",
            "sample": tally.sample,
        },
        "channels": _channels(tally),
        "ads": _ads(tally),
        "coupons": _coupons(tally),
        "messages": _messages(tally),
        "shares": _shares(tally),
        "funnel": _funnel(tally),
        "slots": [
            {
                "slot_id": one[0],
                "slot_name": one[1],
                "click_probability": one[2],
                "views": row[0],
                "clicks": row[1],
            }
            for one, row in zip(SLOTS, counts["slots"].tolist(), strict=True)
        ],
        "pages": dict(zip(PAGES, counts["page_views"].tolist(), strict=True)),
        "clicks": _clicks(tally),
        "churn": _churn(tally),
        "missing_words": [
            {
                "search_term": one[0],
                "searches": row[0],
                "orders_missed": row[1],
                "value_missed": row[1] * one[3],
                "order_probability": one[2],
                "price": one[3],
            }
            for one, row in zip(MISSING, counts["missing"].tolist(), strict=True)
        ],
        "shows": [
            {
                "show_id": show,
                "title": title,
                "viewers": row[0],
                "orders": row[1],
                "value": row[2],
                "incremental_orders": row[3],
            }
            for show, title, row in zip(
                brand.shows.ids, brand.shows.titles, counts["shows"].tolist(), strict=True
            )
        ],
        "phases": [
            {
                "campaign": one.campaign,
                "phase": one.name,
                "first_day": seasons.dates[max(one.first, 0)].isoformat(),
                "last_day": seasons.dates[min(one.last, seasons.days - 1)].isoformat(),
                "traffic_factor": one.traffic,
                "price_factor": one.price,
            }
            for one in seasons.phases
        ],
    }


def _channels(tally: Tally) -> list[dict[str, Any]]:
    visits = tally.counts["visits"].sum(axis=0).tolist()
    return [
        {
            "channel": channel,
            "visits": visits[bit],
            "orders_last_touch": row[0],
            "value_last_touch": row[1],
            "incremental_orders": row[2],
            "incremental_value": row[3],
            "visit_caused_probability": CAUSED_VISIT[bit] if channel != "paid" else None,
            "acquired_only_probability": CAUSED_ORIGIN[bit],
            "follow_up_probability": FOLLOW_UP[bit],
        }
        for bit, (channel, row) in enumerate(zip(CHANNELS, tally.counts["channels"].tolist(), strict=False))
    ]


def _ads(tally: Tally) -> list[dict[str, Any]]:
    rows = tally.counts["channels"][FIRST_AD:].tolist()
    visits = tally.counts["ad_visits"].sum(axis=0).tolist()
    return [
        {
            "utm_source": one[0],
            "visits": count,
            "orders_last_touch": row[0],
            "value_last_touch": row[1],
            "incremental_orders": row[2],
            "incremental_value": row[3],
            "visit_caused_probability": one[4],
        }
        for one, row, count in zip(ADS, rows, visits, strict=True)
    ]


def _coupons(tally: Tally) -> list[dict[str, Any]]:
    names = ("issued", "claimed", "redeemed", "discount", "incremental_orders", "incremental_value")
    return [
        {
            "coupon_id": one.id,
            "coupon_name": one.name,
            "threshold": one.threshold,
            "off": one.off,
            "purchase_lift": one.lift,
            **dict(zip(names, row, strict=True)),
        }
        for one, row in zip(COUPONS, tally.counts["coupons"].tolist(), strict=True)
    ]


def _messages(tally: Tally) -> dict[str, int]:
    sent, opened, held = tally.counts["messages"].tolist()
    orders, value, caused, caused_value = tally.counts["message_orders"].tolist()
    return {
        "sent": sent,
        "opened": opened,
        "held_out": held,
        "visits": int(tally.counts["message_visits"][0]),
        "orders_last_touch": orders,
        "value_last_touch": value,
        "incremental_orders": caused,
        "incremental_value": caused_value,
    }


def _shares(tally: Tally) -> dict[str, Any]:
    table = tally.counts["shares"].tolist()
    return {
        "by_depth": [
            {"depth": depth, "shares": row[0], "visits": row[1], "orders": row[2], "value": row[3]}
            for depth, row in enumerate(table)
            if depth
        ],
        "top_trees": [
            {"actor": actor, "shares": shares, "orders": orders, "value": value}
            for value, orders, shares, actor in tally.sharers
        ],
    }


def _funnel(tally: Tally) -> dict[str, Any]:
    table = tally.counts["funnel"].tolist()
    names = ("visits", *STEPS[:3], "begin_checkout_with_coupon", STEPS[3], "purchase_with_coupon")
    return {
        "unit": "visit",
        "steps": list(STEPS),
        "segments": [
            {
                "platform": PLATFORMS[platform],
                "channel": CHANNELS[channel],
                "probabilities": dict(zip(STEPS, FUNNEL[platform, channel].round(6).tolist(), strict=True)),
                "counts": dict(zip(names, table[platform][channel], strict=True)),
            }
            for platform in range(STORE)
            for channel in range(len(CHANNELS))
        ],
    }


def _clicks(tally: Tally) -> dict[str, Any]:
    names = ("clicks", "dead_clicks", "rage_clicks")
    return {
        "slow_pay_probability": dict(zip(PLATFORMS, SLOW_PAY, strict=False)),
        "elements": [
            {
                "page": PAGES[one.page],
                "element": one.path,
                "element_text": one.text,
                "dead_probability": one.dead,
                **dict(zip(names, row, strict=True)),
            }
            for one, row in zip(ELEMENTS, tally.counts["clicks"].tolist(), strict=True)
        ],
    }


def _churn(tally: Tally) -> list[dict[str, Any]]:
    table = tally.counts["churn"].tolist()
    return [
        {
            "kind": KINDS[kind],
            "acquired_by": CHANNELS[channel],
            "hazard_a_day": 1.0 if kind == ONE_VISIT else round(CHURN_A_DAY[kind] * CHURN_FACTOR[channel], 8),
            "people": table[kind][channel][0],
            "days_at_risk": table[kind][channel][1],
            "left": table[kind][channel][2],
        }
        for kind in range(len(KINDS))
        for channel in range(len(CHANNELS))
    ]


def costs(brand: Brand, tally: Tally) -> pa.Table:
    """Return what was spent: a row a day and ad, and one a live show. Clicks include those that never arrive."""
    seasons, dice = brand.seasons, brand.dice
    visits = tally.counts["ad_visits"]
    day, ad = (
        part.reshape(-1) for part in np.meshgrid(np.arange(seasons.days), np.arange(len(ADS)), indexing="ij")
    )
    arrived = visits.reshape(-1)
    clicks = arrived + np.ceil(arrived * (0.15 + 0.3 * dice.uniform("lost clicks", day, ad))).astype(np.int64)
    price = np.array([one[3] for one in ADS])[ad] * (0.8 + 0.4 * dice.uniform("cost a click", day, ad))
    rate = 0.008 + 0.014 * dice.uniform("click rate", day, ad)
    keep = np.flatnonzero(clicks > 0)
    sales = ["always_on", *(one.campaign for one in seasons.phases)]
    shown = np.flatnonzero(brand.shows.of_day >= 0)
    dates = [seasons.dates[int(one)] for one in (*day[keep], *shown)]
    nothing = np.zeros(len(shown), dtype=np.int64)
    return pa.table(
        {
            "day": pa.array(dates, pa.date32()),
            "channel": ["paid"] * len(keep) + ["live"] * len(shown),
            "utm_source": [ADS[int(one)][0] for one in ad[keep]] + ["wechat_live"] * len(shown),
            "campaign": [sales[seasons.phase[int(one)] + 1] for one in day[keep]] + brand.shows.ids,
            "cost": np.concatenate([(clicks * price)[keep].astype(np.int64), nothing + SHOW_FEE]),
            "impressions": np.concatenate([(clicks / rate)[keep].astype(np.int64), nothing]),
            "clicks": np.concatenate([clicks[keep], nothing]),
        }
    ).sort_by([("day", "ascending"), ("channel", "descending"), ("utm_source", "ascending")])


def lift(brand: Brand, tally: Tally) -> pa.Table:
    """Return what perfect tests would find: a row a week and channel, and a week and ad.

    ``orders`` would not have come without it. ``natural`` is not there: nobody can switch it off.
    """
    dates, counts = brand.seasons.dates, tally.counts["lift"]
    rows = [
        (dates[first], min(7, len(dates) - first), bit, int(counts[first : first + 7, bit].sum()))
        for first in range(0, len(dates), 7)
        for bit in range(1, counts.shape[1])
    ]
    ads = [one[0] for one in ADS]
    return pa.table(
        {
            "day": pa.array([row[0] for row in rows], pa.date32()),
            "days": pa.array([float(row[1]) for row in rows], pa.float64()),
            "channel": [CHANNELS[bit] if bit < FIRST_AD else None for _, _, bit, _ in rows],
            "utm_source": [ads[bit - FIRST_AD] if bit >= FIRST_AD else None for _, _, bit, _ in rows],
            "orders": pa.array([float(row[3]) for row in rows], pa.float64()),
        }
    )
