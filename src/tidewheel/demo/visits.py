"""When people come, by which channel, and which of these visits a channel really caused.

Every visit carries a set of bits, its *needs*: bit c is set when the visit would not have happened had
channel c been off during the window. A visit needs c when c brought it and the person would not have
come anyway; when it follows up a visit that needs c; when the share it came by needs c; or when the person
was acquired by c and would never have known the brand without it. Bits from 8 on are the ad sources.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from tidewheel.core.period import DAY, HOUR, MINUTE
from tidewheel.demo.brand import Brand
from tidewheel.demo.dice import Flags, Floats, Ints, mix, spread, words
from tidewheel.demo.marketing import ADS
from tidewheel.demo.people import CAUSED_ORIGIN, GENERATIONS, VISITS_A_DAY, People
from tidewheel.demo.vocabulary import (
    APP,
    CASUAL,
    CHAT,
    FISSION,

    LIVE,
    MEDIA,
    MINI,
    NATURAL,
    OFFICIAL,
    ONE_VISIT,
    OTHER,
    PAID,
    STORE,
)

CHANNEL_MIX: Final = (0.50, 0.13, 0.11, 0.09, 0.0, 0.10, 0.04, 0.03)
CAUSED_VISIT: Final = (0.0, 0.0, 0.45, 0.55, 0.80, 0.60, 0.50, 0.20)
"""Probability that a visit is caused by its channel; for paid ones it depends on the ad (see ``ADS``)."""
CAUSED_BY_MESSAGE: Final = 0.7
FOLLOW_UP: Final = (0.0, 0.22, 0.12, 0.10, 0.12, 0.16, 0.28, 0.05)
"""Probability that a visit by the channel makes the person come back by himself within six days."""
SHARES_BY_KIND: Final = (0.02, 0.05, 0.08, 0.14, 0.16)
KOC_SHARES: Final = 0.55
MESSAGE_SHARE, MESSAGE_HOLDOUT, MESSAGE_CLICK = 0.45, 0.1, 0.22
STORE_RATE: Final = 0.22
"""Store visits for each online one, of people with a home store."""
FIRST_AD: Final = 8


@dataclass
class Visits:
    """One entry a visit. ``via`` is the visit whose share was clicked, ``message`` the blast, else -1."""

    person: Ints
    key: Ints
    """63 random bits, different for every visit."""
    start: Ints
    day: Ints
    channel: Ints
    platform: Ints
    ad: Ints
    needs: Ints
    via: Ints
    depth: Ints
    """Links of the share chain the visit came by; 0 without one."""
    root: Ints
    """Visit in which that chain began, or -1."""
    message: Ints
    shares: Flags


def schedule(brand: Brand, people: People) -> Visits:
    """Make all visits of the shard, generation by generation, ordered by (person, time)."""
    acquired = np.zeros(len(people.index), dtype=np.int64)
    found: Visits | None = None
    for generation in range(GENERATIONS):
        here = np.flatnonzero(people.generation == generation)
        clicks = _clicks(brand, people, found, here) if found is not None and len(here) else None
        made = _generation(brand, people, here, clicks, found, acquired)
        found = made if found is None else _joined(found, made)
    assert found is not None  # noqa: S101
    order = np.lexsort((found.key, found.start, found.person))
    place = np.empty(len(order) + 1, dtype=np.int64)
    place[order], place[-1] = np.arange(len(order)), -1
    found = taken(found, order)
    found.via, found.root = place[found.via], place[found.root]
    return found


def taken(visits: Visits, rows: Ints | Flags) -> Visits:
    """Return some rows."""
    return Visits(**{one.name: getattr(visits, one.name)[rows] for one in fields(Visits)})


def _joined(left: Visits, right: Visits) -> Visits:
    return Visits(
        **{one.name: np.concatenate([getattr(left, one.name), getattr(right, one.name)]) for one in fields(Visits)}
    )


@dataclass
class _Clicks:
    person: Ints
    share: Ints
    time: Ints


def _clicks(brand: Brand, people: People, known: Visits, here: Ints) -> _Clicks:
    """Return which shares of their inviters the invited click, in order of time."""
    sharing = np.flatnonzero(known.shares)
    sharing = sharing[np.argsort(known.person[sharing], kind="stable")]
    low = np.searchsorted(known.person[sharing], people.inviter[here], side="left")
    high = np.searchsorted(known.person[sharing], people.inviter[here], side="right")
    owner, ordinal = spread(high - low)
    person, share = here[owner], sharing[low[owner] + ordinal]
    keys = people.index[person], words(known.key[share])
    time = known.start[share] + (8 * MINUTE + brand.dice.exponential("click delay", 7 * HOUR, *keys)).astype(np.int64)
    keep = brand.dice.chance("click", 0.35, *keys) & (time < brand.seasons.until)
    person, share, time = person[keep], share[keep], time[keep]
    order = np.lexsort((share, time, person))
    return _Clicks(person[order], share[order], time[order])


def _generation(
    brand: Brand, people: People, here: Ints, clicks: _Clicks | None, known: Visits | None, acquired: Ints
) -> Visits:
    dice, seasons = brand.dice, brand.seasons
    via_parts: list[Ints] = []
    parts: list[tuple[Ints, Ints, Ints, Ints]] = []  # person, ordinal within purpose, day, channel
    times: list[Ints] = []
    if clicks is not None and known is not None:
        first = np.concatenate([[True], clicks.person[1:] != clicks.person[:-1]]) if len(clicks.person) else np.zeros(0, bool)
        arrived = clicks.person[first]
        day = np.searchsorted(seasons.starts, clicks.time, side="right") - 1
        people.arrival[arrived] = day[first]
        people.origin[np.setdiff1d(here, arrived)] = NATURAL
        again = first | (people.kind[clicks.person] != ONE_VISIT) & (day < (people.arrival + people.life)[clicks.person])
        parts.append((clicks.person[again], clicks.share[again], day[again], np.full(again.sum(), FISSION)))
        times.append(clicks.time[again])
        via_parts.append(clicks.share[again])
    else:
        people.origin[here[people.origin[here] == FISSION]] = NATURAL
    walkers = here[~people.old[here] & ~((people.origin[here] == FISSION) & (clicks is not None))]
    parts.append((walkers, np.full(len(walkers), 1 << 40), people.arrival[walkers], people.origin[walkers]))
    routine, ordinal, day = _routine(brand, people, here)
    channel = dice.pick("channel", CHANNEL_MIX, people.index[routine], day, ordinal)
    parts.append((routine, ordinal, day, channel))
    person, order, day, channel = (np.concatenate([part[slot] for part in parts]) for slot in range(4))
    fixed = np.concatenate([*times, np.full(len(person) - sum(map(len, times)), -1, dtype=np.int64)])
    via = np.concatenate([*via_parts, np.full(len(fixed) - sum(map(len, via_parts)), -1, dtype=np.int64)])
    origin_visit = np.zeros(len(person), dtype=bool)
    if clicks is not None and len(times):
        origin_visit[: len(times[0])] = np.concatenate([[True], parts[0][0][1:] != parts[0][0][:-1]]) if len(times[0]) else []
    count = len(times[0]) if times else 0
    origin_visit[count : count + len(walkers)] = True
    return _dressed(brand, people, person, order, day, channel, fixed, via, origin_visit, known, acquired)


def _routine(brand: Brand, people: People, here: Ints) -> tuple[Ints, Ints, Ints]:
    """Return (person, ordinal within the day, day) of the visits people pay out of habit."""
    days = np.arange(brand.seasons.days)
    chosen = here[people.kind[here] != ONE_VISIT]
    traffic = brand.seasons.traffic / brand.seasons.traffic.mean()
    begin = people.arrival[chosen][:, None] + ~people.old[chosen][:, None]
    alive = (days >= begin) & (days < (people.arrival + people.life)[chosen][:, None])
    row, day = np.nonzero(alive)
    person = chosen[row]
    rate = np.asarray(VISITS_A_DAY)[people.kind[person]] * traffic[day]
    owner, ordinal = spread(brand.dice.poisson("visits", rate, people.index[person], day, most=6))
    return person[owner], ordinal, day[owner]


def _dressed(
    brand: Brand,
    people: People,
    person: Ints,
    order: Ints,
    day: Ints,
    channel: Ints,
    fixed: Ints,
    via: Ints,
    origin_visit: Flags,
    known: Visits | None,
    acquired: Ints,
) -> Visits:
    """Give bare visits their time, platform, ad and needs; add follow-ups, message visits and store visits."""
    dice, seasons = brand.dice, brand.seasons
    count = len(person)
    index = people.index[person]
    show = brand.shows.of_day[day]
    channel = np.where((channel == LIVE) & (show < 0), NATURAL, channel)
    channel = np.where((channel == CHAT) & (day < people.contact[person]) & ~origin_visit, NATURAL, channel)
    channel = np.where((channel == OFFICIAL) & (day < people.follower[person]) & ~origin_visit, NATURAL, channel)
    key = _key(brand, 0, index, day, order, channel)
    start = np.where(fixed >= 0, fixed, seasons.moment(day, dice.uniform("moment", words(key))))
    if len(brand.shows.ids):
        watch = dice.uniform("tune in", words(key)) ** 1.5 * 0.85 * brand.shows.length[show]
        start = np.where(channel == LIVE, brand.shows.start[show] + watch.astype(np.int64), start)
    ad = np.where(channel == PAID, dice.pick("ad", [one[2] for one in ADS], words(key)), -1)
    caused = np.where(channel == PAID, np.array([one[4] for one in ADS])[ad], np.asarray(CAUSED_VISIT)[channel])
    own = np.where(dice.chance("caused", caused, words(key)), _bits(channel, ad), 0)
    if known is not None:
        own = np.where((own != 0) & (via >= 0), own | known.needs[via], own)
    origins = np.flatnonzero(origin_visit)
    never = dice.chance("acquired", np.asarray(CAUSED_ORIGIN)[channel[origins]], index[origins])
    gained = np.where(never, _bits(channel[origins], ad[origins]), 0)
    if known is not None:
        gained = np.where((gained != 0) & (via[origins] >= 0), gained | known.needs[via[origins]], gained)
    acquired[person[origins]] = gained
    depth = np.where(via >= 0, known.depth[via] + 1, 0) if known is not None else np.zeros(count, np.int64)
    root = np.full(count, -1, dtype=np.int64)
    if known is not None:
        root = np.where(via >= 0, np.where(known.root[via] >= 0, known.root[via], via), -1)
    platform = _platform(brand, people, person, channel, key)
    none = np.full(count, -1, dtype=np.int64)
    made = Visits(person, key, start, day, channel, platform, ad, own, via, depth, root, none, np.zeros(count, bool))
    made = _joined(_joined(made, _follow_ups(brand, people, made)), _message_visits(brand, people, np.unique(person)))
    made = _joined(made, _store_visits(brand, people, np.unique(person)))
    made.needs = made.needs | acquired[made.person]
    today = (made.day == seasons.days - 1) & (made.channel != LIVE) & (made.via < 0)
    share = seasons.quiet_floor
    made = taken(made, ~today | dice.chance("today", share, words(made.key)))
    made = taken(made, made.start < seasons.until)
    rate = np.where(people.koc, KOC_SHARES, np.asarray(SHARES_BY_KIND)[people.kind])[made.person]
    made.shares = dice.chance("shares", rate, words(made.key)) & (made.platform != STORE) & (made.platform != 1)
    return made


def _bits(channel: Ints, ad: Ints) -> Ints:
    return np.asarray((1 << channel) | np.where(ad >= 0, 1 << (FIRST_AD + np.maximum(ad, 0)), 0))


def _key(brand: Brand, purpose: int, *keys: Ints | Floats) -> Ints:
    drawn = mix(brand.dice.word("visit", np.array([purpose]), *keys))
    return np.asarray((drawn >> np.uint64(1)).astype(np.int64))


def _platform(brand: Brand, people: People, person: Ints, channel: Ints, key: Ints) -> Ints:
    drawn = brand.dice.uniform("platform of visit", words(key))
    liked = people.platform[person]
    other = np.array([1, 0, 0])[liked]
    chosen = np.where(drawn < 0.88, liked, other)
    one_off = people.kind[person] == ONE_VISIT
    chosen = np.where(one_off & (channel == PAID), np.where(drawn < 0.55, MINI, np.where(drawn < 0.92, 1, APP)), chosen)
    inside = (channel == LIVE) | (channel == FISSION) | (channel == OFFICIAL) | (channel == CHAT) | (channel == OTHER)
    return np.asarray(np.where(inside, MINI, np.where((channel == MEDIA) & (chosen == APP), MINI, chosen)))


def _follow_ups(brand: Brand, people: People, visits: Visits) -> Visits:
    """People come back by themselves a few days after a visit; without that visit they would not have."""
    dice, seasons = brand.dice, brand.seasons
    staying = people.kind[visits.person] != ONE_VISIT
    picked = np.flatnonzero(dice.chance("comes back", np.asarray(FOLLOW_UP)[visits.channel], words(visits.key)) & staying)
    day = visits.day[picked] + 1 + dice.below("back after", 6, words(visits.key[picked]))
    keep = (day < seasons.days) & (day < (people.arrival + people.life)[visits.person[picked]])
    picked, day = picked[keep], day[keep]
    made = _plain(brand, people, 1, visits.person[picked], day, visits.key[picked], NATURAL)
    channel, ad = visits.channel[picked], visits.ad[picked]
    made.needs = visits.needs[picked] | _bits(channel, ad)
    return made


def _message_visits(brand: Brand, people: People, here: Ints) -> Visits:
    """Visits that begin with a tap on a WeCom message."""
    person, message, time = message_clicks(brand, people, here)
    day = brand.messages.day[message]
    made = _plain(brand, people, 2, person, day, message, CHAT)
    made.start, made.message = time, message
    made.day = np.searchsorted(brand.seasons.starts, time, side="right") - 1
    made.platform = np.full(len(person), MINI)
    caused = brand.dice.chance("caused by message", CAUSED_BY_MESSAGE, words(made.key))
    made.needs = np.where(caused, 1 << CHAT, 0)
    return made


def _store_visits(brand: Brand, people: People, here: Ints) -> Visits:
    """Visits of the home store, 10:00 to 22:00."""
    dice, seasons = brand.dice, brand.seasons
    chosen = here[(people.store[here] >= 0) & (people.kind[here] >= CASUAL)]
    days = np.arange(seasons.days)
    alive = (days >= people.arrival[chosen][:, None]) & (days < (people.arrival + people.life)[chosen][:, None])
    row, day = np.nonzero(alive)
    person = chosen[row]
    weekend = np.array([1.9 if one.weekday() >= 5 else 0.8 for one in seasons.dates])
    rate = np.asarray(VISITS_A_DAY)[people.kind[person]] * STORE_RATE * weekend[day]
    comes = dice.chance("store visit", np.minimum(rate, 0.5), people.index[person], day)
    person, day = person[comes], day[comes]
    made = _plain(brand, people, 3, person, day, np.zeros(len(day), np.int64), NATURAL)
    opening = 10.2 + 11.3 * dice.uniform("store hour", words(made.key))
    made.start = seasons.starts[day] + (opening * HOUR).astype(np.int64)
    made.platform = np.full(len(person), STORE)
    return made


def message_targets(brand: Brand, people: People, here: Ints) -> tuple[Ints, Ints, Flags]:
    """Return (person, message, held out) of everybody meant to get each blast."""
    person, message = (
        part.reshape(-1) for part in np.meshgrid(here, np.arange(len(brand.messages.ids)), indexing="ij")
    )
    day = brand.messages.day[message]
    keep = (people.contact[person] < day) & (day < (people.arrival + people.life)[person] + 30)
    person, message = person[keep], message[keep]
    keys = people.index[person], message
    sent = brand.dice.chance("sent", MESSAGE_SHARE, *keys)
    person, message = person[sent], message[sent]
    return person, message, brand.dice.chance("held out", MESSAGE_HOLDOUT, people.index[person], message)


def message_opens(brand: Brand, people: People, person: Ints, message: Ints) -> tuple[Flags, Ints]:
    """Return whether and when a sent message is opened."""
    keys = people.index[person], message
    opened = brand.dice.chance("opened", brand.messages.open_rate[message], *keys)
    delay = MINUTE + brand.dice.exponential("open delay", 2 * HOUR, *keys)
    return opened, brand.messages.time[message] + np.minimum(delay, 3 * DAY).astype(np.int64)


def message_clicks(brand: Brand, people: People, here: Ints) -> tuple[Ints, Ints, Ints]:
    """Return (person, message, time) of the taps that lead into the mini program."""
    person, message, held = message_targets(brand, people, here)
    person, message = person[~held], message[~held]
    opened, time = message_opens(brand, people, person, message)
    clicked = opened & brand.dice.chance("tapped", MESSAGE_CLICK, people.index[person], message)
    clicked &= (time < brand.seasons.until) & (brand.messages.day[message] < (people.arrival + people.life)[person])
    return person[clicked], message[clicked], time[clicked] + 4_000


def _plain(
    brand: Brand, people: People, purpose: int, person: Ints, day: Ints, ordinal: Ints, channel: int
) -> Visits:
    count = len(person)
    key = _key(brand, purpose, people.index[person], day, ordinal)
    none, zero = np.full(count, -1, dtype=np.int64), np.zeros(count, dtype=np.int64)
    channels = np.full(count, channel, dtype=np.int64)
    return Visits(
        person=person,
        key=key,
        start=brand.seasons.moment(day, brand.dice.uniform("moment", words(key))),
        day=day,
        channel=channels,
        platform=_platform(brand, people, person, channels, key),
        ad=none,
        needs=zero,
        via=none,
        depth=zero,
        root=none,
        message=none,
        shares=np.zeros(count, dtype=bool),
    )


