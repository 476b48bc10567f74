"""Fold shards of persons on threads of this process; kernels release the interpreter lock."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tidewheel.core.errors import Cancelled
from tidewheel.core.text import Text


class Stop:
    """Set by whoever no longer wants the answer; folds look at it between blocks."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """Ask the fold to stop."""
        self._event.set()

    def check(self) -> None:
        """Raise Cancelled when asked to stop."""
        if self._event.is_set():
            raise Cancelled("cancelled", Text("The question was cancelled.", "查询已取消。"))


class Threads:
    """Runs work on a pool that lives as long as the process."""

    def __init__(self, threads: int = 0) -> None:
        self.count = threads or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(self.count, thread_name_prefix="fold")

    def map(self, work: Callable[[Any], Any], parts: Sequence[Any]) -> list[Any]:
        """Return ``work`` of each part, in order; the first error is raised."""
        if len(parts) <= 1 or self.count == 1:
            return [work(part) for part in parts]
        return list(self._pool.map(work, parts))

    def shards(self, people: int) -> list[tuple[int, int]]:
        """Cut the persons into ranges, several a thread so that none waits long for another."""
        pieces = max(1, min(self.count * 8, people // 2048))
        return [(people * i // pieces, people * (i + 1) // pieces) for i in range(pieces)]
