"""Tidewheel: a view over the lake's files, asked as the server asks; every turn is a question it has not cached."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tidewheel
from bench.questions import PARAMS, SHAPES, Answer
from bench.world import DAYS, PROJECT, local_day
from tidewheel.analyse.executors.threads import Threads
from tidewheel.analyse.run import Asking, ask
from tidewheel.core.clock import system_clock
from tidewheel.core.period import Calendar
from tidewheel.store.budget import Budget
from tidewheel.store.lakehouse import Lakehouse
from tidewheel.store.view import View


class Engine:
    """One project's view, merged within the memory that a server has by default; identity is resolved from the links as it stands."""

    def __init__(self, folder: Path, threads: int) -> None:
        project = folder / "home" / "projects" / PROJECT
        self._view = View(project / "columns", Budget())
        lake = Lakehouse(str(project / "lake"), None, system_clock)
        self._view.replace(lake.events.chunks(), lake.links.chunks())
        self._asking = Asking(Calendar(), local_day(DAYS), Threads(threads))

    def version(self) -> str:
        """Return Tidewheel's version."""
        return f"Tidewheel {tidewheel.__version__}"

    def load(self) -> None:
        """Columns were built when the view was opened; now those of a month are merged, as the server does."""
        self._view.merge(whole=True)

    def ask(self, question: str, turn: int) -> Answer:
        """Answer one question; an unused ``top`` keeps the cache out of it."""
        kind, params = PARAMS[question]
        fresh: dict[str, Any] = {**params, "top": 20 + turn}
        said = ask(self._view, kind, fresh, self._asking).model_dump(mode="json")
        return SHAPES[kind](said["result"])
