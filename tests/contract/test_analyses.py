"""Every analysis keeps the contract on the demo shop, the day its file appears."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.shop import asking, shop
from tidewheel.analyse.answer import Answer
from tidewheel.analyse.form import asked
from tidewheel.analyse.question import Question
from tidewheel.analyse.run import ANALYSES, ask, people_behind
from tidewheel.core.text import LANGUAGES
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
    snapshot.lately.clear()
    assert ask(Fixed(shop()), kind, params, asking(4)).model_dump_json() == one.model_dump_json()


class Fixed:
    """One snapshot of a view."""

    def __init__(self, view: View) -> None:
        self._snapshot = view.snapshot()

    def snapshot(self) -> Any:
        return self._snapshot


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
    (
        "attribution",
        {
            "touches": [{"step": {"any_of": [{"event": "page_view"}]}, "property": {"property": "utm_source"}}, {"step": VIEW}],
            "conversion": PURCHASE, "within_days": 10, "names": 3, "breakdowns": [{"property": "city", "scope": "person"}], "top": 2,
        },
    ),
    ("retention", {"start": PURCHASE, "back": PURCHASE, "first_time": True, "mode": "brackets", "brackets": [1, 3, 7, 30], "period": {"last": 20}}),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(COUNTED)))
def test_every_count_is_the_length_of_its_list_of_people(number: int) -> None:
    kind, params = COUNTED[number]
    view = Fixed(shop())
    found = ask(view, kind, params, asking())
    checked = 0
    for cell, count in list(counted(kind, params, found))[:150]:
        _, people = people_behind(view, kind, params, cell, asking())
        assert len(people) == count, cell
        checked += bool(count)
    assert checked > 5


@pytest.mark.parametrize(("kind", "number"), SAMPLES)
def test_every_count_of_a_sample_is_the_length_of_its_list_of_people(kind: str, number: int) -> None:
    params = ANALYSES.get(kind).samples[number]
    view = Fixed(shop())
    found = list(counted(kind, params, ask(view, kind, params, asking())))
    for cell, count in found[:: max(1, len(found) // 25)]:
        _, people = people_behind(view, kind, params, cell, asking())
        assert len(people) == count, cell


def counted(kind: str, params: dict[str, Any], found: Answer) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield everything that counts people, cells as JSON."""
    analysis = ANALYSES.get(kind)
    for cell, count in analysis().counted(analysis.Params.model_validate(params), found.result):
        yield cell.model_dump(mode="json"), count


@pytest.mark.parametrize(("kind", "number"), SAMPLES)
def test_figures_have_lasting_names_and_their_cells_open(kind: str, number: int) -> None:
    analysis, params = ANALYSES.get(kind), ANALYSES.get(kind).samples[number]
    view = Fixed(shop())
    figures = analysis().figures(
        analysis.Params.model_validate(params), ask(view, kind, params, asking()).result
    )
    assert figures
    assert figures[0].group is None
    names = [(figure.name, str(figure.group)) for figure in figures]
    assert len(set(names)) == len(names)
    for figure in figures[:5]:
        if figure.cell is not None:
            people_behind(view, kind, params, figure.cell.model_dump(mode="json"), asking())


@pytest.mark.parametrize("kind", ANALYSES.all())
def test_the_sentence_names_parameters_in_both_languages(kind: str) -> None:
    found = ANALYSES.get(kind)
    for language in LANGUAGES:
        marks = set(re.findall(r"{(\w+)}", found.sentence.say(language)))
        assert marks <= set(found.Params.model_fields)
        assert "period" in marks
    assert all(
        asked(found.Params.model_fields[name])
        for name in set(found.Params.model_fields) - set(Question.model_fields)
    )


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
    snapshot.lately.clear()
    assert ask(view, kind, params, asking(1)).model_dump_json() == whole
