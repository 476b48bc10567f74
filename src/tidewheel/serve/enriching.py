"""The rules of enrichments in force: read from the catalog, put to work on each project's columns, tried before."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import structlog

from tidewheel.collect.enrich import Added, EnrichmentRules, Rulebook, catalogue_of, parse_rules
from tidewheel.core.events import column_name
from tidewheel.core.period import Span
from tidewheel.store.catalog import Catalog, enrichments
from tidewheel.store.enriched import work_out
from tidewheel.store.project import ProjectStore
from tidewheel.store.view import Loaded

LOOK_SECONDS = 5.0
GOODS_SECONDS = 60.0
"""How long goods that come with events wait at most: after each change, columns are worked out again."""

log = structlog.get_logger(__name__)


class Enriching:
    """Keeps the rules of open projects up to date; changes made elsewhere are seen within seconds."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._applied: dict[str, Any] = {}
        self._goods_at: dict[str, float] = {}

    def apply(self, project: str, store: ProjectStore, *, rest: float = 0.0) -> None:
        """Put the rules and the catalogue as they are now to work; cheap when nothing has changed.

        Within ``rest`` seconds of the last change of the catalogue, another one waits.
        """
        with self._lock:
            with self._catalog.read() as db:
                own = {one.name: one.definition for one in enrichments.listed(db, project)}
            state = (own, store.table_version("items"))
            before = self._applied.get(project)
            if before == state:
                return
            now = time.monotonic()
            goods_alone = before is not None and before[0] == own
            if goods_alone and now - self._goods_at.get(project, float("-inf")) < rest:
                return
            store.view.enrich(Rulebook(parse_rules(own), catalogue_of(store.read_table("items"))))
            self._applied[project] = state
            if goods_alone:
                self._goods_at[project] = now

    def forget(self, project: str) -> None:
        """Forget a project that is gone."""
        with self._lock:
            self._applied.pop(project, None)
            self._goods_at.pop(project, None)

    def look(self, stores: dict[str, ProjectStore]) -> None:
        """Look at all open projects once."""
        for project, store in stores.items():
            try:
                self.apply(project, store, rest=GOODS_SECONDS)
            except Exception:
                log.exception("rules not applied", project=project)


class Following:
    """Looks every few seconds: goods come with events too, and rules from other processes."""

    def __init__(self, enriching: Enriching, stores: Callable[[], dict[str, ProjectStore]]) -> None:
        self._enriching, self._stores = enriching, stores
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="enriching", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Stop after the look that is being taken."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._ending.wait(LOOK_SECONDS):
            self._enriching.look(self._stores())


@dataclass(frozen=True, slots=True)
class Trial:
    """What other rules would change in a period.

    ``values``: of each property, how many events have each value now and then. ``decided``: how many of the events each rule
    decides. ``left_out``: events no question counts, now and then.
    """

    events: int
    changed: int
    values: dict[str, dict[str, tuple[int, int]]]
    decided: list[int]
    left_out: tuple[int, int]


def try_rules(
    store: ProjectStore, name: str, rules: Mapping[str, EnrichmentRules], adds: tuple[Added, ...], span: Span
) -> Trial:
    """Say what rules would change of the events in a span; nothing is changed."""
    book = Rulebook(rules, catalogue_of(store.read_table("items")))
    shown = [one for one in adds if one.scope == "event"]
    counts = {one.property: (Counter[str](), Counter[str]()) for one in shown}
    events = changed = 0
    left_out, decided = [0, 0], Counter[int]()
    for loaded in store.snapshot().segments:
        segment = loaded.segment
        if segment.start >= span.end or segment.end < span.start:
            continue
        then = work_out(loaded.stored or loaded, book)
        moments = segment.base + segment.time.astype(np.int64)
        people = np.array(
            [not event.startswith("$") for event in (loaded.whole or loaded).segment.names], np.bool_
        )
        inside = (moments >= span.start) & (moments < span.end)
        rows = np.flatnonzero(inside & people[(loaded.whole or loaded).segment.event])
        events += len(rows)
        moved = np.zeros(len(rows), np.bool_)
        for one in shown:
            before, after = (_words(each, one, rows) for each in (loaded, then))
            counts[one.property][0].update(before[before != ""].tolist())
            counts[one.property][1].update(after[after != ""].tolist())
            moved |= before != after
        changed += int(moved.sum())
        for at, each in enumerate((loaded, then)):
            left_out[at] += (
                0
                if each.whole is None
                else int((each.segment.event[rows] == len(each.whole.segment.names)).sum())
            )
        part = book.part(name)
        if part is not None:
            for at, count in enumerate(part.tally(then.segment.columns, rows)):
                decided[at] += count
    return Trial(
        events,
        changed,
        {
            prop: {value: (before[value], after[value]) for value in {**before, **after}}
            for prop, (before, after) in counts.items()
        },
        [decided[at] for at in range(max(decided, default=-1) + 1)],
        (left_out[0], left_out[1]),
    )


def _words(loaded: Loaded, added: Added, rows: np.typing.NDArray[np.int64]) -> np.typing.NDArray[np.object_]:
    """Return the property of each row as a text; empty where it is not set."""
    packed = loaded.segment.columns.get(column_name(added.property, added.kind))
    if packed is None:
        return np.full(len(rows), "", object)
    words = ["false", "true"] if added.kind == "flag" else packed.dictionary().to_pylist()
    table = np.array([*words, ""], object)
    found: np.typing.NDArray[np.object_] = table[packed.codes(rows)]
    return found
