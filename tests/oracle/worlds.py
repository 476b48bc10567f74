"""Small random worlds, once as plain Python and once as the blocks the kernels read."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

import numpy as np

from tidewheel.analyse.contract import Block, Labels, Ragged
from tidewheel.analyse.oracle import Happening, Item, World
from tidewheel.analyse.question import GroupLabel
from tidewheel.core.period import HOUR

NAMES = ("a", "b", "c", "d", "e")
LABELS = Labels(tables=(NAMES,), strides=(1,))


def make_world(
    dice: random.Random,
    *,
    bits: int,
    start: int,
    hours: int = 60,
    people: int = 6,
    rows: int = 7,
    overlap: float = 0.3,
    coarse: int = 4 * HOUR,
    values: int = 1,
    names: int = 0,
    **ragged: bool,
) -> World:
    """Make people with few, often simultaneous rows; ``overlap`` is how often a row matches several steps."""
    found: dict[int, list[Happening]] = {}
    for person in dice.sample(range(1000), people):
        times = sorted(
            start + dice.randrange(hours * HOUR) // coarse * coarse for _ in range(dice.randint(0, rows))
        )
        session, previous = dice.randint(0, 3), None
        history: list[Happening] = []
        for time in times:
            if previous is not None and time - previous > 8 * HOUR:
                session += 1
            previous = time
            match = 1 << dice.randrange(bits)
            while dice.random() < overlap:
                match |= 1 << dice.randrange(bits)
            items = tuple(
                Item(
                    bits=dice.choice(((1 << bits) - 1, dice.getrandbits(bits))),
                    group=dice.randint(0, 5),
                    key=dice.randint(-1, 2),
                    values=some_values(dice, values),
                )
                for _ in range(dice.randint(0, 3))
            )
            history.append(
                Happening(
                    time,
                    match,
                    dice.randint(0, 5),
                    dice.randint(-1, 2),
                    some_values(dice, values),
                    session,
                    items,
                    tuple(dice.randint(0, 4) for _ in range(names)),
                )
            )
        found[person] = history
    made = World(found, values=values, names=names)
    for name, value in ragged.items():
        setattr(made, name, value)
    return made


def a_value(dice: random.Random) -> float | None:
    """Return a price, a ratio, or nothing."""
    return dice.choice((None, float(dice.randint(0, 4)), dice.randint(-400, 400) / 4))


def some_values(dice: random.Random, count: int) -> tuple[float | None, ...]:
    """Return as many values as a plan reads."""
    return tuple(a_value(dice) for _ in range(count))


def blocks(world: World, people: Iterable[int] | None = None) -> Block:
    """Return the world's people (or some of them) as one block."""
    chosen = [p for p in (world.people if people is None else people) if world.people[p]]
    rows = [row for person in chosen for row in world.people[person]]
    items = [item for row in rows for item in row.items]
    starts = whole([0, *np.cumsum([len(row.items) for row in rows])])
    ragged = world.ragged_group or world.ragged_key or world.ragged_value
    return Block(
        people=np.array(chosen, dtype=np.int32),
        offsets=whole([0, *np.cumsum([len(world.people[person]) for person in chosen])]),
        time=whole([row.time for row in rows]),
        match=np.array([row.match for row in rows], dtype=np.uint64),
        group=None
        if not world.grouped
        else Ragged(starts, whole([item.group for item in items]))
        if world.ragged_group
        else whole([row.group for row in rows]),
        key=Ragged(starts, whole([item.key for item in items]))
        if world.ragged_key
        else whole([row.key for row in rows]),
        values=tuple(
            Ragged(starts, real([item.values[at] for item in items]))
            if world.ragged_value
            else real([row.values[at] for row in rows])
            for at in range(world.values)
        ),
        names=tuple(whole([row.names[at] for row in rows]) for at in range(world.names)),
        session=whole([row.session for row in rows]),
        item_match=Ragged(starts, np.array([item.bits for item in items], dtype=np.uint64))
        if ragged
        else None,
        traits=tuple(
            whole(codes) for codes in zip(*(world.traits.get(person, ()) for person in chosen), strict=True)
        ),
        sets=whole([world.sets[person] for person in chosen]) if world.sets else None,
    )


def whole(values: Sequence[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return integers as an array."""
    return np.array(values, dtype=np.int64)


def real(values: Sequence[float | None]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return numbers as an array, NaN where there is none."""
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def split(dice: random.Random, world: World, pieces: int) -> list[Block]:
    """Deal the people out into blocks at random; some may be empty."""
    hands: list[list[int]] = [[] for _ in range(pieces)]
    for person in world.people:
        dice.choice(hands).append(person)
    return [blocks(world, hand) for hand in hands]


def codes_of(label: GroupLabel | None, named: set[int]) -> set[int] | None:
    """Return the group codes a label stands for."""
    if label is None:
        return None
    if label == ["$other"]:
        return set(range(6)) - named
    return {0 if label[0] is None else NAMES.index(str(label[0])) + 1}
