"""The rows of devices that change hands, cut where they do.

Rows stay where they are. Each person's part of a device has a code of its own behind the actors', with runs of its own; the
device's own code is in nobody's reading, so that its whole runs are never read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from tidewheel.identify.resolve import People, resolve
from tidewheel.identify.steps import Steps
from tidewheel.store.columns.pointers import addresses, load32
from tidewheel.store.columns.runs import RunIndex
from tidewheel.store.view import Loaded, Snapshot

Codes = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Spans:
    """Rows of one segment, ``first`` … ``end`` - 1, ascending, and the code of the part they are of."""

    first: Ints
    end: Ints
    part: Codes


@dataclass(frozen=True)
class Cuts:
    """Parts of devices: part ``i`` has the code ``base + i`` and is of ``devices[i]`` and ``persons[i]``.

    ``person_of`` says of each actor and each part whose it is; ``reading`` are each person's actors and parts to be read, with their
    heads; ``index`` says where the runs of parts are. ``spans`` go by the ``id()`` of a segment's array of event ids, which is one and the
    same however many columns the segment is seen with; the snapshot, which keeps these cuts, keeps the array too.
    """

    base: int
    devices: Codes
    persons: Codes
    person_of: Codes
    reading: tuple[Ints, Codes]
    index: RunIndex
    spans: dict[int, Spans]

    def of(self, loaded: Loaded) -> Spans | None:
        """Return the cut rows of a segment."""
        return self.spans.get(id(loaded.segment.id))

    def codes(self, loaded: Loaded, rows: npt.NDArray[Any], actors: Codes) -> Codes:
        """Return of some rows of a segment and their actors whose code each goes by: the actor's, or that of a part."""
        spans = self.of(loaded)
        if spans is None:
            return actors
        at = np.searchsorted(spans.first, rows, side="right") - 1
        inside = (at >= 0) & (rows < spans.end[at])
        return np.where(inside, spans.part[at], actors)


def cuts(snapshot: Snapshot) -> Cuts | None:
    """Return the parts of devices that change hands; None: there are none. Worked out once a snapshot."""
    people = resolve(snapshot)
    if not len(people.steps.devices):
        return None
    found: Cuts = snapshot.remember("cuts", lambda: _cuts(snapshot, people))
    return found


def persons_of(snapshot: Snapshot, loaded: Loaded, rows: npt.NDArray[Any]) -> Codes:
    """Return the person of each of some rows of a segment."""
    actors = loaded.actors[np.searchsorted(loaded.segment.runs, rows, side="right") - 1]
    return persons_of_facts(snapshot, loaded, rows, actors)


def persons_of_facts(snapshot: Snapshot, loaded: Loaded, rows: npt.NDArray[Any], actors: Codes) -> Codes:
    """Return the person of each of some rows whose actors are known."""
    divided = cuts(snapshot)
    if divided is None:
        return resolve(snapshot).person_of[actors]
    return divided.person_of[divided.codes(loaded, rows, actors)]


def owned_runs(snapshot: Snapshot, loaded: Loaded) -> tuple[Codes, Ints, Ints]:
    """Return the persons, first and end rows of a segment's runs; in the place of those that are cut come their pieces."""
    segment, person_of, divided = loaded.segment, resolve(snapshot).person_of, cuts(snapshot)
    spans = None if divided is None else divided.of(loaded)
    if divided is None or spans is None:
        return person_of[loaded.actors], segment.runs[:-1], segment.runs[1:]
    whole = np.ones(len(loaded.actors), np.bool_)
    whole[np.searchsorted(segment.runs, spans.first, side="right") - 1] = False
    return (
        np.append(person_of[loaded.actors[whole]], divided.person_of[spans.part]),
        np.append(segment.runs[:-1][whole], spans.first),
        np.append(segment.runs[1:][whole], spans.end),
    )


def runs_of(snapshot: Snapshot, person: int, actor: int) -> list[tuple[Loaded, int, int]]:
    """Return (segment, first row, end row) of what an actor's rows are a person's."""
    divided = cuts(snapshot)
    if divided is None or actor not in divided.devices:
        return snapshot.runs_of(actor) if resolve(snapshot).person_of[actor] == person else []
    found = []
    for part in np.flatnonzero((divided.devices == actor) & (divided.persons == person)).tolist():
        heads = divided.index.heads
        for segment, first, end, _ in divided.index.runs[int(heads[part]) : int(heads[part + 1])].tolist():
            found.append((snapshot.segments[segment], first, end))
    return found


def handed_to(snapshot: Snapshot, person: int) -> Codes:
    """Return the devices a person has a part of."""
    divided = cuts(snapshot)
    return np.zeros(0, np.int32) if divided is None else divided.devices[divided.persons == person]


@dataclass(frozen=True, slots=True)
class Belongings:
    """What is some persons' alone: identifiers, and parts of devices that others have parts of (device, since, until; None: no bound)."""

    actors: list[str]
    parts: list[tuple[str, int | None, int | None]]


def belongings(snapshot: Snapshot, persons: Codes) -> Belongings:
    """Return what goes when some persons go."""
    people = resolve(snapshot)
    steps, gone = people.steps, np.isin(people.steps.person, persons)
    stay = [
        place
        for place in range(len(steps.devices))
        if not gone[steps.heads[place] : steps.heads[place + 1]].all()
    ]
    own = [people.actors[people.heads[person] : people.heads[person + 1]] for person in persons.tolist()]
    codes = np.concatenate([np.zeros(0, np.int32), *own])
    shared = steps.devices[stay]
    parts: list[tuple[str, int | None, int | None]] = []
    for place in stay:
        [device] = snapshot.actors.strings(steps.devices[place : place + 1])
        first, end = int(steps.heads[place]), int(steps.heads[place + 1])
        for at in np.flatnonzero(gone[first:end]) + first:
            since = None if at == first else int(steps.time[at])
            parts.append((device, since, None if at + 1 == end else int(steps.time[at + 1])))
    return Belongings(snapshot.actors.strings(codes[~np.isin(codes, shared)]), parts)


def _cuts(snapshot: Snapshot, people: People) -> Cuts:
    steps, base = people.steps, len(people.person_of)
    device = np.repeat(steps.devices, np.diff(steps.heads))
    named, part = np.unique(
        steps.person.astype(np.int64) << 32 | device.astype(np.int64), return_inverse=True
    )
    persons, devices = (named >> 32).astype(np.int32), (named & 0xFFFF_FFFF).astype(np.int32)
    pieces = _pieces(snapshot, steps, part.astype(np.int64))
    order = np.lexsort((pieces[:, 1], pieces[:, 0], pieces[:, 3]))
    runs = pieces[order]
    heads = np.searchsorted(runs[:, 3], np.arange(len(named) + 1))
    table = runs.astype(np.uint32)
    table[:, 3] = 0
    return Cuts(
        base, devices, persons, np.append(people.person_of, persons),
        _reading(people, steps.devices, persons, base),
        RunIndex(0, heads.astype(np.int64), np.ascontiguousarray(table), base),
        _spans(snapshot, pieces, base),
    )  # fmt: skip


def _pieces(snapshot: Snapshot, steps: Steps, part: Ints) -> Ints:
    """Return (segment, first row, end row, part) of each piece of a device's run."""
    segments = [loaded.segment for loaded in snapshot.segments]
    base = np.array([segment.base for segment in segments], np.int64)
    times = addresses([segment.time for segment in segments])
    found = [np.zeros((0, 4), np.int64)]
    for index in snapshot.indexes:
        told = (
            steps.devices,
            steps.heads,
            steps.time,
            part,
            index.heads,
            index.runs,
            index.first,
            base,
            times,
        )
        size = _cut(*told, np.zeros((0, 4), np.int64))
        out = np.empty((size, 4), np.int64)
        _cut(*told, out)
        found.append(out)
    return np.concatenate(found)


@njit(nogil=True, cache=True)
def _cut(
    devices: Codes, heads: Ints, time: Ints, part: Ints,
    run_heads: Ints, runs: npt.NDArray[np.uint32], first: int, base: Ints, times: npt.NDArray[np.uint64], out: Ints,
) -> int:  # fmt: skip
    """Cut the runs of devices at their steps; returns how many pieces there are, and writes them if there is room for any."""
    n = 0
    for i in range(devices.shape[0]):
        device = devices[i]
        if device >= run_heads.shape[0] - 1:
            continue
        for run in range(run_heads[device], run_heads[device + 1]):
            segment = first + np.int64(runs[run, 0])
            row, stop = np.int64(runs[run, 1]), np.int64(runs[run, 2])
            zero, at = base[segment], times[segment]
            step = heads[i]
            while row < stop:
                moment = zero + np.int64(load32(at, row))
                while step + 1 < heads[i + 1] and time[step + 1] <= moment:
                    step += 1
                low, high = row + 1, stop
                if step + 1 == heads[i + 1]:
                    low = stop
                while low < high:
                    middle = (low + high) >> 1
                    if zero + np.int64(load32(at, middle)) < time[step + 1]:
                        low = middle + 1
                    else:
                        high = middle
                if out.shape[0]:
                    out[n, 0], out[n, 1], out[n, 2], out[n, 3] = segment, row, low, part[step]
                n += 1
                row = low
    return n


def _reading(people: People, devices: Codes, persons: Codes, base: int) -> tuple[Ints, Codes]:
    shared = np.zeros(base, np.bool_)
    shared[devices] = True
    whole = people.actors[~shared[people.actors]]
    codes = np.concatenate((whole, base + np.arange(len(persons), dtype=np.int32)))
    owner = np.concatenate((people.person_of[whole], persons))
    order = np.argsort(owner, kind="stable")
    heads = np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=people.count))))
    return heads.astype(np.int64), codes[order].astype(np.int32)


def _spans(snapshot: Snapshot, pieces: Ints, base: int) -> dict[int, Spans]:
    order = np.lexsort((pieces[:, 1], pieces[:, 0]))
    pieces = pieces[order]
    numbers, first = np.unique(pieces[:, 0], return_index=True)
    found = {}
    ends = np.append(first, len(pieces))[1:]
    for number, begin, end in zip(numbers.tolist(), first, ends, strict=True):
        own = pieces[begin:end]
        held = snapshot.segments[number].segment.id
        found[id(held)] = Spans(own[:, 1].copy(), own[:, 2].copy(), (base + own[:, 3]).astype(np.int32))
    return found
