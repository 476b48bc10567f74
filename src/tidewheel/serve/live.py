"""What people who watch events arrive are shown."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np

from tidewheel.core.events import PERSON_FACTS, Event
from tidewheel.core.ids import split_actor
from tidewheel.store.view import Snapshot

MINUTES = 60
_MINUTE = 60_000
_SHOWN = 12


class Live:
    """Lets open streams know that the server is about to stop."""

    def __init__(self) -> None:
        self.closing = False
        self._wakes: set[asyncio.Event] = set()

    def join(self) -> asyncio.Event:
        """Return an event that is set when there is something to do, at the latest when the server stops."""
        wake = asyncio.Event()
        self._wakes.add(wake)
        return wake

    def leave(self, wake: asyncio.Event) -> None:
        """Forget a stream."""
        self._wakes.discard(wake)

    def close(self) -> None:
        """End all streams; called in the event loop."""
        self.closing = True
        for wake in self._wakes:
            wake.set()


def per_minute(snapshot: Snapshot, now: int) -> list[int]:
    """Return how many events happened in each of the last 60 minutes, the current one last."""
    first = now // _MINUTE - MINUTES + 1
    counts = np.zeros(MINUTES, np.int64)
    for loaded in snapshot.segments:
        segment = loaded.segment
        if segment.rows and segment.end >= first * _MINUTE:
            facts = np.array([name in PERSON_FACTS for name in segment.names], np.bool_)
            minutes = (segment.base + segment.time.astype(np.int64)) // _MINUTE - first
            seen = (minutes >= 0) & (minutes < MINUTES) & ~facts[segment.event]
            counts += np.bincount(minutes[seen], minlength=MINUTES)
    return [int(count) for count in counts]


def shown_properties(event: Event) -> dict[str, Any]:
    """Return the first few properties as JSON values, long texts cut."""
    picked = list(event.properties.items())[:_SHOWN]
    return {
        name: value[:80]
        if isinstance(value, str)
        else value
        if isinstance(value, int | float | bool | list)
        else str(value)
        for name, value in picked
    }


def masked(actor: str) -> str:
    """Return an identifier of which only the ends can be read: ``phone:+86…00``."""
    kind, value = split_actor(actor)
    kept = max(1, min(3, len(value) // 4))
    return f"{kind}:{value[:kept]}…{value[-kept:] if len(value) > 3 else ''}"
