"""Drivers of retention and conversion over a few people, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oracle.agree import answer
from tests.oracle.worlds import blocks
from tidewheel.analyse.contract import Context, Labels
from tidewheel.analyse.drivers import DriversCell
from tidewheel.analyse.fourfold import weighed
from tidewheel.analyse.kinds.conversion_drivers import ConversionDrivers
from tidewheel.analyse.kinds.retention_drivers import RetentionDrivers
from tidewheel.analyse.oracle import Happening, World
from tidewheel.core.errors import BadInput
from tidewheel.core.period import DAY, HOUR, Calendar, Dates

SPAN = Calendar().span(Dates.model_validate({"from": "2026-11-02", "to": "2026-11-05"}), 0)
NAMES = (Labels((("start", "back", "view", "cart"),), (1,)),)
CONTEXT = Context(Calendar(), SPAN, now=SPAN.end + 30 * DAY, names=NAMES)
KINDS: dict[str, Any] = {"retention": RetentionDrivers, "conversion": ConversionDrivers}
OWN: dict[str, dict[str, Any]] = {
    "retention": {"back": {"any_of": [{"event": "back"}]}, "watch_days": 1, "from_day": 1, "to_day": 2},
    "conversion": {"goal": {"any_of": [{"event": "back"}]}, "watch": HOUR, "within": DAY},
}


def a_world(*texts: str) -> World:
    """Read ``S0 V5 B30``: started at hour 0, viewed at 5, came back at 30; C is a cart."""
    people = {}
    for number, text in enumerate(texts):
        rows = sorted((float(word[1:]), "SBVC".index(word[0])) for word in text.split())
        people[number] = [
            Happening(
                SPAN.start + int(hour * HOUR),
                4 | (1 << kind if kind < 2 else 0),
                0,
                -1,
                (None,),
                0,
                (),
                (kind + 1,),
            )
            for hour, kind in rows
        ]
    return World(people, grouped=False, names=1)


def ask(kind: str, *texts: str, context: Context = CONTEXT, **options: Any) -> Any:
    """Answer for people with these histories."""
    analysis = KINDS[kind]()
    given = {"start": {"any_of": [{"event": "start"}]}, "support": 1, **OWN[kind], **options}
    params = analysis.Params.model_validate(given)
    analysis.plan(params, context)
    return answer(analysis, params, context, blocks(a_world(*texts)))


def told(result: Any, name: str) -> dict[int, tuple[int, int, int, int]]:
    """Return the four counts of a behaviour by number of times."""
    driver = next(one for one in result.drivers if one.name == name)
    return {one.times: (one.did, one.did_reached, one.not_did, one.not_did_reached) for one in driver.tests}


def test_behaviours_count_before_the_outcome_and_after_the_start() -> None:
    result = ask("retention", "S9 V10 V11 B30", "V8 S9 C10 V25", "S9 B60", "V1 B30")
    assert (result.people, result.reached, result.unfinished, result.early) == (3, 2, 0, 0)
    assert told(result, "view") == {1: (1, 1, 2, 1), 2: (1, 1, 2, 1)}
    assert told(result, "cart") == {1: (1, 0, 2, 2)}
    assert {one.name for one in result.drivers} == {"view", "cart"}


def test_the_start_itself_is_no_behaviour_but_doing_it_again_is() -> None:
    result = ask("retention", "S9 S10 B30", "S9 S9 B30", "S9")
    assert told(result, "start") == {1: (2, 2, 1, 0)}


def test_days_are_calendar_days_of_the_start() -> None:
    assert ask("retention", "S23 B24").reached == 1
    assert ask("retention", "S0 B23.9").reached == 0
    assert ask("retention", "S0 B71.9").reached == 1
    assert ask("retention", "S0 B72").reached == 0


def test_who_has_not_had_the_time_yet_is_left_out() -> None:
    context = Context(Calendar(), SPAN, now=SPAN.start + 3 * DAY, names=NAMES)
    result = ask("retention", "S9 B30", "S30", context=context)
    assert (result.people, result.reached, result.unfinished) == (1, 1, 1)


def test_who_converts_while_behaviours_are_counted_is_left_out() -> None:
    result = ask("conversion", "S0 V0.2 B0.5", "S0 V0.2 B1", "S0 C0.1 B24", "S0 V0.9 V1 B24.1", "S0 B0")
    assert (result.people, result.reached, result.early) == (3, 2, 2)
    assert told(result, "view") == {1: (2, 1, 1, 1)}


def test_first_time_looks_back_before_the_period() -> None:
    assert ask("conversion", "S-30 S2", "S3").people == 2
    assert ask("conversion", "S-30 S2", "S3", first_time=True).people == 1


def test_given_behaviours_are_told_apart_by_their_place() -> None:
    steps = [{"any_of": [{"event": "view"}], "name": "See"}, {"any_of": [{"event": "cart"}]}]
    rows = [
        Happening(SPAN.start + hour * HOUR, match, 0, -1, (None,), 0)
        for hour, match in ((1, 1), (2, 8), (30, 2))
    ]
    given = {"start": {"any_of": [{"event": "start"}]}, "behaviours": steps, **OWN["retention"]}
    params = RetentionDrivers.Params.model_validate(given)
    block = blocks(World({7: rows}, grouped=False))
    result = answer(RetentionDrivers(), params, CONTEXT, block)
    assert [(one.behaviour, one.name, len(one.tests)) for one in result.drivers] == [
        (0, "See", 0),
        (1, "cart", 1),
    ]
    people = RetentionDrivers().people(params, CONTEXT, block, DriversCell(behaviour=1, reached=True), None)
    assert people.tolist() == [7]
    with pytest.raises(BadInput, match="behaviours"):
        RetentionDrivers().people(params, CONTEXT, block, DriversCell(behaviour=2), None)


def test_the_figures_of_a_table_of_two_by_two() -> None:
    one = weighed(1, [(56, 70, 48, 80)], 20)
    assert (one.rate_did, one.rate_not) == (0.8, 0.6)
    assert one.ratio == pytest.approx(4 / 3)
    assert one.adjusted == pytest.approx(one.difference)
    assert (one.difference, one.low, one.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert (one.method, one.word) == ("chi_square", "did")
    assert one.phi == pytest.approx(0.2164, abs=5e-5)
    few = weighed(1, [(0, 4, 20, 36)], 4)
    assert (few.method, few.word, few.ratio, few.ratio_low) == ("fisher", "did_not", 0.0, None)
    assert weighed(1, [(0, 4, 20, 36)], 5).p_value is None
    assert weighed(1, [(20, 20, 20, 20)], 1).p_value is None


def test_what_comes_of_activity_alone_is_gone_among_the_equally_active() -> None:
    quiet, busy = (5, 50, 15, 150), (60, 100, 30, 50)
    one = weighed(1, [quiet, busy], 20)
    assert one.difference == pytest.approx(65 / 150 - 45 / 200)
    assert one.adjusted == pytest.approx(0)
    assert (one.adjusted_low or 0) < 0 < (one.adjusted_high or 0)


def test_equally_active_are_those_who_did_as_much_else() -> None:
    result = ask("retention", "S0 V1 B30", "S0 V1 C2 C3", "S0 C2 C3 B30", "S0")
    view = next(one for one in result.drivers if one.name == "view").tests[0]
    assert (view.difference, view.adjusted) == (0.0, 0.0)
    cart = next(one for one in result.drivers if one.name == "cart").tests[0]
    assert cart.adjusted == pytest.approx((0.5 * (0 - 1) + 0.5 * (1 - 0)) / 1)


@pytest.mark.parametrize(
    ("kind", "options", "code"),
    [
        ("retention", {"watch_days": 3, "from_day": 2}, "windows_overlap"),
        ("retention", {"from_day": 5, "to_day": 4}, "window_ends_first"),
        ("conversion", {"watch": DAY, "within": DAY}, "windows_overlap"),
        ("conversion", {"breakdowns": [{"property": "channel"}]}, "no_breakdown"),
    ],
)
def test_windows_without_meaning_are_refused(kind: str, options: dict[str, Any], code: str) -> None:
    with pytest.raises(BadInput) as refused:
        ask(kind, "S0", **options)
    assert refused.value.code == code
