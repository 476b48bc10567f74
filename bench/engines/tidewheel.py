"""Tidewheel: a view over the lake's files, asked as the server asks; every turn is a question it has not cached."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable

import tidewheel
from bench.questions import PARAMS, SHAPES, Answer
from bench.world import DAYS, PROJECT, local_day
from tidewheel.analyse.executors.threads import Threads
from tidewheel.analyse.run import Asking, ask
from tidewheel.core.period import Calendar
from tidewheel.store.view import Chunk, View


class Engine:
    """One project's view; identity is resolved from the links as it stands."""

    def __init__(self, folder: Path, threads: int) -> None:
        project = folder / "home" / "projects" / PROJECT
        self._view = View(project / "columns")
        self._view.replace(chunks(project / "lake" / "events"), chunks(project / "lake" / "links"))
        self._asking = Asking(Calendar(), local_day(DAYS), Threads(threads))

    def version(self) -> str:
        """Return Tidewheel's version."""
        return f"Tidewheel {tidewheel.__version__}"

    def load(self) -> None:
        """Columns were built when the view was opened."""

    def ask(self, question: str, turn: int) -> Answer:
        """Answer one question; an unused ``top`` keeps the cache out of it."""
        kind, params = PARAMS[question]
        fresh: dict[str, Any] = {**params, "top": 20 + turn}
        said = ask(self._view, kind, fresh, self._asking).model_dump(mode="json")
        if said["provenance"]["cached"]:
            raise RuntimeError(f"{question} came from the cache")
        return SHAPES[kind](said["result"])


def chunks(table: Path) -> list[Chunk]:
    """Return the files of a Delta table."""
    files = sorted(DeltaTable(table).file_uris())
    return [Chunk(path, partial(read, path), durable=True) for path in files]


def read(path: str) -> pa.Table:
    """Read one file of the lake, without columns taken from its folder's name."""
    return pq.ParquetFile(path).read()
