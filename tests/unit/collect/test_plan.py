"""A plan held against events: each way of being wrong, what is read as declared, what is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tidewheel.collect.contract import Arrival, Taken
from tidewheel.collect.intake import take_body
from tidewheel.collect.plan import (
    Mode,
    PlanRules,
    SourcePlan,
    Tally,
    TrackingPlan,
    Violation,
    check_whole,
    masked_sample,
    parse_part,
)
from tidewheel.collect.plan.tally import MOST_KEYS, OTHER
from tidewheel.core.errors import BadInput

NOW = 1_795_300_000_000


def planned(**sections: dict[str, Any]) -> TrackingPlan:
    plan = TrackingPlan()
    kinds = {"events": "event", "properties": "property", "items": "item", "person": "person"}
    for section, kind in kinds.items():
        for name, raw in sections.get(section, {}).items():
            plan.of(kind)[name] = parse_part(kind, name, raw)  # type: ignore[arg-type]
    check_whole(plan)
    return plan


PLAN = planned(
    events={
        "purchase": {
            "required": ["order_id", "value"],
            "optional": ["pay_method", "tags", "at", "first"],
            "item_required": ["item_id"],
            "item_optional": ["price"],
            "who": ["openid|phone"],
        },
        "old_buy": {"status": "deprecated", "instead": "purchase"},
    },
    properties={
        "order_id": {"type": "text", "pattern": r"S\d+", "sensitive": True},
        "value": {"type": "money", "minimum": 1},
        "pay_method": {"type": "text", "one_of": ["wechat", "alipay"]},
        "tags": {"type": "list"},
        "at": {"type": "time"},
        "first": {"type": "flag"},
        "page": {"type": "text", "everywhere": True},
    },
    items={"item_id": {"type": "text"}, "price": {"type": "money"}},
    person={"city": {"type": "text"}},
)
GOOD: dict[str, Any] = {
    "event": "purchase",
    "time": NOW - 1000,
    "id": "1",
    "who": {"openid": "wx1/o1"},
    "properties": {"order_id": "S1", "value": 29950},
    "items": [{"item_id": "A", "price": 100}],
}


def send(event: dict[str, Any], mode: Mode = "observe", **more: Any) -> Taken:
    at = Arrival("web", NOW, plan=SourcePlan(PlanRules(PLAN, more.pop("muted", ())), mode))
    return take_body(json.dumps({"events": [event]}).encode(), at)


def with_properties(**more: Any) -> dict[str, Any]:
    return GOOD | {"properties": GOOD["properties"] | more}


@pytest.mark.parametrize(
    ("event", "code", "name", "place"),
    [
        (GOOD | {"event": "puchase"}, "plan_unknown_event", "", "event"),
        (GOOD | {"event": "old_buy", "properties": {}, "items": []}, "plan_event_deprecated", "", "event"),
        (with_properties(colour="red"), "plan_unknown_property", "colour", "properties.colour"),
        (GOOD | {"properties": {"value": 1}}, "plan_missing_property", "order_id", "properties.order_id"),
        (GOOD | {"items": [{"price": 1}]}, "plan_missing_property", "items.item_id", "items[0].item_id"),
        (GOOD | {"items": []}, "plan_missing_property", "items", "items"),
        (with_properties(tags=5), "plan_wrong_type", "tags", "properties.tags"),
        (with_properties(pay_method="cash"), "plan_not_listed", "pay_method", "properties.pay_method"),
        (with_properties(value=0), "plan_out_of_range", "value", "properties.value"),
        (with_properties(order_id="X1"), "plan_bad_pattern", "order_id", "properties.order_id"),
        (GOOD | {"who": {"device": "d1"}}, "plan_missing_identifier", "who", "who"),
        (GOOD | {"person": {"set": {"town": "HZ"}}}, "plan_unknown_property", "person.town", "person.town"),
    ],
)  # fmt: skip
def test_each_way_of_being_wrong(event: dict[str, Any], code: str, name: str, place: str) -> None:
    observed, warned, blocked = (send(event, mode) for mode in ("observe", "warn", "block"))
    [found] = observed.violations
    assert (found.code, found.property, found.place) == (code, name, place)
    assert (observed.accepted, observed.notes) == (1, [])
    assert [(note.code, note.field) for note in warned.notes] == [(code, place)]
    assert warned.accepted == 1
    [refused] = blocked.rejected
    assert (refused.code, refused.field, blocked.events) == (code, place, [])
    assert blocked.blocked == [found]


def test_what_is_planned_passes() -> None:
    event = with_properties(
        pay_method="wechat", tags=["a"], page="/x", at="2026-11-22T10:00:00+08:00", first=True
    )
    assert send(event, "block").accepted == 1
    assert send(event, "block").violations == []


@pytest.mark.parametrize(
    ("name", "sent", "read"),
    [
        ("value", "29950", 29950),
        ("value", "299.5", "299.5"),
        ("value", "007", "007"),
        ("order_id", 15, "15"),
        ("order_id", 1.5, 1.5),
        ("tags", "a", ["a"]),
        ("tags", '["a","b"]', ["a", "b"]),
        ("first", "true", True),
        ("first", 0, False),
        ("first", "yes", "yes"),
        ("at", NOW, datetime.fromtimestamp(NOW / 1000, UTC)),
        ("at", 5, 5),
    ],
)
def test_values_are_read_as_declared_where_nothing_is_lost(name: str, sent: Any, read: Any) -> None:
    plan = planned(
        events={"e": {"optional": ["value", "order_id", "tags", "first", "at"]}},
        properties={
            "value": {"type": "money"},
            "order_id": {"type": "text"},
            "tags": {"type": "list"},
            "first": {"type": "flag"},
            "at": {"type": "time"},
        },
    )
    event = {"event": "e", "who": {"device": "d1"}, "properties": {name: sent}}
    body = json.dumps(event).encode()
    warned = take_body(body, Arrival("web", NOW, plan=SourcePlan(PlanRules(plan), "warn")))
    observed = take_body(body, Arrival("web", NOW, plan=SourcePlan(PlanRules(plan), "observe")))
    assert warned.events[0].properties == {name: read}
    assert (warned.violations == []) == (type(read) is not type(sent) or read != sent)
    assert observed.events == take_body(body, Arrival("web", NOW)).events
    assert [one.code for one in observed.violations] == ["plan_wrong_type"]
    assert warned.events[0].id == observed.events[0].id


def test_a_number_sent_as_text() -> None:
    plan = planned(events={"e": {"optional": ["n"]}}, properties={"n": {"type": "number"}})
    at = Arrival("web", NOW, plan=SourcePlan(PlanRules(plan), "warn"))
    for sent, read in (("299.5", 299.5), ("1e3", 1000), ("1,299", "1,299"), ("0.1234567890123456789", None)):
        body = json.dumps({"event": "e", "who": {"device": "d"}, "properties": {"n": sent}}).encode()
        assert take_body(body, at).events[0].properties == {"n": sent if read is None else read}


def test_a_muted_violation_is_counted_but_told_to_nobody() -> None:
    muted = [("", "purchase", "colour", "plan_unknown_property")]
    taken = send(with_properties(colour="red"), "block", muted=muted)
    assert (taken.accepted, taken.notes, len(taken.violations)) == (1, [], 1)


def test_what_else_is_wrong_is_said_with_the_refusal() -> None:
    [refused] = send(with_properties(colour="red", pay_method="cash"), "block").rejected
    assert "properties.pay_method" in refused.describe("en")["hint"]
    assert "properties.pay_method" in refused.describe("zh")["hint"]


def test_sensitive_values_are_never_shown() -> None:
    event = with_properties(order_id="X13812345678")
    [note] = send(event, "warn").notes
    [refused] = send(event, "block").rejected
    assert "138" not in str(note.describe("zh"))
    assert "138" not in str(refused.describe("zh"))
    assert masked_sample("13812345678", sensitive=False) == "138••••78"
    assert masked_sample("ann@shop.test", sensitive=False) == "•@shop.test"
    assert masked_sample(13812345678, sensitive=False) == "138••••78"
    assert masked_sample("Ann", sensitive=True) == "[text (3)]"


def test_the_tally_is_bounded() -> None:
    tally = Tally()
    many = [Violation("plan_unknown_event", f"e{i}", "", "event", f"e{i}") for i in range(MOST_KEYS + 100)]
    tally.add("p", "web", "2026-11-22", NOW, many, blocked=False)
    counts = tally.take()
    assert len(counts) == MOST_KEYS + 1
    assert sum(held.count for held in counts.values()) == len(many)
    assert [held.count for key, held in counts.items() if key.event == OTHER] == [100]
    assert tally.take() == {}


@pytest.mark.parametrize(
    ("kind", "raw", "field"),
    [
        ("property", {"type": "text", "pattern": "("}, "x"),
        ("property", {"type": "number", "pattern": "a"}, "x"),
        ("property", {"type": "number", "one_of": ["a"]}, "x"),
        ("property", {"type": "number", "minimum": 2, "maximum": 1}, "x"),
        ("property", {"type": "colour"}, "x.type"),
        ("event", {"required": ["a"], "optional": ["a"]}, "x"),
        ("event", {"who": ["Open Id"]}, "x"),
        ("event", {"instead": "y"}, "x"),
        ("event", {"titel": "x"}, "x.titel"),
    ],
)
def test_mistakes_in_a_plan_are_told_with_their_place(kind: Any, raw: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_part(kind, "x", raw)
    assert (caught.value.code, caught.value.field) == ("bad_plan", field)


def test_an_event_names_declared_properties_only() -> None:
    with pytest.raises(BadInput) as caught:
        planned(events={"e": {"required": ["valeu"]}}, properties={"value": {"type": "money"}})
    assert caught.value.code == "plan_undeclared"
    assert "value" in str(caught.value.describe()["hint"])
