"""A question about a picked event equals the same question about events stored under its name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.facts import DAY, NAMES, START, Fact, view, world
from tidewheel.analyse.executors.threads import Threads
from tidewheel.analyse.picks import expand, pick_of
from tidewheel.analyse.run import ANALYSES, Asking, ask, definition_of, people_behind
from tidewheel.analyse.verify import check
from tidewheel.core.errors import BadInput
from tidewheel.core.period import Calendar
from tidewheel.model import PickDefinition, parse_pick

NOW = START + 31 * DAY
PLAIN = Asking(Calendar(), NOW, Threads(1))
BUTTON = {"property": "target", "op": "ends_with", "value": "button.buy"}

CAPTION = {"event": "tap", "where": [{"property": "caption", "value": "买"}]}


def picked(*rules: dict[str, Any], title: str = "Picked") -> PickDefinition:
    return parse_pick("picked", {"title": title, "any_of": list(rules)})


def asking(**picks: PickDefinition) -> Asking:
    return replace(PLAIN, picks={name: pick_of(name, means) for name, means in picks.items()})


def moved(facts: list[Fact], name: str) -> list[Fact]:
    """Return facts in which those of one name are taps on one button, half of them found by its text."""
    ways = ({"target": "main>button.buy"}, {"target": "other", "caption": "买"})
    return [
        replace(one, name="tap", properties=one.properties | ways[one.id % 2]) if one.name == name else one
        for one in facts
    ]


def noise(facts: list[Fact]) -> list[Fact]:
    """Return taps on other things, at the moments of other events."""
    return [
        Fact("tap", one.time, one.actor, one.id ^ 1 << 50, {"target": "main>button.cart"})
        for one in facts[::5]
    ]


def named(value: Any) -> Iterator[str]:
    """Yield the events that parameters name."""
    if isinstance(value, dict):
        if isinstance(value.get("event"), str):
            yield value["event"]
        for one in value.values():
            yield from named(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from named(one)


@pytest.mark.parametrize("kind", ANALYSES.all())
def test_a_picked_event_is_the_same_event_materialised(kind: str) -> None:
    analysis = ANALYSES.get(kind)
    compared = 0
    for seed in (1, 2):
        facts, pairs = world(seed, events=240)
        clicks = noise(facts)
        stored = view([facts[:150] + clicks, facts[150:]], pairs)
        for sample in analysis.samples:
            full = analysis.Params.model_validate(sample).model_dump(mode="json")
            for name in sorted(set(named(full)) & set(NAMES)):
                rearranged = moved(facts, name)
                clicked = view([rearranged[:150] + clicks, rearranged[150:]], pairs)
                means = picked({"event": "tap", "where": [BUTTON]}, CAPTION)
                here = asking(**{name: means})
                expected = ask(stored, kind, sample, PLAIN)
                found = ask(clicked, kind, sample, here)
                assert found.result == expected.result, (seed, sample, name)
                assert found.figures == expected.figures
                assert found.params == expected.params
                assert found.provenance.definition != expected.provenance.definition
                for cell, count in list(
                    analysis().counted(analysis.Params.model_validate(sample), found.result)
                )[:4]:
                    _, people = people_behind(clicked, kind, sample, cell.model_dump(mode="json"), here)
                    assert len(people) == count
                compared += 1
    assert compared


def test_it_agrees_with_plain_python() -> None:
    facts, pairs = world(3, events=240)
    store = view([moved(facts, "purchase") + noise(facts)], pairs)
    here = asking(purchase=picked({"event": "tap", "where": [BUTTON]}, CAPTION))
    verdicts = list(check.verify(store.snapshot(), check.own_questions(), here, 1.0))
    assert sum(one.skipped is None for one in verdicts) > 15
    assert [(one.name, one.differences) for one in verdicts if one.differences] == []


def test_an_edit_is_followed_at_once_and_changes_the_definition() -> None:
    facts = [
        Fact("click", START + 5 * DAY + hour, "user:1", hour, {"element": f"a[{hour % 3}]"})
        for hour in range(9)
    ]
    store = view([facts])
    question = {"series": [{"step": {"any_of": [{"event": "tapped"}]}}], "grain": "total"}
    seen = set()
    for value, count in (("a[1]", 3), ("a", 0)):
        here = asking(tapped=picked({"where": [{"property": "element", "value": value}]}))
        answer = ask(store, "trends", question, here)
        assert answer.result.lines[0].total == count
        seen.add(answer.provenance.definition)
    same = asking(tapped=picked({"where": [{"property": "element", "value": "a"}]}, title="Another title"))
    assert ask(store, "trends", question, same).provenance.definition in seen
    assert len(seen) == 2
    analysis = ANALYSES.get("trends")()
    other = {"series": [{"step": {"any_of": [{"event": "click"}]}}]}
    parsed = analysis.Params.model_validate(other)
    assert definition_of(analysis, parsed, same) == definition_of(analysis, parsed, PLAIN)
    assert expand(parsed, same.picks) is parsed


def test_one_row_may_be_asked_for_by_both_names() -> None:
    facts = [
        Fact("click", START + 5 * DAY + hour, "user:1", hour, {"element": "a" if hour % 2 else "b"})
        for hour in range(10)
    ]
    here = asking(tapped=picked({"where": [{"property": "element", "value": "a"}]}))
    question = {
        "series": [{"step": {"any_of": [{"event": name}]}} for name in ("click", "tapped")],
        "grain": "total",
        "breakdowns": [{"property": "$event"}],
    }
    lines = ask(view([facts]), "trends", question, here).result.lines
    assert {(line.series, *line.group): line.total for line in lines if line.group and line.total} == {
        (0, "click"): 5, (0, "tapped"): 5, (1, "tapped"): 5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ({"event": "*"}, "one stored event"),
        ({"where": [{"property": "element", "op": "in", "value": "a"}]}, "a list of texts"),
        ({"where": [{"property": "element", "op": "is_set", "value": "a"}]}, "no value"),
        ({"where": [{"property": "element", "op": "matches", "value": "("}]}, "regular expression"),
    ],
)
def test_what_cannot_be_meant_is_refused(rule: dict[str, Any], why: str) -> None:
    with pytest.raises(BadInput, match=why):
        picked(rule)
