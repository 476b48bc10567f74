"""Questions that come together go together: those of one snapshot share a pass over the persons.

A question that meets no other starts at once. While others of its snapshot are being answered it waits
:data:`COMPANY` seconds at most for those that come with it, as the tiles of a board do.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final, TypeAlias

from tidewheel.analyse.blocks import Mapper
from tidewheel.analyse.executor import Watch
from tidewheel.analyse.fold import Opened
from tidewheel.analyse.passes import Member, Pass, Shards, together
from tidewheel.core.period import Calendar
from tidewheel.store.view import Snapshot

COMPANY: Final = 0.02
Facts: TypeAlias = tuple[Snapshot, Calendar]


class Sharing:
    """Folds questions, several in one pass where they come together. Safe to use from several threads.

    ``mapper`` runs work on parts in threads, ``shards`` cuts the persons into ranges, ``single`` folds one question.
    """

    def __init__(self, mapper: Mapper, shards: Shards, single: Callable[[Opened, Watch], Any]) -> None:
        self._map, self._shards, self._single = mapper, shards, single
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._running: dict[Facts, int] = {}
        self._waiting: dict[Facts, list[Member]] = {}

    def fold(self, opened: Opened, watch: Watch) -> Any:
        """Return the sum of all parts."""
        member, facts = Member(opened, watch), (opened.snapshot, opened.fold.calendar)
        own: list[Member] | None = None
        with self._lock:
            waiting = self._waiting.get(facts)
            busy = self._running.get(facts, 0)
            if waiting is not None:
                waiting.append(member)
            else:
                own = [member]
                if busy:
                    self._waiting[facts] = own
                else:
                    self._running[facts] = 1
        if own is not None:
            if busy:
                self._closing.wait(COMPANY)
                with self._lock:
                    del self._waiting[facts]
                    self._running[facts] = self._running.get(facts, 0) + 1
            if len(own) == 1:
                return self._alone(facts, member)
            threading.Thread(target=self._go, args=(facts, own), name="pass", daemon=True).start()
        member.done.wait()
        if member.alone:
            return self._single(opened, watch)
        if member.error is not None:
            raise member.error
        return member.total()

    def close(self) -> None:
        """Let nobody wait for company any more."""
        self._closing.set()

    def _alone(self, facts: Facts, member: Member) -> Any:
        try:
            return self._single(member.opened, member.watch)
        finally:
            self._over(facts)

    def _go(self, facts: Facts, members: Sequence[Member]) -> None:
        """Answer members in as few passes as they fit in; who fits in none, or in one that fails, asks alone.

        There whoever made it fail is told why, and no other.
        """
        try:
            for group in together(members):
                if len(group) > 1:
                    with suppress(Exception):
                        Pass(group).run(self._map, self._shards)
                for member in group:
                    member.leave()
        finally:
            for member in members:
                member.leave()
            self._over(facts)

    def _over(self, facts: Facts) -> None:
        with self._lock:
            self._running[facts] -= 1
            if not self._running[facts]:
                del self._running[facts]
