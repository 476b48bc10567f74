"""Why identifiers are one person, or are not: the link facts that name them, and what became of each."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from tidewheel.core.ids import split_actor
from tidewheel.identify.fold import BLOCKED, PARTED
from tidewheel.identify.hidden import hidden_actors
from tidewheel.identify.resolve import People, resolve
from tidewheel.store.links import MANUAL, UNDONE
from tidewheel.store.pieces import APART, BY_HAND, SIGNED, LinkPiece
from tidewheel.store.view import Snapshot

Codes = npt.NDArray[np.int32]
Reason: TypeAlias = Literal[
    "same_event", "manual", "undone", "over_limit", "over_size", "blocked", "shared", "unsure"
]
FAR: Final = 6
"""Links a refused way from one identifier to another may have at most."""
WIDE: Final = 5_000
"""Identifiers that are looked at most while such a way is sought."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One link fact and what became of it. Times are ms UTC; ``over`` is the type whose limit it would break."""

    a: str
    b: str
    ends: tuple[int, int]
    time: int
    received: int
    id: int
    source: str
    rule: str
    confidence: float
    why: str | None
    in_force: bool
    reason: Reason
    over: str | None = None

    @property
    def pair(self) -> tuple[int, int]:
        """The codes of its ends, the lower one first."""
        return min(self.ends), max(self.ends)


@dataclass(frozen=True, slots=True)
class Why:
    """``path``: the links that join two identifiers, each the earliest there is; None when they are two persons.

    Then ``against`` is what would join them and why it does not.
    """

    path: tuple[Evidence, ...] | None
    against: tuple[Evidence, ...] | None


def facts_of(snapshot: Snapshot, actors: Codes) -> list[Evidence]:
    """Return the facts that name any of some actors, in the order they are folded."""
    people = resolve(snapshot)
    named = np.zeros(len(people.person_of), np.bool_)
    named[actors] = True
    chosen = [(piece, np.flatnonzero(named[piece.a] | named[piece.b])) for piece in people.pieces]
    return told(snapshot, people, chosen)


def told(
    snapshot: Snapshot, people: People, chosen: Iterable[tuple[LinkPiece, npt.NDArray[np.int64]]]
) -> list[Evidence]:
    """Return rows of pieces as evidence, in the order they are folded."""
    found: list[Evidence] = []
    judge, gone = Judge(snapshot, people), hidden_actors(snapshot)
    for piece, rows in chosen:
        rows = rows[piece.kind[rows] != SIGNED]  # noqa: PLW2901
        if snapshot.as_of is not None:
            rows = rows[piece.received[rows] <= snapshot.as_of]  # noqa: PLW2901
        if gone is not None:
            rows = rows[~gone[piece.a[rows]] & ~gone[piece.b[rows]]]  # noqa: PLW2901
        if not len(rows):
            continue
        table = piece.table.take(rows)
        for at, row in zip(
            rows.tolist(), table.select(["a", "b", "source", "rule", "why"]).to_pylist(), strict=True
        ):
            ends = int(piece.a[at]), int(piece.b[at])
            confidence = float(piece.confidence[at])
            in_force, reason, over = judge.of(ends, row["rule"], confidence)
            found.append(
                Evidence(
                    row["a"], row["b"], ends,
                    int(piece.time[at]), int(piece.received[at]), int(piece.id[at]),
                    row["source"], row["rule"], round(confidence, 4), row["why"], in_force, reason, over,
                )
            )  # fmt: skip
    hashes = snapshot.actors.hashes()
    return sorted(found, key=lambda one: (one.time, one.id, *(int(hashes[end]) for end in one.ends)))


class Judge:
    """Says of a link whether it is in force and why."""

    def __init__(self, snapshot: Snapshot, people: People) -> None:
        self._snapshot, self._people = snapshot, people
        self._barred = dict(zip(people.barred.tolist(), people.barred_by.tolist(), strict=True))
        self._kinds: dict[int, dict[str, int]] = {}

    def of(self, ends: tuple[int, int], rule: str, confidence: float) -> tuple[bool, Reason, str | None]:
        """Return (in force, reason, the type whose limit is broken) of a link."""
        people, rules = self._people, self._snapshot.rules
        decision = people.decided.get((min(ends), max(ends)))
        if rule == UNDONE or (decision is not None and decision.state == PARTED):
            return False, "undone", None
        for end in ends:
            if end in self._barred:
                return False, "blocked" if self._barred[end] == BLOCKED else "shared", None
        if rule != MANUAL and confidence < rules.least_confidence:
            return False, "unsure", None
        one, other = (int(people.person_of[end]) for end in ends)
        if one == other:
            return True, "manual" if rule == MANUAL else "same_event", None
        here, there = self._held(one), self._held(other)
        for kind, most in rules.limits.items():
            if here.get(kind) and there.get(kind) and here[kind] + there[kind] > most:
                return False, "over_limit", kind
        return False, "over_size" if here["$"] + there["$"] > rules.most_identifiers else "over_limit", None

    def _held(self, person: int) -> dict[str, int]:
        if person not in self._kinds:
            people = self._people
            codes = people.actors[people.heads[person] : people.heads[person + 1]]
            held: defaultdict[str, int] = defaultdict(int)
            held["$"] = len(codes)
            for name in self._snapshot.actors.strings(codes):
                held[split_actor(name)[0]] += 1
            self._kinds[person] = held
        return self._kinds[person]


def joining(facts: Iterable[Evidence]) -> list[Evidence]:
    """Return those links in force that joined what was apart before: a tree of each person."""
    parent: dict[int, int] = {}

    def root(at: int) -> int:
        while parent.setdefault(at, at) != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    tree = []
    for fact in facts:
        x, y = root(fact.ends[0]), root(fact.ends[1])
        if fact.in_force and x != y:
            parent[x] = y
            tree.append(fact)
    return tree


def members(people: People, person: int) -> Codes:
    """Return a person's actors."""
    return people.actors[people.heads[person] : people.heads[person + 1]]


def why(snapshot: Snapshot, a: int, b: int) -> Why:
    """Say why two actors are one person, or why they are not."""
    people = resolve(snapshot)
    one, other = int(people.person_of[a]), int(people.person_of[b])
    if one == other:
        tree = joining(facts_of(snapshot, members(people, one)))
        return Why(tuple(_path(tree, a, b)), None)
    return Why(None, tuple(_between(snapshot, people, a, b)))


def _between(snapshot: Snapshot, people: People, a: int, b: int) -> list[Evidence]:
    """Return what would join the persons of two actors: facts that name both, or a way over other persons."""
    one, other = int(people.person_of[a]), int(people.person_of[b])
    seen = members(people, one)
    for _ in range(FAR):
        facts = facts_of(snapshot, seen)
        direct = [fact for fact in facts if {int(people.person_of[end]) for end in fact.ends} == {one, other}]
        if direct:
            return direct
        way = _path(facts, a, b)
        if way:
            return [fact for fact in way if not fact.in_force]
        persons = np.unique(people.person_of[[end for fact in facts for end in fact.ends]])
        wider = np.concatenate([seen[:0], *(members(people, person) for person in persons.tolist())])
        if len(np.union1d(wider, seen)) == len(seen) or len(wider) > WIDE:
            break
        seen = np.union1d(wider, seen).astype(np.int32)
    return []


def _path(facts: Iterable[Evidence], a: int, b: int) -> list[Evidence]:
    """Return the facts on the shortest way from one actor to another; none: there is no way."""
    named: defaultdict[int, list[Evidence]] = defaultdict(list)
    for fact in facts:
        if fact.rule != UNDONE:
            for end in fact.ends:
                named[end].append(fact)
    came: dict[int, tuple[int, Evidence] | None] = {a: None}
    queue = deque([a])
    while queue and b not in came:
        at = queue.popleft()
        for fact in named[at]:
            to = fact.ends[1] if fact.ends[0] == at else fact.ends[0]
            if to not in came:
                came[to] = (at, fact)
                queue.append(to)
    found: list[Evidence] = []
    step = came.get(b)
    while step is not None:
        found.append(step[1])
        step = came[step[0]]
    return found[::-1]


def latest(
    snapshot: Snapshot, offset: int, limit: int, *, by_hand: bool = False
) -> tuple[int, list[Evidence]]:
    """Return how many facts there are, and some of them, those asserted last first; ``by_hand``: what people decided."""
    people, gone = resolve(snapshot), hidden_actors(snapshot)
    which, received, rows = [], [], []
    for number, piece in enumerate(people.pieces):
        decided = (piece.kind == BY_HAND) | (piece.kind == APART)
        keep = decided if by_hand else piece.kind != SIGNED
        if snapshot.as_of is not None:
            keep = keep & (piece.received <= snapshot.as_of)
        if gone is not None:
            keep = keep & ~gone[piece.a] & ~gone[piece.b]
        at = np.flatnonzero(keep)
        which.append(np.full(len(at), number, np.int32))
        received.append(piece.received[at])
        rows.append(at)
    if not which:
        return 0, []
    moments = np.concatenate(received)
    end = min(offset + limit, len(moments))
    part = np.argpartition(-moments, end - 1)[:end] if 0 < end < len(moments) else np.arange(len(moments))
    edge = moments[part].min(initial=2**62)
    part = np.flatnonzero(moments >= edge)  # ties at the edge come in their own order
    pieces, places = np.concatenate(which)[part], np.concatenate(rows)[part]
    chosen = [(piece, np.sort(places[pieces == number])) for number, piece in enumerate(people.pieces)]
    found = told(snapshot, people, chosen)
    found.sort(key=lambda one: (one.received, one.time, one.id), reverse=True)
    return len(moments), found[offset:end]
