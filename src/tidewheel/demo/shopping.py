"""What happens in each visit: what is looked at, searched, put in the cart, paid, and with which coupon.

The steps visit → view_item → add_to_cart → begin_checkout → purchase have fixed probabilities by platform
and channel (:data:`FUNNEL`); a coupon in hand adds its lift to the last one. One uniform draw decides the
last step with and without the coupon, so that an order is *caused* by its coupon exactly when it would not
have been placed without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tidewheel.demo.brand import Brand
from tidewheel.demo.dice import Dice, Flags, Floats, Ints, Words
from tidewheel.demo.marketing import COUPONS, MISSING, MISSING_SHARE, WORDS
from tidewheel.demo.people import People
from tidewheel.demo.visits import Visits
from tidewheel.demo.vocabulary import CHAT, FISSION, LIVE, NATURAL, OFFICIAL, OTHER, SLOTS, STORE

VIEWS: Final = 6
"""Most goods looked at in a visit."""
STEPS: Final = ("view_item", "add_to_cart", "begin_checkout", "purchase")
_BY_PLATFORM: Final = ((0.72, 0.34, 0.56, 0.78), (0.66, 0.24, 0.48, 0.70), (0.78, 0.38, 0.60, 0.82))
_BY_CHANNEL: Final = (
    (1.00, 1.00, 1.00, 1.00), (0.90, 0.62, 0.88, 0.94), (0.95, 0.92, 1.00, 1.00), (1.08, 1.25, 1.10, 1.05),
    (1.02, 0.95, 1.00, 0.98), (1.15, 1.35, 1.15, 1.06), (0.92, 0.70, 0.92, 0.96), (0.85, 0.75, 0.95, 0.96),
)  # fmt: skip
FUNNEL: Final = np.clip(np.array(_BY_PLATFORM)[:, None, :] * np.array(_BY_CHANNEL)[None, :, :], 0.0, 0.95)
"""(platform, channel, step): probability of each step given the one before; the first given the visit."""
STORE_BUYS: Final = 0.6
COUPON_DAYS: Final = 7
REFUNDS: Final = 0.06
FULL_REFUNDS: Final = 0.45


@dataclass
class Shopping:
    """One entry a visit; matrices are (visits, VIEWS)."""

    viewed: Flags
    carted: Flags
    checkout: Flags
    ordered: Flags
    views: Ints
    basket: Ints
    """How many of the viewed goods are put in the cart and bought: the first ones."""
    sku: Ints
    price: Ints
    quantity: Ints
    word: Ints
    """Search word: index into WORDS, or -2 - index into MISSING, or -1 without a search."""
    slots: Flags
    """(visits, slots): home slots clicked."""
    home: Flags
    offered: Ints
    issued: Flags
    claimed: Flags
    coupon: Ints
    """Coupon in hand and valid for the basket at the checkout, or -1."""
    claim_visit: Ints
    """Visit in which it was claimed, or -1."""
    by_coupon: Flags
    """The order would not have been placed without the coupon."""
    gross: Ints
    discount: Ints
    gap: Ints
    """Milliseconds between two goods looked at."""
    auth_at: Ints
    checkout_at: Ints
    purchase_at: Ints
    end_at: Ints


def shop(brand: Brand, people: People, visits: Visits) -> Shopping:
    """Play every visit."""
    dice, key = brand.dice, visits.key
    online = visits.platform != STORE
    chance = FUNNEL[np.where(online, visits.platform, 0), visits.channel]
    viewed = online & dice.chance("viewed", chance[:, 0], key)
    carted = viewed & dice.chance("carted", chance[:, 1], key)
    checkout = carted & dice.chance("checkout", chance[:, 2], key)
    checkout |= ~online & dice.chance("store buys", STORE_BUYS, key)
    views: Ints = np.where(viewed, 1 + np.minimum(dice.geometric("views", 0.36, key), VIEWS - 1), 0)
    off = brand.seasons.price[visits.day]
    size = 1 + dice.geometric("basket", np.select([off < 0.9, off < 1.0], [0.4, 0.5], 0.62), key)
    basket = np.minimum(size, np.where(online, np.maximum(views, 1), VIEWS))
    word, slots, home = _browsing(brand, visits, key)
    sku = _goods(brand, people, visits, word, np.where(slots.any(axis=1), slots.argmax(axis=1), -1), key)
    price = np.asarray(np.round(brand.goods.price[sku] * off[:, None] / 100).astype(np.int64) * 100)
    column = np.arange(VIEWS)[None, :]
    quantity = 1 + dice.pick("quantity", (0.86, 0.11, 0.03), key[:, None], column)
    gross = np.where(column < basket[:, None], price * quantity, 0).sum(axis=1)
    offered, issued, claimed = _offers(brand, people, visits, online, key)
    last = np.where(online, chance[:, 3], 1.0)
    coupon, claim_visit, ordered, by_coupon = _paid(
        dice, visits, offered, claimed, checkout, gross, last, online, key
    )
    saved = np.array([coupon.off for coupon in COUPONS])[coupon]
    gap: Ints = 18_000 + dice.below("gap", 37_000, key)
    ready: Ints = visits.start + 20_000 + views * gap
    auth_at = ready + 1_500
    checkout_at = ready + 8_000
    purchase_at = np.where(
        online, checkout_at + 25_000 + dice.below("pay", 40_000, key), visits.start + 600_000
    )
    end_at = np.where(ordered, purchase_at, checkout_at) + 8_000
    return Shopping(
        viewed=viewed,
        carted=carted,
        checkout=checkout,
        ordered=ordered,
        views=views,
        basket=basket,
        sku=sku,
        price=price,
        quantity=quantity,
        word=word,
        slots=slots,
        home=home,
        offered=offered,
        issued=issued,
        claimed=claimed,
        coupon=coupon,
        claim_visit=claim_visit,
        by_coupon=by_coupon,
        gross=gross,
        discount=np.where(ordered & (coupon >= 0), saved, 0),
        gap=gap,
        auth_at=auth_at,
        checkout_at=checkout_at,
        purchase_at=purchase_at,
        end_at=end_at,
    )


def _browsing(brand: Brand, visits: Visits, key: Words) -> tuple[Ints, Flags, Flags]:
    dice = brand.dice
    inward = np.isin(visits.channel, (NATURAL, OFFICIAL, OTHER, CHAT)) & (visits.platform != STORE)
    home = inward & dice.chance("home", 0.8, key)
    searches = inward & dice.chance("search", 0.22, key)
    missing = dice.chance("missing", MISSING_SHARE, key)
    found = dice.pick("word", [one[2] for one in WORDS], key)
    absent = -2 - dice.pick("absent word", [one[1] for one in MISSING], key)
    word = np.where(searches, np.where(missing, absent, found), -1)
    clicks = dice.chance("slot", np.array([one[2] for one in SLOTS]), key[:, None], np.arange(len(SLOTS)))
    return word, clicks & slot_seen(dice, key) & home[:, None], home


def slot_seen(dice: Dice, key: Words) -> Flags:
    """Return which home slots come into view, (visits, slots): the lower ones less often."""
    seen = np.array([1.0, 0.34, 0.30, 0.26, 0.38, 0.18])
    return dice.chance("slot seen", seen, key[:, None], np.arange(len(SLOTS)))


def slot_content(brand: Brand, slot: Ints, day: Ints) -> Ints:
    """Return the SKU a slot shows on a day; it changes weekly."""
    week = (day + 3) // 7
    return brand.goods.on_sale(brand.goods.draw(brand.dice.uniform("slot content", slot, week)), day)


def _goods(brand: Brand, people: People, visits: Visits, word: Ints, slot: Ints, key: Words) -> Ints:
    dice, goods = brand.dice, brand.goods
    column = np.arange(VIEWS)[None, :]
    wide = key[:, None]
    drawn, why = dice.uniform("good", wide, column), dice.uniform("why", wide, column)
    sku = goods.draw(drawn)
    taste = np.broadcast_to(people.taste[visits.person][:, None], sku.shape)
    sku = np.where(why < 0.4, goods.draw_in(taste, drawn), sku)
    leaf = np.array([one[1] for one in WORDS])[np.maximum(word, 0)][:, None]
    sku = np.where(
        (word >= 0)[:, None] & (why < 0.8), goods.draw_in(np.broadcast_to(leaf, sku.shape), drawn), sku
    )
    if len(brand.shows.ids):
        place = (drawn[:, :1] ** 1.6 * 8).astype(np.int64) + column
        hot = brand.shows.goods[brand.shows.of_day[visits.day][:, None], place % 8]
        sku = np.where((visits.channel == LIVE)[:, None] & (why < 0.8), hot, sku)
    sku = goods.on_sale(sku, visits.day[:, None])
    sku[:, 0] = np.where(slot >= 0, slot_content(brand, slot, visits.day), sku[:, 0])
    return sku


def _offers(
    brand: Brand, people: People, visits: Visits, online: Flags, key: Words
) -> tuple[Ints, Flags, Flags]:
    when = {coupon.when: number for number, coupon in enumerate(COUPONS)}
    first = (
        np.concatenate([[True], visits.person[1:] != visits.person[:-1]]) if len(visits.person) else online
    )
    offered = brand.coupon_of_day[visits.day]
    offered = np.where(first & ~people.old[visits.person], when["new"], offered)
    for channel, name in ((LIVE, "live"), (CHAT, "chat"), (FISSION, "fission")):
        offered = np.where(visits.channel == channel, when[name], offered)
    rates = np.array([(coupon.issue, coupon.claim) for coupon in COUPONS])
    issued = online & (offered >= 0) & brand.dice.chance("issue", rates[offered, 0], key)
    claimed = issued & brand.dice.chance("claim", rates[offered, 1], key)
    return offered, issued, claimed


def _paid(
    dice: Dice,
    visits: Visits,
    offered: Ints,
    claimed: Flags,
    checkout: Flags,
    gross: Ints,
    last: Floats,
    online: Flags,
    key: Words,
) -> tuple[Ints, Ints, Flags, Flags]:
    """Return coupon in hand, where it was claimed, ordered, ordered because of the coupon."""
    threshold = np.array([coupon.threshold for coupon in COUPONS])
    lift = np.array([coupon.lift for coupon in COUPONS])
    drawn = dice.uniform("purchase", key)
    fits = claimed & (gross >= threshold[offered])
    used = checkout & fits & (drawn < last + lift[offered])
    number = np.arange(len(gross))
    before = np.maximum(number - 1, 0)
    same = (visits.person[before] == visits.person) & (number > 0)
    carried = (
        same & claimed[before] & ~used[before] & (visits.day - visits.day[before] <= COUPON_DAYS) & ~claimed
    )
    coupon = np.where(claimed, offered, np.where(carried, offered[before], -1))
    fits = (coupon >= 0) & (gross >= threshold[coupon]) & checkout
    coupon = np.where(fits, coupon, -1)
    claim_visit = np.where(fits, np.where(claimed, number, before), -1)
    bonus = np.where(fits & online, lift[coupon], 0.0)
    ordered = checkout & (drawn < np.minimum(last + bonus, 1.0))
    return coupon, claim_visit, ordered, ordered & (drawn >= last)
