"""What is usual of a line of figures, and how it is likely to go on.

The usual range is the band of :mod:`tidewheel.analyse.bands`, as alerts have it. A forecast is exponential smoothing
with additive errors, a damped trend and an additive season, ETS(A, Ad, A) of Hyndman, Koehler, Ord and Snyder (2008), by
statsmodels. What was far from its place in the season is moved to where far begins first, so that one great sale does
not make the next weeks.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Sequence
from typing import Annotated, Any, Final

import numpy as np
import numpy.typing as npt
from pydantic import Field

from tidewheel.analyse.bands import MAD, WEEK, band_of
from tidewheel.analyse.question import Model
from tidewheel.core.errors import BadInput, Unavailable
from tidewheel.core.text import Text

Floats = npt.NDArray[np.float64]
SEASONS: Final = {"hour": 24 * WEEK, "day": WEEK, "week": 1, "month": 1}
"""How many buckets of a grain make a season of the usual range, where all days count."""
REPEATS: Final = {"hour": 24, "day": WEEK, "week": 1, "month": 12}
"""How many make one of a forecast, where all days count."""
LEARNT: Final = {"hour": 28 * 24, "day": 12 * WEEK, "week": 52, "month": 36}
"""How many buckets before the period a forecast learns from."""
FEWEST, TREND = 8, 16
"""Values a forecast needs, and those it needs to have a trend."""
LINES: Final = 12
"""Lines of an answer that are forecast, the first ones."""
FAR: Final = 3.5
"""Robust deviations beyond which a value does not shape a forecast."""
SURE: Final = 0.9
"""How often the interval of a forecast holds the value."""


class Usual(Model):
    """How wide the usual range is: ``width`` robust deviations to each side of the middle of ``history`` seasons."""

    width: Annotated[float, Field(ge=1, le=20)] = 3.5
    history: Annotated[int, Field(ge=4, le=26)] = 8


class Range(Model):
    """What is usual of one bucket."""

    middle: float
    low: float
    high: float


class Ahead(Model):
    """What a bucket to come is likely to be; in nine of ten the value lies between ``low`` and ``high``."""

    value: float
    low: float
    high: float


def season_of(grain: str, days: str) -> int:
    """Return the season of the usual range: where some days are left out, days and hours do not come round evenly."""
    return SEASONS[grain] if days == "all" else 1 if grain != "hour" else 24


def repeat_of(grain: str, days: str) -> int:
    """Return the season of a forecast."""
    return REPEATS[grain] if days == "all" or grain != "day" else 1


def outside(
    values: Sequence[float | None], usual: Sequence[Range | None], incomplete: Sequence[bool]
) -> list[int]:
    """Return the places of figures that are whole and outside what is usual."""
    return [
        at
        for at, (value, one, open_) in enumerate(zip(values, usual, incomplete, strict=True))
        if value is not None and one is not None and not open_ and not one.low <= value <= one.high
    ]


def lookback(grain: str, usual: Usual | None, forecast: int) -> int:
    """Return how many buckets before the period must be known."""
    band = usual.history * SEASONS.get(grain, 0) if usual else 0
    return max(band, LEARNT.get(grain, 0) if forecast else 0)


def check_outlook(grain: str, usual: Usual | None, forecast: int, *, cumulative: bool) -> None:
    """Refuse what has no meaning, or cannot be worked out here."""
    if usual is None and not forecast:
        return
    field = "usual" if usual else "forecast"
    if cumulative or grain not in SEASONS:
        raise BadInput(
            "bad_outlook",
            Text(
                "A usual range and a forecast are of hours, days, weeks or months, and not of cumulative figures.",
                "正常范围和预测只适用于按小时、天、周或月的非累计数字。",
            ),
            field=field,
            got="cumulative" if cumulative else grain,
            expected=list(SEASONS),
        )
    if forecast and importlib.util.find_spec("statsmodels") is None:
        raise Unavailable(
            "forecast_not_installed",
            Text("Forecasts need the package statsmodels.", "预测需要 statsmodels 程序包。"),
            field="forecast",
            hint=Text(
                "Install it on the server: pip install 'tidewheel[{extra}]'",
                "请在服务器上安装：pip install 'tidewheel[{extra}]'",
            ),
            extra="forecast",
        )


def known(values: Sequence[float | None]) -> Floats:
    """Return figures with NaN where unknown; what lies before the first that is not zero is unknown, too."""
    found = np.array([np.nan if one is None else one for one in values], np.float64)
    happened = np.flatnonzero(~np.isnan(found) & (found != 0))
    found[: happened[0] if happened.size else found.size] = np.nan
    return found


def ranges(values: Floats, shown: int, season: int, usual: Usual) -> list[Range | None]:
    """Return the usual range of each of the last ``shown`` figures, None where too little is known before it.

    It does not reach below zero where no figure does.
    """
    found: list[Range | None] = []
    reach = usual.history * season
    least = 0.0 if not (values < 0).any() else -np.inf
    for at in range(values.size - shown, values.size):
        held = band_of(values[at - reach : at][::-1], season)
        if held is None:
            found.append(None)
            continue
        middle, spread = held
        room = usual.width * spread
        found.append(Range(middle=middle, low=max(middle - room, least), high=middle + room))
    return found


def forecast(values: Floats, steps: int, season: int) -> tuple[list[Ahead], float | None]:
    """Return the figures that follow, and how far off the same method was for the last ``steps`` known ones.

    The latter is the sum of the differences over the sum of the figures (WAPE); None where too little is known.
    """
    start = np.flatnonzero(np.isnan(values))
    learnt = values[start[-1] + 1 :] if start.size else values
    found = _ahead(learnt, steps, season)
    before, after = learnt[:-steps], learnt[-steps:]
    tried = _ahead(before, steps, season) if before.size >= max(FEWEST, steps) else []
    size = float(np.abs(after).sum())
    off = (
        sum(abs(one.value - value) for one, value in zip(tried, after, strict=False)) / size if size else None
    )
    return found, off if tried else None


def _ahead(values: Floats, steps: int, season: int) -> list[Ahead]:
    if values.size < FEWEST:
        return []
    calm = _calmed(values, season)
    least = 0.0 if (values >= 0).all() else -np.inf
    if calm.min() == calm.max():
        return [Ahead(value=calm[0], low=calm[0], high=calm[0])] * steps
    return [
        Ahead(value=max(value, least), low=max(low, least), high=max(high, least))
        for value, low, high in _smoothed(calm, steps, season)
    ]


def _smoothed(calm: Floats, steps: int, season: int) -> list[tuple[float, float, float]]:
    """Return forecast and interval of each of the next steps."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        from pandas import Series  # noqa: PLC0415 - statsmodels brings it
        from statsmodels.tsa.exponential_smoothing.ets import ETSModel  # noqa: PLC0415 - optional, and slow to load

        repeats = season > 1 and calm.size >= 2 * season
        trend = "add" if calm.size >= TREND else None
        told: dict[str, Any] = {"seasonal": "add", "seasonal_periods": season} if repeats else {}
        model = ETSModel(Series(calm), error="add", trend=trend, damped_trend=trend is not None, **told)
        found = model.fit(disp=0).get_prediction(calm.size, calm.size + steps - 1)
        middle, ends = np.asarray(found.predicted_mean), np.asarray(found.pred_int(1 - SURE))
    return list(zip(middle.tolist(), ends[:, 0].tolist(), ends[:, 1].tolist(), strict=True))


def _calmed(values: Floats, season: int) -> Floats:
    """Return the figures with those far from their place in the season moved to where far begins."""
    place = np.arange(values.size) % season
    middles = np.array([np.median(values[place == one]) for one in range(min(season, values.size))])[place]
    room = FAR * MAD * float(np.median(np.abs(values - middles)))
    return np.clip(values, middles - room, middles + room) if room else values
