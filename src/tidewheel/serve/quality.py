"""What is not as planned, on its way from the door, which counts it, to the catalog, which keeps the counts."""

from __future__ import annotations

import threading

import structlog

from tidewheel.collect.contract import Arrival, Taken
from tidewheel.collect.plan import Tally
from tidewheel.core.period import Calendar
from tidewheel.store.catalog import Catalog, plans, projects

FLUSH_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Quality:
    """Counts violations in memory and adds them to the catalog every few seconds.

    The counts are of deliveries. What a killed process had not added yet, at most five seconds, is lost;
    the events themselves are not.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog, self._tally = catalog, Tally()
        self._flushing, self._ending = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="quality", daemon=True)

    def note(self, project: str, arrival: Arrival, taken: Taken) -> None:
        """Count what is wrong with the events of a request."""
        if not taken.violations and not taken.blocked:
            return
        day = Calendar(zone=arrival.zone).local(arrival.received).date().isoformat()
        for found, blocked in ((taken.violations, False), (taken.blocked, True)):
            if found:
                self._tally.add(project, arrival.source, day, arrival.received, found, blocked=blocked)

    def flush(self) -> None:
        """Add what was counted to the catalog."""
        with self._flushing:
            taken = self._tally.take()
            if not taken:
                return
            by_project: dict[str, list[plans.Counted]] = {}
            for key, held in taken.items():
                where = (key.source, key.event, key.property, key.code)
                by_project.setdefault(key.project, []).append(
                    (key.day, where, held.count, held.blocked, held.first, held.last, held.samples)
                )
            try:
                with self._catalog.write() as db:
                    known = {one.id for one in projects.listed(db)}
                    for project in by_project.keys() & known:
                        plans.count(db, project, by_project[project])
            except Exception:
                self._tally.put_back(taken)
                raise

    def start(self) -> None:
        """Begin to add counts by itself."""
        self._thread.start()

    def close(self) -> None:
        """Stop, and add what is left."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()
        self.flush()

    def _run(self) -> None:
        while not self._ending.wait(FLUSH_SECONDS):
            try:
                self.flush()
            except Exception:
                log.exception("violations not kept")
