"""Erasing people: a queue that is worked off step by step, and begun again where it was interrupted.

Whoever is to be erased is out of every answer as soon as it was asked for. Each step may be done twice, so that a
process that was killed anywhere goes on by doing all of them again. Where several processes share a lake, one does the
erasure. The others put what waits in their queues into the lake first, and clean their own files after the first pass
over the lake; whoever is not seen is not waited for, and is left a note.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
import structlog

from tidewheel.collect.guard import Guard
from tidewheel.core.clock import Clock
from tidewheel.core.errors import Unavailable
from tidewheel.core.ids import encode_key
from tidewheel.identify import people
from tidewheel.identify.hands import belongings, runs_of
from tidewheel.identify.people import number_of
from tidewheel.identify.resolve import canonical, resolve
from tidewheel.serve.membership import Membership
from tidewheel.serve.privacy.certificate import certified
from tidewheel.serve.privacy.key import IdentifierKey
from tidewheel.serve.privacy.masking import contacts_in
from tidewheel.serve.uploads import Uploads
from tidewheel.store.catalog import (
    Catalog,
    Erasure,
    audit,
    erasure_parts,
    erasures,
    privacy,
    processes,
    scrub,
)
from tidewheel.store.erase import Needles, Part, found_in
from tidewheel.store.project import ProjectStore
from tidewheel.store.view import Snapshot

AGAIN_SECONDS: Final = 30.0
_NOBODY: Final = np.zeros(0, np.int32)
log = structlog.get_logger("tidewheel.erasing")


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is to be erased: actors, further words that name them, and how much is known of them.

    ``parts`` are what they did on devices that are others' too: that goes, and the devices stay. They end no later than
    when the erasure was asked for, or with the last that was known to have happened: what comes after is others'.
    """

    actors: list[str]
    words: list[str]
    known: dict[str, int]
    hides: bool = True
    parts: list[Part] = field(default_factory=list)

    def kept(self) -> dict[str, Any]:
        """Return what stands in the queue."""
        return {
            "actors": self.actors,
            "words": self.words,
            "known": self.known,
            "hides": self.hides,
            "parts": self.parts,
        }


def subject_of(snapshot: Snapshot, actors: Sequence[str], now: int, *, alone: bool = False) -> Subject:
    """Return who has one of some identifiers; ``alone``: these identifiers without the others of their person.

    A device that others use too is not erased with a person, though it was named.
    """
    if len(snapshot.hidden):
        snapshot = snapshot.apart(hidden=_NOBODY)
    found = resolve(snapshot)
    codes = snapshot.actors.codes(pa.array(list(actors), pa.large_string()), add=False)
    codes = codes[(codes >= 0) & (codes < len(found.person_of))]
    persons = np.unique(found.person_of[codes])
    names: set[str] = set(actors)
    words: set[str] = set()
    parts: list[Part] = []
    if not alone:
        held = belongings(snapshot, persons)
        parts = held.parts
        names = (names | {*held.actors}) - {device for device, *_ in parts}
        for person in persons.tolist():
            own = found.actors[found.heads[person] : found.heads[person + 1]]
            told = people.get(snapshot, encode_key(int(snapshot.actors.hashes()[own[0]])))
            words.update(contacts_in([one.value for one in told.properties.values()]))
    known = snapshot.actors.codes(pa.array(sorted(names), pa.large_string()), add=False)
    known = known[known >= 0]
    words.update(encode_key(int(key)) for key in snapshot.actors.hashes()[known])
    events = sum(end - start for code in known.tolist() for _, start, end in snapshot.runs_of(code))
    last: dict[str, int] = {}
    for device in {device for device, *_ in parts}:
        [code] = snapshot.actors.codes(pa.array([device], pa.large_string()), add=False).tolist()
        for loaded, start, end in [run for one in persons.tolist() for run in runs_of(snapshot, one, code)]:
            events += end - start
            moment = loaded.segment.base + int(loaded.segment.time[end - 1])
            last[device] = max(last.get(device, now), moment + 1)
    ends: list[Part] = [
        (device, since, last.get(device, now) if until is None else until) for device, since, until in parts
    ]
    return Subject(
        sorted(names),
        sorted(words),
        {"people": len(persons), "identifiers": len(known), "events": events},
        not alone,
        ends,
    )


def by_person(snapshot: Snapshot, person: str, now: int) -> Subject:
    """Return a person by public id or identifier; NotFound when there is none."""
    number = number_of(snapshot, person)
    return subject_of(snapshot, [canonical(snapshot, resolve(snapshot), number)], now)


class Erasures:
    """Works the queue of one installation off, in a thread of its own."""

    def __init__(
        self,
        catalog: Catalog,
        store: Callable[[str], ProjectStore],
        uploads: Uploads,
        key: IdentifierKey,
        clock: Clock,
        membership: Membership,
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
        self._checkpoint, self._membership = checkpoint, membership
        self._passed: dict[str, set[str]] = {}
        """Of each erasure whose first pass over the lake is done, the lake's files that hold nobody."""
        self._begun: set[str] = set()
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
                worker=self._own,
            )
            if self._membership.shared:
                erasure_parts.ask(db, asked.id)
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

    @property
    def _own(self) -> str | None:
        return self._membership.id if self._membership.shared else None

    def _mine(self) -> list[tuple[str, str]]:
        """Return (project, erasure) of what this process is to do: what it was asked for, or whoever was is gone."""
        with self._catalog.read() as db:
            since = self._membership.gone_before()
            there = {one.id for one in processes.listed(db) if one.seen_at >= since and not one.retired_at}
            others = there - {self._own}
            waiting = [one for one in erasures.open_ones(db) if one.worker not in others]
        return [(one.project_id, one.id) for one in waiting]

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                with self._lock:
                    waiting = self._mine()
                    if not waiting:
                        self._thread = None
                        return
            except Unavailable:  # the catalog is away; the queue is in it
                self._ending.wait(AGAIN_SECONDS)
                continue
            failed = [one for one in waiting if not self._tried(*one)]
            if failed:
                self._ending.wait(AGAIN_SECONDS)
            elif self._begun:
                self._ending.wait(self._membership.pause())

    def _tried(self, project: str, erasure_id: str) -> bool:
        try:
            self.work(project, erasure_id)
        except Exception as error:
            log.exception("not erased yet", project=project, erasure=erasure_id)
            self._begun.discard(erasure_id)
            with suppress(Unavailable):
                self._note(project, erasure_id, error=type(error).__name__)
            return False
        return True

    def work(self, project: str, erasure_id: str) -> bool:
        """Do all steps of one erasure that can be done now; False: others have to do theirs first."""
        with self._catalog.write() as db:
            asked = erasures.get(db, project, erasure_id)
            asked.state, asked.worker = "running", self._own
            if erasure_id not in self._begun:
                asked.tries += 1
            if self._membership.shared:
                self._membership.seen(db)
            subject = asked.subject
        self._begun.add(erasure_id)
        if subject is not None and not self._erased(project, erasure_id, subject):
            return False
        self._checkpoint("erasing:sealed")
        scrub.compress(self._catalog)
        with self._catalog.write() as db:
            erasures.get(db, project, erasure_id).state = "done"
        self._begun.discard(erasure_id)
        return True

    def _erased(self, project: str, erasure_id: str, subject: dict[str, Any]) -> bool:
        """Do every step up to the certificate; False: stopped, or others have to do theirs first."""
        store = self._store(project)
        first = erasure_id not in self._passed
        if first and not self._all(erasure_id, subject, erasure_parts.GATHERED):
            return False
        if first and self._membership.shared:
            store.refresh()
            subject = self._widened(project, erasure_id, subject)
        needles, seen = Needles.of(subject), self._passed.get(erasure_id, set())
        if first:
            if not self._stepped(project, erasure_id, "facts", lambda: store.erase(needles, seen)):
                return False
            self._passed[erasure_id] = seen
        if not self._all(erasure_id, subject, erasure_parts.CLEANED):
            return False
        steps: list[tuple[str, Callable[[], dict[str, int]]]] = [
            ("files", lambda: {"uploads": self._uploads.erase(project, needles)}),
            ("catalog", lambda: self._words(project, needles)),
            ("check", lambda: {"files": found_in(store.folder, needles)}),
        ]
        if self._membership.shared:  # what others have put into the lake meanwhile
            steps.insert(0, ("facts", lambda: store.erase(needles, seen)))
        if not all(self._stepped(project, erasure_id, name, step) for name, step in steps):
            return False
        self._seal(project, erasure_id, subject)
        self._passed.pop(erasure_id, None)
        return True

    def _stepped(self, project: str, erasure_id: str, name: str, step: Callable[[], dict[str, int]]) -> bool:
        """Do one step and count what it did; False: there is to be no more."""
        if self._ending.is_set():
            return False
        self._checkpoint(f"erasing:{name}")
        self._note(project, erasure_id, step=name, counts=step())
        return True

    def _all(self, erasure_id: str, subject: dict[str, Any], wanted: frozenset[str]) -> bool:
        """Say whether all other processes have come to a state; those that are not seen are left a note."""
        if not self._membership.shared:
            return True
        with self._catalog.write() as db:
            if wanted == erasure_parts.CLEANED:
                erasure_parts.clean(db, erasure_id)
            open_states = erasure_parts.STATES - wanted
            erasure_parts.give_up(
                db, erasure_id, open_states, subject, self._membership.gone_before(), self._membership.id
            )
            states = [
                part.state
                for part, process in erasure_parts.of(db, erasure_id)
                if process.id != self._membership.id
            ]
        return wanted.issuperset(states)

    def _widened(self, project: str, erasure_id: str, subject: dict[str, Any]) -> dict[str, Any]:
        """Add what the queues of others have told of the people since they were named.

        A device that turns out to be others' too stays with them. What was whose on it is only told the first time: a
        process that goes on from here may have removed some of it.
        """
        if not subject["hides"]:
            return subject
        store = self._store(project)
        with self._catalog.read() as db:
            found = subject_of(
                store.snapshot(), subject["actors"], erasures.get(db, project, erasure_id).created_at
            )
        parts = subject["parts"] if subject.get("gathered") else [list(part) for part in found.parts]
        shared = {str(part[0]) for part in parts}
        wider = {
            **subject,
            "actors": sorted({*subject["actors"], *found.actors} - shared),
            "words": sorted({*subject["words"], *found.words}),
            "known": {name: max(count, found.known[name]) for name, count in subject["known"].items()},
            "parts": parts,
            "gathered": True,
        }
        if wider != subject:
            guard = Guard(self._key.bytes)
            with self._catalog.write() as db:
                asked = erasures.get(db, project, erasure_id)
                asked.subject = wider
                if asked.suppress:
                    privacy.know_again(db, project, map(guard.mark, shared), asked.id)
                    privacy.suppress(db, project, map(guard.mark, wider["actors"]), asked.id, self._clock())
            self._changed()
            store.hide(wider["actors"])
        return wider

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
            asked.finished_at = now = self._clock()
            if self._membership.shared:
                erasure_parts.answer(db, asked.id, self._membership.id, "cleaned", {}, now)
            parts = erasure_parts.of(db, asked.id)
            for part, process in parts:
                if part.state == "unanswered":
                    erasure_parts.leave_note(part, process, subject)
            marks = [guard.mark(one) for one in subject["actors"]]
            asked.reason = Needles.of(subject).cleaned(asked.reason)
            asked.certificate = certified(asked, subject["known"], marks, parts)
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
