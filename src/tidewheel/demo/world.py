"""The world, shard by shard: tables or events, items, costs, truth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa

from tidewheel.core.clock import system_clock
from tidewheel.core.errors import BadInput
from tidewheel.core.events import Event
from tidewheel.core.text import Text
from tidewheel.demo.accounts import accounts, community
from tidewheel.demo.brand import brand
from tidewheel.demo.clicks import clicks
from tidewheel.demo.emit import Town, browse, coupons, live, session_columns, share
from tidewheel.demo.identity import identify
from tidewheel.demo.orders import orders
from tidewheel.demo.outreach import bots, messages, posts
from tidewheel.demo.people import NEIGHBOURHOOD
from tidewheel.demo.people import people as people_of
from tidewheel.demo.render import Tables, render
from tidewheel.demo.schedule import schedule
from tidewheel.demo.sheet import Sheet
from tidewheel.demo.shopping import shop
from tidewheel.demo.tally import Tally, owners, tally
from tidewheel.demo.truth import costs, lift, truth
from tidewheel.demo.unfold import unfold

DEFAULT: Final = 26_000
SHARD: Final = 8 * NEIGHBOURHOOD
MOST_PEOPLE: Final = 100_000_000
MOST_DAYS: Final = 1_100


class World:
    """A brand's world from a seed.

    ``shard`` is how many people are made at once, a multiple of 500; it bounds the memory and changes nothing
    else. What is made is counted for the truth on the way, each shard once.
    """

    def __init__(self, people: int, days: int, seed: int, until: int, shard: int = SHARD) -> None:
        self.people, self.days, self.seed, self.until, self.shard = people, days, seed, until, shard
        self.brand = brand(people, days, seed, until)
        self._tally = Tally()
        self._tallied: set[int] = set()

    def shards(self) -> range:
        """Return the first person of each shard."""
        return range(0, self.people, self.shard)

    def town(self, first: int) -> Town:
        """Play one shard and write its events on its sheet."""
        crowd = people_of(self.brand, first, min(first + self.shard, self.people))
        visits = schedule(self.brand, crowd)
        shopping = shop(self.brand, crowd, visits)
        identity = identify(self.brand, crowd, visits, shopping)
        town = Town(self.brand, crowd, visits, shopping, identity, Sheet(self.brand.dice, self.until))
        for write in (browse, live, coupons, share, accounts, community, posts):
            write(town)
        sent, crawlers, placed, tapped = messages(town), bots(town), orders(town), clicks(town)
        if first not in self._tallied:
            self._tally.add(tally(town, placed, sent, crawlers, tapped))
            self._tallied.add(first)
        return town

    def table(self, first: int) -> Tables:
        """Return one shard's events and links as the lake keeps them; depends on no other shard."""
        town = self.town(first)
        return render(self.brand, town.people, town.sheet, session_columns(town), f"demo-{self.seed}-{first}")

    def tables(self) -> Iterator[Tables]:
        """Return the shards one after another."""
        for first in self.shards():
            yield self.table(first)

    def events(self, batch: int = 20_000) -> Iterator[list[Event]]:
        """Return the same facts as they are delivered: shard by shard, by time within a shard, 0.5 % of them twice."""
        for tables in self.tables():
            yield from unfold(self.brand.dice, self.until, tables, batch)

    def items(self) -> pa.Table:
        """Return the goods: item_id, names, categories, brand, price and cost in fen, stock, launched_on."""
        return self.brand.goods.table(self.brand.seasons)

    def costs(self) -> pa.Table:
        """Return advertising and show costs a day: channel, utm_source, campaign, cost in fen, impressions, clicks."""
        return costs(self.brand, self._counted())

    def lift(self) -> pa.Table:
        """Return what tests would find that each channel and ad brings: orders a week."""
        return lift(self.brand, self._counted())

    def truth(self) -> dict[str, Any]:
        """Return what was planted. Shards not yet made are played for it."""
        return truth(self.brand, self.people, self.seed, self._counted())

    def identities(self) -> Iterator[tuple[int, list[list[str]]]]:
        """Return every person's identifiers, grouped as the links in the events tie them together."""
        for first in self.shards():
            town = self.town(first)
            found = owners(town)
            groups: dict[int, dict[int, list[str]]] = {}
            for name, owner, label in zip(
                found.names, found.owner.tolist(), found.label.tolist(), strict=True
            ):
                groups.setdefault(owner, {}).setdefault(label, []).append(name)
            for owner, tied in groups.items():
                yield int(town.people.index[owner]), list(tied.values())

    def _counted(self) -> Tally:
        for first in self.shards():
            if first not in self._tallied:
                self.town(first)
        return self._tally


def world(people: int = DEFAULT, days: int = 180, seed: int = 7, until: int | None = None) -> World:
    """Make a world of ``people`` over ``days`` local days that end with the one holding ``until`` (now)."""
    for field, got, most in (("people", people, MOST_PEOPLE), ("days", days, MOST_DAYS)):
        if not 1 <= got <= most:
            raise BadInput(
                "out_of_range",
                Text("{what} must be between 1 and {most}.", "{what} 须在 1 到 {most} 之间。"),
                field=field,
                got=got,
                expected=f"1 … {most}",
                what=field,
                most=most,
            )
    return World(people, days, seed, system_clock() if until is None else until)
