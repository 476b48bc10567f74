"""Laws of explained goals on random worlds and random trees: what is told adds up, at every level."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.facts import DAY, START, view, world
from tests.property.test_measure_laws import ASKING, Kept, trends
from tidewheel.analyse.goals import ExplainedGoal, GoalRow, explain
from tidewheel.analyse.run import Asking, Stored, ask
from tidewheel.analyse.segments import Rule, Segment
from tidewheel.core.errors import BadInput
from tidewheel.core.period import Dates
from tidewheel.model import GoalDefinition, parse_goal

NOW = Dates.model_validate({"from": "2026-09-16", "to": "2026-09-30"})
THEN = Dates.model_validate({"from": "2026-09-01", "to": "2026-09-15"})
MONEY = {**trends("sum", property="value"), "format": "money"}
METRICS = {
    "gmv": MONEY,
    "aov": {"title": "AOV", "formula": "gmv / orders", "format": "money"},
    "per": {"title": "Each", "formula": "orders / buyers"},
    "mean": trends("mean", property="value"),
    "often": trends("per_person"),
    "seen": {"title": "Both", "formula": "views + 2 * orders - 1"},
    "median": trends("median", property="value"),
    "odd": {"title": "Odd", "formula": "orders * buyers"},
}
AMOUNTS = ("gmv", "orders", "buyers", "views", "seen")
RATIOS = ("aov", "per", "mean", "often")
FACTORS = [("gmv", ("buyers", "per", "aov")), ("gmv", ("orders", "aov")), ("orders", ("buyers", "per"))]


def segment(reference: str) -> Segment:
    series = [{"step": {"any_of": [{"event": reference}]}, "measure": {"kind": "people"}}]
    params = {
        "series": series, "period": {"from": "2026-09-01", "to": "2026-10-31"}, "grain": "total"
    }  # fmt: skip
    return Segment(reference, reference, 1, Rule("trends", params, {"series": 0}))


SEGMENTS: Asking = replace(ASKING, segment=segment)


def a_tree(rng: random.Random, metric: str, depth: int) -> dict[str, Any]:
    """Return how a metric is made up: a product, a sum or a split, with parts that are made up again."""
    choices = ["split by", "split listed", "segments"]
    if metric == "seen" or metric in AMOUNTS:
        choices.append("sum")
    choices += ["product"] * 3 * any(metric == whole for whole, _ in FACTORS)
    made = rng.choice(choices)
    if made == "product":
        factors = rng.choice([parts for whole, parts in FACTORS if whole == metric])
        return {"how": "product", "parts": [a_part(rng, depth, metric=name) for name in factors]}
    if made == "sum":
        parts = [
            a_part(rng, depth, metric=rng.choice(AMOUNTS), weight=rng.choice([1, -1, 0.5]))
            for _ in range(rng.randrange(2, 4))
        ]
        return {"how": "sum", "parts": parts}
    if made == "split by":
        return {"how": "split", "by": {"property": "channel", "top": rng.randrange(1, 5)}}
    if made == "split listed":
        values = rng.sample(["ads", "chat", "live", "直播", None, "never"], rng.randrange(1, 5))
        cut = rng.randrange(len(values))
        told = [one for one in (values[: cut + 1], values[cut + 1 :]) if one]
        parts = [a_part(rng, depth, of=metric, values=one) for one in told]
        return {"how": "split", "by": {"property": "channel"}, "parts": parts}
    names = rng.sample(["view_item", "purchase", "page_view"], rng.randrange(1, 4))
    return {"how": "split", "parts": [a_part(rng, depth, of=metric, segment=one) for one in names]}


def a_part(rng: random.Random, depth: int, of: str | None = None, **more: Any) -> dict[str, Any]:
    below = a_tree(rng, of or more["metric"], depth - 1) if depth and rng.random() < 0.5 else {}
    return {"title": "P", **more, **below}


def rows(row: GoalRow) -> list[GoalRow]:
    return [row, *(one for below in row.rows for one in rows(below))]


def explained(store: Stored, goal: GoalDefinition, now: Dates = NOW, then: Dates = THEN) -> ExplainedGoal:
    return explain(store, "g", 1, goal, now, then, SEGMENTS, Kept(**METRICS))


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_gains_and_residual_are_the_change_at_every_level(seed: int) -> None:
    rng = random.Random(seed)
    facts, links = world(seed, events=rng.randrange(0, 160))
    metric = rng.choice([*AMOUNTS, *RATIOS])
    goal = parse_goal("g", {"title": "G", "metric": metric, **a_tree(rng, metric, 2)})
    found = explained(view([facts], links), goal)
    root = found.row
    if root.change is None:
        assert all(one.gain is None for one in rows(root))
        return
    assert root.gain == root.change
    assert root.value is not None
    assert root.previous is not None
    whole = root.value == int(root.value) and root.previous == int(root.previous)
    money = metric in {"gmv", "aov"} and whole  # told in whole fen
    assert root.change == pytest.approx(root.value - root.previous, abs=1e-9)
    for row in rows(root):
        if row.rows and row.gain is not None and (row.change is not None or row.way == "goal"):
            told = sum(one.gain for one in row.rows if one.gain is not None)
            assert told == pytest.approx(row.gain, rel=1e-9, abs=1e-6), (seed, row.path)
            if money:
                assert told == row.gain, (seed, row.path)
        if money and row.gain is not None:
            assert row.gain == int(row.gain)
        if row.within is not None and row.mix is not None and row.gain is not None:
            assert row.within + row.mix == pytest.approx(row.gain, abs=1 if money else 1e-6)
        if row.share is not None and row.gain is not None:
            assert row.share * root.change == pytest.approx(row.gain, abs=1e-6)


@given(st.integers(0, 2**32))
@settings(max_examples=20, deadline=None)
def test_no_change_no_contributions_and_the_other_way_round(seed: int) -> None:
    rng = random.Random(seed)
    facts, links = world(seed, events=rng.randrange(20, 120))
    metric = rng.choice([*AMOUNTS, *RATIOS])
    goal = parse_goal("g", {"title": "G", "metric": metric, **a_tree(rng, metric, 1)})
    store = view([facts], links)
    same = explained(store, goal, NOW, NOW)
    assert all(row.gain in {0, None} for row in rows(same.row))
    there, back = explained(store, goal), explained(store, goal, THEN, NOW)
    if there.row.change is not None:
        assert back.row.change == pytest.approx(-there.row.change)
        if goal.how == "sum" or goal.parts:
            for one, other in zip(there.row.rows, back.row.rows, strict=True):
                assert (one.gain or 0) == pytest.approx(-(other.gain or 0), rel=1e-9, abs=1)


@given(st.integers(0, 2**32))
@settings(max_examples=20, deadline=None)
def test_amounts_by_channel_are_what_the_question_says(seed: int) -> None:
    facts, links = world(seed, events=150)
    store = view([facts], links)
    goal = {"title": "G", "metric": "gmv", "how": "split", "by": {"property": "channel", "top": 20}}
    found = explained(store, parse_goal("g", goal)).row
    params = {**MONEY["question"]["params"], "breakdowns": [{"property": "channel"}], "period": NOW}
    lines = ask(store, "trends", params, ASKING).result.lines
    told = {str(line.group): line.total for line in lines if line.group}
    assert {str(row.label): row.value for row in found.rows if row.label and row.value} == {
        label: value for label, value in told.items() if value
    }
    assert found.rows[-1].way == "residual"
    assert found.rows[-1].gain == 0
    for row in found.rows[:-1]:
        [opens] = row.opens
        again = ask(store, opens.kind, opens.params, ASKING)
        assert again.figures[0].value == row.value
        assert again.comparisons[0].figures[0].value == row.previous


def test_people_of_several_segments_are_told() -> None:
    facts, links = world(5, events=200)
    parts = [{"title": name, "segment": name} for name in ("view_item", "purchase")]
    goal = parse_goal("g", {"title": "G", "metric": "buyers", "how": "split", "parts": parts})
    found = explained(view([facts], links), goal).row
    assert found.overlap is not None
    assert found.overlap.several > 0
    looked, bought, rest, residual = found.rows
    assert (rest.way, rest.value) == ("rest", 0)
    assert bought.gain == found.change
    assert residual.gain == -(looked.gain or 0)


def test_what_cannot_be_split_is_told() -> None:
    store = view([world(1)[0]])
    for metric in ("median", "odd"):
        goal = parse_goal(
            "g", {"title": "G", "metric": metric, "how": "split", "by": {"property": "channel"}}
        )
        with pytest.raises(BadInput) as caught:
            explained(store, goal)
        assert caught.value.code == "metric_not_divisible"


def test_an_unknown_factor_leaves_everything_unexplained() -> None:
    facts = [one for one in world(3, events=150)[0] if one.name != "purchase" or one.time > START + 15 * DAY]
    parts = [{"title": name, "metric": name} for name in ("orders", "aov")]
    goal = parse_goal("g", {"title": "G", "metric": "gmv", "how": "product", "parts": parts})
    found = explained(view([facts]), goal).row
    assert found.reason == "unknown"
    assert [row.gain for row in found.rows] == [None, None, found.change]
