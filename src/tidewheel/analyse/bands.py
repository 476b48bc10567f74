"""The band a figure's own history makes: what is usual of a period, by the equal periods before it.

The middle is the median of the periods of the same place in the season (days of the same day of the week). Each value
of the history less the median of its own group is a residual; the spread is 1.4826 × the median of their sizes, the
robust counterpart of a standard deviation (Iglewicz and Hoaglin 1993), or 1.2533 × their mean size where more than
half of them are zero. The judged period is no part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Values: TypeAlias = Mapping[int, float | None]
"""Values by how many periods back they lie; 0 is the judged one."""
MAD, MEAN_DEVIATION = 1.4826, 1.2533
"""What makes a standard deviation of a normal distribution's median, and mean, absolute deviation."""
FEWEST: Final = 4
"""Values a group needs before it has a middle."""
WEEK: Final = 7


def band(values: Values, season: int, history: int) -> tuple[float, float] | None:
    """Return the middle and the spread at 0 of ``history`` seasons before it, None where there is too little to tell."""
    back = [values.get(one) for one in range(1, history * season + 1)]
    return band_of(np.array([np.nan if one is None else one for one in back], np.float64), season)


def band_of(back: Floats, season: int) -> tuple[float, float] | None:
    """Return the same of the values before a period, the latest first, whole seasons of them; NaN is unknown."""
    groups = back.reshape(-1, season)
    known = ~np.isnan(groups)
    counts = known.sum(axis=0)
    if counts[-1] < max(FEWEST, len(groups) // 2):
        return None
    told, known = groups[:, counts >= FEWEST], known[:, counts >= FEWEST]
    middles = np.median(told, axis=0) if known.all() else np.nanmedian(told, axis=0)
    sizes = np.abs(told - middles)[known]
    return float(middles[-1]), float(MAD * np.median(sizes)) or float(MEAN_DEVIATION * sizes.mean())
