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
from tidewheel.identify.sample import in_sample, sampled
from tidewheel.store.links import link_table
from tidewheel.store.view import Chunk, Snapshot, View

SAMPLES = [(kind, number) for kind, found in ANALYSES.all().items() for number in range(len(found.samples))]
SHARE = 0.2
PERCENT = 35


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
    hidden = seen([chunk.load() for chunk in whole.chunks], whole.links())
    hidden.hide(first)
    return hidden.snapshot(), without(whole, gone)


def without(whole: Snapshot, gone: list[str]) -> Snapshot:
    """Return the shop without the facts and links of some people."""
    absent, links = pa.array(gone, pa.string()), whole.links()
    tables = [chunk.load() for chunk in whole.chunks]
    kept = [table.filter(pc.invert(pc.is_in(table["actor"], value_set=absent))) for table in tables]
    return seen(kept, links.filter(pc.invert(pc.is_in(links["a"], value_set=absent)))).snapshot()


@cache
def sample() -> tuple[Snapshot, Snapshot]:
    """Return a shop, and one in which nothing is of people outside its sample."""
    whole = shop().snapshot()
    people, names = resolve(whole), whole.actors.all()
    inside = sampled(whole, PERCENT)
    gone = [names[actor] for actor in people.actors if not inside[people.person_of[actor]]]
    return whole, without(whole, gone)


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


@pytest.mark.parametrize(("kind", "number"), SAMPLES)
def test_a_sample_is_answered_as_if_nobody_else_were_there(kind: str, number: int) -> None:
    params = ANALYSES.get(kind).samples[number]
    whole, part = sample()
    one = ask(Held(whole), kind, {**params, "sample": PERCENT}, asking())
    two = ask(Held(part), kind, params, asking())
    assert one.result.model_dump_json() == two.result.model_dump_json()
    assert [figure.value for figure in one.figures] == [figure.value for figure in two.figures]
    assert one.provenance.people == two.provenance.people
    assert [warning.code for warning in one.warnings][:1] == ["sampled"]


def test_samples_are_even_lie_in_each_other_and_can_be_told_of_one_person() -> None:
    whole = shop().snapshot()
    people, names = resolve(whole), whole.actors.all()
    before = sampled(whole, 100)
    assert before.all()
    for percent in (60, 20, 5, 0.5):
        inside = sampled(whole, percent)
        assert not (inside & ~before).any()
        expected = people.count * percent / 100
        assert abs(inside.sum() - expected) < 5 * expected**0.5 + 1
        before = inside
        told = [
            in_sample(
                [names[actor] for actor in people.actors[people.heads[one] : people.heads[one + 1]]], percent
            )
            for one in range(200)
        ]
        assert told == inside[:200].tolist()
