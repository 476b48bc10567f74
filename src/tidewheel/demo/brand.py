"""Everything of the world that is the same for all people."""

from __future__ import annotations

from dataclasses import dataclass

from tidewheel.demo.catalogue import Catalogue, catalogue
from tidewheel.demo.dice import Dice, Ints
from tidewheel.demo.marketing import (
    Messages,
    Posts,
    Shows,
    Stores,
    coupon_of_day,
    messages,
    posts,
    shows,
    stores,
)
from tidewheel.demo.seasons import Seasons, seasons

VISITS_A_PERSON = 5.5
"""About how many visits a person makes in 180 days; only used to size the last day."""


@dataclass(frozen=True)
class Brand:
    """The stage: calendar, goods, marketing plan, and the dice of the seed."""

    dice: Dice
    seasons: Seasons
    goods: Catalogue
    shows: Shows
    messages: Messages
    posts: Posts
    stores: Stores
    coupon_of_day: Ints


def brand(people: int, days: int, seed: int, until: int) -> Brand:
    """Set the stage."""
    dice = Dice(seed)
    calendar = seasons(until, days, people * VISITS_A_PERSON / max(days, 1))
    goods = catalogue(dice, calendar)
    return Brand(
        dice=dice,
        seasons=calendar,
        goods=goods,
        shows=shows(dice, calendar, goods),
        messages=messages(dice, calendar),
        posts=posts(dice, calendar),
        stores=stores(),
        coupon_of_day=coupon_of_day(calendar),
    )
