"""Rows dealt out into the runs that each make one chain: by person, held value, session or attempt."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tidewheel.analyse.contract import Block, Ints, Ragged
from tidewheel.analyse.kernels.groups import item_bits


class Held(NamedTuple):
    """One run for each person and held value; ``place`` is where each row stood among those of all values."""

    offsets: Ints
    source: Ints
    match: Ints
    person: Ints
    key: Ints
    place: Ints


def explode(block: Block) -> Held:
    """Deal each person's rows out by the value held; a row with several values goes to each, once."""
    match = block.match.view(np.int64)
    row = np.arange(block.time.size)
    if isinstance(block.key, Ragged):
        row = np.repeat(row, np.diff(block.key.offsets))
        key = block.key.values
        bits = match[row]
        items = item_bits(block, block.key)
        if items.size:
            bits = bits & items
    else:
        key = block.key if block.key is not None else np.zeros(row.size, np.int64)
        bits = match
    position = np.flatnonzero((key >= 0) & (bits != 0))
    person = np.repeat(np.arange(block.people.size), np.diff(block.offsets))[row[position]]
    order = np.lexsort((key[position], person))
    position, person = position[order], person[order]
    source, value = row[position], key[position]
    fresh = np.ones(source.size, bool)
    same_run = (person[1:] == person[:-1]) & (value[1:] == value[:-1])
    fresh[1:] = ~(same_run & (source[1:] == source[:-1]))
    kept = np.flatnonzero(fresh)
    merged = np.bitwise_or.reduceat(bits[position], kept) if kept.size else kept
    begins = np.ones(kept.size, bool)
    begins[1:] = (np.diff(person[kept]) != 0) | (np.diff(value[kept]) != 0)
    runs = np.flatnonzero(begins)
    return Held(
        np.append(runs, kept.size),
        source[kept],
        merged,
        person[kept][runs],
        value[kept][runs],
        position[kept],
    )


class Runs(NamedTuple):
    """Rows ``offsets[r]:offsets[r + 1]`` make one chain; each is row ``source`` of the block (None: all as they are).

    ``person`` and ``key`` (None: nothing held) are of a run, in the order of persons. ``segment`` is empty, or a chain
    may not cross from one value to the next. ``place`` is where each row stood among those of all values.
    """

    offsets: Ints
    time: Ints
    match: Ints
    segment: Ints
    source: Ints | None = None
    person: Ints | None = None
    key: Ints | None = None
    place: Ints | None = None


def runs_of(block: Block, segment: Ints, *, held: bool) -> Runs:
    """Return a run for each person, or for each value a person has at the property held."""
    if not held:
        return Runs(block.offsets, block.time, block.match.view(np.int64), segment)
    found = explode(block)
    parts = segment[found.source] if segment.size else segment
    return Runs(
        found.offsets,
        block.time[found.source],
        found.match,
        parts,
        found.source,
        found.person,
        found.key,
        found.place,
    )


def by_session(runs: Runs, session: Ints, people: int) -> Runs:
    """Cut runs where the session changes."""
    source = np.arange(runs.time.size) if runs.source is None else runs.source
    place = source if runs.place is None else runs.place
    cuts = np.flatnonzero(np.diff(session[source])) + 1
    offsets = np.union1d(runs.offsets, cuts)
    owner = np.searchsorted(runs.offsets, offsets[:-1], side="right") - 1
    person = np.arange(people) if runs.person is None else runs.person
    return runs._replace(
        offsets=offsets,
        source=source,
        person=person[owner],
        key=None if runs.key is None else runs.key[owner],
        place=place,
    )


def cut_down(runs: Runs, kept: Ints, bits: Ints, starts: Ints, owner: Ints, people: int) -> Runs:
    """Return other runs made of some of the rows; ``owner`` is the run that each was part of."""
    person = np.arange(people) if runs.person is None else runs.person
    return Runs(
        np.append(starts, kept.size),
        runs.time[kept],
        bits,
        runs.segment[kept] if runs.segment.size else runs.segment,
        kept if runs.source is None else runs.source[kept],
        person[owner],
        None if runs.key is None else runs.key[owner],
    )
