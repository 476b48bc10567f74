"""What the brand does: ads, coupons, live shows, messages, posts; and its stores and search words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tidewheel.core.period import HOUR, MINUTE
from tidewheel.demo.catalogue import Catalogue
from tidewheel.demo.dice import Dice, Floats, Ints
from tidewheel.demo.seasons import Seasons
from tidewheel.demo.vocabulary import CITIES, MALLS, STORE_CITIES

# utm_source, utm_medium, share of paid visits, fen a click, probability that the visit is caused by the ad
ADS: Final = (
    ("tencent_moments", "feed", 0.30, 260, 0.50),
    ("wechat_channels", "video", 0.16, 180, 0.55),
    ("xiaohongshu", "feed", 0.18, 230, 0.45),
    ("douyin", "video", 0.16, 150, 0.35),
    ("baidu", "sem_brand", 0.12, 120, 0.06),
    ("weibo", "feed", 0.08, 90, 0.20),
)
# words typed in the search box: word, leaf category searched, weight
WORDS: Final = (
    ("防晒", 6, 9.0), ("面膜", 5, 10.0), ("口红", 8, 9.0), ("精华液", 2, 7.0), ("洗面奶", 0, 6.0),
    ("眼霜", 4, 4.0), ("粉底液", 9, 4.5), ("卸妆油", 7, 4.0), ("香水", 14, 4.0), ("护手霜", 18, 3.0),
    ("身体乳", 17, 3.0), ("爽肤水", 1, 3.0), ("面霜", 3, 4.0), ("洗发水", 19, 2.5), ("礼盒", 23, 3.0),
    ("散粉", 10, 2.0), ("眼影盘", 11, 2.0), ("男士护肤", 21, 1.5), ("发膜", 20, 1.5), ("腮红", 12, 1.5),
)  # fmt: skip
# words without goods: word, weight, probability that the search would have become an order, its value in fen
MISSING: Final = (
    ("儿童防晒", 3.0, 0.16, 12_900), ("男士香水", 2.4, 0.13, 39_900), ("孕妇护肤套装", 1.8, 0.15, 45_900),
    ("祛痘贴", 2.6, 0.18, 3_900), ("洗脸巾", 2.2, 0.20, 4_900), ("美容仪", 1.6, 0.05, 199_900),
    ("假睫毛", 1.2, 0.10, 5_900), ("护发精油 旅行装", 0.9, 0.12, 6_900), ("口红刻字", 1.1, 0.14, 19_900),
    ("防脱生发", 1.3, 0.09, 29_900), ("素颜霜", 1.7, 0.12, 13_900), ("婴儿面霜", 0.8, 0.11, 11_900),
)  # fmt: skip
MISSING_SHARE: Final = 0.13
"""Share of searches that find nothing."""

# id, name, threshold fen, off fen, when, probability of an issue in a visit, of a claim, lift of the last step
_COUPONS: Final = (
    ("CP-NEW-30", "新人礼 满199减30", 19_900, 3_000, "new", 0.7, 0.55, 0.14),
    ("CP-DAY-20", "周末闪券 满159减20", 15_900, 2_000, "weekend", 0.22, 0.45, 0.05),
    ("CP-SALE-50", "大促券 满300减50", 30_000, 5_000, "warm_up", 0.45, 0.5, 0.10),
    ("CP-SALE-100", "狂欢券 满500减100", 50_000, 10_000, "official", 0.6, 0.6, 0.12),
    ("CP-BACK-40", "返场券 满299减40", 29_900, 4_000, "return", 0.4, 0.5, 0.07),
    ("CP-LIVE-25", "直播间专享 满199减25", 19_900, 2_500, "live", 0.8, 0.6, 0.11),
    ("CP-WECOM-30", "导购专享 满239减30", 23_900, 3_000, "chat", 0.4, 0.6, 0.09),
    ("CP-SHARE-15", "好友助力券 满99减15", 9_900, 1_500, "fission", 0.5, 0.6, 0.08),
)
HOSTS: Final = ("小汐", "阿澜", "Mia", "糖糖", "Vivian", "洛洛")
_THEMES: Final = (
    "换季护肤专场",
    "防晒美白夜",
    "底妆种草局",
    "面膜囤货日",
    "新品首发",
    "香氛之夜",
    "会员宠粉场",
)
_MESSAGE_TITLES: Final = ("上新提醒", "专属优惠到账", "直播预告", "护肤小课堂", "积分即将过期", "会员日福利")
_POST_TITLES: Final = ("换季泛红怎么办", "一瓶精华的三种用法", "夏日防晒的五个误区", "早C晚A 入门", "小样党的快乐", "导购私藏清单", "直播间爆款复盘")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Coupon:
    """One kind of coupon. ``lift`` is added to the probability of checkout → purchase when it is in hand."""

    id: str
    name: str
    threshold: int
    off: int
    when: str
    issue: float
    claim: float
    lift: float


@dataclass(frozen=True)
class Shows:
    """Live shows, ascending; arrays by show."""

    ids: list[str]
    titles: list[str]
    hosts: list[str]
    start: Ints
    length: Ints
    goods: Ints
    """(shows, 8) SKUs."""
    of_day: Ints
    """Show of each day or -1 (none, or not begun at ``until``)."""


@dataclass(frozen=True)
class Messages:
    """Blasts to WeCom contacts; arrays by message."""

    ids: list[str]
    titles: list[str]
    time: Ints
    day: Ints
    open_rate: Floats


@dataclass(frozen=True)
class Posts:
    """Articles of the official account; arrays by post."""

    ids: list[str]
    titles: list[str]
    time: Ints
    day: Ints
    of_day: Ints
    """Latest post of each day or -1."""


@dataclass(frozen=True)
class Stores:
    """40 stores; lists by store, and the stores of each city."""

    ids: list[str]
    names: list[str]
    city: Ints
    in_city: list[list[int]]


COUPONS: Final = tuple(Coupon(*entry) for entry in _COUPONS)


def shows(dice: Dice, seasons: Seasons, goods: Catalogue) -> Shows:
    """Plan the live shows: Tuesday, Thursday, Saturday and Sunday evenings, daily around a sale's peak."""
    chosen = [
        day
        for day in range(seasons.days)
        if seasons.dates[day].weekday() in {1, 3, 5, 6}
        or (seasons.phase[day] >= 0 and seasons.phases[seasons.phase[day]].name == "official")
    ]
    begins = [20 * HOUR if dice.chance("evening", 0.75, day)[0] else 14 * HOUR for day in chosen]
    start = seasons.starts[chosen] + np.array(begins, dtype=np.int64)
    keep = np.flatnonzero(start < seasons.until - 2 * MINUTE)
    days = np.array(chosen, dtype=np.int64)[keep]
    of_day = np.full(seasons.days, -1, dtype=np.int64)
    of_day[days] = np.arange(len(days))
    names = [_THEMES[int(one)] for one in dice.below("theme", len(_THEMES), days)]
    hot = goods.draw(dice.uniform("hot", days[:, None], np.arange(8)[None, :]))
    return Shows(
        ids=[f"LIVE-{seasons.dates[day]:%Y%m%d}" for day in days],
        titles=[f"{seasons.dates[day]:%m月%d日} {name}" for day, name in zip(days, names, strict=True)],
        hosts=[HOSTS[int(one)] for one in dice.below("host", len(HOSTS), days)],
        start=start[keep],
        length=(2 + dice.below("long", 2, days)) * HOUR,
        goods=goods.on_sale(hot, days[:, None]),
        of_day=of_day,
    )


def messages(dice: Dice, seasons: Seasons) -> Messages:
    """Plan the blasts: every fifth day at 11:30 or 19:00."""
    days = np.arange(2, seasons.days, 5)
    late = dice.chance("evening blast", 0.5, days)
    time = seasons.starts[days] + np.where(late, 19 * HOUR, 11 * HOUR + 30 * MINUTE)
    days, time = days[time < seasons.until], time[time < seasons.until]
    return Messages(
        ids=[f"MSG-{seasons.dates[day]:%Y%m%d}" for day in days],
        titles=[_MESSAGE_TITLES[int(one)] for one in dice.below("subject", len(_MESSAGE_TITLES), days)],
        time=time,
        day=days,
        open_rate=0.14 + 0.2 * dice.uniform("appeal", days),
    )


def posts(dice: Dice, seasons: Seasons) -> Posts:
    """Plan the articles: Tuesdays and Fridays at 18:00."""
    days = np.array([d for d in range(seasons.days) if seasons.dates[d].weekday() in {1, 4}], dtype=np.int64)
    time = seasons.starts[days] + 18 * HOUR
    days, time = days[time < seasons.until], time[time < seasons.until]
    latest = np.searchsorted(days, np.arange(seasons.days), side="left") - 1
    return Posts(
        ids=[f"POST-{seasons.dates[day]:%Y%m%d}" for day in days],
        titles=[_POST_TITLES[int(one)] for one in dice.below("headline", len(_POST_TITLES), days)],
        time=time,
        day=days,
        of_day=latest,
    )


def stores() -> Stores:
    """Return the stores."""
    in_city: list[list[int]] = [[] for _ in CITIES]
    names = []
    for number, city in enumerate(STORE_CITIES):
        names.append(f"{CITIES[city][0]}{MALLS[(number * 7 + city) % len(MALLS)]}店")
        in_city[city].append(number)
    return Stores(
        ids=[f"S{number + 1:03d}" for number in range(len(STORE_CITIES))],
        names=names,
        city=np.array(STORE_CITIES, dtype=np.int64),
        in_city=in_city,
    )


def coupon_of_day(seasons: Seasons) -> Ints:
    """Return for each day the public coupon that is offered, or -1."""
    by_when = {coupon.when: number for number, coupon in enumerate(COUPONS)}
    offered = []
    for day in range(seasons.days):
        phase = seasons.phases[seasons.phase[day]].name if seasons.phase[day] >= 0 else ""
        weekend = seasons.dates[day].weekday() >= 5
        offered.append(by_when.get(phase, by_when["weekend"] if weekend else -1))
    return np.array(offered, dtype=np.int64)
