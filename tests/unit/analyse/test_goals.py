"""Goals by hand: forms of metrics, narrowed questions, how targets stand."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from tests.property.test_measure_laws import Kept, trends
from tidewheel.analyse.goals.explain import state
from tidewheel.analyse.goals.forms import form_of
from tidewheel.analyse.goals.narrow import EVERYTHING, narrowed, narrowed_params
from tidewheel.core.errors import BadInput
from tidewheel.model import SplitBy

CHANNEL, CATEGORY = SplitBy(property="channel"), SplitBy(property="item_category", scope="item")
STEP = {"any_of": [{"event": "purchase"}]}
PURCHASES = {"series": [{"step": STEP}]}


def shape(**meant: dict[str, Any]) -> tuple[list[float], list[float] | None]:
    kept = Kept(**meant)
    form = form_of(kept("x"), kept)
    top = [float(often) for often in form.top.values()]
    return top, None if form.bottom is None else [float(often) for often in form.bottom.values()]


@pytest.mark.parametrize(
    ("formula", "top", "bottom"),
    [
        ("gmv - orders * 3", [1, -3], None),
        ("(gmv + gmv) / 2", [1], None),
        ("100 * gmv / orders", [100], [1]),
        ("aov * 2 - aov", [1], [1]),
        ("-gmv", [-1], None),
    ],
)
def test_a_formula_of_amounts(formula: str, top: list[float], bottom: list[float] | None) -> None:
    assert shape(x={"title": "X", "formula": formula}) == (top, bottom)


def test_figures_of_trends() -> None:
    assert shape(x=trends("people")) == ([1], None)
    assert shape(x=trends("per_person")) == ([1], [1])
    assert shape(x=trends("mean", property="value")) == ([1], [1])
    lettered = trends("count")
    lettered["question"]["params"]["formulas"] = [{"expression": "A / 2"}]
    assert shape(x={**lettered, "figure": "B"}) == ([0.5], None)


@pytest.mark.parametrize("formula", ["gmv * orders", "aov + gmv", "gmv / aov", "aov / aov", "1 / 0"])
def test_what_is_no_amount_by_an_amount(formula: str) -> None:
    with pytest.raises(BadInput) as caught:
        shape(x={"title": "X", "formula": formula})
    assert caught.value.code == "metric_not_divisible"


def test_a_median_is_no_amount() -> None:
    with pytest.raises(BadInput):
        shape(x=trends("median", property="value"))
    with pytest.raises(BadInput):
        shape(x={**trends("count"), "figure": "Q"})


def test_questions_asked_of_some_only() -> None:
    ads = EVERYTHING.having(CHANNEL, ["ads", None]).inside("members")
    found = narrowed_params("trends", {**PURCHASES, "people": {"segments": ["old"], "match": "any"}}, ads)
    own = {"property": "channel", "scope": "event"}
    assert found["filters"] == [{"any": [{**own, "op": "in", "value": ["ads"]}, {**own, "op": "is_not_set"}]}]
    assert found["people"] == {"segments": ["old", "members"], "match": "all"}
    rest = narrowed_params("trends", PURCHASES, EVERYTHING.lacking(CHANNEL, ["ads"]).outside(["members"]))
    assert rest["filters"] == [{"not": {**own, "op": "in", "value": ["ads"]}}]
    assert rest["people"] == {"segments": [], "not_segments": ["members"]}
    care = narrowed_params("trends", PURCHASES, EVERYTHING.having(CATEGORY, ["护肤"]))
    [match] = care["series"][0]["step"]["any_of"]
    assert match["filters"] == [{"property": "item_category", "scope": "item", "op": "in", "value": ["护肤"]}]
    assert "filters" not in care
    elsewhere = narrowed_params("sessions", {}, EVERYTHING.having(CATEGORY, ["护肤"]))
    assert len(elsewhere["filters"]) == 1


def test_what_cannot_be_narrowed() -> None:
    with pytest.raises(BadInput) as caught:
        narrowed_params("trends", {**PURCHASES, "people": {"segments": ["a", "b"], "match": "any"}},
                        EVERYTHING.inside("c"))  # fmt: skip
    assert caught.value.code == "metric_of_any_segment"
    with pytest.raises(BadInput) as caught:
        EVERYTHING.having(CATEGORY, ["a", None])
    assert caught.value.code == "bad_item_values"


def test_formulas_are_narrowed_by_their_parts() -> None:
    kept = Kept()
    find = narrowed(kept, EVERYTHING.having(CHANNEL, ["ads"]))
    assert find("aov") == kept("aov")
    question = find("gmv").means.question
    assert question
    assert question.params["filters"]


@pytest.mark.parametrize(
    ("value", "elapsed", "good", "final", "expected"),
    [
        (None, 0.5, "up", True, "unknown"),
        (10, 0, "up", True, "waiting"),
        (100, 0.5, "up", True, "reached"),
        (50, 0.5, "up", True, "ahead"),
        (49, 0.5, "up", True, "behind"),
        (99, 1, "up", True, "missed"),
        (50, 0.5, "down", True, "ahead"),
        (51, 0.5, "down", True, "behind"),
        (101, 0.5, "down", True, "missed"),
        (100, 1, "down", True, "reached"),
        (101, 1, "down", True, "missed"),
        (101, 0.5, "down", False, "behind"),
    ],
)
def test_how_a_target_of_100_stands(
    value: float | None, elapsed: float, good: Literal["up", "down"], final: bool, expected: str
) -> None:
    due = 100 * elapsed if final else 100
    assert state(value, 100, due, elapsed, good, final=final) == expected
