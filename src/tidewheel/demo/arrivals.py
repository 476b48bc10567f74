"""Who comes on which day and by which channel, before anything else is known of the visit."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from tidewheel.core.period import HOUR, MINUTE
from tidewheel.demo.brand import Brand
from tidewheel.demo.dice import Flags, Ints, spread
from tidewheel.demo.people import VISITS_A_DAY, People
from tidewheel.demo.visits import Visits
from tidewheel.demo.vocabulary import FISSION, NATURAL, ONE_VISIT

CHANNEL_MIX: Final = (0.50, 0.13, 0.11, 0.09, 0.0, 0.10, 0.04, 0.03)
"""Channels of the visits people pay out of habit."""
CLICK: Final = 0.5
"""Probability that an invited person clicks a share of the inviter."""


@dataclass
class Arrivals:
    """One entry a visit. ``start`` and ``via`` are -1 where the visit does not come by a share."""

    person: Ints
    ordinal: Ints
    day: Ints
    channel: Ints
    start: Ints
    via: Ints
    first: Flags
    """The visit in which the person gets to know the brand."""


def arrivals(brand: Brand, people: People, here: Ints, known: Visits | None) -> Arrivals:
    """Return the visits of the people ``here``, of one generation; ``known`` are those of earlier ones.

    Invited people arrive with the first share they click; who clicks none comes by themselves instead.
    """
    invited = _invited(brand, people, here, known)
    came = np.zeros(len(people.index), dtype=bool)
    came[invited.person] = True
    people.origin[here[(people.origin[here] == FISSION) & ~came[here]]] = NATURAL
    walkers = here[~people.old[here] & ~came[here]]
    parts = (invited, _walk_ins(people, walkers), _routine(brand, people, here))
    return Arrivals(
        **{one.name: np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Arrivals)}
    )


def _invited(brand: Brand, people: People, here: Ints, known: Visits | None) -> Arrivals:
    seasons = brand.seasons
    person, share, time = _clicks(brand, people, here, known)
    day = np.searchsorted(seasons.starts, time, side="right") - 1
    first = np.ones(len(person), dtype=bool)
    first[1:] = person[1:] != person[:-1]
    arrived, moved = person[first], day[first] - people.arrival[person[first]]
    people.arrival[arrived] += moved
    people.contact[arrived] += moved
    people.follower[arrived] += moved
    back = (people.kind[person] != ONE_VISIT) & (day < (people.arrival + people.life)[person])
    rows = np.flatnonzero(first | back)
    channel = np.full(len(rows), FISSION)
    ordinal = known.key[share[rows]].astype(np.int64) if known is not None else share
    return Arrivals(person[rows], ordinal, day[rows], channel, time[rows], share[rows], first[rows])


def _clicks(brand: Brand, people: People, here: Ints, known: Visits | None) -> tuple[Ints, Ints, Ints]:
    """Return (person, share, time) of the clicks on inviters' shares, ordered by person and time."""
    if known is None:
        none = np.zeros(0, dtype=np.int64)
        return none, none, none
    sharing = np.flatnonzero(known.shares)
    sharing = sharing[np.argsort(known.person[sharing], kind="stable")]
    low = np.searchsorted(known.person[sharing], people.inviter[here], side="left")
    high = np.searchsorted(known.person[sharing], people.inviter[here], side="right")
    owner, ordinal = spread(high - low)
    person, share = here[owner], sharing[low[owner] + ordinal]
    keys = people.index[person], known.key[share]
    delay = 8 * MINUTE + brand.dice.exponential("click delay", 7 * HOUR, *keys)
    time = known.start[share] + delay.astype(np.int64)
    keep = brand.dice.chance("click", CLICK, *keys) & (time < brand.seasons.until)
    person, share, time = person[keep], share[keep], time[keep]
    order = np.lexsort((known.key[share], time, person))
    return person[order], share[order], time[order]


def _walk_ins(people: People, walkers: Ints) -> Arrivals:
    count = len(walkers)
    none = np.full(count, -1, dtype=np.int64)
    ordinal = np.full(count, 1 << 40)
    return Arrivals(
        walkers,
        ordinal,
        people.arrival[walkers],
        people.origin[walkers],
        none,
        none,
        np.ones(count, dtype=bool),
    )


def _routine(brand: Brand, people: People, here: Ints) -> Arrivals:
    """Visits after the first one, at the person's own rate, while the person has not left for good."""
    chosen = here[people.kind[here] != ONE_VISIT]
    days = np.arange(brand.seasons.days)
    traffic = brand.seasons.traffic / brand.seasons.traffic.mean()
    begin = people.arrival[chosen] + ~people.old[chosen]
    alive = (days >= begin[:, None]) & (days < (people.arrival + people.life)[chosen][:, None])
    row, day = np.nonzero(alive)
    person = chosen[row]
    rate = np.asarray(VISITS_A_DAY)[people.kind[person]] * traffic[day]
    owner, ordinal = spread(brand.dice.poisson("visits", rate, people.index[person], day, most=6))
    person, day = person[owner], day[owner]
    channel = brand.dice.pick("channel", CHANNEL_MIX, people.index[person], day, ordinal)
    none = np.full(len(person), -1, dtype=np.int64)
    return Arrivals(person, ordinal, day, channel, none, none, np.zeros(len(person), dtype=bool))
