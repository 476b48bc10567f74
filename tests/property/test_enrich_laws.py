"""Columns that are worked out agree with the same said of single events in plain Python, however rows are split."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tests.facts import DAY, START, Fact, table
from tidewheel.collect.enrich import Rulebook, catalogue_of, parse_rules
from tidewheel.core.events import Kind, column_name, kind_of
from tidewheel.demo.vocabulary import BOT_AGENTS, USER_AGENTS
from tidewheel.identify.people import event_at
from tidewheel.store.enriched import LEFT_OUT
from tidewheel.store.view import Chunk, View

WORDS: dict[str, list[Any]] = {
    "channel": ["chat", "Live", "nothing known"],
    "utm_source": ["baidu", "wecom", "门店"],
    "utm_medium": ["cpc", "share", "x", ""],
    "scene": ["1045", "1008", 1089, 1044, "77"],
    "page_url": [
        "https://s.example/?utm_source=u&utm_medium=live",
        "https://s.example/?gclid=abcdefgh",
        "/",
        "?",
    ],
    "page_query": ["utm_campaign=d11", "gdt_vid=wx0123456", "a=b"],
    "page_referrer": ["https://m.baidu.com/s", "mp.weixin.qq.com/s", "http://[bad", ""],
    "page_referrer_host": ["given.example"],
    "gclid": ["abcdefgh", "short"],
    "gdt_vid": ["wx0123456", ""],
    "user_agent": [*USER_AGENTS, *BOT_AGENTS, ""],
    "bot": [True, False],
    "os": ["HarmonyOS"],
    "other": ["x", 1],
}
RULES: list[dict[str, Any]] = [
    {},
    {"agent": {"bots": "mark"}},
    {"campaign": {"on": False}},
    {
        "channel": {
            "rules": [
                {"channel": "a", "when": [{"property": "os", "values": ["ios"]}, {"property": "scene", "op": "is_not_set"}]},
                {"channel": "b", "when": [{"property": "utm_source", "op": "is_not_set"}]},
                {"channel": "a", "when": [{"property": "page_url", "op": "contains", "values": ["S.EXAMPLE"]}]},
            ]
        }
    },
]  # fmt: skip


def facts(rng: random.Random, count: int = 60) -> list[Fact]:
    found = []
    for number in range(count):
        names = [name for name in WORDS if rng.random() < 0.3]
        goods = [{"item_id": f"i{rng.randrange(5)}", **({"item_name": "own"} if rng.random() < 0.3 else {})} for _ in range(rng.choice([0, 0, 1, 3]))]  # fmt: skip
        properties = {name: rng.choice(WORDS[name]) for name in names}
        found.append(Fact(rng.choice(["page_view", "purchase"]), START + rng.randrange(20 * DAY), f"device:{rng.randrange(9)}", number + 1, properties, goods))  # fmt: skip
    return found


def goods(rng: random.Random) -> pa.Table:
    rows = [
        {
            "item_id": f"i{rng.randrange(4)}",
            "item_name": rng.choice(["A", "B", None]),
            "cost": rng.choice([1, 200, None]),
            "key": number,
            "imported": datetime.fromtimestamp((START + rng.randrange(20 * DAY)) / 1000, UTC),
        }
        for number in range(rng.randrange(0, 9))
    ]
    schema = pa.schema([("item_id", pa.string()), ("item_name", pa.string()), ("cost", pa.int64()), ("key", pa.int64()), ("imported", pa.timestamp("ms", "UTC"))])  # fmt: skip
    return pa.Table.from_pylist(rows, schema=schema)


def plain(fact: Fact, book: Rulebook) -> tuple[bool, dict[Any, Any], list[dict[Any, Any]]]:
    """Return whether an event is left out, and what it and its items say."""

    def named(held: dict[str, Any]) -> dict[tuple[str, Kind], Any]:
        return {(name, kind_of(value)): value for name, value in held.items()}

    said, items = named(fact.properties), [named(item) for item in fact.items]
    return book.complete(fact.time, said, items), said, items


@pytest.mark.parametrize("seed", range(60))
def test_columns_say_what_plain_events_say(seed: int) -> None:
    rng = random.Random(seed)
    made = facts(rng)
    rules = rng.choice(RULES)
    book = Rulebook(parse_rules(rules), catalogue_of(goods(rng)))
    view = View(None)
    cuts = sorted(rng.sample(range(len(made)), 2))
    parts = [made[: cuts[0]], made[cuts[0] : cuts[1]], made[cuts[1] :]]
    chunks = [Chunk(f"{n}", partial(table, part), n < 2) for n, part in enumerate(parts) if part]
    if rng.random() < 0.5:
        view.enrich(book)
    view.replace(chunks, [])
    view.enrich(book)
    snapshot = view.snapshot()
    expected = {fact.id: plain(fact, book) for fact in made}
    seen = 0
    for loaded in snapshot.segments:
        whole = loaded.whole or loaded
        for row in range(loaded.segment.rows):
            number = int(loaded.segment.id[row])
            out, said, items = expected[number]
            event = event_at(whole, row)
            assert {**event.properties} == {name: value for (name, _), value in said.items()} or _both_kinds(
                said
            )
            assert [dict(item) for item in event.items] == [{name: value for (name, _), value in item.items()} for item in items]  # fmt: skip
            assert (loaded.segment.names[loaded.segment.event[row]] == LEFT_OUT) == out
            seen += 1
    assert seen == len(made)
    counted = sum(sum(name == LEFT_OUT for name in np.array(one.segment.names)[one.segment.event]) for one in snapshot.segments)  # fmt: skip
    assert counted == sum(out for out, *_ in expected.values())
    assert all(LEFT_OUT not in one.segment.names for one in snapshot.whole().segments)


def _both_kinds(said: dict[Any, Any]) -> bool:
    return len({name for name, _ in said}) < len(said)


def test_other_rules_hold_for_all_history_at_once_and_going_back_is_as_before() -> None:
    made = facts(random.Random(5), 200)
    view = View(None)
    view.replace([Chunk("a", partial(table, made), True)], [])
    assert view.snapshot().enricher is None
    stored = view.snapshot().columns()
    first, second = Rulebook({}), Rulebook(parse_rules({"channel": {"on": False}}))
    view.enrich(first)
    before = view.snapshot()
    counts = dict(before.columns())
    view.enrich(second)
    after = view.snapshot()
    assert before.data_version != after.data_version
    assert column_name("channel_group", "text") in counts
    assert column_name("channel_group", "text") not in after.columns()
    assert dict(before.columns()) == counts  # a snapshot in use keeps its rules
    view.enrich(first)
    assert view.snapshot().columns() == counts
    assert view.snapshot().data_version == before.data_version
    view.enrich(None)
    assert view.snapshot().columns() == stored
