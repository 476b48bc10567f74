"""Who lives in the world: traits, tempo, lifetime, family, and who invited whom.

People live in neighbourhoods of 500 consecutive indices. Invitations and families stay inside one, so a
shard of whole neighbourhoods needs nothing from any other shard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tidewheel.demo.brand import Brand
from tidewheel.demo.dice import Flags, Floats, Ints, Words, choose
from tidewheel.demo.vocabulary import (
    CASUAL,
    CITIES,
    FISSION,
    NATURAL,
    ONE_VISIT,
)

NEIGHBOURHOOD: Final = 500
BOTS: Final = 2
"""Bots a neighbourhood."""
KIND_SHARES: Final = (0.35, 0.40, 0.19, 0.05, 0.01)
VISITS_A_DAY: Final = (0.0, 0.035, 0.10, 0.26, 0.85)
CHURN_A_DAY: Final = (1.0, 0.016, 0.007, 0.0035, 0.0015)
"""Daily hazard by kind, for a person acquired by the natural channel."""
CHURN_FACTOR: Final = (1.0, 1.7, 0.9, 0.7, 0.8, 1.2, 1.3, 1.1)
"""Factor on the hazard by the channel that acquired the person."""
ORIGIN_SHARES: Final = (0.24, 0.26, 0.11, 0.05, 0.16, 0.08, 0.07, 0.03)
CAUSED_ORIGIN: Final = (0.0, 0.45, 0.50, 0.40, 0.85, 0.60, 0.60, 0.10)
"""Probability that a person acquired by the channel would never have come without it."""
MEMBER: Final = (0.12, 0.45, 0.80, 0.97, 0.99)
"""Probability to sign up without being made to by a checkout."""
GENERATIONS: Final = 4


@dataclass(frozen=True)
class People:
    """One entry a person of the shard."""

    index: Words
    kind: Ints
    female: Flags
    birth_year: Ints
    city: Ints
    origin: Ints
    """Channel that acquires the person."""
    old: Flags
    """Known since before the first day of the world."""
    arrival: Ints
    """Day of the first visit; 0 for old ones; for invited people set by the share they click."""
    hazard: Floats
    life: Ints
    """Days from arrival (old: from day 0) after which the person has left for good."""
    generation: Ints
    """0 for people who come by themselves, 1… for people who come by a share."""
    inviter: Ints
    """Position of the inviter in the shard or -1."""
    koc: Flags
    platform: Ints
    """The platform the person likes best."""
    wants_member: Flags
    contact: Ints
    """Day on which the person adds a WeCom contact, or a day after the world's end."""
    follower: Ints
    """Day on which the person follows the official account, or a day after the world's end."""
    store: Ints
    """Home store or -1."""
    store_first: Flags
    """First met in the store."""
    taste: Ints
    """Favourite leaf category."""
    replaced: Ints
    """Day on which the phone is replaced, or a day after the world's end."""
    borrows: Flags
    """Uses the partner's web browser and tablet (partner: the even index before)."""


def people(brand: Brand, first: int, last: int) -> People:
    """Make the people with indices ``first`` to ``last`` (excluded); ``first`` starts a neighbourhood."""
    dice, days = brand.dice, brand.seasons.days
    index = np.arange(first, last, dtype=np.uint64)
    never = 10 * days + 1000
    kind = dice.pick("kind", KIND_SHARES, index)
    origin = dice.pick("origin", ORIGIN_SHARES, index)
    old = dice.chance("old", 0.38, index) & (kind != ONE_VISIT) & (origin != FISSION)
    origin = np.where(old & (origin == FISSION), NATURAL, origin)
    traffic = np.cumsum(brand.seasons.traffic)
    fresh = choose(traffic, dice.uniform("arrival", index))
    arrival = np.where(old, 0, fresh)
    hazard = np.asarray(CHURN_A_DAY)[kind] * np.where(
        kind == ONE_VISIT, 1.0, np.asarray(CHURN_FACTOR)[origin]
    )
    life = 1 + dice.geometric("life", np.minimum(hazard, 0.999999), index)
    life = np.where(kind == ONE_VISIT, 1, life)
    koc = dice.chance("koc", 0.03, index) & (kind > CASUAL)
    generation, inviter = _invitations(brand, index, kind, origin, koc)
    city = dice.pick("city", [city[2] for city in CITIES], index)
    home = _home_store(brand, index, city)
    engaged = np.array([0.06, 0.2, 0.4, 0.65, 0.75])[kind]
    contact = np.where(
        dice.chance("contact", engaged, index), arrival + dice.below("contact day", 20, index), never
    )
    follower = np.where(
        dice.chance("follow", engaged, index), arrival + dice.below("follow day", 12, index), never
    )
    replaced = np.where(dice.chance("new phone", 0.12, index), dice.below("phone day", days, index), never)
    return People(
        index=index,
        kind=kind,
        female=dice.chance("female", 0.84, index),
        birth_year=np.clip(1995 + 8 * dice.normal("born", index), 1955, 2010).astype(np.int64),
        city=city,
        origin=origin,
        old=old,
        arrival=arrival,
        hazard=hazard,
        life=life,
        generation=generation,
        inviter=inviter,
        koc=koc,
        platform=dice.pick("platform", (0.64, 0.20, 0.16), index),
        wants_member=dice.chance("member", np.asarray(MEMBER)[kind], index),
        contact=contact,
        follower=follower,
        store=home,
        store_first=(home >= 0) & (origin == NATURAL) & dice.chance("store first", 0.35, index) & ~old,
        taste=dice.pick("taste", np.diff(brand.goods.cumulative[brand.goods.first]), index),
        replaced=replaced,
        borrows=(index % np.uint64(2) == 1) & dice.chance("family", 0.15, index),
    )


def _invitations(brand: Brand, index: Words, kind: Ints, origin: Ints, koc: Flags) -> tuple[Ints, Ints]:
    dice = brand.dice
    invited = origin == FISSION
    depth = 1 + dice.pick("generation", (0.5, 0.3, 0.2), index)
    generation = np.where(invited, depth, 0)
    inviter = np.full(len(index), -1, dtype=np.int64)
    block = (index // np.uint64(NEIGHBOURHOOD)).astype(np.int64)
    drawn, to_koc = dice.uniform("inviter", index), dice.chance("by koc", 0.55, index)
    for number in np.unique(block[invited]):
        here = np.flatnonzero(block == number)
        for level in range(1, GENERATIONS):
            mine = here[generation[here] == level]
            above = here[generation[here] == level - 1]
            above = above if len(above) else here[generation[here] == 0]
            active = above[kind[above] >= CASUAL]
            above = active if len(active) else above
            stars = above[koc[above]]
            inviter[mine] = above[(drawn[mine] * len(above)).astype(np.int64)]
            if len(stars):
                starred = mine[to_koc[mine]]
                inviter[starred] = stars[(drawn[starred] * len(stars)).astype(np.int64)]
    return generation, inviter


def _home_store(brand: Brand, index: Words, city: Ints) -> Ints:
    counts = np.array([len(found) for found in brand.stores.in_city])
    firsts = np.cumsum(counts) - counts
    flat = np.concatenate([np.array(found, dtype=np.int64) for found in brand.stores.in_city])
    goes = brand.dice.chance("goes to stores", 0.45, index) & (counts[city] > 0)
    chosen = firsts[city] + brand.dice.below("store", np.maximum(counts[city], 1), index)
    return np.where(goes, flat[np.minimum(chosen, len(flat) - 1)], -1)
