"""What people tap on the pages of a visit, and the pages they come to by it.

Most taps work: the event they bring about follows at once. Two pictures look like links and do nothing, the
coupon button of the goods page answers nobody, and the pay button of the web shop is slow, so that some tap it
again and again. Everything is planted in moments in which nothing else happens in the visit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tidewheel.demo.dice import Flags, Ints, spread
from tidewheel.demo.emit import Town, agents
from tidewheel.demo.sheet import Coded
from tidewheel.demo.shopping import VIEWS
from tidewheel.demo.vocabulary import LIVE, STORE, USER_AGENTS, WEB

PAGES: Final = ("/home", "/landing", "/goods", "/activity", "/list", "/checkout", "/paid")
HOME, LANDING, GOODS, ACTIVITY, LIST, CHECKOUT, PAID = range(7)


@dataclass(frozen=True, slots=True)
class Element:
    """One thing on a page; ``x`` and ``y`` are the middle of it as shares of the page, ``wide`` and ``high`` its reach."""

    page: int
    path: str
    text: str
    kind: str
    x: float
    y: float
    wide: float
    high: float
    dead: float = 0.0
    """How likely one who sees the page taps it in vain."""


ELEMENTS: Final = (
    Element(HOME, "main>section.banner>a[1]", "首页轮播第一帧", "link", 0.5, 0.14, 0.18, 0.03),
    Element(HOME, "main>section.banner>a[2]", "首页轮播第二帧", "link", 0.5, 0.14, 0.18, 0.03),
    Element(HOME, "main>nav.icons>a[1]", "新品", "link", 0.14, 0.27, 0.03, 0.012),
    Element(HOME, "main>nav.icons>a[2]", "直播", "link", 0.38, 0.27, 0.03, 0.012),
    Element(HOME, "main>section.hot>a[1]", "热卖楼层", "link", 0.5, 0.52, 0.2, 0.04),
    Element(HOME, "body>div.popup>a", "首页弹窗", "link", 0.5, 0.4, 0.12, 0.05),
    Element(HOME, "main>header>form.search>input", "搜索商品", "input", 0.46, 0.03, 0.16, 0.008),
    Element(HOME, "main>nav.icons>a[4]", "全部分类", "link", 0.86, 0.27, 0.03, 0.012),
    Element(HOME, "main>section.poster>img", "会员日海报", "image", 0.5, 0.76, 0.2, 0.04, 0.045),
    Element(LIST, "main>section.goods>a[1]", "商品卡片 1", "link", 0.27, 0.2, 0.09, 0.04),
    Element(LIST, "main>section.goods>a[2]", "商品卡片 2", "link", 0.73, 0.2, 0.09, 0.04),
    Element(LIST, "main>section.goods>a[3]", "商品卡片 3", "link", 0.27, 0.45, 0.09, 0.04),
    Element(LIST, "main>section.goods>a[4]", "商品卡片 4", "link", 0.73, 0.45, 0.09, 0.04),
    Element(GOODS, "main>footer.bar>button.cart", "加入购物车", "button", 0.6, 0.965, 0.06, 0.006),
    Element(GOODS, "main>footer.bar>button.buy", "去结算", "button", 0.86, 0.965, 0.05, 0.006),
    Element(GOODS, "main>section.detail>img[2]", "成分说明图", "image", 0.5, 0.63, 0.18, 0.05, 0.06),
    Element(GOODS, "main>section.coupon>button", "领取优惠券", "button", 0.84, 0.38, 0.04, 0.008, 0.015),
    Element(CHECKOUT, "main>footer.bar>button.pay", "提交订单", "button", 0.8, 0.95, 0.07, 0.008),
)
SEARCH, CATEGORY, POSTER, CARD, CART, BUY, PICTURE, COUPON, PAY = 6, 7, 8, 9, 13, 14, 15, 16, 17
CARDS: Final = (0.44, 0.28, 0.17, 0.11)
TWICE: Final = 0.05
"""How likely a good is put in the cart with two quick taps."""
SLOW_PAY: Final = (0.01, 0.12, 0.01)
"""How likely the pay button does not answer at first, by platform."""
SCREENS: Final = ((390, 844), (393, 852), (360, 780), (430, 932))
DESKTOPS: Final = ((1440, 900), (1920, 1080), (1536, 864), (390, 844))


def clicks(town: Town) -> dict[str, Ints]:
    """Write further pages and every tap; return views by page and, by element, taps, dead ones and angry ones."""
    taps = _Taps(town)
    views = _pages(town)
    _works(town, taps)
    _fails(town, taps)
    return {"page_views": views, "clicks": taps.counts}


class _Taps:
    def __init__(self, town: Town) -> None:
        self.town = town
        self.counts = np.zeros((len(ELEMENTS), 3), dtype=np.int64)

    def add(
        self, element: Ints | int, rows: Ints, time: Ints, ordinal: Ints | int = 0, *, dead: bool = False, angry: bool = False
    ) -> None:  # fmt: skip
        """Write one tap a row; ``ordinal`` tells those of a visit on one element apart."""
        town = self.town
        which: Ints = np.broadcast_to(np.asarray(element, dtype=np.int64), rows.shape)
        key, number = town.visits.key[rows], np.asarray(which * 256 + ordinal, dtype=np.int64)
        place = [
            np.clip(
                np.array([getattr(one, middle) for one in ELEMENTS])[which]
                + np.array([getattr(one, reach) for one in ELEMENTS])[which]
                * np.clip(town.brand.dice.normal(f"tap {middle}", key, number) / 2, -1, 1),
                0.0,
                1.0,
            ).round(4)
            for middle, reach in (("x", "wide"), ("y", "high"))
        ]
        web = town.visits.platform[rows] == WEB
        size = np.array([SCREENS, DESKTOPS], dtype=np.float64)[
            web.astype(np.int64), (key >> np.uint64(7)) % 4
        ]
        town.say(
            "click",
            rows,
            time,
            number,
            page=Coded(np.array([one.page for one in ELEMENTS])[which], PAGES),
            element=Coded(which, [one.path for one in ELEMENTS]),
            element_text=Coded(which, [one.text for one in ELEMENTS]),
            element_kind=Coded(which, [one.kind for one in ELEMENTS]),
            x=place[0],
            y=place[1],
            viewport_width=size[:, 0],
            viewport_height=size[:, 1],
        )
        done = np.bincount(which[time < town.brand.seasons.until], minlength=len(ELEMENTS))
        self.counts += np.stack([done, done * dead, done * angry], axis=1)


def _pages(town: Town) -> Ints:
    """Write the pages after the first one; return how often each page is seen, the first ones too."""
    visits, shopping, until = town.visits, town.shopping, town.brand.seasons.until
    online = visits.platform != STORE
    listed = np.flatnonzero(_listed(town))
    inside = np.flatnonzero(shopping.viewed & ((town.landing != GOODS) | (visits.channel == LIVE)))
    checkout = np.flatnonzero(online & shopping.checkout)
    paid = np.flatnonzero(online & shopping.ordered & (shopping.purchase_at < until))
    views = np.zeros(len(PAGES), dtype=np.int64)
    first = np.flatnonzero(online & (visits.channel != LIVE) & (visits.start < until))
    views += np.bincount(town.landing[first], minlength=len(PAGES))
    for page, rows, time in (
        (LIST, listed, visits.start[listed] + 13_900),
        (GOODS, inside, visits.start[inside] + 19_900),
        (CHECKOUT, checkout, shopping.checkout_at[checkout] - 100),
        (PAID, paid, shopping.purchase_at[paid] + 400),
    ):
        town.say(
            "page_view",
            rows,
            time,
            page,
            page=PAGES[page],
            user_agent=Coded(agents(town, rows), USER_AGENTS),
        )
        views[page] += int((time < until).sum())
    return views


def _listed(town: Town) -> Flags:
    shopping = town.shopping
    return (shopping.word >= 0) | (
        shopping.home & ~shopping.slots.any(axis=1) & (shopping.word == -1) & shopping.viewed
    )


def _works(town: Town, taps: _Taps) -> None:
    """Taps that bring about the event right after them."""
    visits, shopping, dice = town.visits, town.shopping, town.brand.dice
    rows, slot = np.nonzero(shopping.slots)
    taps.add(slot, rows, visits.start[rows] + 8_850 + 400 * slot)
    rows = np.flatnonzero((shopping.word != -1) & shopping.home)
    taps.add(SEARCH, rows, visits.start[rows] + 10_300)
    rows = np.flatnonzero(_listed(town) & (shopping.word < 0))
    taps.add(CATEGORY, rows, visits.start[rows] + 13_700)
    rows = np.flatnonzero(_listed(town) & shopping.viewed)
    card = dice.pick("card", CARDS, visits.key[rows])
    taps.add(CARD + card, rows, visits.start[rows] + 18_350)
    rows, slot = np.nonzero(shopping.carted[:, None] & (np.arange(VIEWS)[None, :] < shopping.basket[:, None]))
    time = visits.start[rows] + 20_000 + slot * shopping.gap[rows] + (shopping.gap[rows] * 2) // 5
    taps.add(CART, rows, time - 150, slot)
    twice = dice.chance("taps twice", TWICE, visits.key[rows], slot)
    taps.add(CART, rows[twice], time[twice] - 430, slot[twice] + VIEWS)
    rows = np.flatnonzero((visits.platform != STORE) & shopping.checkout)
    taps.add(BUY, rows, shopping.checkout_at[rows] - 300)
    rows = np.flatnonzero(
        (visits.platform != STORE)
        & shopping.ordered
        & (shopping.purchase_at < town.brand.seasons.until)
    )  # fmt: skip
    taps.add(PAY, rows, shopping.purchase_at[rows] - 150)


def _fails(town: Town, taps: _Taps) -> None:
    """Taps on what does nothing, one by one or in anger."""
    visits, shopping, dice = town.visits, town.shopping, town.brand.dice
    rows = np.flatnonzero(shopping.home & dice.chance("poster", ELEMENTS[POSTER].dead, visits.key))
    taps.add(
        POSTER,
        rows,
        visits.start[rows] + 4_300 + dice.below("poster after", 600, visits.key[rows]),
        dead=True,
    )
    rows = np.flatnonzero(shopping.viewed & dice.chance("picture", ELEMENTS[PICTURE].dead, visits.key))
    later = dice.below("picture after", 1_200, visits.key[rows])
    taps.add(PICTURE, rows, visits.start[rows] + 21_500 + later, dead=True)
    rows = np.flatnonzero(shopping.viewed & dice.chance("coupon button", ELEMENTS[COUPON].dead, visits.key))
    _burst(town, taps, COUPON, rows, visits.start[rows] + 22_000)
    slow = np.array([*SLOW_PAY, 0.0])[visits.platform]
    rows = np.flatnonzero(shopping.checkout & dice.chance("slow pay", slow, visits.key))
    _burst(town, taps, PAY, rows, shopping.checkout_at[rows] + 12_000)


def _burst(town: Town, taps: _Taps, element: int, rows: Ints, time: Ints) -> None:
    """Three to five taps within little more than a second."""
    often = 3 + town.brand.dice.below("anger", 3, town.visits.key[rows], element)
    owner, number = spread(often)
    taps.add(
        element, rows[owner], time[owner] + 260 * number, 100 + number, dead=True, angry=True
    )  # fmt: skip
