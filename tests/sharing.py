"""How several processes share the tests: a file stays whole, what takes longest goes first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pytest
from xdist.scheduler import LoadScopeScheduling

TOGETHER: Final = "tests/cluster"
"""Each of its files plays with several machines at once, which fill this one."""
SINGLE: Final = (
    "tests/docs/test_examples.py",
    "tests/crash/test_clock_jumps.py",
    "tests/crash/test_collectors.py",
)
"""Their tests share nothing, or shops that are made again in a second process, and each takes long."""
FIRST: Final = (
    TOGETHER,
    "tests/wheel",
    *SINGLE,
    "tests/crash/test_catalog_away.py",
    "tests/e2e",
    "tests/live",
    "tests/oracle",
    "tests/property",
    "tests/api/test_fuzz.py",
    "tests/contract",
)


class Sharing(LoadScopeScheduling):
    """Hands out files in the order of collection, one after the other."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def add_node_collection(self, node: Any, collection: Sequence[str]) -> None:
        """Note what a process sees; one that sees other tests than the rest, and came later, has nothing to do."""
        super().add_node_collection(node, collection)
        if node not in self.registered_collections:
            node.shutdown()

    def remove_node(self, node: Any) -> str | None:
        """Take back what a process that ended had to do, without the test it died of: the next would die of it, too."""
        left = self.assigned_work.pop(node)
        died_of = next((test for unit in left.values() for test, done in unit.items() if not done), None)
        if died_of is None:
            return None
        for file, unit in reversed(left.items()):
            if died_of in unit:
                unit[died_of] = True
            if not all(unit.values()):
                self.workqueue[file] = unit
                self.workqueue.move_to_end(file, last=False)
        for other in self.assigned_work:
            self._reschedule(other)
        return died_of

    def _reschedule(self, node: Any) -> None:
        """Give a process more to do, once it has said which tests it sees.

        It gets two tests at least, or is told that there are no more: one runs only when its process knows the next, and
        a file whose process died may have a single one left.
        """
        if node not in self.registered_collections:
            return
        super()._reschedule(node)
        while not node.shutting_down and self._pending_of(self.assigned_work[node]) < 2:
            super()._reschedule(node)

    def _split_scope(self, nodeid: str) -> str:
        file: str = nodeid.split("::", 1)[0]
        if file in SINGLE:
            return nodeid
        return TOGETHER if file.startswith(TOGETHER) else file


def rank(item: pytest.Item) -> int:
    """Return the place of a test: by its folder, of those in :data:`FIRST` the earlier first, then all others."""
    return next((at for at, start in enumerate(FIRST) if item.nodeid.startswith(start)), len(FIRST))
