"""Erasing people: a queue that is worked off step by step, and begun again where it was interrupted.

Whoever is to be erased is out of every answer as soon as it was asked for. Each step may be done twice, so that a
process that was killed anywhere goes on by doing all of them again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import structlog

from tidewheel.collect.guard import Guard
from tidewheel.core.clock import Clock
from tidewheel.core.errors import Unavailable
from tidewheel.core.ids import encode_key
from tidewheel.identify import people
from tidewheel.identify.people import number_of
from tidewheel.identify.resolve import resolve
from tidewheel.serve.privacy.certificate import certified
from tidewheel.serve.privacy.key import IdentifierKey
from tidewheel.serve.privacy.masking import contacts_in
from tidewheel.serve.uploads import Uploads
from tidewheel.store.catalog import Catalog, Erasure, audit, erasures, privacy, scrub
from tidewheel.store.erase import Needles, found_in, holding
from tidewheel.store.project import ProjectStore
from tidewheel.store.view import Snapshot

AGAIN_SECONDS: Final = 30.0
log = structlog.get_logger("tidewheel.erasing")


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is to be erased: actors, further words that name them, and how much is known of them."""

    actors: list[str]
    words: list[str]
    known: dict[str, int]
    hides: bool = True

    def kept(self) -> dict[str, Any]:
        """Return what stands in the queue."""
        return {"actors": self.actors, "words": self.words, "known": self.known, "hides": self.hides}


def subject_of(snapshot: Snapshot, actors: Sequence[str], *, alone: bool = False) -> Subject:
    """Return who has one of some identifiers; ``alone``: these identifiers without the others of their person."""
    found = resolve(snapshot)
    codes = snapshot.actors.codes(pa.array(list(actors), pa.large_string()), add=False)
    codes = codes[(codes >= 0) & (codes < len(found.person_of))]
    persons = np.unique(found.person_of[codes])
    names: set[str] = set(actors)
    words: set[str] = set()
    if not alone:
        for person in persons.tolist():
            own = found.actors[found.heads[person] : found.heads[person + 1]]
            names.update(snapshot.actors.strings(own))
            told = people.get(snapshot, encode_key(int(snapshot.actors.hashes()[own[0]])))
            words.update(contacts_in([one.value for one in told.properties.values()]))
    known = snapshot.actors.codes(pa.array(sorted(names), pa.large_string()), add=False)
    known = known[known >= 0]
    words.update(encode_key(int(key)) for key in snapshot.actors.hashes()[known])
    events = sum(end - start for code in known.tolist() for _, start, end in snapshot.runs_of(code))
    return Subject(
        sorted(names),
        sorted(words),
        {"people": len(persons), "identifiers": len(known), "events": events},
        not alone,
    )


def by_person(snapshot: Snapshot, person: str) -> Subject:
    """Return a person by public id or identifier; NotFound when there is none."""
    number, found = number_of(snapshot, person), resolve(snapshot)
    own = found.actors[found.heads[number] : found.heads[number + 1]]
    return subject_of(snapshot, snapshot.actors.strings(own))


class Erasures:
    """Works the queue of one installation off, in a thread of its own."""

    def __init__(
        self,
        catalog: Catalog,
        store: Callable[[str], ProjectStore],
        uploads: Uploads,
        key: IdentifierKey,
        clock: Clock,
        *,
        changed: Callable[[], None],
        settle: Callable[[], None] = lambda: None,
        cleaned: Callable[[str], None] = lambda project: None,
        checkpoint: Callable[[str], None] = lambda name: None,
    ) -> None:
        self._catalog, self._store, self._uploads, self._key, self._clock = (
            catalog,
            store,
            uploads,
            key,
            clock,
        )
        self._changed, self._settle, self._cleaned = changed, settle, cleaned
        self._checkpoint = checkpoint
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def ask(self, project: str, subject: Subject, *, suppress: bool, reason: str, by: str) -> Erasure:
        """Put people into the queue; they are out of every answer when this returns."""
        now = self._clock()
        guard = Guard(self._key.bytes)
        with self._catalog.write() as db:
            asked = erasures.ask(
                db,
                project_id=project,
                subject=subject.kept(),
                suppress=suppress,
                reason=reason,
                by=by,
                now=now,
            )
            if suppress:
                privacy.suppress(db, project, map(guard.mark, subject.actors), asked.id, now)
            audit.note(db, now=now, actor=by, action="erasure_asked", subject=asked.id, project_id=project)
        self._changed()
        if subject.hides:
            self._store(project).hide(subject.actors)
        self.wake()
        return asked

    def hide(self, project: str, store: ProjectStore) -> None:
        """Keep those out of sight whose erasure an earlier process has not finished."""
        with self._catalog.read() as db:
            waiting = [one.subject for one in erasures.open_ones(db, project)]
        for subject in waiting:
            if subject and subject["hides"]:
                store.hide(subject["actors"])

    def wake(self) -> None:
        """See to it that the queue is being worked off."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="erasing", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Stop after the step that is being done."""
        self._ending.set()
        if self._thread is not None and self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                with self._lock:
                    with self._catalog.read() as db:
                        waiting = [(one.project_id, one.id) for one in erasures.open_ones(db)]
                    if not waiting:
                        self._thread = None
                        return
            except Unavailable:  # the catalog is away; the queue is in it
                self._ending.wait(AGAIN_SECONDS)
                continue
            done = [self._tried(project, one) for project, one in waiting]
            if not all(done):
                self._ending.wait(AGAIN_SECONDS)

    def _tried(self, project: str, erasure_id: str) -> bool:
        try:
            self.work(project, erasure_id)
        except Exception as error:
            log.exception("not erased yet", project=project, erasure=erasure_id)
            with suppress(Unavailable):
                self._note(project, erasure_id, error=type(error).__name__)
            return False
        return True

    def work(self, project: str, erasure_id: str) -> None:
        """Do all steps of one erasure."""
        with self._catalog.write() as db:
            asked = erasures.get(db, project, erasure_id)
            asked.state, asked.tries = "running", asked.tries + 1
            subject = asked.subject
        if subject is not None:
            needles = Needles(subject["actors"], subject["words"])
            store = self._store(project)
            steps: tuple[tuple[str, Callable[[], dict[str, int]]], ...] = (
                ("facts", lambda: store.erase(needles)),
                ("files", lambda: self._files(project, needles)),
                ("catalog", lambda: self._words(project, needles)),
                ("check", lambda: {"files": found_in(store.folder, needles)}),
            )
            for name, step in steps:
                if self._ending.is_set():
                    return
                self._checkpoint(f"erasing:{name}")
                self._note(project, erasure_id, step=name, counts=step())
            self._seal(project, erasure_id, subject)
        self._checkpoint("erasing:sealed")
        scrub.compress(self._catalog)
        with self._catalog.write() as db:
            erasures.get(db, project, erasure_id).state = "done"

    def _files(self, project: str, needles: Needles) -> dict[str, int]:
        gone = list(holding(self._uploads.folder / project, needles))
        for path in gone:
            path.unlink(missing_ok=True)
        return {"uploads": len(gone)}

    def _words(self, project: str, needles: Needles) -> dict[str, int]:
        """Take people out of the catalog, with what is on its way there, and see that none is kept in memory."""
        self._settle()
        with self._catalog.write() as db:
            found = scrub.scrub(db, project, needles)
        self._cleaned(project)
        return found

    def _seal(self, project: str, erasure_id: str, subject: dict[str, Any]) -> None:
        """Write the certificate and forget who it was about."""
        guard = Guard(self._key.bytes)
        with self._catalog.write() as db:
            asked = erasures.get(db, project, erasure_id)
            asked.finished_at = self._clock()
            asked.certificate = certified(
                asked, subject["known"], [guard.mark(one) for one in subject["actors"]]
            )
            asked.subject, asked.error = None, None
            audit.note(
                db,
                now=asked.finished_at,
                actor=asked.by,
                action="erasure_done",
                subject=asked.id,
                project_id=project,
            )

    def _note(
        self,
        project: str,
        erasure_id: str,
        *,
        step: str | None = None,
        counts: dict[str, int] | None = None,
        error: str | None = None,
    ) -> None:
        with self._catalog.write() as db:
            asked = erasures.get(db, project, erasure_id)
            if step is not None:
                before = asked.steps.get(step, {})
                added = {name: before.get(name, 0) + count for name, count in (counts or {}).items()}
                asked.steps = {**asked.steps, step: {**before, **added}}
            asked.error = error
