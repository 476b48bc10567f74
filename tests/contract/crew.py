"""Workers without machines: everything of the ray executor except Ray, in this process."""

from __future__ import annotations

import pickle
from typing import Any, Self

from tidewheel.analyse.executor import Executor, Watch
from tidewheel.analyse.executors.threads import Threads
from tidewheel.analyse.fold import Opened
from tidewheel.analyse.spread import Moved, Placements, Spread, assign, spread
from tidewheel.analyse.worker import Done, Wants, Worker
from tidewheel.core.settings import Settings
from tidewheel.core.text import Text


def _sent(thing: Any) -> Any:
    return pickle.loads(pickle.dumps(thing))


class Workers(Executor):
    """Some workers by name; everything between them and the asker is pickled."""

    name = "workers"
    title = Text("Workers", "工作进程")

    def __init__(self, *names: str) -> None:
        self.workers = {name: Worker() for name in names}
        self.rounds = 0
        self._placements = Placements()
        self._here = Threads(1)

    @classmethod
    def open(cls, settings: Settings) -> Self:  # noqa: ARG003 - there is nothing to set
        """Start two."""
        return cls("a", "b")

    def fold(self, opened: Opened, watch: Watch) -> Any:
        """Return the sum of all parts."""
        while True:
            ready = spread(opened, self._placements)
            try:
                return ready.whole(self._total(ready, watch))
            except Moved:
                continue

    def _total(self, ready: Spread, watch: Watch) -> Any:
        total = ready.opened.empty()
        divided = ready.divided()
        if divided is not None:
            total = total.merge(self._here.fold(divided, watch))
        dealt = assign(ready.placement.shards, dict.fromkeys(self.workers, 1.0))
        for name, shards in dealt.items():
            answer: Done | Wants = Wants(())
            while isinstance(answer, Wants):
                self.rounds += 1
                told = [_sent(ready.told(want)) for want in answer.wants]
                answer = _sent(
                    self.workers[name].fold(_sent(ready.request), shards, shards, answer.wants, told)
                )
            total = total.merge(answer.part)
        return total
