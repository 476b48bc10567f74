"""Which parts of what arrives are bad or well again, as the API tells it."""

from __future__ import annotations

from typing import Any, Literal

from tidewheel.act.arrivals import News
from tidewheel.serve.api.fields import Moment, Reply
from tidewheel.serve.arrival_alerts import told_of


class PartReply(Reply):
    """What is watched: an event of a source; without one of them, all of them together. ``since``: bad from then on."""

    source: str | None
    event: str | None
    since: Moment


class FiredReply(PartReply):
    """A part that is told of. ``since`` is its last event, or the hour judged; ``expected`` should have come since or in it."""

    way: Literal["silent", "low", "high"]
    count: int
    expected: float
    low: float | None
    high: float | None


class NewsReply(Reply):
    """What turned bad, and what is well again."""

    fired: list[FiredReply]
    recovered: list[PartReply]


def news_reply(news: News) -> NewsReply | None:
    """Return what there was to tell after a look, None for nothing."""
    return NewsReply.model_validate(told_of(news)) if news.kind else None


def kept_news(held: dict[str, Any] | None) -> NewsReply | None:
    """Return the news of a look as it was kept."""
    return None if held is None else NewsReply.model_validate(held)


def bad_parts(standings: list[list[Any]]) -> list[PartReply]:
    """Return the parts that are bad now, the longest first."""
    found = [
        PartReply(source=source, event=event, since=since)
        for source, event, since, _, _ in standings
        if since is not None
    ]
    return sorted(found, key=lambda one: one.since)
