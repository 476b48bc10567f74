"""Memory for what is being received, shared by all connections, so that many at once cannot take all there is."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from tidewheel.core.errors import Busy
from tidewheel.core.text import Text


class Room:
    """How much is held, and the most that may be; used on the event loop's thread only."""

    def __init__(self, most: int) -> None:
        self.most, self.held = most, 0


class Held:
    """What one request holds of it, until the ``with`` block ends."""

    def __init__(self, room: Room) -> None:
        self._room, self._held = room, 0

    def take(self, size: int) -> None:
        """Hold so many bytes more; Busy when there is no room for them beside what others hold."""
        if self._room.held + size > self._room.most and self._room.held > self._held:
            error = Busy(
                "too_much_at_once",
                Text(
                    "Requests of {mib} MiB are being received at this moment; that is the limit.",
                    "正在接收的请求已达 {mib} MiB 的上限。",
                ),
                expected=self._room.most,
                hint=Text("Send the same again a little later.", "请稍后重新发送。"),
                mib=self._room.most // 2**20,
            )
            error.retry_after_seconds = 2.0
            raise error
        self._held += size
        self._room.held += size

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._room.held -= self._held
        self._held = 0
