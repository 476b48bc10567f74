"""Fold shards of persons on threads of this process; kernels release the interpreter lock."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Self

from tidewheel.analyse.executor import Executor, Watch
from tidewheel.analyse.fold import Opened
from tidewheel.analyse.sharing import Sharing
from tidewheel.core.settings import Settings
from tidewheel.core.text import Text

WORTH: Final = 1 << 14
"""Rows that are worth a range of their own."""


class Threads(Executor):
    """Runs work on a pool that lives as long as the process."""

    name = "threads"
    title = Text("Threads of this process", "本进程的线程")

    def __init__(self, threads: int = 0) -> None:
        self.count = threads or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(self.count, thread_name_prefix="fold")
        self._sharing = Sharing(self.map, self.shards, self._single)

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Start as many threads as the settings say."""
        return cls(settings.threads)

    def fold(self, opened: Opened, watch: Watch) -> Any:
        """Return the sum of all parts; questions that come together share one pass."""
        return self._sharing.fold(opened, watch)

    def _single(self, opened: Opened, watch: Watch) -> Any:
        opened.source.ready(self.map)
        people = opened.people.count
        done = 0

        def shard(bounds: tuple[int, int]) -> Any:
            nonlocal done
            part = opened.empty()
            reached = bounds[0]
            for block, following in opened.source.blocks(*bounds):
                watch.check()
                part = part.merge(opened.part(block))
                done += following - reached
                reached = following
                watch.reached(done / max(people, 1))
            return part

        total = opened.empty()
        for part in self.map(shard, self.shards(people, opened.source.held)):
            total = total.merge(part)
        return total

    def close(self) -> None:
        """Let the threads end."""
        self._sharing.close()
        self._pool.shutdown(wait=False)

    def map(self, work: Callable[[Any], Any], parts: Sequence[Any]) -> list[Any]:
        """Return ``work`` of each part, in order; the first error is raised."""
        if len(parts) <= 1 or self.count == 1:
            return [work(part) for part in parts]
        return list(self._pool.map(work, parts))

    def shards(self, people: int, rows: int | None = None) -> list[tuple[int, int]]:
        """Cut the persons into ranges, several a thread so that none waits long for another.

        ``rows``: how many they have, where that is known. A block costs something however small it is, so few rows
        are cut into few ranges.
        """
        pieces = max(1, min(self.count * 8, people // 2048))
        if rows is not None:
            pieces = min(pieces, max(1, rows // WORTH))
        return [(people * i // pieces, people * (i + 1) // pieces) for i in range(pieces)]
