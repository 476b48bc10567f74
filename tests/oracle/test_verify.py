"""Verifying agrees on a whole shop, and says so when facts and columns do not."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.contract.shop import asking, shop
from tests.facts import DAY, START, links, split, table, view, world
from tests.property.test_hands import named_too
from tests.property.test_identity_rules import Row, rows
from tidewheel.analyse.verify.check import Asked, own_questions, verify
from tidewheel.analyse.verify.persons import components
from tidewheel.identify.resolve import resolve
from tidewheel.store.links import earliest_links
from tidewheel.store.view import Chunk, Snapshot, View

FUNNEL: dict[str, Any] = {
    "steps": [{"any_of": [{"event": "view_item"}]}, {"any_of": [{"event": "purchase"}]}],
    "within": {"n": 3, "unit": "day"},
    "period": {"from": "2026-09-01", "to": "2026-09-20"},
}
QUESTIONS = [
    Asked("a funnel", "funnel", {**FUNNEL, "hold": [{"property": "item_id", "scope": "item"}]}),
    Asked("a split", "trends", {
        "series": [
            {"step": {"any_of": [{"event": "purchase", "filters": [{"property": "channel", "op": "is_not", "value": "ads"}]}]}, "measure": {"kind": "sum", "property": "price", "scope": "item"}},
            {"step": {"any_of": [{"event": "*"}]}, "measure": {"kind": "people"}},
        ],
        "breakdowns": [{"property": "item_id", "scope": "item"}],
        "period": FUNNEL["period"], "grain": "week", "top": 2,
    }),
    Asked("put together", "trends", {
        "series": [{"step": {"any_of": [{"event": "*"}]}, "measure": {"kind": kind}} for kind in ("count", "people")],
        "breakdowns": [
            {"property": "channel", "clean": [{"pattern": "*a*", "name": "live"}, {"pattern": "ad*"}]},
            {"property": "level", "scope": "person", "clean": [{"pattern": "*l*r", "name": "metal"}, {"pattern": "*"}]},
        ],
        "period": FUNNEL["period"], "grain": "week",
    }),
    Asked("goods put together", "trends", {
        "series": [{"step": FUNNEL["steps"][1], "measure": {"kind": "people"}}],
        "breakdowns": [{"property": "item_id", "scope": "item", "clean": [{"pattern": "sku*1", "name": "one"}, {"pattern": "*2", "name": "sku3"}]}],
        "period": FUNNEL["period"], "grain": "total",
    }),
    Asked("steps put together", "paths", {
        "anchor": FUNNEL["steps"][0], "split": FUNNEL["steps"][0], "by": [{"property": "channel", "clean": [{"pattern": "*a*"}]}],
        "unit": "life", "least": 2, "period": FUNNEL["period"],
    }),
    Asked("by person", "retention", {
        "start": FUNNEL["steps"][0], "back": {"any_of": [{"event": "*"}]}, "period": FUNNEL["period"],
        "breakdowns": [{"property": "level", "scope": "person", "when": "event"}, {"property": "$event"}],
        "people": {"filters": [{"property": "age", "op": "is_set", "scope": "person"}]},
    }),
    Asked("what they are", "portrait", {
        "who": {"any_of": [{"event": "view_item"}]}, "period": FUNNEL["period"], "spend": True, "top": 2, "support": 1,
        "people": {"filters": [{"property": "level", "op": "is", "value": "gold", "scope": "person"}]},
        "compare": [{"people": {"filters": [{"property": "age", "op": "is_set", "scope": "person"}]}}],
        "properties": [
            {"property": "level", "scope": "person"}, {"property": "age", "scope": "person"},
            {"property": "level", "scope": "person", "clean": [{"pattern": "g*", "name": "metal"}]},
            {"property": "age", "scope": "person", "bins": [25, 40]}, {"property": "likes", "scope": "person"},
            {"property": "born", "scope": "person"},
        ],
        "behaviours": [{"any_of": [{"event": "add_to_cart"}]}],
    }),
]  # fmt: skip

HANDED = [
    Asked("anybody's steps", "funnel", {**FUNNEL, "steps": [{"any_of": [{"event": name}]} for name in ("page_view", "view_item", "add_to_cart")]}),
    Asked("who does what", "trends", {
        "series": [{"step": {"any_of": [{"event": "*"}]}, "measure": {"kind": kind}} for kind in ("people", "count", "per_person")],
        "breakdowns": [{"property": "level", "scope": "person", "when": "event"}],
        "period": FUNNEL["period"], "grain": "day",
    }),
]  # fmt: skip


def test_every_sample_agrees_on_the_demo_shop() -> None:
    verdicts = list(verify(shop().snapshot(), own_questions(), asking(), 0.15))
    assert [one for one in verdicts if one.differences] == []
    assert all(one.people > 50 for one in verdicts if one.skipped is None)
    assert sum(one.skipped is None for one in verdicts) > len(verdicts) * 0.8


@pytest.mark.parametrize("seed", range(12))
def test_random_worlds_agree(seed: int) -> None:
    rng = random.Random(seed)
    facts, pairs = world(seed)
    batches = split(facts, rng)
    snapshot = view(batches, pairs, durable=rng.randrange(len(batches) + 1)).snapshot()
    now = replace(asking(), now=START + 40 * 86_400_000)
    verdicts = list(verify(snapshot, QUESTIONS, now, 1.0))
    assert [one for one in verdicts if one.differences or one.skipped] == []


@pytest.mark.parametrize("seed", range(12))
def test_random_worlds_whose_devices_change_hands_agree(seed: int) -> None:
    rng = random.Random(seed)
    facts, pairs = world(seed)
    batches, devices = split(facts, rng), sorted({fact.actor for fact in facts if "device" in fact.actor})
    signed: list[Row] = [
        (f"user:{rng.randrange(12)}", rng.choice(devices), START + rng.randrange(40) * DAY // 2, 1000 + key, "signed_in", START, 1.0)
        for key in range(60)
    ]  # fmt: skip
    made = [Chunk(f"batch-{n}", partial(table, own), n == 0) for n, own in enumerate(batches) if own]
    told = [
        Chunk("links", partial(links, pairs), True),
        Chunk("more", lambda: earliest_links(rows(named_too(signed))), False),
    ]
    shared = View(None)
    shared.replace(made, told)
    snapshot = shared.snapshot()
    assert len(resolve(snapshot).steps.devices) > 5
    now = replace(asking(), now=START + 40 * DAY)
    verdicts = list(verify(snapshot, [*QUESTIONS, *HANDED], now, 1.0))
    assert [one for one in verdicts if one.differences or one.skipped] == []


def test_a_fact_that_the_columns_lost_is_noticed() -> None:
    snapshot = shop().snapshot()
    chunks = []
    for chunk in snapshot.chunks:
        rows = chunk.load()
        buying = pc.equal(rows["name"].cast(pa.string()), "purchase")
        chunks.append(
            Chunk(chunk.key, partial(pa.concat_tables, [rows, doubled(rows.filter(buying))]), durable=True)
        )
    verdicts = list(verify(other(snapshot, chunks), own_questions(), asking(), 0.3))
    assert any("trends" in one.name and one.differences for one in verdicts)


def doubled(rows: pa.Table) -> pa.Table:
    """Return the same events under other ids."""
    at = rows.schema.get_field_index("id")
    return rows.set_column(at, "id", pc.add(rows["id"], pa.scalar(1, pa.int64())))


def other(snapshot: Snapshot, chunks: list[Chunk]) -> Snapshot:
    """Return a snapshot whose facts are not those of its columns."""
    return replace(snapshot, chunks=tuple(chunks), memo={})


@pytest.mark.parametrize("seed", range(20))
def test_plain_persons_are_the_engines(seed: int) -> None:
    facts, pairs = world(seed)
    snapshot = view([facts], pairs).snapshot()
    people, names = resolve(snapshot), snapshot.actors.all()
    engine = {
        frozenset(names[a] for a in people.actors[people.heads[p] : people.heads[p + 1]])
        for p in range(people.count)
    }
    assert {frozenset(group) for group in components(snapshot.links(), names)} == engine
