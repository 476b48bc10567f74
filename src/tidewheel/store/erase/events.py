"""Events without some people, before they have become rows."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

import msgspec

from tidewheel.core.events import Event
from tidewheel.store.erase.needles import Needles


def spared(needles: Needles) -> Callable[[Event], Event | None]:
    """Return what gives an event with marks where people are mentioned; None: it is one of theirs.

    An event that names one of the actors beside its own is theirs as well: they sent it. So is what happened on a device
    of others while it was theirs.
    """
    actors = frozenset(needles.actors)
    spans: dict[str, list[tuple[float, float]]] = {}
    for device, since, until in needles.parts:
        spans.setdefault(device, []).append(
            (-inf if since is None else since, inf if until is None else until)
        )

    def change(event: Event) -> Event | None:
        if event.actor in actors or not actors.isdisjoint(event.others):
            return None
        if any(since <= event.time < until for since, until in spans.get(event.actor, ())):
            return None
        properties, items = needles.cleaned_value(event.properties), needles.cleaned_value(event.items)
        if properties == event.properties and items == event.items:
            return event
        return msgspec.structs.replace(event, properties=properties, items=items)

    return change
