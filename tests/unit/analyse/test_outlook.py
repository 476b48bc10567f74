"""The usual range and the forecast of lines whose course is known."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import pytest

from tests.facts import DAY, START, Fact, view
from tidewheel.analyse.executors.threads import Threads
from tidewheel.analyse.outlook import Usual, forecast, known, outside, ranges
from tidewheel.analyse.run import Asking, ask
from tidewheel.core.errors import BadInput, Unavailable
from tidewheel.core.period import Calendar

WEEK = np.array([100, 110, 105, 120, 160, 240, 220], np.float64)


def weeks(count: int, dice: np.random.Generator, noise: float = 0.05) -> Any:
    return np.tile(WEEK, count) * (1 + dice.normal(0, noise, 7 * count))


def test_a_weekend_is_usual_and_a_failure_is_not() -> None:
    values = weeks(10, np.random.default_rng(1))
    values[-2] = 40.0
    usual = ranges(values, 14, 7, Usual())
    assert outside(values[-14:].tolist(), usual, [False] * 14) == [12]
    assert outside(values[-14:].tolist(), usual, [False] * 12 + [True] * 2) == []
    assert usual[12] is not None
    assert usual[12].middle == pytest.approx(240, rel=0.1)


def test_what_lies_before_the_first_figure_is_unknown() -> None:
    told = known([0.0, None, 0.0, 3.0, 0.0, None])
    assert np.isnan(told[:3]).all()
    assert told[3:5].tolist() == [3.0, 0.0]
    assert np.isnan(known([0.0, 0.0])).all()
    early = known([0.0] * 40 + weeks(5, np.random.default_rng(2)).tolist())
    usual = ranges(early, 35, 7, Usual())
    assert usual[:27] == [None] * 27, "four equal weekdays are needed, and a first one may be cut"
    assert usual[-1] is not None


@pytest.mark.parametrize("sale", [False, True])
def test_a_forecast_goes_on_and_its_interval_holds_nine_of_ten(sale: bool) -> None:
    dice = np.random.default_rng(7)
    held, off = [], []
    for _ in range(20):
        course = weeks(14, dice) * dice.uniform(1, 40) * (1 + dice.uniform(-0.003, 0.003) * np.arange(98))
        if sale:
            course[dice.integers(10, 80)] *= 4
        ahead, error = forecast(course[:84], 14, 7)
        assert error is not None
        held += [one.low <= value <= one.high for one, value in zip(ahead, course[84:], strict=True)]
        off.append(
            sum(abs(one.value - value) for one, value in zip(ahead, course[84:], strict=True))
            / course[84:].sum()
        )
    assert np.mean(off) < 0.07, "the noise alone is off by 4 %"
    assert 0.83 <= np.mean(held) <= 0.99


def test_little_or_nothing_to_learn_from() -> None:
    assert forecast(np.arange(7.0), 3, 7) == ([], None)
    assert forecast(np.full(30, np.nan), 3, 7) == ([], None)
    same, error = forecast(np.full(30, 5.0), 3, 7)
    assert [(one.value, one.low, one.high) for one in same] == [(5.0, 5.0, 5.0)] * 3
    assert error == 0
    falling, _ = forecast(np.linspace(40, 1, 40), 30, 1)
    assert min(one.low for one in falling) == 0, "nobody buys less than nothing"


def asked(**more: Any) -> Any:
    facts = [
        Fact("purchase", START + day * DAY + at, f"user:{at}", 1000 * day + at)
        for day in range(84)
        for at in range(1, int(WEEK[day % 7]) // 10)
    ]
    question = {
        "series": [{"step": {"any_of": [{"event": "purchase"}]}}],
        "period": {"last": 14},
        **more,
    }
    return ask(
        view([facts]), "trends", question, Asking(Calendar(), START + 83 * DAY + DAY // 2, Threads(1))
    ).result


def test_points_to_come_begin_with_the_one_that_is_not_over() -> None:
    result = asked(usual={}, forecast=7)
    assert result.incomplete == [False] * 13 + [True]
    assert result.ahead[0] == result.buckets[-1]
    assert len(result.ahead) == len(result.lines[0].ahead) == 7
    plain = asked()
    assert result.lines[0].values == plain.lines[0].values
    assert result.lines[0].total == plain.lines[0].total
    assert [round(one.value) for one in result.lines[0].ahead] == [
        int(WEEK[(83 + at) % 7]) // 10 - 1 for at in range(7)
    ]
    assert result.lines[0].unusual == []


@pytest.mark.parametrize(
    "more",
    [{"cumulative": True}, {"grain": "total"}, {"grain": "minute", "period": {"last": 3, "unit": "hour"}}],
)
@pytest.mark.parametrize("what", [{"usual": {}}, {"forecast": 3}])
def test_what_has_no_outlook_is_told(more: dict[str, Any], what: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as told:
        asked(**more, **what)
    assert (told.value.code, told.value.field) == ("bad_outlook", next(iter(what)))


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(Unavailable) as told:
        asked(forecast=3)
    assert told.value.code == "forecast_not_installed"
    assert told.value.field == "forecast"
    assert told.value.hint is not None
