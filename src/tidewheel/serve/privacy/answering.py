"""What a process does of erasures that others were asked for: it empties its queue into the lake, then cleans its files.

Who asks waits for those that are seen. A process that was not waited for finds a note when it comes back. It takes the
people out of its queue before anything of it reaches the lake, goes through the lake once more, for it may have
written there unseen, and says so in the certificate.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog

from tidewheel.core.clock import Clock
from tidewheel.core.errors import Unavailable
from tidewheel.serve.membership import Membership
from tidewheel.serve.privacy import certificate
from tidewheel.serve.uploads import Uploads
from tidewheel.store.catalog import Catalog, audit, erasure_parts, erasures, projects, scrub
from tidewheel.store.erase import Needles, found_in
from tidewheel.store.project import ProjectStore

log = structlog.get_logger("tidewheel.erasing")


@dataclass(frozen=True, slots=True)
class Duty:
    """What is to be done for one erasure, and how: ``asked``, ``cleaning`` or ``unanswered``."""

    erasure: str
    project: str
    state: str
    subject: dict[str, Any]

    @property
    def needles(self) -> Needles:
        """What is looked for."""
        return Needles.of(self.subject)


class Answering:
    """Does this process's part of every erasure, in a thread of its own. Without a shared lake there is nothing to do."""

    def __init__(
        self,
        membership: Membership,
        catalog: Catalog,
        store: Callable[[str], ProjectStore],
        stored: Callable[[], list[str]],
        uploads: Uploads,
        clock: Clock,
        *,
        changed: Callable[[], None],
        settle: Callable[[], None],
        cleaned: Callable[[str], None],
        take_over: Callable[[], None],
    ) -> None:
        self._membership, self._catalog, self._clock = membership, catalog, clock
        self._store, self._stored, self._uploads = store, stored, uploads
        self._changed, self._settle, self._cleaned, self._take_over = changed, settle, cleaned, take_over
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="answering", daemon=True)

    def owed(self, project: str) -> list[Needles]:
        """Return who was erased from a project while this data folder was away."""
        if not self._membership.shared:
            return []
        return [one.needles for one in self._duties() if (one.project, one.state) == (project, "unanswered")]

    def start(self) -> None:
        """Begin to look what is asked."""
        if self._membership.shared:
            self._thread.start()

    def close(self) -> None:
        """Stop after what is being done."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> bool:
        """Say that this process runs, and do what is asked of it; returns whether all of it was done."""
        with self._catalog.write() as db:
            self._membership.seen(db)
        duties = self._duties()
        done = [self._tried(one) for one in duties]
        if not self._membership.collects:
            self._take_over()
        return all(done)

    def _run(self) -> None:
        began = False
        while not self._ending.is_set():
            try:
                began = began or self._begin()
                self.look()
            except Unavailable:  # the catalog is away; what is asked is in it
                pass
            except Exception:
                log.exception("erasures not looked at")
            self._ending.wait(self._membership.pause())

    def _begin(self) -> bool:
        """Let a collector bring to the lake what an earlier process has left, though nobody sends anything."""
        if self._membership.collects:
            with self._catalog.read() as db:
                known = {one.id for one in projects.listed(db)}
            for project in known.intersection(self._stored()):
                self._store(project)
        return True

    def _duties(self) -> list[Duty]:
        found = []
        with self._catalog.read() as db:
            for part, asked in erasure_parts.owed_by(db, self._membership.id):
                if asked.worker == self._membership.id and part.state != "unanswered":
                    continue  # who does the erasure sees to its own part
                subject = asked.subject or (self._membership.read(part.note) if part.note else None)
                if subject is not None:
                    found.append(Duty(asked.id, asked.project_id, part.state, subject))
        return found

    def _tried(self, duty: Duty) -> bool:
        try:
            self._do(duty)
        except Exception as error:
            log.exception("erasure not answered yet", project=duty.project, erasure=duty.erasure)
            with suppress(Unavailable), self._catalog.write() as db:
                erasure_parts.stumble(db, duty.erasure, self._membership.id, type(error).__name__)
            return False
        return True

    def _do(self, duty: Duty) -> None:
        if duty.state == "asked":
            self._gather(duty)
            self._answer(duty, "gathered", {})
        elif duty.state == "cleaning":
            self._answer(duty, "cleaned", self._clean(duty, lake=False))
        else:
            found = self._clean(duty, lake=True)
            with self._catalog.write() as db:
                changed = scrub.scrub(db, duty.project, duty.needles)
            if changed:
                scrub.compress(self._catalog)
            self._answer(duty, "late", {**found, **changed})

    def _gather(self, duty: Duty) -> None:
        """Refuse whom nobody wants to know any more, and put what waits into the lake."""
        self._changed()
        if duty.project in self._stored():
            store = self._store(duty.project)
            if duty.subject.get("hides"):
                store.hide(duty.subject["actors"])
            store.flush()
        self._settle()

    def _clean(self, duty: Duty, *, lake: bool) -> dict[str, int]:
        """Take people out of this process's own files and memory, and with ``lake`` out of the lake."""
        needles = duty.needles
        self._changed()
        self._settle()
        found = {"uploads": self._uploads.erase(duty.project, needles)}
        if duty.project in self._stored():
            store = self._store(duty.project)
            found |= store.erase(needles, lake=lake)
            self._cleaned(duty.project)
            found["files"] = found_in(store.folder, needles)
        return found

    def _answer(self, duty: Duty, state: str, counts: dict[str, int]) -> None:
        now = self._clock()
        with self._catalog.write() as db:
            erasure_parts.answer(db, duty.erasure, self._membership.id, state, counts, now)
            asked = erasures.get(db, duty.project, duty.erasure)
            if state == "late" and asked.certificate is not None:
                asked.certificate = certificate.amended(
                    asked.certificate, erasure_parts.of(db, duty.erasure), now
                )
                audit.note(
                    db,
                    now=now,
                    actor=asked.by,
                    action="erasure_answered_late",
                    subject=asked.id,
                    project_id=duty.project,
                )
