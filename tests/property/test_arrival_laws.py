"""Laws of alerts about arrivals: what is told says everything, says it once, and is the least that does."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tidewheel.act.arrivals import (
    Node,
    Part,
    Standings,
    Verdict,
    advance,
    grow,
    judge_arrivals,
    topmost,
)
from tidewheel.analyse.volumes import Series
from tidewheel.core.period import HOUR
from tidewheel.model import ArrivalAlert, Arrivals, parse_alert

NOON = 497_412
SOURCES, EVENTS = ("mini", "web", "shop"), ("view", "cart", "pay")
LEAVES = [(source, event) for source in SOURCES for event in EVENTS]
WAYS = st.sampled_from([None, "well", "low", "high", "silent"])
SCOPES = st.builds(
    lambda event, source: {"event": event, "source": source},
    st.sampled_from([None, "pay"]),
    st.sampled_from([None, "mini"]),
)


def alert(rule: dict[str, Any], scope: dict[str, Any] | None = None, **more: Any) -> ArrivalAlert:
    found = parse_alert("a", {"arrivals": scope or {}, "rule": rule, **more})
    assert isinstance(found, ArrivalAlert)
    return found


def steady(source: str, event: str, hourly: int, gap: int) -> Series:
    """So many an hour for six weeks, up to ``gap`` hours before noon."""
    hours = dict.fromkeys(range(NOON - 6 * 168, NOON - gap), hourly)
    return Series(event, source, (NOON - gap) * HOUR - 1, hours)


FLOWS = st.dictionaries(
    st.sampled_from(LEAVES), st.tuples(st.sampled_from([1, 3, 5, 40]), st.integers(0, 6)), min_size=1
)


@given(FLOWS, SCOPES, st.sampled_from([3, 12, 30]))
def test_what_is_told_are_the_largest_silent_parts(
    flows: dict[tuple[str, str], tuple[int, int]], scope: dict[str, Any], missing: int
) -> None:
    """The twin adds up the rates of whatever lies in a part, for every part there could be.

    A part is silent by what is missing of it, or of one within it when nothing of it came for an hour.
    """
    rule = alert({"kind": "silence", "missing": missing}, scope)
    root = grow((steady(*leaf, *flow) for leaf, flow in flows.items()), rule.arrivals)
    held = {
        leaf: flow
        for leaf, flow in flows.items()
        if scope["source"] in {None, leaf[0]} and scope["event"] in {None, leaf[1]}
    }
    if root is None:
        assert not held
        return
    inside: dict[frozenset[tuple[str, str]], bool] = {}
    for source, event in itertools.product([None, *SOURCES], [None, *EVENTS]):
        leaves = frozenset(leaf for leaf in held if source in {None, leaf[0]} and event in {None, leaf[1]})
        if leaves and (event is None or source is not None or scope["event"] == event):
            gap, rate = min(held[leaf][1] for leaf in leaves), sum(held[leaf][0] for leaf in leaves)
            inside[leaves] = gap >= 1 and rate * gap >= missing
    silent = [
        part
        for part in inside
        if min(held[leaf][1] for leaf in part) >= 1
        and any(inside[other] for other in inside if other <= part)
    ]
    largest = [one for one in silent if not any(one < other for other in silent)]
    told = [
        {leaf for leaf in held if Part(*leaf).within(node.part)}
        for node in topmost(root, judge_arrivals(rule, root, NOON * HOUR))
    ]
    assert sorted(map(sorted, told)) == sorted(map(sorted, largest))


def world(data: st.DataObject, leaves: list[tuple[str, str]]) -> tuple[Node, dict[Part, Verdict | None]]:
    """A tree, and a verdict on each part that need not agree with those below."""
    root = grow((steady(*leaf, 5, 0) for leaf in leaves), Arrivals())
    assert root is not None
    return root, {node.part: verdict(data.draw(WAYS)) for node in root.walk()}


def verdict(way: Any) -> Verdict | None:
    return None if way is None else Verdict(None if way == "well" else way, 0, 1, 5.0)


LEAF_LISTS = st.lists(st.sampled_from(LEAVES), min_size=1, max_size=9, unique=True)


@given(LEAF_LISTS, st.data())
def test_all_that_is_bad_is_told_and_nothing_twice(
    leaves: list[tuple[str, str]], data: st.DataObject
) -> None:
    root, verdicts = world(data, leaves)
    told = [node.part for node in topmost(root, verdicts)]
    bad = [part for part, one in verdicts.items() if one is not None and one.way is not None]
    assert set(told) <= set(bad)
    for one, other in itertools.permutations(told, 2):
        assert not one.within(other)
    for part in bad:
        assert any(part.within(one) or one.within(part) for one in told)
    for node in root.walk():
        if not node.below and node.part in bad:
            assert sum(node.part.within(one) for one in told) == 1


@given(LEAF_LISTS, st.data())
def test_a_part_that_is_well_is_not_hidden_in_a_larger_one(
    leaves: list[tuple[str, str]], data: st.DataObject
) -> None:
    root, verdicts = world(data, leaves)
    for node in topmost(root, verdicts):
        below = [verdicts[one.part] for one in node.below]
        some_bad = any(
            one is not None and one.way
            for inner in node.below
            for one in [verdicts[x.part] for x in inner.walk()]
        )
        assert not some_bad or all(one is None or one.way == verdicts[node.part].way for one in below)  # type: ignore[union-attr]


LOOKS = st.lists(st.tuples(st.lists(WAYS, min_size=13, max_size=13), st.booleans()), min_size=1, max_size=25)


@given(LOOKS, st.integers(0, 3), st.one_of(st.none(), st.integers(1, 5)), st.booleans())
def test_each_part_is_told_in_turns_bad_and_well(
    looks: list[tuple[list[Any], bool]], cool_down: int, remind: int | None, recovery: bool
) -> None:
    rule = alert({"kind": "silence"}, cool_down=cool_down, remind_after=remind, recovery=recovery)
    root = grow((steady(*leaf, 5, 0) for leaf in LEAVES), rule.arrivals)
    assert root is not None
    parts = [node.part for node in root.walk()]
    standings: Standings = {}
    said: dict[Part, list[tuple[str, int]]] = {}
    for hour, (ways, muted) in enumerate(looks):
        verdicts = {part: verdict(way) for part, way in zip(parts, ways, strict=True)}
        before = standings
        standings, news = advance(standings, rule, root, verdicts, hour * HOUR, muted=muted)
        assert not (muted and news.kind)
        told = {node.part for node in topmost(root, verdicts)}
        for part, one in news.fired:
            assert part in told
            assert verdicts[part] == one
            said.setdefault(part, []).append(("fired", hour))
        for part, _ in news.recovered:
            assert recovery
            assert before[part].told
            assert verdicts[part] is not None
            assert verdicts[part].way is None  # type: ignore[union-attr]
        for part in before:
            if before[part].told and part not in told and verdicts[part] and not verdicts[part].way:  # type: ignore[union-attr]
                said.setdefault(part, []).append(("well", hour))
        if not muted:
            for part in told:
                assert standings[part].told or cool_down
    for history in said.values():
        for (first, start), (second, end) in itertools.pairwise(history):
            if first == second == "fired":
                assert remind is not None
                assert end - start >= max(remind, cool_down + 1)
            elif first == second:
                raise AssertionError("well again twice")
