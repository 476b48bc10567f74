"""Rows are the same whether places are asked for or not, for the largest persons, and in the smallest room."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tests.facts import DAY, START, Fact, split, view, world
from tidewheel.core.period import Span
from tidewheel.identify import gather
from tidewheel.identify.gather import Coded, Gatherer, Mask, Rows, room_for
from tidewheel.identify.resolve import resolve
from tidewheel.store.view import Snapshot

SPAN = Span(START + 2 * DAY, START + 15 * DAY)


def whale(seed: int, actors: int, events: int) -> tuple[list[Fact], list[tuple[str, str, int]]]:
    """Return a world in which one account has very many devices, and many events in the same milliseconds."""
    rng = random.Random(seed)
    facts, pairs = world(seed)
    pairs += [("user:whale", f"device:w{n}", START + n) for n in range(actors)]
    for _ in range(events):
        moment = START + rng.randrange(20) * DAY + rng.randrange(3)
        facts.append(
            Fact("page_view", moment, f"device:w{rng.randrange(actors)}", rng.getrandbits(64) % (4 * events))
        )
    return facts, pairs


def masks(snapshot: Snapshot, form: str) -> list[Mask | None]:
    """Return a mask by event name: written out, narrow or wide, or by event code."""
    found: list[Mask | None] = []
    for loaded in snapshot.segments:
        table = np.zeros(256, np.uint64)
        for code, name in enumerate(loaded.segment.names):
            table[code] = {"page_view": 1, "purchase": 2, "view_item": 5}.get(name, 0)
        if form == "coded":
            found.append(Coded(loaded.segment.event, table))
        else:
            found.append(table[loaded.segment.event].astype(np.uint8 if form == "narrow" else np.uint64))
    return found


def read_all(gatherer: Gatherer, people: int, room: int) -> list[tuple[int, list[tuple[int, int]]]]:
    found = []
    first, buffer = 0, room_for(room)
    while first < people:
        rows, first = gatherer.read(first, people, buffer)
        for p, person in enumerate(rows.people.tolist()):
            span = slice(int(rows.offsets[p]), int(rows.offsets[p + 1]))
            found.append(
                (person, list(zip(rows.time[span].tolist(), rows.match[span].tolist(), strict=True)))
            )
    return found


def plainly(snapshot: Snapshot, rows: Rows) -> None:
    """Hold the places of rows against the segments."""
    for time, match, segment, row in zip(rows.time, rows.match, rows.segment, rows.row, strict=True):
        held = snapshot.segments[segment].segment
        assert held.base + int(held.time[row]) == time
        assert match == {"page_view": 1, "purchase": 2, "view_item": 5}[held.names[held.event[row]]]


@pytest.mark.parametrize("seed", range(12))
def test_places_do_not_change_the_rows(seed: int) -> None:
    rng = random.Random(seed)
    facts, pairs = (
        world(seed, 6, 300) if seed % 3 else whale(seed, gather.ABREAST * 2 if seed % 2 else 9, 900)
    )
    batches = split(facts, rng)
    snapshot = view(batches, pairs, durable=rng.randrange(len(batches) + 1)).snapshot()
    people = resolve(snapshot)
    whole = Gatherer(snapshot, people, masks(snapshot, "wide"), SPAN).read_all()
    plainly(snapshot, whole)
    want = None
    for form in ("wide", "narrow", "coded"):
        for places in (True, False):
            for room in (64, 4096):
                got = read_all(
                    Gatherer(snapshot, people, masks(snapshot, form), SPAN, places=places), people.count, room
                )
                want = want or got
                assert got == want, (form, places, room)
    assert want
    for _, rows in want:
        assert [time for time, _ in rows] == sorted(time for time, _ in rows)
