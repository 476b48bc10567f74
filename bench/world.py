"""Shop events made fast: the same rows as a Tidewheel lake and as plain Parquet for SQL engines.

A person owns a device; half also have an account, a fifth an openid besides. Each event is stored under
one of them, and links join them. Events come in sessions, so that funnels convert. The SQL engines get
dense integers for actors and a finished actor → person table, which is kinder to them than the text
identifiers and links that Tidewheel resolves by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tidewheel.core.clock import system_clock
from tidewheel.store.lakehouse import Lakehouse

Ints = npt.NDArray[np.int64]

FIRST_DAY, DAYS = date(2026, 5, 1), 184  # whole months, so that one file is one month
ZONE_MS = 8 * 3_600_000
DAY_MS = 86_400_000
MOMENT = pa.timestamp("ms", "UTC")
NAMES = {
    "page_view": 0.42, "view_item": 0.25, "view_item_list": 0.08, "add_to_cart": 0.08, "search": 0.05,
    "begin_checkout": 0.03, "purchase": 0.03, "share": 0.02, "login": 0.02, "coupon_claim": 0.02,
}  # fmt: skip
PLATFORMS = ("mini_program", "web", "app", "store")
CHANNELS = ("media", "official_account", "chat", "natural", "paid", "fission", "live", "other")
SKUS = 2_000
PROJECT = "bench"
FILE_ROWS = 1_000_000


@dataclass(frozen=True, slots=True)
class People:
    """Persons and their actors: those of person ``p`` are ``heads[p]:heads[p + 1]``."""

    heads: Ints
    names: pa.Array
    rank: Ints
    """Place of each actor in byte order."""
    weight: npt.NDArray[np.float64]

    @property
    def person_of(self) -> Ints:
        """The person of each actor."""
        return np.repeat(np.arange(len(self.weight)), np.diff(self.heads))


def make(folder: Path, events: int, seed: int = 1) -> int:
    """Write the world into ``folder`` unless it is there; return the number of events."""
    note = folder / "world.json"
    if note.exists():
        return int(json.loads(note.read_text("utf-8"))["events"])
    rng = np.random.default_rng(seed)
    people = make_people(rng, max(1_000, events // 50))
    lake = Lakehouse(str(folder / "home" / "projects" / PROJECT / "lake"), None, system_clock)
    flat = folder / "flat"
    flat.mkdir(parents=True, exist_ok=True)
    total = 0
    for start, end in slices(events):
        share = (end - start) / (DAYS * DAY_MS)
        rows = make_events(rng, people, events * share, start, end, total)
        lake.events.append(lake_table(rng, rows, people))
        pq.write_table(flat_table(rows), flat / f"{start}.parquet")
        total += len(rows.time)
    lake.links.append(links(people))
    while lake.compact():
        pass
    persons = {
        "actor": np.arange(len(people.names)).astype(np.uint32),
        "person": people.person_of.astype(np.uint32),
    }
    pq.write_table(pa.table(persons), folder / "persons.parquet")
    note.write_text(json.dumps({"events": total, "actors": len(people.names), "people": len(people.weight)}))
    return total


def slices(events: int) -> Iterator[tuple[int, int]]:
    """Yield (start, end) in UTC milliseconds: months of UTC, cut so that a file has about a million rows.

    That is how large the lake's files are after compaction.
    """
    first, last = local_day(0), local_day(DAYS)
    at = datetime.fromtimestamp(first / 1000, UTC).replace(day=1, hour=0, minute=0, second=0)
    while int(at.timestamp() * 1000) < last:
        following = (at + timedelta(days=32)).replace(day=1)
        start, end = max(int(at.timestamp() * 1000), first), min(int(following.timestamp() * 1000), last)
        parts = max(1, round(events * (end - start) / (DAYS * DAY_MS) / FILE_ROWS))
        edges = [start + (end - start) * part // parts for part in range(parts + 1)]
        yield from pairwise(edges)
        at = following


def local_day(day: int) -> int:
    """Return the UTC milliseconds at which a day of the world begins in the project's zone."""
    midnight = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC)
    return int(midnight.timestamp() * 1000) - ZONE_MS + day * DAY_MS


def make_people(rng: np.random.Generator, count: int) -> People:
    """Make persons with one to three actors and a long tail of activity."""
    kinds = rng.choice([1, 2, 3], count, p=[0.5, 0.3, 0.2])
    heads = np.concatenate(([0], np.cumsum(kinds)))
    names = np.empty(heads[-1], object)
    serial = rng.permutation(count) + 10_000_000
    names[heads[:-1]] = [f"device:{key:016x}" for key in rng.integers(0, 2**63, count)]
    two, three = np.flatnonzero(kinds > 1), np.flatnonzero(kinds > 2)
    names[heads[two] + 1] = [f"user:{one}" for one in serial[two]]
    names[heads[three] + 2] = [f"openid:wx5f1a/o{one:010d}" for one in serial[three]]
    array = pa.array(names, pa.string())
    rank = np.empty(len(array), np.int64)
    rank[pc.sort_indices(array).to_numpy()] = np.arange(len(array))
    weight = rng.lognormal(0.0, 1.2, count)
    return People(heads, array, rank, weight / weight.sum())


@dataclass(frozen=True, slots=True)
class Rows:
    """Events of one month in file order."""

    time: Ints
    actor: Ints
    name: Ints
    platform: Ints
    channel: Ints
    value: npt.NDArray[np.float64]
    id: Ints


def make_events(
    rng: np.random.Generator, people: People, events: float, start: int, end: int, first: int
) -> Rows:
    """Make about ``events`` events; no two of a person share a millisecond."""
    counts = rng.poisson(people.weight * events)
    person = np.repeat(np.arange(len(counts)), counts)
    place = np.arange(len(person)) - np.repeat(np.cumsum(counts) - counts, counts)
    visit = (rng.random(len(person)) * -(-counts // 10)[person]).astype(np.int64)
    seed = mix(person * 1_000_003 + visit + first)
    begins = start + (seed >> 11) % max(end - start - 3 * 3_600_000, 1)
    time = begins + np.minimum(rng.exponential(900_000, len(person)), 7_200_000).astype(np.int64)
    order = np.lexsort((time, person))
    time = apart(person, time[order], place, start)
    visit_seed = seed[order]
    actors = np.diff(people.heads)[person]
    actor = people.heads[:-1][person] + visit_seed % actors
    name = np.searchsorted(np.cumsum(list(NAMES.values()))[:-1], rng.random(len(person)), side="right")
    file_order = np.lexsort((time, people.rank[actor]))
    value = np.where(
        name == list(NAMES).index("purchase"), rng.integers(19, 2_000, len(person)) * 100.0, np.nan
    )
    return Rows(
        time[file_order],
        actor[file_order],
        name[file_order],
        mix(actor[file_order]) % len(PLATFORMS),
        (visit_seed[file_order] >> 7) % len(CHANNELS),
        value[file_order],
        mix(np.arange(first, first + len(person))),
    )


def apart(person: Ints, time: Ints, place: Ints, start: int) -> Ints:
    """Move events of a person that share a millisecond to the next free one; rows by (person, time)."""
    wide = np.int64(1) << 33
    spread = person * wide + (time - start) - place + (np.int64(1) << 24)
    free: Ints = np.maximum.accumulate(spread)
    return free - person * wide + place - (np.int64(1) << 24) + start


def mix(numbers: Ints) -> Ints:
    """Return well-spread non-negative numbers (splitmix64)."""
    with np.errstate(over="ignore"):
        z = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return ((z ^ (z >> np.uint64(31))) >> np.uint64(1)).astype(np.int64)


def coded(codes: Ints, words: tuple[str, ...]) -> pa.Array:
    """Return text as a dictionary array."""
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(words))


def lake_table(rng: np.random.Generator, rows: Rows, people: People) -> pa.Table:
    """Return the events as the lake's table holds them."""
    names = tuple(NAMES)
    size = np.zeros(len(rows.time), np.int64)
    single = np.isin(rows.name, [names.index("view_item"), names.index("add_to_cart")])
    size[single] = 1
    bought = rows.name == names.index("purchase")
    size[bought] = rng.integers(1, 4, int(bought.sum()))
    goods = (rng.random(int(size.sum())) ** 2 * SKUS).astype(np.int64)
    heads = np.concatenate(([0], np.cumsum(size))).astype(np.int32)
    none = pa.array(size == 0)

    def items(values: pa.Array) -> pa.Array:
        return pa.ListArray.from_arrays(pa.array(heads), values, mask=none)

    skus = pa.array([f"SKU{number:05d}" for number in range(SKUS)])
    text = pa.string()
    return pa.table(
        {
            "time": pa.array(rows.time, MOMENT),
            "received": pa.array(rows.time + 1_500, MOMENT),
            "name": coded(rows.name, names).cast(text),
            "actor": people.names.take(pa.array(rows.actor)),
            "id": pa.array(rows.id),
            "source": coded(rows.platform, PLATFORMS).cast(text),
            "n_value": pa.array(rows.value, mask=np.isnan(rows.value)),
            "s_channel": coded(rows.channel, CHANNELS).cast(text),
            "s_platform": coded(rows.platform, PLATFORMS).cast(text),
            "in_price": items(pa.array((goods % 380 + 20) * 100.0)),
            "in_quantity": items(pa.array(1.0 + (goods % 7 == 0))),
            "is_item_id": items(skus.take(pa.array(goods))),
        }
    )


def flat_table(rows: Rows) -> pa.Table:
    """Return what the SQL engines load: the columns the questions touch, nothing else."""
    return pa.table(
        {
            "time": pa.array(rows.time),
            "name": coded(rows.name, tuple(NAMES)).cast(pa.string()),
            "actor": pa.array(rows.actor.astype(np.uint32)),
            "platform": coded(rows.platform, PLATFORMS).cast(pa.string()),
            "channel": coded(rows.channel, CHANNELS).cast(pa.string()),
            "value": pa.array(rows.value, mask=np.isnan(rows.value)),
        }
    )


def links(people: People) -> pa.Table:
    """Return the link facts: account and device, account and openid, at sign-up."""
    kinds = np.diff(people.heads)
    two, three = np.flatnonzero(kinds > 1), np.flatnonzero(kinds > 2)
    a = np.concatenate((people.heads[two] + 1, people.heads[three] + 1))
    b = np.concatenate((people.heads[two], people.heads[three] + 2))
    time = np.full(len(a), local_day(0))
    return pa.table(
        {
            "a": people.names.take(pa.array(a)),
            "b": people.names.take(pa.array(b)),
            "time": pa.array(time, MOMENT),
            "id": pa.array(mix(np.arange(len(a)))),
            "source": pa.array(["login"] * len(a)),
            "rule": pa.array(["same_event"] * len(a)),
        }
    )
