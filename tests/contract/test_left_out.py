"""Whoever is left out of answers is in none, of whatever kind: answers are as if their facts had never come."""

from __future__ import annotations

import random
from functools import cache, partial

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.contract.shop import asking, shop
from tidewheel.analyse.run import ANALYSES, Held, ask
from tidewheel.identify.resolve import resolve
from tidewheel.store.links import link_table
from tidewheel.store.view import Chunk, Snapshot, View

SAMPLES = [(kind, number) for kind, found in ANALYSES.all().items() for number in range(len(found.samples))]
SHARE = 0.2


@cache
def both() -> tuple[Snapshot, Snapshot]:
    """Return a shop in which some people are out of sight, and one in which nothing is of them."""
    whole = shop().snapshot()
    people, names = resolve(whole), whole.actors.all()
    gone: list[str] = []
    first: list[str] = []
    dice = random.Random(5)
    for person in range(people.count):
        if dice.random() < SHARE:
            own = people.actors[people.heads[person] : people.heads[person + 1]]
            gone += [names[actor] for actor in own]
            first.append(names[own[0]])
    tables = [chunk.load() for chunk in whole.chunks]
    hidden = seen(tables, whole.links())
    hidden.hide(first)
    absent = pa.array(gone, pa.string())
    links = whole.links()
    kept = [table.filter(pc.invert(pc.is_in(table["actor"], value_set=absent))) for table in tables]
    return hidden.snapshot(), seen(
        kept, links.filter(pc.invert(pc.is_in(links["a"], value_set=absent)))
    ).snapshot()


def seen(tables: list[pa.Table], links: pa.Table) -> View:
    view = View(None)
    chunks = [Chunk(f"part-{at}", partial(table.slice, 0), durable=True) for at, table in enumerate(tables)]
    view.replace(chunks, [Chunk("links", partial(link_table, links), durable=True)])
    return view


@pytest.mark.parametrize(("kind", "number"), SAMPLES)
def test_nobody_who_is_left_out_is_counted(kind: str, number: int) -> None:
    params = ANALYSES.get(kind).samples[number]
    hidden, absent = both()
    one, two = (ask(Held(snapshot), kind, params, asking()) for snapshot in (hidden, absent))
    assert one.result.model_dump_json() == two.result.model_dump_json()
    assert [figure.value for figure in one.figures] == [figure.value for figure in two.figures]
