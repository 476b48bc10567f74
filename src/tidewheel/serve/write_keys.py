"""Which source a write key belongs to, kept in memory because every batch of events asks.

While the catalog is away, what was known before stands, so that events are taken in all the same.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock

from tidewheel.collect.guard import Guard
from tidewheel.collect.plan import SourcePlan
from tidewheel.collect.vocabulary import Vocabulary
from tidewheel.core.clock import Clock
from tidewheel.core.errors import Unavailable
from tidewheel.serve.planning import Plans
from tidewheel.store.catalog import Catalog, Session, projects, sources

_FRESH_MS = 5_000
_MISSES_MS = 1_000
_AGAIN_SECONDS = 1.0
"""How often a catalog that is away is tried."""


@dataclass(frozen=True, slots=True)
class Sender:
    """The source behind a key. ``vocabularies`` are its own words, by protocol; ``plan`` None: nothing is planned."""

    project: str
    source: str
    enabled: bool
    zone: str
    write_key: str = ""
    vocabularies: Mapping[str, Vocabulary] = field(default_factory=dict)
    plan: SourcePlan | None = None
    guard: Guard | None = None


class WriteKeys:
    """Write keys of all projects; changes made elsewhere are seen within five seconds."""

    def __init__(
        self,
        catalog: Catalog,
        clock: Clock,
        plans: Plans,
        guards: Callable[[Session], Mapping[str, Guard]],
    ) -> None:
        self._catalog, self._clock, self._plans, self._guards = catalog, clock, plans, guards
        self._lock = Lock()
        self._senders: dict[str, Sender] = {}
        self._read_at: int | None = None
        self.away = False
        """Whether the catalog did not answer the last time."""
        self._looking = Lock()
        self._looked = 0.0
        self._missing: Unavailable | None = None

    def known(self, key: str) -> Sender | None:
        """Return what is in memory, without looking at the catalog."""
        return self._senders.get(key)

    def stale(self, key: str) -> bool:
        """Say whether the catalog should be read: the keys are old, or this one is not among them."""
        if self._read_at is None:
            return True
        age = abs(self._clock() - self._read_at)
        return age > _FRESH_MS or (key not in self._senders and age > _MISSES_MS)

    def look(self, key: str) -> Sender | None:
        """Return the source of a key as the catalog has it now.

        Those who ask at the same time share one look. While the catalog is away, what was known before is
        returned; of a key that was not known, Unavailable is raised, as nobody can tell.
        """
        asked = time.monotonic()
        with self._looking:
            if self._looked < asked:
                self._try()
        found = self._senders.get(key)
        if found is None and self._missing is not None:
            raise self._missing
        return found

    def look_later(self) -> None:
        """See in the background whether the catalog is back; once in a while, however often it is called."""
        if time.monotonic() - self._looked >= _AGAIN_SECONDS and self._looking.acquire(blocking=False):
            threading.Thread(target=self._look_now, name="write-keys", daemon=True).start()

    def _look_now(self) -> None:
        try:
            self._try()
        finally:
            self._looking.release()

    def _try(self) -> None:
        try:
            self.refresh()
        except Unavailable as error:
            self.away, self._missing = True, error
        finally:
            self._looked = time.monotonic()

    def refresh(self) -> None:
        """Read the catalog."""
        with self._lock:
            read_at = self._clock()
            with self._catalog.read() as db:
                zones = {project.id: project.time_zone for project in projects.listed(db)}
                found = sources.listed(db)
                guards = self._guards(db)
            rules = self._plans.all()
            senders: dict[str, Sender] = {}
            for source in found:
                held = rules.get(source.project_id)
                sender = Sender(
                    source.project_id,
                    source.id,
                    source.enabled,
                    zones[source.project_id],
                    source.write_key,
                    {name: Vocabulary.model_validate(own) for name, own in source.vocabularies.items()},
                    SourcePlan(held, source.plan_mode) if held else None,  # type: ignore[arg-type] # checked when set
                    guards.get(source.project_id),
                )
                senders |= dict.fromkeys([*source.vendor_keys, source.write_key], sender)
            self._senders = senders
            self._read_at = read_at
            self.away, self._missing = False, None
