"""All visits of a shard: generation by generation, as those who are invited come after those who share."""

from __future__ import annotations

from typing import Final

import numpy as np

from tidewheel.demo.arrivals import Arrivals, arrivals
from tidewheel.demo.brand import Brand
from tidewheel.demo.dice import Flags, Ints
from tidewheel.demo.followups import come_backs, message_visits, store_visits
from tidewheel.demo.marketing import ADS
from tidewheel.demo.people import CAUSED_ORIGIN, GENERATIONS, People
from tidewheel.demo.visits import Visits, joined, needed, platform_of, taken, visit_key
from tidewheel.demo.vocabulary import CHAT, LIVE, NATURAL, OFFICIAL, PAID, STORE, WEB

CAUSED_VISIT: Final = (0.0, 0.0, 0.45, 0.55, 0.80, 0.60, 0.50, 0.20)
"""Probability that a visit is caused by its channel; for paid ones it depends on the ad (see ``ADS``)."""
SHARES_BY_KIND: Final = (0.02, 0.07, 0.11, 0.16, 0.18)
KOC_SHARES: Final = 0.55
PASSED_ON: Final = 0.25
"""Least probability that a visit which came by a share ends with a share."""


def schedule(brand: Brand, people: People) -> Visits:
    """Return the visits of the shard ordered by (person, time). Fills in when invited people arrive."""
    acquired = np.zeros(len(people.index), dtype=np.int64)
    found: Visits | None = None
    for generation in range(GENERATIONS):
        here = np.flatnonzero(people.generation == generation)
        bare = arrivals(brand, people, here, found)
        made = _dressed(brand, people, bare, found, acquired)
        extra = (
            come_backs(brand, people, made),
            message_visits(brand, people, here),
            store_visits(brand, people, here),
        )
        made = joined(made, *extra)
        made.needs |= acquired[made.person]
        made = _until_now(brand, made)
        made.shares = _sharing(brand, people, made)
        found = made if found is None else joined(found, made)
    assert found is not None
    order = np.lexsort((found.key, found.start, found.person))
    place = np.full(len(order) + 1, -1, dtype=np.int64)
    place[order] = np.arange(len(order))
    found = taken(found, order)
    found.via, found.root = place[found.via], place[found.root]
    return found


def _dressed(brand: Brand, people: People, bare: Arrivals, known: Visits | None, acquired: Ints) -> Visits:
    """Give visits their channel, time, platform, ad and needs; note in ``acquired`` what a person needs."""
    dice, seasons = brand.dice, brand.seasons
    person, day, via = bare.person, bare.day, bare.via
    index = people.index[person]
    channel = _possible(brand, people, bare)
    key = visit_key(brand, 0, index, day, bare.ordinal, bare.channel)
    start = np.where(bare.start >= 0, bare.start, seasons.moment(day, dice.uniform("moment", key)))
    if len(brand.shows.ids):
        show = brand.shows.of_day[day]
        into = dice.uniform("tune in", key) ** 1.5 * 0.85 * brand.shows.length[show]
        start = np.where(channel == LIVE, brand.shows.start[show] + into.astype(np.int64), start)
    ad = np.where(channel == PAID, dice.pick("ad", [one[2] for one in ADS], key), -1)
    caused = np.where(
        channel == PAID, np.array([one[4] for one in ADS])[ad], np.asarray(CAUSED_VISIT)[channel]
    )
    own = np.where(dice.chance("caused", caused, key), needed(channel, ad), 0)
    first = np.flatnonzero(bare.first)
    never = dice.chance("acquired", np.asarray(CAUSED_ORIGIN)[channel[first]], index[first])
    gained = np.where(never, needed(channel[first], ad[first]), 0)
    depth = np.zeros(len(person), dtype=np.int64)
    none = np.full(len(person), -1, dtype=np.int64)
    root = none
    if known is not None:
        own |= np.where((own != 0) & (via >= 0), known.needs[via], 0)
        gained |= np.where((gained != 0) & (via[first] >= 0), known.needs[via[first]], 0)
        depth = np.where(via >= 0, known.depth[via] + 1, 0)
        root = np.where(via >= 0, np.where(known.root[via] >= 0, known.root[via], via), -1)
    acquired[person[first]] = gained
    platform = platform_of(brand, people, person, channel, key)
    return Visits(
        person,
        key,
        start,
        day,
        channel,
        platform,
        ad,
        own,
        via,
        depth,
        root,
        none,
        np.zeros(len(person), dtype=bool),
    )


def _possible(brand: Brand, people: People, bare: Arrivals) -> Ints:
    """Replace channels by the natural one where there is no show, contact or follower yet."""
    person, day, channel = bare.person, bare.day, bare.channel
    absent = (channel == LIVE) & (brand.shows.of_day[day] < 0)
    absent |= (channel == CHAT) & (day <= people.contact[person]) & ~bare.first
    absent |= (channel == OFFICIAL) & (day <= people.follower[person]) & ~bare.first
    return np.where(absent, NATURAL, channel)


def _until_now(brand: Brand, visits: Visits) -> Visits:
    """Drop what lies ahead: of the last day only the share that the daily rhythm puts before now."""
    today = (
        (visits.day == brand.seasons.days - 1)
        & (visits.channel != LIVE)
        & (visits.via < 0)
        & (visits.message < 0)
    )
    today &= visits.platform != STORE
    kept = ~today | brand.dice.chance("today", brand.seasons.quiet_floor, visits.key)
    return taken(visits, kept & (visits.start < brand.seasons.until))


def _sharing(brand: Brand, people: People, visits: Visits) -> Flags:
    rate = np.where(people.koc, KOC_SHARES, np.asarray(SHARES_BY_KIND)[people.kind])[visits.person]
    rate = np.where(visits.via >= 0, np.maximum(rate, PASSED_ON), rate)
    shares: Flags = brand.dice.chance("shares", rate, visits.key)
    return np.asarray(shares & (visits.platform != STORE) & (visits.platform != WEB))
