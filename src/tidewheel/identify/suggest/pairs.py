"""Suggestions: pairs of people who may be one, with the probability and what speaks for and against it.

Nothing here changes who is who. Pairs that people have parted, or refused, are not suggested again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text
from tidewheel.identify.fold import PARTED
from tidewheel.identify.resolve import People, canonicals, resolve
from tidewheel.identify.suggest.blocks import blocks
from tidewheel.identify.suggest.model import Scored, library, present, score
from tidewheel.identify.suggest.records import UNIQUE, Known, Records, records
from tidewheel.store.view import Snapshot

MOST_COMPARED: Final = 10_000_000
"""Pairs that are compared at most."""
MOST_KEPT: Final = 10_000
"""Pairs that are told at most, the likeliest."""
FEWEST: Final = 30
"""Fewest people of whom enough is known to say how alike people are by chance."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two people are in a field; ``weight`` is what it adds to the logarithm (base 2) of the odds."""

    field: str
    level: str
    weight: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people by the identifiers they are called by, ``a`` before ``b``. ``likenesses``: what both are known by."""

    a: str
    b: str
    probability: float
    weight: float
    likenesses: tuple[Likeness, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """``pairs``: the likeliest first; ``total`` counts all above the least probability.

    ``people`` were compared, in ``compared`` pairs at most; ``cap``: keys that more people share were not followed, which
    happened ``passed_over`` times. ``learned``: by which keys the weights were learned; none: the usual ones.
    """

    pairs: tuple[Pair, ...]
    total: int
    people: int
    compared: int
    cap: int
    passed_over: int
    known: tuple[Known, ...]
    learned: tuple[str, ...]
    weights: dict[str, dict[str, float]]


def suggest(
    snapshot: Snapshot,
    *,
    fields: Mapping[str, str],
    least: float,
    seed: int,
    memory_mb: int,
    honours: bool = True,
    step: Callable[[float], None] = lambda _: None,
) -> Found:
    """Return who may be one person with a probability of ``least`` or more.

    ``fields``: properties to take for fields instead of the usual ones. ``honours``: who withdrew from analytics is left out.
    ``step`` is told how far it is (0…1), and may raise to stop it. Raises BadInput where too little is known to compare.
    """
    library()
    held = records(snapshot, fields, honours=honours)
    if held.table.num_rows < FEWEST or len(held.fields) < 2:
        raise BadInput(
            "too_little_known",
            Text(
                "Too little is known of people to compare them: {people} have two properties or more that tell people apart.",
                "可比对的用户信息太少：仅 {people} 人有两项以上可用于比对的属性。",
            ),
            field="fields",
            got=[one.field for one in held.known if one.left_out is None],
            expected=[one.field for one in held.known],
            hint=Text(
                "Send person properties such as name, birthday, e-mail or address; identifiers that are kept hashed cannot be compared.",
                "请上报姓名、生日、邮箱、地址等用户属性；哈希保存的标识无法比对。",
            ),
            people=held.table.num_rows,
        )
    step(0.1)
    found = blocks(held.table, MOST_COMPARED)
    scored = score(
        held.table, held.fields, found,
        least=least, seed=seed, memory_mb=memory_mb, step=lambda part: step(0.1 + 0.85 * part),
    )  # fmt: skip
    pairs = _pairs(snapshot, held, scored)
    return Found(
        pairs[:MOST_KEPT], len(pairs), held.table.num_rows, found.pairs, found.cap, found.passed_over,
        held.known, tuple("+".join(key) for key in scored.learned), scored.weights,
    )  # fmt: skip


def parted(people: People) -> set[tuple[int, int]]:
    """Return the pairs of persons that somebody has said are two, the lower number first."""
    found = set()
    for (x, y), decision in people.decided.items():
        one, other = int(people.person_of[x]), int(people.person_of[y])
        if decision.state == PARTED and one != other:
            found.add((min(one, other), max(one, other)))
    return found


def _pairs(snapshot: Snapshot, held: Records, scored: Scored) -> tuple[Pair, ...]:
    people, apart = resolve(snapshot), parted(resolve(snapshot))
    table = scored.pairs
    left, right = (held.persons[table[f"{UNIQUE}_{side}"].to_numpy().astype(np.int64)] for side in ("l", "r"))
    if apart:
        named = np.minimum(left, right).astype(np.int64) << 32 | np.maximum(left, right)
        keep = ~np.isin(named, np.array([x << 32 | y for x, y in apart], np.int64))
        table, left, right = table.filter(pa.array(keep)), left[keep], right[keep]
    names = [canonicals(snapshot, people, side) for side in (left, right)]
    there = {field.name for field in held.fields}
    columns = [
        (
            field.name,
            present(field, there)[::-1],
            table[f"gamma_{field.name}"].to_pylist(),
            table[f"weight_{field.name}"].to_pylist(),
        )
        for field in held.fields
    ]
    chances, weights = table["match_probability"].to_pylist(), table["match_weight"].to_pylist()
    return tuple(
        Pair(
            min(names[0][row], names[1][row]),
            max(names[0][row], names[1][row]),
            probability=round(chances[row], 6),
            weight=round(weights[row], 3),
            likenesses=tuple(
                Likeness(name, levels[gamma[row]].name, round(weight[row], 3))
                for name, levels, gamma, weight in columns
                if gamma[row] >= 0
            ),
        )
        for row in range(table.num_rows)
    )


@dataclass(frozen=True, slots=True)
class Chosen:
    """Pairs that can be linked together, how many would pass a limit, and how many would join people who were parted."""

    pairs: tuple[tuple[str, str], ...]
    over_limit: int
    kept_apart: int


def within_limits(snapshot: Snapshot, pairs: Sequence[tuple[str, str]]) -> Chosen:
    """Return which pairs of identifiers, taken one after the other, join people within the limits of the rules."""
    people, apart = resolve(snapshot), parted(resolve(snapshot))
    codes = snapshot.actors.codes(pa.array([name for pair in pairs for name in pair], pa.string()), add=False)
    persons = people.person_of[codes].reshape(-1, 2).tolist() if len(codes) else []
    groups = _Groups(snapshot, people, {person for pair in persons for person in pair})
    kept, over, kept_apart = [], 0, 0
    for pair, (one, other) in zip(pairs, persons, strict=True):
        x, y = groups.root(one), groups.root(other)
        if x == y:
            continue
        if groups.parted(x, y, apart):
            kept_apart += 1
        elif not groups.fits(x, y):
            over += 1
        else:
            groups.join(x, y)
            kept.append(pair)
    return Chosen(tuple(kept), over, kept_apart)


class _Groups:
    """Persons that are put together one after the other, and how many identifiers of each type they have."""

    def __init__(self, snapshot: Snapshot, people: People, persons: Iterable[int]) -> None:
        limits = snapshot.rules.limits
        self._most = np.array([*limits.values(), snapshot.rules.most_identifiers])
        kinds = snapshot.actors.prefixes([f"{kind}:" for kind in limits])
        self._parent = {person: person for person in persons}
        self._members = {person: {person} for person in self._parent}
        self._held: dict[int, npt.NDArray[np.int64]] = {}
        for person in self._parent:
            own = people.actors[people.heads[person] : people.heads[person + 1]]
            self._held[person] = np.append(
                np.bincount(kinds[own] + 1, minlength=len(limits) + 1)[1:], len(own)
            )

    def root(self, person: int) -> int:
        while self._parent[person] != person:
            self._parent[person] = self._parent[self._parent[person]]
            person = self._parent[person]
        return person

    def fits(self, x: int, y: int) -> bool:
        both = self._held[x] + self._held[y]
        grows = (self._held[x] > 0) & (self._held[y] > 0)
        return not bool((grows & (both > self._most)).any())

    def parted(self, x: int, y: int, apart: set[tuple[int, int]]) -> bool:
        return any((min(p, q), max(p, q)) in apart for p in self._members[x] for q in self._members[y])

    def join(self, x: int, y: int) -> None:
        self._parent[y] = x
        self._members[x] |= self._members.pop(y)
        self._held[x] = self._held[x] + self._held.pop(y)
