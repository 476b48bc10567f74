"""Laws of the tracking plan."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewheel.collect.contract import Arrival, Taken
from tidewheel.collect.intake import take_body
from tidewheel.collect.plan import EventPlan, Mode, PlanRules, PropertyPlan, SourcePlan, TrackingPlan
from tidewheel.collect.replay import Letter, replay
from tidewheel.model import read_plan, write_plan

NOW = 1_795_300_000_000
law = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
names = st.sampled_from(["value", "size", "colour", "首单", "page"])
event_names = st.sampled_from(["purchase", "view_item", "自定义"])
values = st.one_of(
    st.booleans(), st.integers(-5, 10**6), st.sampled_from(["1", "299.5", "007", "true", "red", "2026-11-22T10:00:00Z"]),
    st.lists(st.sampled_from(["a", "b"]), max_size=2), st.none(), st.floats(-10, 10),
)  # fmt: skip
properties = st.builds(
    PropertyPlan,
    type=st.sampled_from(["text", "number", "money", "flag", "time", "list"]),
    everywhere=st.booleans(),
    sensitive=st.booleans(),
)
titles = st.none() | st.text("ab红 :#'\"\n-{}[]", min_size=1, max_size=8).filter(str.strip)


@st.composite
def plans(draw: st.DrawFn) -> TrackingPlan:
    declared = draw(st.dictionaries(names, properties, max_size=5))
    items = draw(st.dictionaries(names, properties, max_size=3))

    def event() -> EventPlan:
        chosen = draw(st.permutations(sorted(declared)))
        cut = draw(st.integers(0, len(chosen)))
        return EventPlan.model_validate({
            "title": draw(titles),
            "status": draw(st.sampled_from(["planned", "live", "deprecated"])),
            "required": chosen[:cut],
            "optional": chosen[cut:],
            "item_optional": sorted(items),
            "who": draw(st.sampled_from([[], ["device"], ["openid|phone"]])),
        })  # fmt: skip

    return TrackingPlan({name: event() for name in draw(st.sets(event_names))}, declared, items, {})


events = st.fixed_dictionaries(
    {"event": event_names, "who": st.just({"device": "d1"}), "time": st.integers(NOW - 10**6, NOW)},
    optional={
        "properties": st.dictionaries(names, values, max_size=4),
        "items": st.lists(st.dictionaries(names, values, max_size=3), max_size=2),
    },
)


def take(sent: list[dict[str, Any]], plan: TrackingPlan | None, mode: Mode = "observe") -> Taken:
    at = Arrival("web", NOW, plan=SourcePlan(PlanRules(plan), mode) if plan else None)
    return take_body(json.dumps({"events": sent}).encode(), at)


@law
@given(plans(), st.lists(events, min_size=1, max_size=5))
def test_observing_changes_nothing_that_is_stored(plan: TrackingPlan, sent: list[dict[str, Any]]) -> None:
    observed, plain = take(sent, plan), take(sent, None)
    assert (observed.events, observed.rejected, observed.notes) == (plain.events, plain.rejected, plain.notes)


@law
@given(
    plans(),
    st.lists(events, min_size=1, max_size=5),
    st.randoms(use_true_random=False),
    st.sampled_from(["observe", "warn", "block"]),
)
def test_a_verdict_does_not_depend_on_the_order(
    plan: TrackingPlan, sent: list[dict[str, Any]], dice: Any, mode: Mode
) -> None:
    shuffled = list(sent)
    dice.shuffle(shuffled)
    for one, other in ((take(sent, plan, mode), take(shuffled, plan, mode)),):
        assert sorted(map(repr, one.violations)) == sorted(map(repr, other.violations))
        assert sorted(map(repr, one.blocked)) == sorted(map(repr, other.blocked))
        assert sorted(event.id for event in one.events) == sorted(event.id for event in other.events)


@law
@given(plans(), events)
def test_what_warning_reads_is_as_declared_or_told(plan: TrackingPlan, sent: dict[str, Any]) -> None:
    warned, plain = take([sent], plan, "warn"), take([sent], None)
    if plain.rejected or warned.rejected:
        return
    [was], [now] = plain.events, warned.events
    assert (was.id, was.time, was.actor, set(was.properties)) == (
        now.id,
        now.time,
        now.actor,
        set(now.properties),
    )
    told = {one.property for one in warned.violations if one.code == "plan_wrong_type"}
    for name, value in now.properties.items():
        if name in told:
            assert value == was.properties[name]
        elif name in plan.properties:
            again = PlanRules(TrackingPlan({}, plan.properties)).judge("x", [], {name: value}, [])
            assert again == []


@law
@given(plans())
def test_a_plan_survives_a_file(plan: TrackingPlan) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "plan.yaml").write_text(write_plan(plan), "utf-8")
        assert read_plan(Path(folder)) == plan


@law
@given(st.integers(1, 10**6), st.integers(0, 3), st.booleans(), st.booleans())
def test_blocked_mended_and_replayed_is_as_if_it_had_been_right(
    value: int, ordinal: int, identified: bool, clocked: bool
) -> None:
    plan = TrackingPlan(
        {"purchase": EventPlan(required=("value",))}, {"value": PropertyPlan(type="money")}, {}, {}
    )
    at = Arrival("web", NOW, plan=SourcePlan(PlanRules(plan), "block"))
    right: dict[str, Any] = {"event": "purchase", "who": {"device": "d"}, "properties": {"value": value}}
    if identified:
        right["id"] = f"o{ordinal}"
    clock = {"sent_at": NOW - 600_000} if clocked else {}
    wrong = right | {"properties": {"colour": "red"}}
    refused = take_body(json.dumps({"events": [wrong], **clock}).encode(), at)
    [rejection] = refused.rejected
    kept = json.loads(rejection.body)
    inner = kept["events"][0] if "events" in kept else kept
    inner["properties"] = right["properties"]
    mended = replay([Letter("1", json.dumps(kept).encode(), "web", NOW)], at)
    assert mended.accepted == ["1"]
    assert mended.events == take_body(json.dumps({"events": [right], **clock}).encode(), at).events


restricted = st.builds(
    PropertyPlan,
    type=st.sampled_from(["number", "money"]),
    minimum=st.none() | st.integers(0, 100),
    one_of=st.sampled_from([(), (1, 299.5)]),
) | st.builds(
    PropertyPlan, type=st.sampled_from(["text", "list"]), pattern=st.sampled_from(["", "[a-z]+"]),
    one_of=st.sampled_from([(), ("red", "1", "a")]),
)  # fmt: skip


@law
@given(
    plans(),
    st.dictionaries(names, restricted),
    st.lists(events, min_size=1, max_size=6),
    st.sampled_from(["observe", "warn"]),
)
def test_what_is_remembered_of_shapes_changes_no_verdict(
    plan: TrackingPlan, more: dict[str, PropertyPlan], sent: list[dict[str, Any]], mode: Mode
) -> None:
    plan.properties.update({name: one for name, one in more.items() if name in plan.properties})
    plan.items.update({name: one for name, one in more.items() if name in plan.items})
    rules = PlanRules(plan)
    for event in take([*sent, *sent[::-1]], None).events:
        each, by_shape = (
            (judge, dict(event.properties), [dict(item) for item in event.items])
            for judge in (rules.judge_each, rules.judge)
        )
        said = [
            judge(event.name, [event.actor], properties, items, read=mode == "warn")
            for judge, properties, items in (each, by_shape)
        ]
        assert said[0] == said[1]
        assert each[1:] == by_shape[1:]
