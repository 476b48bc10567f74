"""What is worked out holds everywhere: on all executors, in every kind of question, and in verification."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from tests.contract.crew import Workers
from tests.contract.shop import NOW, asking
from tests.contract.test_analyses import Fixed
from tests.contract.test_executors import same
from tidewheel.analyse.run import ask
from tidewheel.analyse.verify.check import Asked, verify
from tidewheel.collect.enrich import ENRICHMENTS, Rulebook, parse_rules
from tidewheel.demo import world
from tidewheel.store.view import Chunk, View

VIEWS = {"any_of": [{"event": "page_view"}, {"event": "view_item"}]}
PEOPLE = {"step": VIEWS, "measure": {"kind": "people"}}
QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    ("trends", {"series": [PEOPLE], "breakdowns": [{"property": "channel_group"}], "grain": "week"}),
    ("trends", {"series": [PEOPLE], "breakdowns": [{"property": "browser"}, {"property": "device_type"}], "grain": "week"}),
    ("trends", {"series": [PEOPLE], "bots": "counted", "grain": "week"}),
    ("funnel", {"steps": [VIEWS, {"any_of": [{"event": "purchase"}]}], "breakdowns": [{"property": "channel_group"}]}),
    ("sessions", {"filters": [{"property": "channel_group", "op": "is", "value": "chat"}]}),
    ("sessions", {"bots": "counted"}),
    ("trends", {"series": [PEOPLE], "sample": 40, "grain": "week"}),
    ("trends", {"series": [PEOPLE], "breakdowns": [{"property": "$hour"}], "grain": "total", "top": 24}),
    ("trends", {"series": [PEOPLE], "breakdowns": [{"property": "$hour", "bins": [8, 20]}, {"property": "$weekday"}], "days": "off"}),
    ("funnel", {
        "steps": [VIEWS, {"any_of": [{"event": "purchase", "filters": [{"property": "$weekday", "op": "in", "value": [5, 6, 7]}]}]}],
        "filters": [{"property": "$working_day", "op": "is", "value": False}, {"not": {"property": "$hour", "op": "lt", "value": 9}}],
        "breakdowns": [{"property": "$working_day"}],
    }),
]  # fmt: skip


def shop(rules: dict[str, Any] | None) -> View:
    view = View(None)
    made = list(world(500, 40, 3, NOW).tables())
    if rules is not None:
        view.enrich(Rulebook(parse_rules(rules)))
    events = [Chunk(one.key, lambda table=one.events: table, durable=True) for one in made]  # type: ignore[misc]
    links = [Chunk(f"{one.key}-links", lambda table=one.links: table, durable=True) for one in made]  # type: ignore[misc]
    view.replace(events, links)
    return view


@pytest.fixture(scope="module")
def enriched() -> View:
    return shop({})


@pytest.mark.parametrize("number", range(len(QUESTIONS)))
def test_workers_answer_as_threads_do(number: int, enriched: View) -> None:
    kind, params = QUESTIONS[number]
    same(Fixed(enriched), kind, params, Workers("a", "b"))


def test_other_rules_reach_the_workers(enriched: View) -> None:
    workers = Workers("a", "b")
    kind, params = QUESTIONS[0]
    view = shop({})
    same(Fixed(view), kind, params, workers)
    rule = {"channel": "wx", "when": [{"property": "scene", "op": "is_set"}]}
    view.enrich(Rulebook(parse_rules({"channel": {"rules": [rule]}})))
    same(Fixed(view), kind, params, workers)
    found = ask(view, kind, params, asking())
    assert {line.group[0] for line in found.result.lines if line.group} == {"wx", None}


def test_bots_count_only_where_they_are_asked_for(enriched: View) -> None:
    def people(view: View, bots: str) -> float:
        found = ask(view, "trends", {"series": [PEOPLE], "bots": bots}, asking()).result
        return float(found.lines[0].total)

    plain = people(shop(None), "left_out")
    assert people(enriched, "counted") == plain
    assert people(enriched, "left_out") < plain


@pytest.mark.parametrize("bots", ["left_out", "counted"])
def test_verification_works_out_the_same(enriched: View, bots: str) -> None:
    questions = [Asked(kind, kind, {**params, "bots": bots}) for kind, params in QUESTIONS]
    verdicts = list(verify(enriched.snapshot(), questions, asking(), 0.5))
    assert [
        (one.name, one.differences, one.skipped) for one in verdicts if one.differences or one.skipped
    ] == []
    assert sum(one.rows for one in verdicts) > 1000


@pytest.mark.parametrize("name", list(ENRICHMENTS.all()))
def test_each_says_what_it_is(name: str) -> None:
    kind = ENRICHMENTS.get(name)
    assert kind.title.en
    assert kind.title.zh
    assert kind.description.zh != kind.description.en
    assert kind.edition
    made = kind(kind.Rules(), pa.table({}))
    assert kind.Rules.model_validate(made.rules.model_dump(mode="json")) == made.rules
    assert set(kind.after) <= set(ENRICHMENTS.all())
