"""Laws of metrics: what adds up does, formulas hold day by day, every change is another definition."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.shop import asking, shop
from tests.facts import DAY, START, view, world
from tidewheel.analyse.executors.threads import Threads
from tidewheel.analyse.measures import DEEPEST, Metric, before, definition, measure, series
from tidewheel.analyse.run import ANALYSES, Asking, ask
from tidewheel.core.errors import BadInput, NotFound
from tidewheel.core.period import Calendar, Dates, Last
from tidewheel.core.text import Text
from tidewheel.model import MetricDefinition, parse

MONTH = Dates.model_validate({"from": "2026-09-01", "to": "2026-09-30"})
ASKING = Asking(Calendar(), START + 45 * DAY, Threads(1))


def trends(kind: str, event: str = "purchase", **more: Any) -> dict[str, Any]:
    step = {"any_of": [{"event": event}]}
    params = {"series": [{"step": step, "measure": {"kind": kind, **more}}], "grain": "total"}
    return {"title": kind, "question": {"kind": "trends", "params": params}, "figure": "A"}


MEANT = {
    "orders": trends("count"),
    "gmv": trends("sum", property="value"),
    "buyers": trends("people"),
    "views": trends("count", "view_item"),
    "aov": {"title": "AOV", "formula": "gmv / orders", "format": "money"},
    "each": {"title": "Each", "formula": "orders / buyers * aov - gmv / buyers"},
}


class Kept:
    """Metrics by name."""

    def __init__(self, **meant: dict[str, Any]) -> None:
        self.meant: dict[str, tuple[int, MetricDefinition]] = {
            name: (1, parse(name, raw)) for name, raw in {**MEANT, **meant}.items()
        }

    def __call__(self, name: str) -> Metric:
        if name not in self.meant:
            raise NotFound("no_such_metric", Text("no", "无"))
        return Metric(name, *self.meant[name])


@given(st.integers(0, 2**32))
@settings(max_examples=15, deadline=None)
def test_days_add_up_and_formulas_hold(seed: int) -> None:
    facts, pairs = world(seed, events=random.Random(seed).randrange(1, 200))
    store, kept = view([facts], pairs), Kept()
    for name in ("orders", "gmv", "views"):
        days = series(store, name, MONTH, "day", ASKING, kept)
        assert len(days) == 30
        whole = measure(store, name, MONTH, ASKING, kept).value
        assert sum(day.value or 0 for day in days) == (whole or 0)
    aov = measure(store, "aov", MONTH, ASKING, kept)
    gmv, orders = aov.parts["gmv"], aov.parts["orders"]
    assert aov.value == (gmv / orders if gmv is not None and orders else None)
    each = measure(store, "each", MONTH, ASKING, kept)
    assert each.value is None or each.value == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("kind", ANALYSES.all())
def test_the_headline_of_every_kind_of_question_can_be_a_metric(kind: str) -> None:
    sample = ANALYSES.get(kind).samples[0]
    found = ask(shop(), kind, sample, asking())
    figure = found.figures[0]
    raw = {"title": "X", "question": {"kind": kind, "params": sample}, "figure": figure.name}
    period = {"last": 30, "unit": "day", **found.params["period"]}
    wanted = (
        Last.model_validate(period) if "from" not in period else Dates.model_validate(found.params["period"])
    )
    value = measure(shop(), "x", wanted, asking(), Kept(x=raw))
    alone = ask(shop(), kind, {**sample, "compare": []}, asking()).figures
    assert value.value == next(one.value for one in alone if one.name == figure.name)


def test_a_change_anywhere_below_is_another_definition() -> None:
    kept = Kept()
    first = definition("each", ASKING, kept)
    assert definition("each", ASKING, kept) == first
    kept.meant["gmv"] = (2, kept.meant["gmv"][1])
    second = definition("each", ASKING, kept)
    kept.meant["views"] = (2, kept.meant["views"][1])
    assert first != second == definition("each", ASKING, kept)


def test_what_cannot_be_worked_out_is_told() -> None:
    store = view([world(1)[0]])
    kept = Kept(
        a={"title": "A", "formula": "b + 1"},
        b={"title": "B", "formula": "a * 2"},
        gone={"title": "G", "formula": "nothing / orders"},
        bad={**trends("count"), "figure": "Z"},
        wrong={"title": "W", "formula": "orders ** 2"},
        **{f"m{n}": {"title": "M", "formula": f"m{n + 1} + 1"} for n in range(DEEPEST + 1)},
    )
    for name, code in {
        "a": "metric_circle", "gone": "no_such_metric", "bad": "no_such_figure", "wrong": "bad_formula",
        "m0": "metrics_too_deep",
    }.items():  # fmt: skip
        with pytest.raises((BadInput, NotFound)) as caught:
            measure(store, name, MONTH, ASKING, kept)
        assert caught.value.code == code
    long = Last(last=3660)
    with pytest.raises(BadInput) as caught:
        series(store, "orders", long, "day", ASKING, kept)
    assert caught.value.code == "too_many_buckets"


def test_the_days_before_are_as_many() -> None:
    calendar = Calendar()
    found = before(calendar, MONTH, 0)
    assert (found.start.isoformat(), found.end.isoformat()) == ("2026-08-02", "2026-08-31")
    point = series(
        view([world(1)[0]]), "orders", Last(last=2), "day", replace(ASKING, now=START + DAY // 2), Kept()
    )
    assert [one.complete for one in point] == [True, False]
