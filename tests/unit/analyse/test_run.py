"""Asking questions of a few facts: distinct values, progress, cancelling, provenance, warnings, comparison."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.facts import DAY, START, Fact, view
from tidewheel.analyse.executor import Stop
from tidewheel.analyse.executors.threads import Threads
from tidewheel.analyse.run import Asking, ask, people_behind
from tidewheel.core.errors import BadInput, Cancelled
from tidewheel.core.period import Calendar
from tidewheel.store.view import View

NOW = START + 3 * DAY


def asking() -> Asking:
    return Asking(Calendar(), NOW, Threads(1))


def shop() -> View:
    return view(
        [
            [
                Fact(
                    "purchase",
                    START,
                    "user:a",
                    1,
                    {"city": "上海", "value": 100},
                    [{"item_id": "x"}, {"item_id": "y"}],
                ),
                Fact(
                    "purchase", START + DAY, "user:a", 2, {"city": "杭州", "value": 250}, [{"item_id": "x"}]
                ),
                Fact("purchase", START + DAY, "user:b", 3, {"city": "上海", "value": 50}),
                Fact("page_view", START + 2 * DAY, "user:b", 4),
            ]
        ]
    )


def trends(measure: dict[str, Any], **more: Any) -> dict[str, Any]:
    period = {"from": "2026-09-01", "to": "2026-09-03"}
    return {
        "series": [{"step": {"any_of": [{"event": "purchase"}]}, "measure": measure}],
        "grain": "total",
        "period": period,
        **more,
    }


@pytest.mark.parametrize(
    ("measure", "total"),
    [
        ({"kind": "distinct", "property": "city"}, 2),
        ({"kind": "distinct", "property": "item_id", "scope": "item"}, 2),
        ({"kind": "distinct", "property": "value"}, 3),
        ({"kind": "sum", "property": "value"}, 400),
        ({"kind": "people"}, 2),
    ],
)
def test_measures_read_text_numbers_and_items(measure: dict[str, Any], total: float) -> None:
    assert ask(shop(), "trends", trends(measure), asking()).result.lines[0].total == total


def test_text_cannot_be_summed() -> None:
    with pytest.raises(BadInput) as caught:
        ask(shop(), "trends", trends({"kind": "sum", "property": "city"}), asking())
    assert (caught.value.code, caught.value.field) == ("not_a_number", "measure.property")


def test_a_stopped_question_is_cancelled_and_progress_reaches_the_end() -> None:
    stop = Stop()
    stop.set()
    with pytest.raises(Cancelled):
        ask(shop(), "trends", trends({"kind": "people"}), replace(asking(), stop=stop))
    told: list[float] = []
    ask(shop(), "trends", trends({"kind": "people"}), replace(asking(), progress=told.append))
    assert told[-1] == 1.0


def test_a_name_never_seen_is_told_with_the_nearest_one() -> None:
    params = trends({"kind": "people"})
    params["series"][0]["step"]["any_of"][0]["event"] = "purchse"
    (warning,) = ask(shop(), "trends", params, asking()).warnings
    assert "purchase" in warning.message.en
    assert "purchase" in warning.message.zh


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"grain": "decade"}, "grain"),
        ({"serie": []}, "serie"),
        ({"period": {"from": "2026-09-03", "to": "2026-09-01"}}, "period"),
        ({"breakdowns": [{"property": ""}]}, "breakdowns.0.property"),
    ],
)
def test_a_bad_parameter_is_named(change: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        ask(shop(), "trends", {**trends({"kind": "people"}), **change}, asking())
    assert caught.value.field is not None
    assert caught.value.field.startswith(field)


def test_a_comparison_has_its_own_people() -> None:
    params = trends({"kind": "people"}, compare=[{"period": {"from": "2026-09-01", "to": "2026-09-01"}}])
    view = shop()
    answer = ask(view, "trends", params, asking())
    assert answer.comparisons[0].result.lines[0].total == 1
    _, people = people_behind(view, "trends", params, {"series": 0}, asking(), comparison=0)
    assert len(people) == 1
    with pytest.raises(BadInput):
        people_behind(view, "trends", params, {"series": 0}, asking(), comparison=1)


def test_the_same_facts_in_other_batches_give_the_same_result() -> None:
    facts = [Fact("purchase", START + n * 1000, f"user:{n % 3}", n, {"value": n}) for n in range(30)]
    params = trends({"kind": "sum", "property": "value"}, breakdowns=[{"property": "value"}])
    one = ask(view([facts]), "trends", params, asking())
    other = ask(view([facts[20:], facts[:20], facts[5:9]], durable=0), "trends", params, asking())
    assert one.result.model_dump_json() == other.result.model_dump_json()
    assert one.provenance.definition == other.provenance.definition


def test_a_value_that_is_called_like_the_rest_is_not_the_rest() -> None:
    channels = ["a", "a", "a", "$other", "$other", "$$other", "b", "c"]
    facts = [
        Fact("purchase", START, f"user:{at}", at + 1, {"channel": channel})
        for at, channel in enumerate(channels)
    ]
    held, asked = view([facts]), trends({"kind": "people"}, breakdowns=[{"property": "channel"}], top=3)
    lines = ask(held, "trends", asked, asking()).result.lines
    told = {tuple(line.group): line.total for line in lines if line.group}
    assert told == {("a",): 3, ("$$other",): 2, ("$$$other",): 1, ("$other",): 2}
    for group, people in told.items():
        cell = {"series": 0, "group": list(group)}
        assert len(people_behind(held, "trends", asked, cell, asking())[1]) == people
    both = {**asked, "breakdowns": [{"property": "channel"}, {"property": "city"}]}
    for line in ask(held, "trends", both, asking()).result.lines:
        cell = {"series": 0, "group": line.group}
        assert len(people_behind(held, "trends", both, cell, asking())[1]) == line.total
