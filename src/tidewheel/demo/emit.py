"""Writes what happened in online visits as events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tidewheel.core.period import MINUTE
from tidewheel.demo.brand import Brand
from tidewheel.demo.dice import Ints
from tidewheel.demo.identity import Identity
from tidewheel.demo.marketing import ADS, COUPONS, MISSING, WORDS
from tidewheel.demo.people import People
from tidewheel.demo.sheet import Coded, Column, Goods, Sheet
from tidewheel.demo.shopping import VIEWS, Shopping, slot_content, slot_seen
from tidewheel.demo.visits import Visits
from tidewheel.demo.vocabulary import (
    CHANNELS,
    CHAT,
    LIVE,
    MINI,
    PAID,
    PLATFORMS,
    SCENES,
    SLOTS,
    STORE,
    USER_AGENTS,
    WEB,
)


@dataclass
class Town:
    """One shard, played."""

    brand: Brand
    people: People
    visits: Visits
    shopping: Shopping
    identity: Identity
    sheet: Sheet

    @property
    def landing(self) -> Ints:
        """The page each visit begins on: home, landing, goods, activity."""
        shopping, channel = self.shopping, self.visits.channel
        inner = np.where(channel == PAID, 1, np.where(shopping.viewed, 2, 3))
        return np.where(shopping.home, 0, inner)

    def actor(self, rows: Ints, time: Ints) -> Ints:
        """Return under which identifier an event of these visits is sent at these times."""
        identity = self.identity
        return np.where(time < identity.auth_at[rows], identity.before[rows], identity.after[rows])

    def say(
        self,
        name: str,
        rows: Ints,
        time: Ints,
        ordinal: Ints | int = 0,
        /,
        *,
        goods: Goods | None = None,
        others: Sequence[Ints] = (),
        more: Mapping[str, Column] | None = None,
        session: bool = True,
        source: Ints | int | None = None,
        **columns: Column,
    ) -> None:
        """Add one event for each of some visits, keyed by (visit, ordinal).

        ``session``: the event repeats what :func:`session_columns` says of its visit.
        """
        key = self.brand.dice.word("event", self.visits.key[rows], np.asarray(ordinal)).astype(np.int64)
        self.sheet.add(
            name,
            time=time,
            actor=self.actor(rows, time),
            key=key,
            source=self.visits.platform[rows] if source is None else source,
            visit=rows if session else None,
            goods=goods,
            others=others,
            columns={**(more or {}), **columns},
        )


def session_columns(town: Town) -> dict[str, Coded | Ints]:
    """Return what every event of a visit repeats."""
    visits, people, brand = town.visits, town.people, town.brand
    ios = brand.dice.chance("ios", 0.55, people.index)[visits.person]
    os_code = np.select([visits.platform == STORE, visits.platform == WEB], [-1, 2 + ios], 0 + ios)
    mini = visits.platform == MINI
    scenes = list(SCENES.values())
    source = np.where(visits.channel == PAID, visits.ad, -1)
    source = np.where((visits.channel == CHAT) & mini, len(ADS), source)
    phase = brand.seasons.phase[visits.day]
    show = np.where((visits.channel == LIVE) & (visits.platform != STORE), brand.shows.of_day[visits.day], -1)
    sales = ["always_on", *(one.campaign for one in brand.seasons.phases)]
    message = np.where(
        visits.message >= 0, visits.message + len(sales), np.where(visits.channel == PAID, phase + 1, -1)
    )
    return {
        "platform": Coded(visits.platform, PLATFORMS),
        "channel": Coded(visits.channel, CHANNELS),
        "utm_source": Coded(source, [*(one[0] for one in ADS), "wecom"]),
        "utm_medium": Coded(
            np.where(source == len(ADS), np.where(visits.message >= 0, 6, 7), source),
            [*(one[1] for one in ADS), "message", "group"],
        ),
        "utm_campaign": Coded(message, [*sales, *brand.messages.ids]),
        "scene": Coded(
            np.where(mini, np.array([list(SCENES).index(c) for c in range(8)])[visits.channel], -1), scenes
        ),
        "show_id": Coded(show, brand.shows.ids),
        "share_id": share_words(town, visits.via),
        "os": Coded(np.asarray(os_code), ("Android", "iOS", "Windows", "macOS")),
        "session_id": (visits.key >> np.uint64(15)).astype(np.int64),
    }


def browse(town: Town) -> None:
    """Write landings, home slots, searches, lists and goods looked at."""
    visits, shopping, brand = town.visits, town.shopping, town.brand
    online = np.flatnonzero((visits.platform != STORE) & (visits.channel != LIVE))
    town.say(
        "page_view",
        online,
        visits.start[online],
        page=Coded(town.landing[online], ("/home", "/landing", "/goods", "/activity")),
        user_agent=Coded(agents(town, online), USER_AGENTS),
        depth=np.where(visits.via[online] >= 0, visits.depth[online], np.nan),
    )
    home = online[shopping.home[online]]
    for name, shown, after in (
        ("slot_view", slot_seen(brand.dice, visits.key[home]), 1_500),
        ("slot_click", shopping.slots[home], 9_000),
    ):
        row, slot = np.nonzero(shown)
        rows = home[row]
        sku = slot_content(brand, slot, visits.day[rows])
        town.say(
            name,
            rows,
            visits.start[rows] + after + 400 * slot,
            slot,
            slot_id=Coded(slot, [one[0] for one in SLOTS]),
            slot_name=Coded(slot, [one[1] for one in SLOTS]),
            position=slot + 1.0,
            content_id=Coded(sku, brand.goods.ids),
        )
    _search(town)
    _views(town)


def agents(town: Town, rows: Ints) -> Ints:
    """Return the browser of some visits, -1 where there is none."""
    visits = town.visits
    known = (visits.key[rows] % np.uint64(len(USER_AGENTS))).astype(np.int64)
    return np.where(visits.platform[rows] == WEB, known, -1)


def _search(town: Town) -> None:
    visits, shopping, brand = town.visits, town.shopping, town.brand
    rows = np.flatnonzero(shopping.word != -1)
    word = shopping.word[rows]
    results = np.where(word >= 0, 20 + brand.dice.below("results", 80, visits.key[rows]), 0)
    written = [*(one[0] for one in WORDS), *(one[0] for one in MISSING)]
    typed = brand.dice.pick("search type", (0.5, 0.2, 0.18, 0.12), visits.key[rows])
    town.say(
        "search",
        rows,
        visits.start[rows] + 11_000,
        search_term=Coded(np.where(word >= 0, word, len(WORDS) - 2 - word), written),
        search_type=Coded(typed, ("input", "hot", "history", "suggest")),
        results=results.astype(np.float64),
    )
    listed = np.flatnonzero(
        (shopping.word >= 0)
        | (shopping.home & ~shopping.slots.any(axis=1) & (shopping.word == -1) & shopping.viewed)
    )
    town.say(
        "view_item_list",
        listed,
        visits.start[listed] + 14_000,
        list_name=Coded((shopping.word[listed] < 0).astype(np.int64), ("搜索结果", "分类列表")),
    )


def _views(town: Town) -> None:
    visits, shopping = town.visits, town.shopping
    column = np.arange(VIEWS)[None, :]
    rows, slot = np.nonzero(column < shopping.views[:, None])
    time = visits.start[rows] + 20_000 + slot * shopping.gap[rows]
    town.say("view_item", rows, time, slot, goods=_goods(shopping, rows, slot))
    selected = (slot == 0) & (
        (shopping.word[rows] >= 0)
        | (shopping.home[rows] & ~shopping.slots[rows].any(axis=1) & (shopping.word[rows] == -1))
    )
    chosen = rows[selected]
    town.say(
        "select_item", chosen, visits.start[chosen] + 18_500, goods=_goods(shopping, chosen, slot[selected])
    )
    rows, slot = np.nonzero(shopping.carted[:, None] & (column < shopping.basket[:, None]))
    time = visits.start[rows] + 20_000 + slot * shopping.gap[rows] + (shopping.gap[rows] * 2) // 5
    town.say("add_to_cart", rows, time, slot, goods=_goods(shopping, rows, slot))


def _goods(shopping: Shopping, rows: Ints, slot: Ints) -> Goods:
    """One good a row."""
    at = rows, slot
    return Goods(
        np.ones(len(rows), dtype=np.int64), shopping.sku[at], shopping.price[at], shopping.quantity[at]
    )


def basket(shopping: Shopping, rows: Ints) -> Goods:
    """Everything in the baskets of some visits."""
    inside = np.arange(VIEWS)[None, :] < shopping.basket[rows][:, None]
    return Goods(
        shopping.basket[rows],
        shopping.sku[rows][inside],
        shopping.price[rows][inside],
        shopping.quantity[rows][inside],
    )


def share_words(town: Town, via: Ints) -> Coded:
    """Return the ids of the shares made in some visits; -1 is none."""
    present, inverse = np.unique(via, return_inverse=True)
    keys = town.visits.key[present].tolist()
    return Coded(np.where(via >= 0, inverse, -1), [f"SH{key >> 15:012x}" for key in keys])


def share(town: Town) -> None:
    """Write shares at the end of visits, with the chain they continue; posts KOCs publish."""
    visits, shopping, people = town.visits, town.shopping, town.people
    rows = np.flatnonzero(visits.shares)
    own = share_words(town, rows)
    root = np.where(visits.root[rows] >= 0, visits.root[rows], rows)
    to = town.brand.dice.pick("share to", (0.55, 0.3, 0.15), visits.key[rows])
    time = shopping.end_at[rows] + 3_000
    town.say(
        "share",
        rows,
        time,
        share_id=own,
        parent_share_id=share_words(town, visits.via[rows]),
        root_share_id=share_words(town, root),
        depth=visits.depth[rows] + 1.0,
        share_to=Coded(to, ("friend", "group", "moments")),
        is_koc=people.koc[visits.person[rows]].astype(np.float64),
        goods=_goods(shopping, rows, np.zeros(len(rows), dtype=np.int64)),
    )
    koc = people.koc[visits.person] & (visits.platform == MINI)
    posting = np.flatnonzero(koc & town.brand.dice.chance("koc posts", 0.12, visits.key))
    town.say(
        "post_publish",
        posting,
        shopping.end_at[posting] + 40_000,
        post_id=Coded(np.arange(len(posting)), [f"KP{int(key) >> 15:012x}" for key in visits.key[posting]]),
        goods=_goods(shopping, posting, np.zeros(len(posting), dtype=np.int64)),
    )


def live(town: Town) -> None:
    """Write entering and leaving live shows."""
    visits, shopping, brand = town.visits, town.shopping, town.brand
    rows = np.flatnonzero((visits.channel == LIVE) & (visits.platform != STORE))
    show = brand.shows.of_day[visits.day[rows]]
    shown = {
        "show_title": Coded(show, brand.shows.titles),
        "host": Coded(show, brand.shows.hosts),
    }
    town.say("live_enter", rows, visits.start[rows], more=shown)
    stay = brand.dice.exponential("stay", 7 * MINUTE, visits.key[rows]).astype(np.int64)
    left = shopping.end_at[rows] + stay + 15_000
    town.say(
        "live_leave",
        rows,
        left,
        duration=((left - visits.start[rows]) // 1000).astype(np.float64),
        more=shown,
    )


def coupons(town: Town) -> None:
    """Write coupons issued and claimed during visits."""
    visits, shopping = town.visits, town.shopping
    for name, flags, after in (
        ("coupon_issue", shopping.issued, 12_500),
        ("coupon_claim", shopping.claimed, 16_000),
    ):
        rows = np.flatnonzero(flags)
        town.say(name, rows, visits.start[rows] + after, more=coupon_columns(shopping.offered[rows]))


def coupon_columns(coupon: Ints) -> dict[str, Column]:
    """Return the columns that name a coupon; -1 is none."""
    return {
        "coupon_id": Coded(coupon, [one.id for one in COUPONS]),
        "coupon_name": Coded(coupon, [one.name for one in COUPONS]),
        "threshold": np.where(coupon >= 0, np.array([one.threshold for one in COUPONS])[coupon], np.nan),
    }
