"""Newly accepted events for whoever watches: a fan-out that never holds up the store."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from tidewheel.core.events import Event


class Listener:
    """A bounded queue of events; a slow reader loses the oldest ones, counted in ``dropped``.

    ``wake`` is called from another thread when there is something to take.
    """

    def __init__(
        self, leave: Callable[[Listener], None], limit: int, wake: Callable[[], None] | None
    ) -> None:
        self._leave = leave
        self._events: deque[Event] = deque(maxlen=limit)
        self._ready = threading.Condition()
        self._wake = wake
        self._closed = False
        self.dropped = 0

    def offer(self, events: Sequence[Event]) -> None:
        """Add events; called by the store."""
        with self._ready:
            room = (self._events.maxlen or 0) - len(self._events)
            self.dropped += max(0, len(events) - room)
            self._events.extend(events)
            self._ready.notify_all()
        if self._wake is not None:
            self._wake()

    def take(self, timeout: float | None = 0) -> list[Event]:
        """Return the events that wait; blocks up to ``timeout`` seconds (None: for ever) for the first."""
        with self._ready:
            if timeout != 0:
                self._ready.wait_for(lambda: self._events or self._closed, timeout)
            found = list(self._events)
            self._events.clear()
            return found

    def close(self) -> None:
        """Stop listening."""
        self._leave(self)
        with self._ready:
            self._closed = True
            self._ready.notify_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Listeners:
    """Everybody who watches one project."""

    def __init__(self) -> None:
        self._all: tuple[Listener, ...] = ()
        self._lock = threading.Lock()

    def join(self, limit: int, wake: Callable[[], None] | None) -> Listener:
        """Add a listener."""
        listener = Listener(self._remove, limit, wake)
        with self._lock:
            self._all = (*self._all, listener)
        return listener

    def tell(self, events: Sequence[Event]) -> None:
        """Offer events to everybody."""
        for listener in self._all:
            listener.offer(events)

    def _remove(self, listener: Listener) -> None:
        with self._lock:
            self._all = tuple(other for other in self._all if other is not listener)
