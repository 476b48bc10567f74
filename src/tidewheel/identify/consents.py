"""What people have agreed to: a ledger of facts, folded in (time, event id) order over all actors of a person.

A purpose may be agreed to for one channel or for ``any``. What holds for a channel is the latest of what was
said of it and of ``any``. Nothing is stored of the state: merging people, undoing a link, or a fact that
arrives late changes it by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import BaseModel

from tidewheel.core.events import CONSENT
from tidewheel.identify.hands import persons_of
from tidewheel.identify.hidden import hidden_people
from tidewheel.identify.properties import fact_rows
from tidewheel.identify.resolve import resolve
from tidewheel.store.columns.segment import SOURCE
from tidewheel.store.view import Loaded, Snapshot

ANY: Final = "any"
ANALYTICS: Final = "analytics"
LATEST: Final = 2**62
State: TypeAlias = Literal["granted", "withdrawn"]
Reason: TypeAlias = Literal["granted", "not_asked", "withdrawn", "no_consent", "no_such_person"]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class ConsentFact(BaseModel):
    """One line of the ledger. ``actor`` is the identifier it was said under."""

    purpose: str
    channel: str
    state: State
    time: int
    actor: str
    source: str
    evidence: str | None
    version: str | None
    jurisdiction: str | None


@dataclass(frozen=True, slots=True)
class Ledger:
    """All facts by (person, time, id), each once; ``segment`` and ``row`` say where each is."""

    person: npt.NDArray[np.int32]
    time: Ints
    purpose: npt.NDArray[np.object_]
    channel: npt.NDArray[np.object_]
    granted: Bools
    segment: npt.NDArray[np.int32]
    row: Ints


@dataclass(frozen=True, slots=True)
class Contact:
    """Whether somebody may be contacted, why, and since when (UTC ms) that holds."""

    allowed: bool
    reason: Reason
    since: int | None = None


def ledger(snapshot: Snapshot) -> Ledger:
    """Return everything people have said; worked out once a snapshot."""
    found: Ledger = snapshot.remember("consents", lambda: _ledger(snapshot))
    return found


def _ledger(snapshot: Snapshot) -> Ledger:
    parts = [
        (number, loaded, fact_rows(loaded.segment, (CONSENT,)))
        for number, loaded in enumerate(snapshot.segments)
    ]
    parts = [part for part in parts if len(part[2])]
    if not parts:
        none = np.zeros(0, np.int64)
        return Ledger(none.astype(np.int32), none, none.astype(object), none.astype(object), none.astype(bool), none.astype(np.int32), none)  # fmt: skip
    person, time, ids, words, segment, row = [], [], [], [], [], []
    for number, loaded, rows in parts:
        person.append(persons_of(snapshot, loaded, rows))
        time.append(loaded.segment.base + loaded.segment.time[rows].astype(np.int64))
        ids.append(loaded.segment.id[rows])
        words.append([_words(loaded, name, rows) for name in ("purpose", "channel", "state")])
        segment.append(np.full(len(rows), number, np.int32))
        row.append(rows)
    who, moment, key = np.concatenate(person), np.concatenate(time), np.concatenate(ids)
    purpose, channel, state = (np.concatenate(column) for column in zip(*words, strict=True))
    order = np.lexsort((key, moment, who))
    a, b = order[1:], order[:-1]
    twice = (who[a] == who[b]) & (moment[a] == moment[b]) & (key[a] == key[b])
    order = order[np.concatenate(([True], ~twice))]
    return Ledger(
        who[order], moment[order], purpose[order], channel[order], (state == "granted")[order],
        np.concatenate(segment)[order], np.concatenate(row)[order],
    )  # fmt: skip


def withdrawn(snapshot: Snapshot, purpose: str, before: int = LATEST) -> Bools:
    """Return which persons' latest word on a purpose, said before a moment and of any channel, is no."""
    found = np.zeros(resolve(snapshot).count, np.bool_)
    book = ledger(snapshot)
    about = np.flatnonzero((book.purpose == purpose) & (book.channel == ANY) & (book.time < before))
    if len(about):
        last = np.append(book.person[about][1:] != book.person[about][:-1], True)
        found[book.person[about[last]]] = ~book.granted[about[last]]
    return found


def facts_of(snapshot: Snapshot, person: int) -> list[ConsentFact]:
    """Return what one person has said, the earliest first."""
    book = ledger(snapshot)
    first, end = np.searchsorted(book.person, [person, person + 1]).tolist()
    return [_fact(snapshot, book, place) for place in range(first, end)]


def in_force(facts: list[ConsentFact], at: int = LATEST) -> dict[tuple[str, str], ConsentFact]:
    """Return by (purpose, channel) what holds at a moment, for each channel that was ever named; see the module."""
    said = [fact for fact in facts if fact.time <= at]
    pairs = {(fact.purpose, fact.channel) for fact in said}
    return {(purpose, channel): _latest(said, purpose, channel) for purpose, channel in sorted(pairs)}


def may_contact(
    snapshot: Snapshot, person: int, purpose: str, channel: str, at: int, *, asks_first: bool = True
) -> Contact:
    """Say whether a person may be contacted for a purpose over a channel at a moment (UTC ms), and why.

    ``asks_first``: nobody may be who has not agreed; otherwise everybody who has not withdrawn. People who are
    being erased may never be.
    """
    people = resolve(snapshot)
    if not 0 <= person < people.count or hidden_people(snapshot)[person]:
        return Contact(allowed=False, reason="no_such_person")
    said = [
        fact
        for fact in facts_of(snapshot, person)
        if fact.time <= at and fact.purpose == purpose and fact.channel in (channel, ANY)
    ]
    if not said:
        return Contact(allowed=not asks_first, reason="no_consent" if asks_first else "not_asked")
    return Contact(allowed=said[-1].state == "granted", reason=said[-1].state, since=said[-1].time)


def left_out(snapshot: Snapshot, *, before: int = LATEST, honours: bool = True) -> Bools | None:
    """Return who is left out of answers: people who are being erased and, with ``honours``, who withdrew analytics.

    ``before``: what was withdrawn later does not count. None: nobody is.
    """
    found = hidden_people(snapshot) if len(snapshot.hidden) else None
    if honours and len(ledger(snapshot).time):
        gone = withdrawn(snapshot, ANALYTICS, before)
        found = gone if found is None else found | gone
    return found if found is not None and found.any() else None


def _latest(said: list[ConsentFact], purpose: str, channel: str) -> ConsentFact:
    return [fact for fact in said if fact.purpose == purpose and fact.channel in (channel, ANY)][-1]


def _words(loaded: Loaded, name: str, rows: Ints) -> npt.NDArray[np.object_]:
    """Return the texts of a property at rows; empty where there is none."""
    packed = loaded.segment.columns.get(SOURCE if name == SOURCE else f"s_{name}")
    if packed is None:
        return np.full(len(rows), "", object)
    words: npt.NDArray[np.object_] = np.array([*packed.dictionary().to_pylist(), ""], object)
    codes = packed.codes(rows)
    return words[np.where(codes < 0, len(words) - 1, codes)]


def _fact(snapshot: Snapshot, book: Ledger, place: int) -> ConsentFact:
    loaded = snapshot.segments[int(book.segment[place])]
    rows = book.row[place : place + 1]
    told = {
        name: str(_words(loaded, name, rows)[0]) or None for name in ("evidence", "version", "jurisdiction")
    }
    run = np.searchsorted(loaded.segment.runs, rows, side="right") - 1
    return ConsentFact(
        purpose=book.purpose[place],
        channel=book.channel[place],
        state="granted" if book.granted[place] else "withdrawn",
        time=int(book.time[place]),
        actor=loaded.segment.actors().take(pa.array(run))[0].as_py(),
        source=str(_words(loaded, SOURCE, rows)[0]),
        **told,
    )
