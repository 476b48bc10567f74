"""The last requests of each source, in memory alone: what new words for a vendor's names are tried on."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import Final

from tidewheel.collect.contract import Request

_REQUESTS: Final = 40
_BYTES: Final = 64 * 1024
"""Larger requests are not kept."""
_PLACES: Final = 60
"""Sources and protocols; of those, the ones that sent longest ago are forgotten first."""


@dataclass(frozen=True, slots=True)
class Came:
    """A request and when it came."""

    request: Request
    received: int


class Arrivals:
    """What came lately, by project, source and protocol. It is gone when the process ends."""

    def __init__(self) -> None:
        self._came: OrderedDict[tuple[str, str, str], deque[Came]] = OrderedDict()

    def note(self, project: str, source: str, protocol: str, request: Request, received: int) -> None:
        """Keep a request that was taken."""
        if len(request.body) > _BYTES:
            return
        place = (project, source, protocol)
        kept = self._came.get(place)
        if kept is None:
            kept = self._came[place] = deque(maxlen=_REQUESTS)
            if len(self._came) > _PLACES:
                self._came.popitem(last=False)
        kept.append(Came(request, received))
        self._came.move_to_end(place)

    def lately(self, project: str, source: str, protocol: str) -> list[Came]:
        """Return what came, the newest first."""
        return list(self._came.get((project, source, protocol), ()))[::-1]

    def forget(self, project: str, source: str) -> None:
        """Drop what a source sent."""
        for place in [place for place in self._came if place[:2] == (project, source)]:
            del self._came[place]
