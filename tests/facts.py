"""Small worlds of facts in the lake's layout, made from a seed; and a view over them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pyarrow as pa

from tidewheel.core.events import column_name, kind_of
from tidewheel.store.links import LINK_SCHEMA
from tidewheel.store.view import Chunk, View

START = 1_788_192_000_000  # 2026-09-01 00:00 in Shanghai
DAY = 86_400_000
MS = pa.timestamp("ms", "UTC")
ARROW = {"s": pa.string(), "n": pa.float64(), "b": pa.bool_(), "t": MS, "l": pa.list_(pa.string())}


@dataclass
class Fact:
    """One event, plainly."""

    name: str
    time: int
    actor: str
    id: int
    properties: dict[str, Any] = field(default_factory=dict)
    items: list[dict[str, Any]] = field(default_factory=list)


def table(facts: list[Fact]) -> pa.Table:
    """Return facts as rows of the lake's ``events`` table."""
    columns: dict[str, list[Any]] = {
        "time": [fact.time for fact in facts],
        "received": [fact.time for fact in facts],
        "name": [fact.name for fact in facts],
        "actor": [fact.actor for fact in facts],
        "id": [fact.id - 2**64 if fact.id >= 2**63 else fact.id for fact in facts],
        "source": ["test"] * len(facts),
    }
    kinds: dict[str, Any] = {
        "time": MS,
        "received": MS,
        "name": pa.string(),
        "actor": pa.string(),
        "id": pa.int64(),
        "source": pa.string(),
    }
    for row, fact in enumerate(facts):
        for name, value in fact.properties.items():
            column = column_name(name, kind_of(value))
            kinds[column] = ARROW[column[0]]
            columns.setdefault(column, [None] * len(facts))[row] = value
        for place, item in enumerate(fact.items):
            for name, value in item.items():
                column = "i" + column_name(name, kind_of(value))
                kinds[column] = pa.list_(ARROW[column[1]])
                columns.setdefault(column, [None] * len(facts))
                if columns[column][row] is None:
                    columns[column][row] = [None] * len(fact.items)
                columns[column][row][place] = value
    for column, values in columns.items():
        if column[0] == "i" and column[2:3] == "_":
            for row, fact in enumerate(facts):
                if fact.items and values[row] is None:
                    values[row] = [None] * len(fact.items)
    return pa.table({name: pa.array(values, kinds[name]) for name, values in columns.items()})


def links(pairs: list[tuple[str, str, int]]) -> pa.Table:
    """Return (a, b, time) as rows of the lake's ``links`` table."""
    return pa.table(
        [
            pa.array([a for a, _, _ in pairs], pa.string()),
            pa.array([b for _, b, _ in pairs], pa.string()),
            pa.array([time for _, _, time in pairs], MS),
            pa.array(range(len(pairs)), pa.int64()),
            pa.array(["login"] * len(pairs), pa.string()),
            pa.array(["same_event"] * len(pairs), pa.string()),
        ],
        names=LINK_SCHEMA.names[:6],
    )


def view(
    batches: list[list[Fact]], pairs: list[tuple[str, str, int]] | None = None, durable: int = 1
) -> View:
    """Return a view of batches; the first ``durable`` ones stand for lake files."""
    made = View(None)
    chunks = [
        Chunk(f"batch-{i}", partial(table, batch), i < durable) for i, batch in enumerate(batches) if batch
    ]
    made.replace(chunks, [Chunk("links", lambda: links(pairs), True)] if pairs else [])
    return made


NAMES = ("page_view", "view_item", "add_to_cart", "purchase")


def world(seed: int, people: int = 12, events: int = 120) -> tuple[list[Fact], list[tuple[str, str, int]]]:
    """Return random facts with many ties in time, several devices a person, items and properties."""
    rng = random.Random(seed)
    facts = []
    for number in range(events):
        name = rng.choice(NAMES)
        person = rng.randrange(people)
        actor = f"user:{person}" if rng.random() < 0.4 else f"device:{person}-{rng.randrange(3)}"
        properties: dict[str, Any] = {}
        if rng.random() < 0.7:
            properties["channel"] = rng.choice(["ads", "chat", "live", "直播"])
        if name == "purchase":
            properties["value"] = rng.randrange(1, 50) * 100
        if rng.random() < 0.2:
            properties["vip"] = rng.random() < 0.5
        if rng.random() < 0.2:
            properties["labels"] = rng.sample(["a", "b", "c"], rng.randrange(0, 3))
        if rng.random() < 0.1:
            properties["size"] = rng.choice(["L", 3])
        items = []
        if name != "page_view":
            items = [
                {
                    "item_id": f"sku{rng.randrange(4)}",
                    "price": rng.randrange(1, 9) * 100,
                    "quantity": rng.randrange(1, 4),
                }
                for _ in range(rng.randrange(0, 4))
            ]
        time = START + rng.randrange(0, 40) * DAY // 2 + rng.randrange(0, 3) * 1000
        facts.append(Fact(name, time, actor, rng.getrandbits(64), properties, items))
        if rng.random() < 0.1:
            facts.append(
                Fact(
                    "$set",
                    time,
                    actor,
                    rng.getrandbits(64),
                    {
                        "level": rng.choice(["gold", "silver"]),
                        "age": rng.randrange(18, 60),
                        "likes": rng.sample(["serum", "$other", "cream"], rng.randrange(0, 3)),
                        "born": datetime.fromtimestamp(rng.randrange(5) * 86_400 + 60_000, UTC),
                    },
                )
            )
        if number % 9 == 0:
            facts.append(facts[rng.randrange(len(facts))])
    pairs = [
        (f"user:{p}", f"device:{p}-{d}", START + rng.randrange(40) * DAY)
        for p in range(people)
        for d in range(3)
        if rng.random() < 0.6
    ]
    pairs += [
        (
            f"user:{rng.randrange(people)}",
            f"device:{rng.randrange(people)}-{rng.randrange(3)}",
            START + rng.randrange(40) * DAY,
        )
        for _ in range(3)
    ]
    return facts, pairs


def split(facts: list[Fact], rng: random.Random) -> list[list[Fact]]:
    """Return the facts shuffled into a few batches, some delivered twice."""
    shuffled = facts[:]
    rng.shuffle(shuffled)
    cuts = sorted(rng.sample(range(len(shuffled) + 1), min(3, len(shuffled))))
    batches = [shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, len(shuffled)], strict=True)]
    return [*batches, rng.sample(shuffled, len(shuffled) // 5)]
