"""Laws of segments: they hold exactly the people of their cell, and put together as sets do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.shop import asking, shop
from tests.contract.test_analyses import COUNTED, counted
from tests.facts import DAY, START, Fact, view, world
from tidewheel.analyse.executors.threads import Threads
from tidewheel.analyse.run import ANALYSES, Asking, ask, people_behind, segment_people
from tidewheel.analyse.segments import DEEPEST, Members, Rule, Segment, absent
from tidewheel.core.errors import BadInput, NotFound
from tidewheel.core.period import Calendar
from tidewheel.identify.resolve import canonical, canonicals, resolve
from tidewheel.store.view import View

EVER = {"from": "2026-01-01", "to": "2026-12-31"}
ANYTHING = {"any_of": [{"event": "*"}]}
SEEDS = st.integers(0, 2**32)
FEW = settings(max_examples=25, deadline=None)
VERSIONS = count(1)


@dataclass
class Kept:
    """Segments by name."""

    known: dict[str, Segment] = field(default_factory=dict)

    def add(self, name: str, people: Rule | Members) -> Segment:
        self.known[name] = Segment(f"id-{name}", name, next(VERSIONS), people)
        return self.known[name]

    def __call__(self, reference: str) -> Segment:
        for one in self.known.values():
            if reference in (one.id, one.name):
                return one
        raise absent(reference)

    def over(self, how: Asking) -> Asking:
        return replace(how, segment=self)


def anybody(people: dict[str, Any] | None, period: dict[str, Any] | None = None) -> dict[str, Any]:
    """Ask how many people did anything at all."""
    return {
        "series": [{"step": ANYTHING, "measure": {"kind": "people"}}],
        "grain": "total",
        "period": period or EVER,
        "people": people,
    }


def size(store: Any, how: Asking, people: dict[str, Any] | None) -> int:
    return int(ask(store, "trends", anybody(people), how).result.lines[0].total)


def listed(store: Any, rule: Rule, how: Asking) -> Members:
    snapshot, persons = people_behind(store, rule.kind, rule.params, rule.cell, how, rule.comparison)
    return Members(tuple(canonicals(snapshot, resolve(snapshot), persons)))


@cache
def cells() -> list[tuple[Rule, int]]:
    """Return cells of every analysis that count somebody."""
    found = []
    questions = [
        *COUNTED,
        *((name, sample) for name, kind in ANALYSES.all().items() for sample in kind.samples),
    ]
    for kind, params in questions:
        some = [one for one in counted(kind, params, ask(shop(), kind, params, asking())) if one[1]]
        found += [(Rule(kind, params, cell), count) for cell, count in some[:: max(1, len(some) // 6)]]
    return found


def test_a_segment_saved_from_a_cell_has_as_many_people_as_the_cell_counts() -> None:
    assert len(cells()) > 40
    for rule, number in cells():
        kept = Kept()
        how = kept.over(asking())
        kept.add("rule", rule)
        kept.add("list", listed(shop(), rule, how))
        for name in ("rule", "list", "id-rule"):
            assert size(shop(), how, {"segments": [name]}) == number, (rule, name)
            assert len(segment_people(shop(), kept(name), how)[1]) == number


@given(seed=SEEDS, picks=st.lists(st.integers(0, 10_000), min_size=2, max_size=2))
@FEW
def test_segments_go_together_as_sets_do(seed: int, picks: list[int]) -> None:
    kept = Kept()
    how = kept.over(asking())
    (a, _), (b, _) = (cells()[pick % len(cells())] for pick in picks)
    kept.add("a", a)
    kept.add("b", listed(shop(), b, how) if seed % 2 else b)

    def those(**people: Any) -> int:
        return size(shop(), how, people)

    both, either = those(segments=["a", "b"]), those(segments=["a", "b"], match="any")
    assert both + either == those(segments=["a"]) + those(segments=["b"])
    assert both + those(segments=["a"], not_segments=["b"]) == those(segments=["a"])
    assert those(not_segments=["a", "b"]) + either == size(shop(), how, None)
    assert those(segments=["a"], not_segments=["a"]) == 0
    assert both == those(segments=["b", "a"])
    kept.add("again", Rule("trends", anybody({"segments": ["a", "b"]}), {"series": 0}))
    assert those(segments=["again"]) == both
    filters = [{"property": "city", "op": "is_set", "scope": "person"}]
    inside = those(segments=["a"], filters=filters)
    none = [{"property": "city", "op": "is_not_set", "scope": "person"}]
    assert inside + those(segments=["a"], filters=none) == those(segments=["a"])


@given(SEEDS)
@FEW
def test_the_strongest_identifier_of_many_is_that_of_each(seed: int) -> None:
    facts, pairs = world(seed)
    snapshot = view([facts], pairs).snapshot()
    people = resolve(snapshot)
    some = np.arange(people.count, dtype=np.int32)[:: 1 + seed % 3]
    assert canonicals(snapshot, people, some) == [canonical(snapshot, people, int(one)) for one in some]
    assert canonicals(snapshot, people, some[:0]) == []


NOW = START + 40 * DAY
SMALL = Asking(Calendar(), NOW, Threads(1))
VISITED = Rule("trends", anybody(None, {"last": 7}), {"series": 0})


def visits(*people: str, day: int = 0) -> list[Fact]:
    return [Fact("page_view", START + day * DAY, who, key) for key, who in enumerate(people, day * 100)]


def test_a_list_follows_people_who_turn_out_to_be_one() -> None:
    facts = visits("device:1", "device:2", "device:3")
    kept = Kept()
    how = kept.over(SMALL)
    kept.add("list", listed(view([facts]), Rule("trends", anybody(None), {"series": 0}), how))
    assert size(view([facts]), how, {"segments": ["list"]}) == 3
    merged = view([facts], [("user:a", "device:1", START), ("user:a", "device:2", START)])
    assert size(merged, how, {"segments": ["list"]}) == 2
    assert size(merged, how, {"not_segments": ["list"]}) == 0


def test_a_list_may_name_people_who_come_later() -> None:
    kept = Kept()
    how = kept.over(SMALL)
    kept.add("list", Members(("user:new", "device:1")))
    assert size(view([visits("device:1")]), how, {"segments": ["list"]}) == 1
    assert size(view([visits("device:1", "user:new", "user:other")]), how, {"segments": ["list"]}) == 2


def test_a_rule_moves_with_the_days() -> None:
    kept = Kept()
    store = view([[*visits("user:a", day=1), *visits("user:b", "user:c", day=20)]])
    kept.add("week", VISITED)
    found = [
        size(store, replace(kept.over(SMALL), now=START + day * DAY), {"segments": ["week"]})
        for day in (2, 21, 35)
    ]
    assert found == [1, 2, 0]


def test_a_changed_segment_is_another_definition_and_another_answer() -> None:
    store = view([[*visits("user:a", day=1), *visits("user:b", "user:c", day=20)]])
    kept = Kept()
    how = kept.over(SMALL)
    asked = anybody({"segments": ["some"]})
    kept.add("inner", Members(("user:a",)))
    kept.add("some", Rule("trends", anybody({"segments": ["inner"]}), {"series": 0}))
    first = ask(store, "trends", asked, how)
    assert ask(store, "trends", asked, how).provenance == first.provenance
    kept.add("inner", Members(("user:b", "user:c")))
    second = ask(store, "trends", asked, how)
    assert second.provenance.definition != first.provenance.definition
    assert [one.result.lines[0].total for one in (first, second)] == [1, 2]


def test_comparisons_choose_people_by_segments_too() -> None:
    store: View = view([[*visits("user:a", day=1), *visits("user:b", "user:c", day=20)]])
    kept = Kept()
    kept.add("some", Members(("user:b", "user:c")))
    asked = {**anybody(None), "compare": [{"people": {"segments": ["some"], "name": "Some"}}]}
    found = ask(store, "trends", asked, kept.over(SMALL))
    assert [found.result.lines[0].total, found.comparisons[0].result.lines[0].total] == [3, 2]


def test_rules_in_a_circle_and_rules_too_deep_are_told() -> None:
    store = view([visits("user:a")])
    kept = Kept()
    how = kept.over(SMALL)

    def rule(name: str) -> Rule:
        return Rule("trends", anybody({"not_segments": [name]}), {"series": 0})

    kept.add("a", rule("b"))
    kept.add("b", rule("a"))
    with pytest.raises(BadInput, match="a → b → a") as caught:
        ask(store, "trends", anybody({"segments": ["a"]}), how)
    assert caught.value.code == "segment_circle"
    with pytest.raises(BadInput, match="rests on itself"):
        segment_people(store, kept("b"), how)
    for number in range(DEEPEST + 1):
        kept.add(f"s{number}", rule(f"s{number + 1}"))
    kept.add(f"s{DEEPEST + 1}", Members(("user:a",)))
    with pytest.raises(BadInput) as caught:
        ask(store, "trends", anybody({"segments": ["s0"]}), how)
    assert caught.value.code == "segments_too_deep"
    with pytest.raises(NotFound):
        ask(store, "trends", anybody({"segments": ["nobody knows"]}), how)
