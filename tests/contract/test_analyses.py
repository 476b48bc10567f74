"""Every analysis keeps the contract on the demo shop, the day its file appears."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.shop import asking, shop
from tidewheel.analyse.answer import Answer
from tidewheel.analyse.run import ANALYSES, ask, people_behind
from tidewheel.identify import gather
from tidewheel.store.view import View

SAMPLES = [(kind, number) for kind, found in ANALYSES.all().items() for number in range(len(found.samples))]


def answer(kind: str, params: dict[str, Any], threads: int = 2) -> Answer:
    return ask(shop(), kind, params, asking(threads))


@pytest.mark.parametrize(("kind", "number"), SAMPLES)
def test_a_sample_is_answered_and_its_answer_is_json(kind: str, number: int) -> None:
    found = answer(kind, ANALYSES.get(kind).samples[number])
    assert json.loads(found.model_dump_json())["provenance"]["events"] > 0
    assert not found.warnings


@pytest.mark.parametrize(("kind", "number"), SAMPLES)
def test_threads_do_not_change_an_answer(kind: str, number: int) -> None:
    params = ANALYSES.get(kind).samples[number]
    snapshot = shop().snapshot()
    one = ask(Fixed(shop()), kind, params, asking(1))
    for key in [key for key in snapshot.memo if isinstance(key, tuple) and key[0] == "answer"]:
        del snapshot.memo[key]
    assert ask(Fixed(shop()), kind, params, asking(4)).model_dump_json() == one.model_dump_json()


class Fixed:
    """One snapshot of a view."""

    def __init__(self, view: View) -> None:
        self._snapshot = view.snapshot()

    def snapshot(self) -> Any:
        return self._snapshot


def cells(kind: str, result: Any) -> Iterator[tuple[dict[str, Any], int | float | None]]:
    """Yield (cell, figure) of everything that counts people."""
    if kind == "trends":
        for line in result.lines:
            for bucket, value in [*enumerate(line.values), (None, line.total)]:
                yield {"series": line.series, "bucket": bucket, "group": line.group}, value
    elif kind == "funnel":
        for group in result.groups:
            for number, step in enumerate(group.steps, 1):
                yield {"step": number, "group": group.group}, step.people
                yield {"step": number, "group": group.group, "dropped": True}, step.dropped
    else:
        for group in result.groups:
            for number, cohort in enumerate(group.cohorts):
                yield {"cohort": number, "group": group.group}, cohort.people
                for period, figure in enumerate(cohort.figures):
                    yield {"cohort": number, "period": period, "group": group.group}, figure.people


PURCHASE = {"any_of": [{"event": "purchase"}]}
VIEW = {"any_of": [{"event": "view_item"}]}
COUNTED: list[tuple[str, dict[str, Any]]] = [
    (
        "trends",
        {
            "series": [{"step": VIEW, "measure": {"kind": "people"}}, {"step": PURCHASE, "measure": {"kind": "first_time"}}],
            "grain": "week",
            "period": {"last": 4, "unit": "week"},
            "breakdowns": [{"property": "item_category", "scope": "item"}],
            "top": 3,
        },
    ),
    (
        "trends",
        {
            "series": [{"step": PURCHASE, "measure": {"kind": "people"}}],
            "grain": "day",
            "period": {"last": 9},
            "rolling": 3,
            "breakdowns": [{"property": "city", "scope": "person"}, {"property": "channel"}],
            "top": 2,
        },
    ),
    (
        "funnel",
        {
            "steps": [VIEW, {"any_of": [{"event": "add_to_cart"}]}, PURCHASE],
            "hold": [{"property": "item_id", "scope": "item"}],
            "breakdowns": [{"property": "item_category", "scope": "item"}],
            "top": 3,
        },
    ),
    (
        "funnel",
        {"steps": [VIEW, PURCHASE], "within": {"same": "session"}, "breakdowns": [{"property": "channel"}], "attribution": "last", "top": 2},
    ),
    ("retention", {"start": VIEW, "back": PURCHASE, "grain": "week", "periods": 4, "breakdowns": [{"property": "platform"}], "top": 2}),
    ("retention", {"start": PURCHASE, "back": PURCHASE, "first_time": True, "mode": "brackets", "brackets": [1, 3, 7, 30], "period": {"last": 20}}),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(COUNTED)))
def test_every_count_is_the_length_of_its_list_of_people(number: int) -> None:
    kind, params = COUNTED[number]
    view = Fixed(shop())
    found = ask(view, kind, params, asking())
    checked = 0
    for cell, figure in list(cells(kind, found.result))[:150]:
        if figure is None:
            continue
        _, people = people_behind(view, kind, params, cell, asking())
        assert len(people) == figure, cell
        checked += bool(figure)
    assert checked > 5


def test_answers_reconcile_with_each_other() -> None:
    period = {"last": 30}
    trend = answer(
        "trends",
        {"series": [{"step": VIEW, "measure": {"kind": "people"}}], "grain": "total", "period": period},
    )
    funnel = answer("funnel", {"steps": [VIEW, PURCHASE], "period": period})
    retention = answer(
        "retention", {"start": VIEW, "back": VIEW, "period": period, "grain": "day", "periods": 1}
    )
    daily = answer(
        "trends",
        {"series": [{"step": VIEW, "measure": {"kind": "people"}}], "grain": "day", "period": period},
    )
    visitors = trend.result.lines[0].total
    assert funnel.result.groups[0].steps[0].people == visitors
    assert retention.result.groups[0].people == visitors
    assert [cohort.people for cohort in retention.result.groups[0].cohorts] == list(
        daily.result.lines[0].values
    )


def test_a_question_asked_of_the_past_does_not_see_what_came_later() -> None:
    params = {
        "series": [{"step": VIEW, "measure": {"kind": "count"}}],
        "grain": "total",
        "period": {"last": 1},
    }
    early = ask(shop(), "trends", params, Asked.at_noon()).result.lines[0].total
    late = answer("trends", params).result.lines[0].total
    assert 0 < early < late


class Asked:
    """Other moments to ask at."""

    @staticmethod
    def at_noon() -> Any:
        return type(asking())(asking().calendar, asking().now - 6 * 3_600_000, asking().executor)


@pytest.mark.parametrize("number", range(len(COUNTED)))
def test_answers_do_not_depend_on_how_many_rows_are_read_at_a_time(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, params = COUNTED[number]
    view = Fixed(shop())
    snapshot = view.snapshot()
    whole = ask(view, kind, params, asking(1)).model_dump_json()
    monkeypatch.setattr(gather, "ROOM", 300)
    for key in [key for key in snapshot.memo if isinstance(key, tuple) and key[0] == "answer"]:
        del snapshot.memo[key]
    assert ask(view, kind, params, asking(1)).model_dump_json() == whole
