"""Laws of explaining: what is told of an event is what was done to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.captured import FOLDER, requests
from tidewheel.collect.contract import PROTOCOLS, Arrival, Decoded, Protocol
from tidewheel.collect.explain import decoded_of, explain, sightings
from tidewheel.collect.intake import take_decoded
from tidewheel.collect.plan import EventPlan, PlanRules, PropertyPlan, SourcePlan, TrackingPlan
from tidewheel.collect.translating import translate
from tidewheel.collect.vocabulary import EventWords, ItemWords, Vocabulary, Words
from tidewheel.collect.wire import WireEvent, WirePerson
from tidewheel.collect.wording import wording
from tidewheel.core.errors import TidewheelError

AT = Arrival("web", 1_795_302_000_000, agent="Mozilla/5.0")
VENDORS = [name for name in PROTOCOLS.all() if (FOLDER / f"{name}.jsonl").exists()]
law = settings(max_examples=150, deadline=None)


def real(vendor: str) -> Iterator[tuple[Protocol, Decoded]]:
    protocol = PROTOCOLS.get(vendor)()
    for _, request in requests(PROTOCOLS.get(vendor)):
        try:
            yield protocol, decoded_of(protocol, request, AT)
        except TidewheelError:
            continue


@pytest.mark.parametrize("vendor", VENDORS)
def test_one_by_one_events_become_what_they_became_together(vendor: str) -> None:
    seen = 0
    for protocol, decoded in real(vendor):
        together = take_decoded(decoded, AT, protocol.vocabulary)
        each = list(sightings(protocol, decoded, AT))
        assert [fact for one in each for fact in one.taken.events] == together.events
        assert [one.index for one in each if one.taken.rejected] == [one.index for one in together.rejected]
        seen += len(each)
    assert seen


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_value_is_told_with_what_it_came_from(vendor: str) -> None:
    for protocol, decoded in real(vendor):
        for index in range(len(decoded.events)):
            told = explain(protocol, decoded, AT, index)
            assert [fact.event for fact in told.facts] == told.sighting.taken.events
            for fact in told.facts:
                assert {one.name: one.value for one in fact.properties} == fact.event.properties
                assert [{one.name: one.value for one in item} for item in fact.items] == fact.event.items
                for one in fact.properties:
                    if one.made in {"sent", "words"} and fact.event.name not in {"$unset", "$consent"}:
                        assert one.came.origin is not None, (fact.event.name, one)


names = st.sampled_from(["a", "b", "c", "$a", "$b", "$d", "goods"])
values = st.one_of(st.none(), st.integers(-9, 9), st.text("xyz", max_size=3), st.booleans())
bags = st.dictionaries(names, values, max_size=5)
sections: dict[str, Any] = {
    "properties": st.dictionaries(names, st.sampled_from(["a", "b", "e", ""]), max_size=3),
    "otherwise": st.dictionaries(names, names, max_size=2),
    "major": st.frozensets(names, max_size=1),
    "numbers": st.frozensets(names, max_size=1),
}
words = st.builds(Words, **sections)
item_words = st.builds(ItemWords, within=st.sampled_from([None, "goods"]), **sections)
event_words = st.builds(
    EventWords,
    event=st.sampled_from([None, "seen"]),
    leave_out=st.booleans(),
    set=st.dictionaries(names, st.integers(0, 3), max_size=2),
    items=st.none() | item_words,
    **sections,
)
vocabularies = st.builds(
    Vocabulary,
    events=st.dictionaries(st.sampled_from(["ev", "$ev"]), event_words, max_size=2),
    prefix=st.sampled_from(["", "$"]),
    every=words,
    person=words,
)
sent_events = st.builds(
    WireEvent,
    event=st.sampled_from(["ev", "$ev", "other"]),
    who=st.just({"device": "d"}),
    properties=bags | st.builds(lambda bag, goods: {**bag, "goods": goods}, bags, st.lists(bags, max_size=2)),
    items=st.none() | st.lists(bags, max_size=2),
    person=st.none() | st.builds(WirePerson, set=bags),
)


@law
@example(  # a copy that the event's own words rename
    vocabulary=Vocabulary(
        every=Words(otherwise={"b": "a"}), events={"ev": EventWords(properties={"b": "e"})}
    ),
    sent=WireEvent("ev", who={"device": "d"}, properties={"a": 0}),
)
@example(
    vocabulary=Vocabulary(person=Words(otherwise={"b": "$a", "a": "b"})),
    sent=WireEvent("ev", who={"device": "d"}, person=WirePerson(set={"a": None, "$a": 0})),
)
@given(vocabulary=vocabularies, sent=sent_events)
def test_names_are_those_that_the_words_make(vocabulary: Vocabulary, sent: WireEvent) -> None:
    """Each value is told where it came out; what is not told of was left out or empty."""
    told, made = wording(vocabulary, sent), translate(vocabulary, sent, lambda *_: None)
    assert told.left_out is (made is None)
    if made is None:
        return
    assert told.event == made.event
    bags: dict[str, Any] = {"properties": made.properties or {}}
    bags |= {f"items[{at}]": item for at, item in enumerate(made.items or [])}
    if made.person is not None:
        bags["person.set"] = made.person.set or {}
    for place, bag in bags.items():
        known = told.places.get(place, {})
        there = {name for name, value in bag.items() if value is not None and not isinstance(value, list)}
        assert there <= known.keys()
        for name in there:
            came = known[name]
            if came.origin is None:
                assert came.by
            elif not came.by:
                assert (came.origin.name, came.origin.value) == (name, bag[name])


@law
@given(number=st.sampled_from(["12", 12, "x", None]), mode=st.sampled_from(["observe", "warn", "block"]))
def test_the_plan_is_what_makes_the_difference(number: Any, mode: Any) -> None:
    plan = TrackingPlan(
        events={"pay": EventPlan(required=("n",))}, properties={"n": PropertyPlan(type="number")}
    )
    at = replace(AT, plan=SourcePlan(PlanRules(plan), mode))
    decoded = Decoded([WireEvent("pay", who={"device": "d"}, properties={"n": number})])
    protocol = PROTOCOLS.get("native")()
    told = explain(protocol, decoded, at, 0)
    good, fits = number == 12, number in ("12", 12)
    reads = mode != "observe" and fits
    expected = "kept" if good else "mended" if reads else "blocked" if mode == "block" else "violates"
    assert told.sighting.outcome == expected
    assert told.would is (expected == "blocked")
    made = {one.name: one.made for fact in told.facts for one in fact.properties}
    assert made.get("n") == (None if number is None else "plan" if expected == "mended" else "sent")
    assert made["user_agent"] == "request"
