"""Loading files: uploads wait in the data folder, rows stream into the project, the history is kept."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from tidewheel.collect.contract import Arrival
from tidewheel.collect.files.mapping import Mapping
from tidewheel.collect.files.run import Sink, run_import
from tidewheel.collect.files.summary import Summary
from tidewheel.collect.problems import Rejection
from tidewheel.core.errors import TidewheelError
from tidewheel.core.events import Event
from tidewheel.core.text import LANGUAGES
from tidewheel.serve.access import Place
from tidewheel.serve.door import dead_letters
from tidewheel.serve.queries import Query
from tidewheel.store.catalog import imports, sources
from tidewheel.store.project import ProjectStore

IMPORTS: Final = "imports"
"""The source of files that name none."""
_WAITING: Final = 4
_table_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to load, and as what."""

    path: Path
    name: str
    kind: str
    mapping: Mapping | None
    source: str


def load(place: Place, wanted: Wanted, query: Query) -> Summary:
    """Load a file and write it into the history, also when it fails."""
    here = place.installation
    with here.catalog.write() as db:
        run = imports.start(
            db,
            project_id=place.project.id,
            kind=wanted.kind,
            file=wanted.name,
            mapping=wanted.mapping.model_dump(mode="json") if wanted.mapping else {},
            by=place.asker.name,
            now=here.clock(),
        )
        source = sources.named(db, place.project.id, wanted.source) or sources.add(
            db, project_id=place.project.id, name=wanted.source, kind="import", now=here.clock()
        )
    told: dict[str, Any] = {"error": dict.fromkeys(LANGUAGES, "")}
    try:
        summary = _load(place, wanted, query, source.id)
        told = {spoken: summary.describe(spoken) for spoken in LANGUAGES}
    except TidewheelError as error:
        told = {"error": {spoken: error.describe(spoken)["message"] for spoken in LANGUAGES}}
        raise
    finally:
        with here.catalog.write() as db:
            imports.finish(db, run.id, told, here.clock())
            place.asker.note(db, here.clock(), "file_loaded", wanted.name, place.project.id, kind=wanted.kind)
    return summary


def _load(place: Place, wanted: Wanted, query: Query, source: str) -> Summary:
    store, here = place.store, place.installation
    guard = here.guard(place.project.id)
    arrival = Arrival(
        source, here.clock(), place.project.time_zone, ranks=store.view.rules.ranks, guard=guard
    )
    events = BulkLoad(store)
    sink = Sink(
        events=events.put,
        rows=lambda table, rows: add_rows(store, table, rows),
        rejected=lambda rejections: _keep(store, rejections, arrival),
    )

    def progress(part: float, _rows: int) -> None:
        query.stop.check()
        query.report(part * 0.98)

    try:
        summary = run_import(
            wanted.path,
            wanted.kind,
            wanted.mapping,
            sink,
            progress,
            source=source,
            zone=arrival.zone,
            now=arrival.received,
            guard=guard,
            ranks=arrival.ranks,
        )
    finally:
        added = events.finish()
        here.enriching.apply(place.project.id, store)
    if added is not None:
        summary.duplicates = summary.facts - added
    return summary


class BulkLoad:
    """Hands batches of events to a load that runs beside the reading of the rows."""

    def __init__(self, store: ProjectStore) -> None:
        self._waiting: queue.Queue[list[Event] | None] = queue.Queue(_WAITING)
        self._store, self._pool = store, ThreadPoolExecutor(1, thread_name_prefix="import")
        self._loading: Future[int] | None = None

    def put(self, events: list[Event]) -> None:
        """Hand over a batch; raises what stopped the load."""
        if self._loading is None:
            self._loading = self._pool.submit(self._store.bulk, self._batches())
        self._give(events)

    def finish(self) -> int | None:
        """Wait until all is in the lake; returns how many events were new, None where there were none."""
        try:
            if self._loading is None:
                return None
            self._give(None)
            return self._loading.result()
        finally:
            self._pool.shutdown()

    def _give(self, events: list[Event] | None) -> None:
        while self._loading is not None and not self._loading.done():
            try:
                self._waiting.put(events, timeout=0.5)
            except queue.Full:
                continue
            return
        if self._loading is not None and events is not None:
            self._loading.result()

    def _batches(self) -> Iterator[list[Event]]:
        while (events := self._waiting.get()) is not None:
            yield events


def add_rows(store: ProjectStore, table: str, rows: pa.Table) -> int:
    """Add the rows that say something new; of rows with one key the one imported last holds."""
    with _table_lock:
        held: dict[int, dict[str, Any]] = {}
        kept = store.read_table(table)
        if kept.num_rows:
            for row in kept.sort_by("imported").to_pylist():
                held[row["key"]] = _said(row)
        fresh = []
        for place, row in enumerate(rows.to_pylist()):
            said = _said(row)
            if held.get(row["key"]) != said:
                held[row["key"]] = said
                fresh.append(place)
        if fresh:
            store.append_rows(table, rows.take(pa.array(fresh)))
        return len(fresh)


def _said(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value for name, value in row.items() if name not in {"key", "imported"} and value is not None
    }


def _keep(store: ProjectStore, rejections: list[Rejection], arrival: Arrival) -> None:
    """Keep refused events that can be taken again; rows that made no event are in the summary alone."""
    whole = [rejection for rejection in rejections if rejection.body]
    if whole:
        store.append([], dead_letters(whole, arrival)).result()
