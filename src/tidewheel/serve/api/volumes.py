"""Volumes and freshness: how many events of each name and source came, how many are usual, and what is silent."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from tidewheel.act.silence import HISTORY_MS, bunching, silence, usual
from tidewheel.analyse.volumes import Series, hourly
from tidewheel.core.period import HOUR
from tidewheel.serve.access import Here, Viewer
from tidewheel.serve.api.fields import Moment, Reply
from tidewheel.serve.routes import Router

router = Router(prefix="/projects/{project}/quality", tags=["quality"])


class SilenceReply(Reply):
    """Nothing came since ``since``; ``missing`` events should have, ``hourly`` an hour."""

    since: Moment
    hours: float
    missing: float
    hourly: float


class HourReply(Reply):
    """One hour, and what is usual of it (null: too little history). The last hour is not over."""

    start: Moment
    count: int
    expected: float | None
    low: float | None
    high: float | None


class VolumeReply(Reply):
    """One event from one source. ``unusual`` counts hours that are over and outside of what is usual."""

    event: str
    source: str
    last_seen: Moment
    silent: SilenceReply | None
    unusual: int
    hours: list[HourReply]


class VolumeList(Reply):
    """Silent ones first, then the most frequent."""

    volumes: list[VolumeReply]


@router.get("/volumes")
def get_volumes(
    place: Viewer,
    installation: Here,
    hours: Annotated[int, Query(ge=1, le=168, description="Hours up to now, the present one included")] = 24,
    event: Annotated[str | None, Query(max_length=200)] = None,
    source: Annotated[str | None, Query(max_length=64)] = None,
) -> VolumeList:
    """Tell how many events of each name and source came in the last hours, and what is usual."""
    now = installation.clock()
    found = [
        _volume(series, now, hours)
        for series in hourly(place.snapshot(), now - HISTORY_MS, now)
        if series.hours and event in {None, series.event} and source in {None, series.source}
    ]
    found.sort(
        key=lambda one: (one.silent is None, -sum(hour.count for hour in one.hours), one.event, one.source)
    )
    return VolumeList(volumes=found)


def _volume(series: Series, now: int, hours: int) -> VolumeReply:
    first, last, bunch = min(series.hours), now // HOUR, bunching(series, now)
    listed, unusual = [], 0
    for hour in range(last - hours + 1, last + 1):
        count, known = series.hours.get(hour, 0), usual(series, hour, first, bunch=bunch)
        if known is not None and hour < last and not known.low <= count <= known.high:
            unusual += 1
        listed.append(
            HourReply(
                start=hour * HOUR,
                count=count,
                expected=known.expected if known else None,
                low=known.low if known else None,
                high=known.high if known else None,
            )
        )
    quiet = silence(series, now)
    return VolumeReply(
        event=series.event,
        source=series.source,
        last_seen=series.last,
        silent=SilenceReply(
            since=quiet.since, hours=(now - quiet.since) / HOUR, missing=quiet.missing, hourly=quiet.hourly
        )
        if quiet
        else None,
        unusual=unusual,
        hours=listed,
    )
