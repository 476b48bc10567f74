"""From what each person did to one figure a person: by group and bucket, and once in "other".

An *atom* is one thing that counts for a person: an event, a day, a pair of events. A key is
``(code + 1) * width + bucket``; code -1 is everyone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.contract import Floats, Ints, Labels
from tidewheel.analyse.kernels import kernel
from tidewheel.analyse.kernels.cells import DENSE, Cells, no_cells, occurrences, ranked, real, tally
from tidewheel.analyse.kernels.groups import OTHER, leading, named
from tidewheel.analyse.kernels.samples import Sample, by_cell
from tidewheel.analyse.question import GroupLabel

How: TypeAlias = Literal["sum", "mean", "each"]
"""A person's figure: the sum of their atoms, the mean, or every atom a figure of its own."""
SMALL = 4096


class Atoms(NamedTuple):
    """Each (key, person, atom) once, those of a person together. ``atom`` -1: was there, did nothing.

    ``whole`` and ``fraction`` are the exact value (see ``cells.exact``).
    """

    key: Ints
    person: Ints
    atom: Ints
    whole: Ints
    fraction: Ints


class Figures(NamedTuple):
    """Figures by key, and how often each occurs there."""

    key: Ints
    value: Floats
    times: Ints


@kernel
def _pair(place: Ints, person: Ints, who: Ints, number: Ints, pair: Ints) -> int:
    n = 0
    for i in range(place.size):
        at = place[i]
        if who[at] != person[i]:
            who[at], number[at] = person[i], n
            n += 1
        pair[i] = number[at]
    return n


def pairs(key: Ints, person: Ints) -> tuple[Ints, Ints]:
    """Number the (key, person) pairs; return the key of each and the pair of each record."""
    keys, place = ranked(key)
    pair = np.empty(key.size, np.int64)
    n = _pair(place, person, np.full(keys.size, -1), np.empty(keys.size, np.int64), pair)
    found = np.empty(n, np.int64)
    found[pair] = key
    return found, pair


def fold(atoms: Atoms, how: How) -> tuple[Figures, Cells]:
    """Return the figures of the persons, and by key two counts.

    With ``sum``: who did it, and who was there and did not. Otherwise: persons, and atoms.
    """
    if not atoms.key.size:
        return Figures(atoms.key, np.empty(0), atoms.key), no_cells(2)
    key, pair = pairs(atoms.key, atoms.person)
    done = np.bincount(pair, atoms.atom >= 0, minlength=key.size).astype(np.int64)
    if how == "each":
        counts = tally(key, np.stack([np.ones(key.size, np.int64), done]))
        value = real(atoms.whole, atoms.fraction)
        return Figures(atoms.key, value, np.ones(value.size, np.int64)), counts
    sums = np.zeros((2, key.size), np.int64)
    np.add.at(sums[0], pair, atoms.whole)
    np.add.at(sums[1], pair, atoms.fraction)
    value = real(sums[0], sums[1])
    if how == "mean":
        counts = tally(key, np.stack([np.ones(key.size, np.int64), done]))
        return Figures(key, value / done, np.ones(value.size, np.int64)), counts
    did = done > 0
    counts = tally(key, np.stack([did, ~did]).astype(np.int64))
    return packed(key[did], sums[0][did], sums[1][did], value[did]), counts


@kernel
def _times(
    offsets: Ints,
    match: Ints,
    place: Ints,
    bucket: Ints,
    width: int,
    who: Ints,
    number: Ints,
    key: Ints,
    times: Ints,
) -> int:
    """Count each person's rows of the first step, of everyone and of the row's group, in the row's bucket and in all; return how many counts.

    ``place`` (the group's number) and ``bucket`` are empty where nobody asked. ``who`` is -1 for every key.
    """
    n, lines, points = 0, 1 + int(place.size > 0), 1 + int(bucket.size > 0)
    for p in range(offsets.size - 1):
        for i in range(offsets[p], offsets[p + 1]):
            for line in range(lines if match[i] & 1 else 0):
                first = (place[i] + 1) * width if line else 0
                for point in range(points):
                    at = first + (bucket[i] if point else width - 1)
                    if who[at] != p:
                        who[at], number[at] = p, n
                        key[n], times[n] = at, 0
                        n += 1
                    times[number[at]] += 1
    return n


def rows_of_each(
    offsets: Ints, match: Ints, group: Ints | None, bucket: Ints | None, width: int
) -> tuple[Figures, Cells] | None:
    """Return what :func:`fold` does where every row of the first step is one; None where there are too many keys to count in place."""
    known, place = ranked(group) if group is not None else (np.zeros(0, np.int64), np.zeros(0, np.int64))
    keys = (known.size + 1) * width
    if keys > DENSE:
        return None
    rows = int(offsets[-1]) if offsets.size else 0
    room = rows * (1 + (group is not None)) * (1 + (bucket is not None))
    key, times = np.empty(room, np.int64), np.empty(room, np.int64)
    buckets = np.zeros(0, np.int64) if bucket is None else bucket
    n = _times(offsets, match, place, buckets, width, np.full(keys, -1), np.empty(keys, np.int64), key, times)
    line, rest = np.divmod(key[:n], width)
    key, times = np.append(0, known + 1)[line] * width + rest, times[:n]
    people = occurrences(key)
    counts = Cells(people.keys, np.stack([people.columns[0], np.zeros_like(people.keys)]))
    return packed(key, times, np.zeros(0, np.int64), times.astype(np.float64)), counts


def packed(key: Ints, whole: Ints, fraction: Ints, value: Floats) -> Figures:
    """Return figures; small whole numbers are counted instead of listed."""
    if key.size and not fraction.any() and whole.min() >= 0 and whole.max() < SMALL:
        cells = occurrences(key * SMALL + whole)
        return Figures(cells.keys // SMALL, (cells.keys % SMALL).astype(np.float64), cells.columns[0])
    return Figures(key, value, np.ones(key.size, np.int64))


@dataclass(frozen=True, slots=True)
class PersonsPart:
    """Figures and counts by key; ``seen`` are the atoms of groups that may end up in "other"."""

    figures: tuple[Figures, ...]
    counts: Cells
    seen: tuple[Atoms, ...] = ()

    def merge(self, other: PersonsPart) -> PersonsPart:
        """Return the persons of both; they have none in common."""
        return PersonsPart(
            self.figures + other.figures, self.counts.merge(other.counts), self.seen + other.seen
        )


def no_persons() -> PersonsPart:
    """Return a part of nobody."""
    return PersonsPart((), no_cells(2))


def folded(atoms: Atoms, how: How, width: int, people: npt.NDArray[np.int32], *, keep: bool) -> PersonsPart:
    """Return the part of a block; ``people`` are its person codes, ``keep`` says that there may be an "other"."""
    figures, counts = fold(atoms, how)
    if not keep:
        return PersonsPart((figures,), counts)
    grouped = atoms.key >= width
    kept = Atoms(*(column[grouped] for column in atoms))
    return PersonsPart((figures,), counts, (kept._replace(person=people[kept.person].astype(np.int64)),))


class Slots:
    """The lines of an answer: everyone, the leading groups, and "other"."""

    def __init__(self, codes: Ints, sizes: Ints, top: int, labels: Labels) -> None:
        self.labels: list[GroupLabel | None] = [None]
        found, slot = [np.array([-1], dtype=np.int64)], [np.zeros(1, np.int64)]
        chosen, rest = leading(codes, sizes, top, labels) if codes.size else (codes, codes)
        for label, inside in named(chosen, rest, labels):
            found.append(inside)
            slot.append(np.full(inside.size, len(self.labels)))
            self.labels.append(label)
        self.rest = rest
        every, place = np.concatenate(found), np.concatenate(slot)
        order = np.argsort(every)
        self._codes, self._slot = every[order], place[order]

    @property
    def other(self) -> int | None:
        """The slot of "other"."""
        return len(self.labels) - 1 if self.labels[-1] == OTHER else None

    def of(self, code: Ints) -> Ints:
        """Return the slot of each code."""
        return self._slot[np.searchsorted(self._codes, code)]


class Lines:
    """The samples and counts of each slot and bucket of an answer."""

    def __init__(
        self, part: PersonsPart, how: How, width: int, top: int, labels: Labels, also: Ints | None = None
    ) -> None:
        """``also`` are codes of groups that may have no figures."""
        line, bucket = np.divmod(part.counts.keys, width)
        whole = (bucket == width - 1) & (line > 0)
        codes, sizes = line[whole] - 1, part.counts.columns[0, whole]
        if also is not None:
            more = np.setdiff1d(also, codes)
            codes, sizes = np.append(codes, more), np.append(sizes, np.zeros(more.size, np.int64))
        self.slots = Slots(codes, sizes, top, labels)
        self.width, lines = width, len(self.slots.labels)
        cell = self.slots.of(line - 1) * width + bucket
        self.counts = np.zeros((lines * width, 2), np.int64)
        np.add.at(self.counts, cell, part.counts.columns.T)
        columns = [np.concatenate(some) for some in zip(*part.figures, strict=True)] if part.figures else []
        key, value, count = columns or (np.empty(0, np.int64), np.empty(0), np.empty(0, np.int64))
        cell = self.slots.of(key // width - 1) * width + key % width
        if self.slots.other is not None:
            low = self.slots.other * width
            once, counts = fold(united(part.seen, self.slots.rest, width), how)
            kept = cell < low
            cell = np.concatenate([cell[kept], once.key + low])
            value, count = (
                np.concatenate([value[kept], once.value]),
                np.concatenate([count[kept], once.times]),
            )
            self.counts[low:] = 0
            np.add.at(self.counts, counts.keys + low, counts.columns.T)
        self.samples: list[Sample] = by_cell(cell, value, count, lines * width)

    def of(self, slot: int, bucket: int) -> tuple[Sample, list[int]]:
        """Return the figures of a cell and its two counts."""
        at = slot * self.width + bucket
        return self.samples[at], self.counts[at].tolist()


def united(seen: tuple[Atoms, ...], codes: Ints, width: int) -> Atoms:
    """Return the atoms of some groups, each once a bucket and person; keys are buckets."""
    columns = [np.concatenate(some) for some in zip(*seen, strict=True)]
    inside = np.isin(columns[0] // width - 1, codes)
    key, person, atom, whole, fraction = (column[inside] for column in columns)
    bucket = key % width
    order = np.lexsort((atom, bucket, person))
    bucket, person, atom = bucket[order], person[order], atom[order]
    fresh = np.ones(bucket.size, bool)
    fresh[1:] = (np.diff(bucket) != 0) | (np.diff(person) != 0) | (np.diff(atom) != 0)
    return Atoms(bucket[fresh], person[fresh], atom[fresh], whole[order][fresh], fraction[order][fresh])


class Range(NamedTuple):
    """Figures from ``low`` on and below ``high``; None is an open end."""

    low: float | None
    high: float | None


def behind(atoms: Atoms, how: How, width: int, bucket: int, groups: Ints | None, figure: Range) -> Ints:
    """Return the persons who have a figure in the range, ascending."""
    mine = of_groups(atoms, width, bucket, groups)
    figures, _ = fold(Atoms(*(column[mine.atom >= 0] for column in mine)), how)
    inside = np.ones(figures.key.size, bool)
    if figure.low is not None:
        inside &= figures.value >= figure.low
    if figure.high is not None:
        inside &= figures.value < figure.high
    who = mine.person[mine.atom >= 0] if how == "each" else figures.key
    return np.unique(who[inside])


def idle(atoms: Atoms, width: int, bucket: int, groups: Ints | None) -> Ints:
    """Return the persons who were there and did nothing, ascending."""
    mine = of_groups(atoms, width, bucket, groups)
    return np.setdiff1d(mine.person, mine.person[mine.atom >= 0])


def of_groups(atoms: Atoms, width: int, bucket: int, groups: Ints | None) -> Atoms:
    """Return the atoms of one bucket and some groups, each once; the key is the person."""
    code = atoms.key // width - 1
    chosen = (atoms.key % width == bucket) & (code == -1 if groups is None else np.isin(code, groups))
    mine = Atoms(*(column[chosen] for column in atoms))
    order = np.lexsort((mine.atom, mine.person))
    mine = Atoms(*(column[order] for column in mine))
    fresh = np.ones(order.size, bool)
    fresh[1:] = (np.diff(mine.person) != 0) | (np.diff(mine.atom) != 0)
    mine = Atoms(*(column[fresh] for column in mine))
    return mine._replace(key=mine.person)
