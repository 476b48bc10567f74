"""A visit: one person's time in the mini program, web shop, app or a store.

Every visit carries a set of bits, its *needs*: bit c is set when the visit would not have happened had
channel c been off during the window. A visit needs c when c brought it and the person would not have
come anyway; when it follows up a visit by c, or one that needs c; when it needs the share it came by and the
visit that made the share needs c; or when the person was acquired by c and would never have known the brand
without it. Bits from 8 on are the ad sources.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import numpy.typing as npt

from tidewheel.demo.brand import Brand
from tidewheel.demo.dice import Flags, Ints, Words
from tidewheel.demo.people import People
from tidewheel.demo.vocabulary import (
    APP,
    CHAT,
    FISSION,
    LIVE,
    MEDIA,
    MINI,
    OFFICIAL,
    ONE_VISIT,
    OTHER,
    PAID,
    WEB,
)

FIRST_AD: Final = 8
INSIDE_WECHAT: Final = (LIVE, FISSION, OFFICIAL, CHAT, OTHER)
"""Channels that lead into the mini program."""


@dataclass
class Visits:
    """One entry a visit."""

    person: Ints
    key: Words
    """63 random bits, different for every visit."""
    start: Ints
    day: Ints
    channel: Ints
    platform: Ints
    ad: Ints
    """The ad clicked or -1."""
    needs: Ints
    via: Ints
    """The visit whose share was clicked or -1."""
    depth: Ints
    """Links of the share chain the visit came by; 0 without one."""
    root: Ints
    """Visit in which that chain began, or -1."""
    message: Ints
    """The message tapped or -1."""
    shares: Flags


def taken(visits: Visits, rows: npt.NDArray[np.int64] | Flags) -> Visits:
    """Return some rows."""
    return Visits(**{one.name: getattr(visits, one.name)[rows] for one in fields(Visits)})


def joined(*parts: Visits) -> Visits:
    """Return the rows of all parts."""
    return Visits(
        **{one.name: np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Visits)}
    )


def needed(channel: Ints, ad: Ints) -> Ints:
    """Return the bits of a channel and, if any, its ad."""
    return np.asarray((1 << channel) | np.where(ad >= 0, 1 << (FIRST_AD + np.maximum(ad, 0)), 0))


def visit_key(brand: Brand, purpose: int, *keys: npt.ArrayLike) -> Words:
    """Return the random bits of visits made for one purpose."""
    return np.asarray(brand.dice.word("visit", np.array([purpose]), *keys) >> np.uint64(1))


def platform_of(brand: Brand, people: People, person: Ints, channel: Ints, key: Words) -> Ints:
    """Return where visits take place: mostly where the person likes to be, if the channel leads there."""
    drawn = brand.dice.uniform("platform of visit", key)
    liked = people.platform[person]
    chosen = np.where(drawn < 0.88, liked, np.array([WEB, MINI, MINI])[liked])
    landing = np.where(drawn < 0.55, MINI, np.where(drawn < 0.92, WEB, APP))
    chosen = np.where((people.kind[person] == ONE_VISIT) & (channel == PAID), landing, chosen)
    inside = np.isin(channel, INSIDE_WECHAT) | ((channel == MEDIA) & (chosen == APP))
    return np.asarray(np.where(inside, MINI, chosen))


def plain_visits(
    brand: Brand, people: People, purpose: int, person: Ints, day: Ints, ordinal: npt.ArrayLike, channel: int
) -> Visits:
    """Return visits of one channel that need nothing yet, at a moment of the daily rhythm."""
    count = len(person)
    key = visit_key(brand, purpose, people.index[person], day, ordinal)
    none, zero = np.full(count, -1, dtype=np.int64), np.zeros(count, dtype=np.int64)
    channels = np.full(count, channel, dtype=np.int64)
    return Visits(
        person=person,
        key=key,
        start=brand.seasons.moment(day, brand.dice.uniform("moment", key)),
        day=day,
        channel=channels,
        platform=platform_of(brand, people, person, channels, key),
        ad=none,
        needs=zero,
        via=none,
        depth=zero,
        root=none,
        message=none,
        shares=np.zeros(count, dtype=bool),
    )
