"""What was planted in one shard, as counts that add up over shards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tidewheel.core.ids import key64
from tidewheel.demo.dice import Flags, Ints
from tidewheel.demo.emit import Town
from tidewheel.demo.identity import BOT, KINDS, names
from tidewheel.demo.marketing import ADS, COUPONS, MISSING
from tidewheel.demo.orders import Orders
from tidewheel.demo.people import GENERATIONS
from tidewheel.demo.shopping import slot_seen
from tidewheel.demo.visits import FIRST_AD
from tidewheel.demo.vocabulary import CHANNELS, FISSION, LIVE, PLATFORMS, SLOTS, STORE
from tidewheel.demo.vocabulary import KINDS as PEOPLE_KINDS

SAMPLE: Final = 200
TOP: Final = 50


@dataclass
class Tally:
    """Counts of one shard or of several."""

    counts: dict[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    digest: int = 0
    sample: list[dict[str, Any]] = field(default_factory=list)
    sharers: list[tuple[int, int, int, str]] = field(default_factory=list)
    """(fen, orders, shares, actor) of the people whose share trees sold most."""

    def add(self, other: Tally) -> None:
        """Add another shard."""
        for name, values in other.counts.items():
            self.counts[name] = self.counts[name] + values if name in self.counts else values
        self.digest ^= other.digest
        self.sample = sorted([*self.sample, *other.sample], key=lambda one: one["person"])
        self.sharers = sorted([*self.sharers, *other.sharers], reverse=True)[:TOP]


def tally(
    town: Town, placed: Orders, messages: dict[str, int], bots: int, tapped: Mapping[str, Ints]
) -> Tally:
    """Count what happened in a shard."""
    found = Tally()
    counts = found.counts
    _incremental(town, placed, counts)
    _funnel(town, placed, counts)
    _coupons(town, placed, counts)
    _search_and_slots(town, counts)
    _shows(town, placed, counts)
    _churn(town, counts)
    counts["messages"] = np.array([messages["sent"], messages["opened"], messages["held_out"]])
    counts["bots"] = np.array([bots])
    counts |= tapped
    people, whole = owners(town), len(town.people.index)
    found.sharers = _shares(town, placed, people, counts)
    counts["identity"] = np.array(
        [len(np.unique(people.owner)), len(people.codes), len(np.unique(people.label)), people.refused]
    )
    for actor, owner in zip(people.names, town.people.index[people.owner].tolist(), strict=True):
        found.digest ^= key64(actor, str(owner))
    found.sample = [_described(town, people, one) for one in range(whole) if town.people.index[one] < SAMPLE]
    found.sample = [one for one in found.sample if one["groups"]]
    return found


@dataclass(frozen=True)
class Owners:
    """Which identifiers occur in the shard's events, whose they are, and how the links group them."""

    codes: Ints
    names: list[str]
    owner: Ints
    label: Ints
    """Equal for identifiers of one owner that links tie together."""
    refused: int
    """Links between two owners: a shared browser or tablet."""


def owners(town: Town) -> Owners:
    """Return the owners of all identifiers of people (bots left out)."""
    sheet = town.sheet
    actors = [batch.actor for batch in sheet.batches]
    tied = [(link[1], link[2]) for link in sheet.links]
    first = np.concatenate([pair[0] for pair in tied]) if tied else np.zeros(0, dtype=np.int64)
    second = np.concatenate([pair[1] for pair in tied]) if tied else np.zeros(0, dtype=np.int64)
    codes = np.unique(np.concatenate([*actors, first, second])) if actors else np.zeros(0, dtype=np.int64)
    codes = codes[codes % KINDS != BOT]
    own = first // KINDS == second // KINDS
    pairs = np.unique(np.stack([first, second], axis=1)[~own], axis=0)
    left, right = np.searchsorted(codes, first[own]), np.searchsorted(codes, second[own])
    label = np.arange(len(codes))
    while True:
        low = np.minimum(label[left], label[right])
        after = label.copy()
        np.minimum.at(after, left, low)
        np.minimum.at(after, right, low)
        if (after == label).all():
            break
        label = after
    return Owners(codes, names(town.people, codes), codes // KINDS, label, len(pairs))


def _described(town: Town, found: Owners, person: int) -> dict[str, Any]:
    low, high = np.searchsorted(found.codes, [person * KINDS, (person + 1) * KINDS])
    groups: dict[int, list[str]] = {}
    for place in range(int(low), int(high)):
        groups.setdefault(int(found.label[place]), []).append(found.names[place])
    people = town.people
    gone = int(people.arrival[person] + people.life[person])
    dates = town.brand.seasons.dates
    return {
        "person": int(people.index[person]),
        "kind": PEOPLE_KINDS[people.kind[person]],
        "acquired_by": CHANNELS[people.origin[person]],
        "left_on": dates[gone].isoformat() if gone < len(dates) else None,
        "groups": list(groups.values()),
    }


def _incremental(town: Town, placed: Orders, counts: dict[str, Any]) -> None:
    """Orders and fen: brought by a channel or ad (last touch), and lost without it."""
    visits = town.visits
    rows, value = placed.visit, placed.value
    channel, ad, needs = visits.channel[rows], visits.ad[rows], visits.needs[rows]
    slots = [(bit, channel == bit) for bit in range(len(CHANNELS))]
    slots += [(FIRST_AD + number, ad == number) for number in range(len(ADS))]
    table = []
    lift = np.zeros((town.brand.seasons.days, len(slots)), dtype=np.int64)
    for bit, last in slots:
        lost = (needs >> bit) & 1 == 1
        np.add.at(lift[:, bit], visits.day[rows[lost]], 1)
        table.append([last.sum(), value[last].sum(), lost.sum(), value[lost].sum()])
    counts["channels"] = np.array(table)
    counts["lift"] = lift
    untouched = needs == 0
    counts["orders"] = np.array(
        [
            len(rows),
            value.sum(),
            placed.refunded.sum(),
            (placed.refunded > 0).sum(),
            untouched.sum(),
            value[untouched].sum(),
        ]
    )
    days = town.brand.seasons.days
    paid = np.flatnonzero(visits.ad >= 0)
    clicks = np.zeros((days, len(ADS)), dtype=np.int64)
    np.add.at(clicks, (visits.day[paid], visits.ad[paid]), 1)
    counts["ad_visits"] = clicks
    seen = np.zeros((len(PLATFORMS), len(CHANNELS)), dtype=np.int64)
    np.add.at(seen, (visits.platform, visits.channel), 1)
    counts["visits"] = seen
    told = visits.message[rows] >= 0
    caused = told & ((needs >> 3) & 1 == 1)
    counts["message_orders"] = np.array([told.sum(), value[told].sum(), caused.sum(), value[caused].sum()])
    counts["message_visits"] = np.array([(visits.message >= 0).sum()])


def _funnel(town: Town, placed: Orders, counts: dict[str, Any]) -> None:
    visits, shopping, until = town.visits, town.shopping, town.brand.seasons.until
    bought = np.zeros(len(visits.person), dtype=bool)
    bought[placed.visit] = True
    online = visits.platform != STORE
    carted = shopping.carted & (visits.start + 20_000 + (shopping.gap * 2) // 5 < until)
    checkout = shopping.checkout & online & (shopping.checkout_at < until)
    steps = (
        online,
        shopping.viewed & (visits.start + 20_000 < until),
        carted,
        checkout,
        checkout & (shopping.coupon >= 0),
        bought & online,
        bought & online & (shopping.coupon >= 0),
    )
    table = np.zeros((STORE, len(CHANNELS), len(steps)), dtype=np.int64)
    for number, flags in enumerate(steps):
        np.add.at(table[:, :, number], (visits.platform[flags], visits.channel[flags]), 1)
    counts["funnel"] = table


def _coupons(town: Town, placed: Orders, counts: dict[str, Any]) -> None:
    visits, shopping, until = town.visits, town.shopping, town.brand.seasons.until
    rows = placed.visit
    used = rows[shopping.coupon[rows] >= 0]
    redeemed = used[shopping.purchase_at[used] + 1 < until]
    caused = used[shopping.by_coupon[used]]
    issued = shopping.issued & (visits.start + 12_500 < until)
    claimed = shopping.claimed & (visits.start + 16_000 < until)
    value = shopping.gross - shopping.discount

    def per_coupon(which: Ints, amount: Ints | None = None) -> Ints:
        return np.bincount(which, amount, minlength=len(COUPONS)).astype(np.int64)

    counts["coupons"] = np.stack(
        [
            per_coupon(shopping.offered[issued]),
            per_coupon(shopping.offered[claimed]),
            per_coupon(shopping.coupon[redeemed]),
            per_coupon(shopping.coupon[redeemed], shopping.discount[redeemed]),
            per_coupon(shopping.coupon[caused]),
            per_coupon(shopping.coupon[caused], value[caused]),
        ],
        axis=1,
    )


def _search_and_slots(town: Town, counts: dict[str, Any]) -> None:
    visits, shopping, until, dice = town.visits, town.shopping, town.brand.seasons.until, town.brand.dice
    rows = np.flatnonzero((shopping.word < -1) & (visits.start + 11_000 < until))
    word = -2 - shopping.word[rows]
    wanted = dice.chance("would have bought", np.array([one[2] for one in MISSING])[word], visits.key[rows])
    size = len(MISSING)
    counts["missing"] = np.stack(
        [np.bincount(word, minlength=size), np.bincount(word[wanted], minlength=size)], axis=1
    )
    home = np.flatnonzero(shopping.home)
    seen: Flags = slot_seen(dice, visits.key[home])
    shown = [
        int((seen[:, slot] & (visits.start[home] + 1_500 + 400 * slot < until)).sum())
        for slot in range(len(SLOTS))
    ]
    clicked = [
        int((shopping.slots[:, slot] & (visits.start + 9_000 + 400 * slot < until)).sum())
        for slot in range(len(SLOTS))
    ]
    counts["slots"] = np.array([shown, clicked]).T


def _shows(town: Town, placed: Orders, counts: dict[str, Any]) -> None:
    visits, brand = town.visits, town.brand
    size = len(brand.shows.ids)
    live = (visits.channel == LIVE) & (visits.platform != STORE)
    viewers = np.bincount(brand.shows.of_day[visits.day[live]], minlength=size)
    sold = live[placed.visit]
    show, value = brand.shows.of_day[visits.day[placed.visit[sold]]], placed.value[sold]
    caused = (visits.needs[placed.visit[sold]] >> LIVE) & 1 == 1
    counts["shows"] = np.stack(
        [
            viewers,
            np.bincount(show, minlength=size),
            np.bincount(show, value, minlength=size).astype(np.int64),
            np.bincount(show[caused], minlength=size),
        ],
        axis=1,
    )


def _churn(town: Town, counts: dict[str, Any]) -> None:
    """Days at risk and departures within the world, by kind and acquiring channel."""
    people, days = town.people, town.brand.seasons.days
    present = np.zeros(len(people.index), dtype=bool)
    present[town.visits.person] = True
    at_risk = np.clip(np.minimum(people.life, days - people.arrival), 0, None)
    left = people.arrival + people.life <= days
    table = np.zeros((len(PEOPLE_KINDS), len(CHANNELS), 3), dtype=np.int64)
    keys = people.kind[present], people.origin[present]
    for slot, values in enumerate((np.ones_like(at_risk), at_risk, left.astype(np.int64))):
        np.add.at(table[:, :, slot], keys, values[present])
    counts["churn"] = table


def _shares(
    town: Town, placed: Orders, known: Owners, counts: dict[str, Any]
) -> list[tuple[int, int, int, str]]:
    """Sales of share trees by depth, and the people who began the trees that sold most."""
    visits, until = town.visits, town.brand.seasons.until
    shared = visits.shares & (town.shopping.end_at + 3_000 < until)
    came = visits.channel == FISSION
    depths = GENERATIONS + 1
    by_depth = np.zeros((depths, 4), dtype=np.int64)
    by_depth[:, 0] = np.bincount(np.minimum(visits.depth[shared] + 1, depths - 1), minlength=depths)
    by_depth[:, 1] = np.bincount(np.minimum(visits.depth[came], depths - 1), minlength=depths)
    sold = came[placed.visit] & (visits.root[placed.visit] >= 0)
    rows, value = placed.visit[sold], placed.value[sold]
    level = np.minimum(visits.depth[rows], depths - 1)
    by_depth[:, 2] = np.bincount(level, minlength=depths)
    by_depth[:, 3] = np.bincount(level, value, minlength=depths).astype(np.int64)
    counts["shares"] = by_depth
    size = len(town.people.index)
    starter = visits.person[visits.root[rows]]
    fen = np.bincount(starter, value, minlength=size).astype(np.int64)
    number = np.bincount(starter, minlength=size)
    begun = np.bincount(visits.person[shared & (visits.root < 0)], minlength=size)
    best = np.lexsort((np.arange(size), -fen))[:TOP]
    best = best[fen[best] > 0]
    strongest = [known.names[one] for one in np.searchsorted(known.codes, best * KINDS).tolist()]
    rows_of = zip(fen[best].tolist(), number[best].tolist(), begun[best].tolist(), strongest, strict=True)
    return sorted(rows_of, reverse=True)
