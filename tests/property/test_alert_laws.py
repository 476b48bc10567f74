"""Laws of alerts: judged as a plain twin judges, and told no more often than asked for."""

from __future__ import annotations

import itertools
from typing import Any, Literal

from hypothesis import assume, example, given
from hypothesis import strategies as st

from tidewheel.act.rules import Judged, judge, offsets
from tidewheel.act.standing import Standing, step
from tidewheel.model import AlertDefinition, parse_alert

Good = Literal["up", "down"]
GOODS = st.sampled_from(["up", "down"])
DIRECTIONS = st.sampled_from(["bad", "both", "up", "down"])
KNOWN = st.one_of(st.none(), st.integers(-1000, 1000), st.integers(0, 3)).map(
    lambda one: None if one is None else float(one)
)


def alert(rule: dict[str, Any], **more: Any) -> AlertDefinition:
    found = parse_alert("a", {"metric": "m", "rule": rule, **more})
    assert isinstance(found, AlertDefinition)
    return found


RULES = st.one_of(
    st.tuples(st.integers(-50, 50), st.integers(0, 50)).map(
        lambda limits: {"kind": "threshold", "below": limits[0], "above": limits[0] + limits[1]}
    ),
    st.integers(-50, 50).map(lambda limit: {"kind": "threshold", "above": limit}),
    st.builds(
        lambda by, unit, against: {"kind": "change", "by": by, "unit": unit, "against": against},
        st.integers(1, 300),
        st.sampled_from(["percent", "absolute"]),
        st.sampled_from(["previous", "last_year"]),
    ),
    st.builds(
        lambda width, history: {"kind": "anomaly", "width": width, "history": history},
        st.sampled_from([1, 2, 3.5, 8]),
        st.integers(4, 12),
    ),
)


def middle(values: list[float]) -> float:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def twin(definition: AlertDefinition, good: Good, series: list[float | None]) -> tuple[bool | None, Any, Any]:
    """Judge the last of a series, said as plainly as it can be; the limits are those that are told."""
    value = series[-1]
    if value is None:
        return None, None, None
    rule: Any = definition.rule
    told = definition.direction
    if told == "bad":
        told = "down" if good == "up" else "up"
    if rule.kind == "threshold":
        low, high = rule.below, rule.above
    else:
        if rule.kind == "change":
            steps = {
                "previous": 1,
                "last_week": 7,
                "last_year": {"day": 364, "week": 52, "month": 12}[definition.by],
            }
            base = series[-1 - steps[rule.against]]
            if base is None or (rule.unit == "percent" and base == 0):
                return None, None, None
            centre, room = base, rule.by if rule.unit == "absolute" else abs(base) * rule.by / 100
        else:
            season = 7 if definition.by == "day" else 1
            past = series[-1 - rule.history * season : -1]
            days: dict[int, list[float]] = {}
            for place, one in enumerate(past):
                if one is not None:
                    days.setdefault((len(past) - place) % season, []).append(one)
            own = days.get(0, [])
            if len(own) < 4 or len(own) < rule.history // 2:
                return None, None, None
            left = [abs(one - middle(day)) for day in days.values() if len(day) >= 4 for one in day]
            spread = 1.4826 * middle(left) if middle(left) else 1.2533 * sum(left) / len(left)
            centre, room = middle(own), rule.width * spread
        low = None if told == "up" else centre - room
        high = None if told == "down" else centre + room
    return (low is not None and value < low) or (high is not None and value > high), low, high


def judged(definition: AlertDefinition, good: Good, series: list[float | None]) -> Judged:
    return judge(definition, good, {one: series[-1 - one] for one in offsets(definition)})


def close(a: float | None, b: float | None) -> bool:
    return a == b if a is None or b is None else abs(a - b) <= 1e-9 * max(1.0, abs(a), abs(b))


@given(RULES, st.sampled_from(["day", "week", "month"]), DIRECTIONS, GOODS, st.data())
def test_the_twin_judges_the_same(
    rule: dict[str, Any], by: str, direction: str, good: Good, data: st.DataObject
) -> None:
    definition = alert(rule, by=by, direction=direction)
    length = max(offsets(definition)) + 1
    tail = data.draw(st.lists(KNOWN, min_size=min(length, 90), max_size=min(length, 90)))
    unknown: list[float | None] = [None] * (length - len(tail))
    series = unknown + tail
    if rule["kind"] == "change" and rule["against"] == "last_year":
        series[0] = data.draw(KNOWN)
    found = judged(definition, good, series)
    bad, low, high = twin(definition, good, series)
    assert close(found.low, low)
    assert close(found.high, high)
    near = any(
        limit is not None and found.value is not None and abs(found.value - limit) < 1e-6
        for limit in (low, high)
    )
    assert near or found.bad == bad


@given(
    st.lists(st.integers(0, 1000), min_size=57, max_size=57),
    st.sampled_from([1, 2, 3.5]),
    DIRECTIONS,
    GOODS,
    st.integers(-5000, 5000),
    st.sampled_from([0.25, 0.5, 2, 8]),
)
def test_moving_or_stretching_a_history_changes_no_anomaly(
    values: list[int], width: float, direction: str, good: Good, shift: int, scale: float
) -> None:
    definition = alert({"kind": "anomaly", "width": width}, direction=direction)
    before = judged(definition, good, [float(one) for one in values])
    assert before.value is not None
    limits = [one for one in (before.low, before.high) if one is not None]
    assume(all(abs(before.value - one) > 1e-6 for one in limits))
    after = judged(definition, good, [one * scale + shift for one in values])
    assert after.bad == before.bad
    assert close(after.expected, (before.expected or 0) * scale + shift)


@given(st.lists(st.integers(0, 1000), min_size=57, max_size=57), DIRECTIONS, st.data())
def test_a_mirrored_history_is_judged_as_the_other_side(
    values: list[int], direction: str, data: st.DataObject
) -> None:
    definition = alert({"kind": "anomaly"}, direction=direction)
    mirrored = {"up": "down", "down": "up"}.get(direction, direction)
    other = alert({"kind": "anomaly"}, direction=mirrored)
    before = judged(definition, "up", [float(one) for one in values])
    after = judged(other, "down", [-float(one) for one in values])
    assert after.bad == before.bad


@given(st.lists(st.integers(0, 100), min_size=57, max_size=57))
def test_a_wider_band_tells_no_more(values: list[int]) -> None:
    series: list[float | None] = [float(one) for one in values]
    verdicts = [
        judged(alert({"kind": "anomaly", "width": width}, direction="both"), "up", series).bad
        for width in (1, 2, 4, 8)
    ]
    assert verdicts == sorted(verdicts, key=lambda bad: not bad)


BADS = st.lists(st.tuples(st.sampled_from([True, False, None]), st.booleans()), max_size=60)


def told(definition: AlertDefinition, periods: list[tuple[bool | None, bool]]) -> list[str | None]:
    standing = Standing()
    found: list[str | None] = []
    for start, (bad, muted) in enumerate(periods):
        last = standing.last_told
        standing, news = step(
            standing, definition, start, bad=bad, apart=None if last is None else start - last, muted=muted
        )
        found.append(news)
    return found


@given(BADS, st.integers(0, 5), st.one_of(st.none(), st.integers(1, 5)), st.booleans())
@example([(True, False)] * 9, 2, 1, True)
def test_it_is_told_no_more_often_than_asked_for(
    periods: list[tuple[bool | None, bool]], cool_down: int, remind: int | None, recovery: bool
) -> None:
    definition = alert(
        {"kind": "threshold", "above": 1}, cool_down=cool_down, remind_after=remind, recovery=recovery
    )
    news = told(definition, periods)
    fired = [place for place, one in enumerate(news) if one == "fired"]
    for before, after in itertools.pairwise(fired):
        assert after - before > cool_down
        well_between = any(bad is False for bad, _ in periods[before:after])
        assert well_between or (remind is not None and after - before >= remind)
    for place, one in enumerate(news):
        bad, muted = periods[place]
        assert one is None or not muted
        assert one != "fired" or bad is True
        if one == "recovered":
            assert recovery
            assert bad is False
            stretch = [other for other in news[:place] if other is not None]
            assert stretch[-1] == "fired"


@given(BADS, st.integers(0, 59))
def test_what_turns_bad_in_quiet_times_is_told_at_once(
    periods: list[tuple[bool | None, bool]], place: int
) -> None:
    assume(place < len(periods))
    definition = alert({"kind": "threshold", "above": 1})
    loud = [(bad, False) for bad, _ in periods]
    news = told(definition, loud)
    judged_before = [bad for bad, _ in loud[:place] if bad is not None]
    turned = loud[place][0] is True and (not judged_before or judged_before[-1] is False)
    assert (news[place] == "fired") == turned
