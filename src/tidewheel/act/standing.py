"""When something is said: once when it turns bad, once when it is well again, and no more often than wanted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from tidewheel.model import Telling

News: TypeAlias = Literal["fired", "recovered"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How an alert stands after some period.

    ``since`` is the start of the first period of an unbroken bad stretch, None while all is well; ``told``
    says that somebody was told of this stretch; ``last_told`` is the last period told as bad, ever.
    """

    since: int | None = None
    told: bool = False
    last_told: int | None = None


def step(
    standing: Standing,
    alert: Telling,
    start: int,
    *,
    bad: bool | None,
    apart: int | None,
    muted: bool = False,
) -> tuple[Standing, News | None]:
    """Return how the alert stands after one more period, and what there is to tell.

    ``apart`` is how many periods lie between ``last_told`` and this one, None when nothing was ever told, and below 0
    when it was told while the clock was ahead, which cools nothing down.
    A period that cannot be judged changes nothing. What is not told, because the alert is muted or cools
    down, is told as soon as it may be if it is still bad.
    """
    if bad is None:
        return standing, None
    if not bad:
        tell = standing.told and alert.recovery and not muted
        return Standing(last_told=standing.last_told), "recovered" if tell else None
    since = start if standing.since is None else standing.since
    standing = replace(standing, since=since)
    cooling = apart is not None and 0 <= apart <= alert.cool_down
    again = alert.remind_after is not None and apart is not None and not 0 <= apart < alert.remind_after
    if muted or cooling or (standing.told and not again):
        return standing, None
    return Standing(since=since, told=True, last_told=start), "fired"
