"""What a store does by itself, by the clock: look for others' commits, drain, merge small files, delete old ones."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, Protocol

from tidewheel.core.clock import Clock
from tidewheel.core.settings import Settings
from tidewheel.store.attempt import attempt

TURN: Final = 60_000
TURNS_AHEAD: Final = 120
"""Milliseconds in which one of the processes that share a lake merges its small files."""
_HOUR: Final = 3_600_000


class Kept(Protocol):
    """A store that is kept. Its errors are what went wrong last, shown by the health checks."""

    drain_error: str | None
    lake_error: str | None

    @property
    def settings(self) -> Settings: ...
    @property
    def overdue(self) -> bool:
        """Whether events wait that should be in the lake."""
        ...

    def refresh(self) -> None: ...
    def drain(self) -> None: ...
    def tidy(self) -> None: ...
    def compact(self, *, whole: bool = False, files: bool = True) -> None:
        """Merge small files of the lake, if ``files``, and of columns; ``whole``: all that fit."""
        ...

    def claim(self, work: str, turn: int, *, reach: int | None = None) -> bool: ...


class Upkeep:
    """Keeps one store. ``shared``: others put events into its lake; ``lean``: it only takes events in.

    ``untidy`` says that a load, or an earlier process, may have left small files.
    """

    def __init__(self, store: Kept, clock: Clock, *, shared: bool, lean: bool) -> None:
        self._store, self._clock = store, clock
        self._shared, self._lean = shared, lean
        self._tidied_at = clock()
        self._looked = time.monotonic()
        self.untidy = True

    def run(self, stopped: Callable[[float], bool]) -> None:
        """Do what is due until ``stopped``, which waits so many seconds, says so."""
        store = self._store
        while not stopped(min(1.0, store.settings.drain_seconds)):
            waits = store.overdue
            looks = self._shared and not self._lean
            if looks and time.monotonic() - self._looked >= store.settings.refresh_seconds:
                self._looked = time.monotonic()
                store.lake_error = attempt(store.refresh)
            if waits:
                store.drain_error = attempt(store.drain)
            if (waits or self.untidy) and store.drain_error is None and not self._lean:
                store.drain_error = attempt(self._tidy_when_due)

    def _tidy_when_due(self) -> None:
        now = self._clock()
        mine = not self._shared or self._store.claim("tidy", now // TURN, reach=TURNS_AHEAD)
        hourly = mine and abs(now - self._tidied_at) > _HOUR
        if hourly:
            self._tidied_at = now
            self._store.tidy()
        else:
            whole, self.untidy = self.untidy, False
            self._store.compact(whole=whole, files=mine)
