"""Who is one person: links folded in (time, id) order into components, within limits per identifier type.

A link that would give a person more identifiers of a type than the project's rules allow is kept but not in
force. So a device shared by two members belongs to the first who signed in on it, while events that name a
member are that member's, and what happens on it without a name is that of whoever signed in last. The result depends on
the set of facts and on the rules alone, and so it does as of any moment.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from tidewheel.core.errors import BadInput
from tidewheel.core.identity_rules import DEFAULT_RULES, IdentityRules, anchored
from tidewheel.core.ids import encode_key, split_actor
from tidewheel.core.patterns import why_not
from tidewheel.core.text import Text
from tidewheel.identify.decided import Decided, decided
from tidewheel.identify.fold import PARTED, Fold, Shared
from tidewheel.identify.kept import find_fold, keep_fold
from tidewheel.identify.steps import NONE, Steps, accounts, steps
from tidewheel.store.lately import Lately
from tidewheel.store.links import LINK_SCHEMA
from tidewheel.store.pieces import APART, BY_HAND, SIGNED, LinkPiece
from tidewheel.store.view import Snapshot

Codes = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
LEAST: Final = 65_536
"""Fewest actors and links whose fold is worth a file."""
PART: Final = 1_000_000
"""Actors held against the patterns of blocked values at a time."""
MOMENTS: Final = 3
"""Moments whose people are kept beside those of now."""


@dataclass(frozen=True)
class People:
    """The view actor → person. Persons are numbered 0…count-1 in the order of their first actor.

    ``actors[heads[p]:heads[p + 1]]`` are person ``p``'s actors. ``link_a``, ``link_b`` and ``in_force``
    describe the link facts in the order of ``links``.
    """

    count: int
    person_of: Codes
    heads: Ints
    actors: Codes
    pieces: tuple[LinkPiece, ...]
    version: str
    decided: Decided = field(default_factory=dict)
    """What people decided about pairs of actors."""
    barred: Codes = field(default_factory=lambda: np.zeros(0, np.int32))
    """Actors that join nobody, ascending."""
    barred_by: npt.NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    """Why, of each: ``fold.BLOCKED`` or ``fold.SHARED``."""
    steps: Steps = NONE
    """Devices that change hands. They are counted among the identifiers of one person, and what happened on them is not all theirs."""

    def first(self) -> Codes:
        """Return each person's first actor: a name that lasts while its links do."""
        return self.actors[self.heads[:-1]]

    @cached_property
    def links(self) -> pa.Table:
        """All link facts."""
        return pa.concat_tables([LINK_SCHEMA.empty_table(), *(piece.table for piece in self.pieces)])

    @cached_property
    def link_a(self) -> Codes:
        """The actor each link starts from."""
        return _joined([piece.a for piece in self.pieces], np.int32)

    @cached_property
    def link_b(self) -> Codes:
        """The actor each link goes to."""
        return _joined([piece.b for piece in self.pieces], np.int32)

    @cached_property
    def in_force(self) -> npt.NDArray[np.bool_]:
        """Whether each link is: limits are never relaxed, so a refused link never joins what it names."""
        found: npt.NDArray[np.bool_] = self.person_of[self.link_a] == self.person_of[self.link_b]
        found &= ~np.isin(self.link_a, self.barred) & ~np.isin(self.link_b, self.barred)
        parted = [pair for pair, one in self.decided.items() if one.state == PARTED]
        if parted:
            low, high = np.minimum(self.link_a, self.link_b), np.maximum(self.link_a, self.link_b)
            named = low.astype(np.int64) << 32 | high
            found &= ~np.isin(named, np.array([x << 32 | y for x, y in parted], np.int64))
        return found


@njit(nogil=True, cache=True)
def _number(parent: Codes, blank: Codes, person_of: Codes) -> int:
    """Number persons; ``blank`` actors, ascending, are nobody: whatever they are given is never looked up."""
    count = 0
    b = 0
    for actor in range(parent.shape[0]):
        if b < blank.shape[0] and blank[b] == actor:
            person_of[actor] = 0
            b += 1
            continue
        up = parent[actor]  # a parent has a lower code than its children
        if up == actor:
            person_of[actor] = count
            count += 1
        else:
            person_of[actor] = person_of[up]
    return count


@njit(nogil=True, cache=True)
def _members(person_of: Codes, blank: Codes, count: int) -> tuple[Ints, Codes]:
    heads = np.zeros(count + 1, np.int64)
    b = 0
    for actor in range(person_of.shape[0]):
        if b < blank.shape[0] and blank[b] == actor:
            b += 1
            continue
        heads[person_of[actor] + 1] += 1
    for person in range(count):
        heads[person + 1] += heads[person]
    fill = heads[:-1].copy()
    actors = np.empty(person_of.shape[0] - b, np.int32)
    b = 0
    for actor in range(person_of.shape[0]):
        if b < blank.shape[0] and blank[b] == actor:
            b += 1
            continue
        actors[fill[person_of[actor]]] = actor
        fill[person_of[actor]] += 1
    return heads, actors


class Resolver:
    """Keeps the fold of the links of one view's latest snapshot, for the next, and beside the columns."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self._serial = -1
        self._rules: IdentityRules | None = None
        self._fold: Fold | None = None
        self._pieces: dict[str, LinkPiece] = {}
        self._decided: Decided = {}
        self._people: People | None = None
        self._kept: tuple[int, frozenset[str]] = (0, frozenset())

    def _begin(self, snapshot: Snapshot) -> Fold:
        """Return the fold, begun anew when the rules have changed."""
        if self._rules is not None and self._rules.form != snapshot.rules.form:
            self._forget()
        if self._fold is None:
            rules = snapshot.rules
            singles = sum(most == 1 for most in rules.limits.values())
            shares = any(one.shared_by is not None for one in rules.types)
            self._fold = Fold(list(rules.limits.values()), rules.most_identifiers, singles if shares else 0)
            self._rules = rules
        return self._fold

    def people(self, snapshot: Snapshot) -> People:
        """Return the people of a snapshot; one older than what is kept is folded from nothing."""
        with self._lock:
            if snapshot.serial < self._serial:
                return Resolver().people(snapshot)
            try:
                fold = self._begin(snapshot)
                if self._serial < 0 and snapshot.as_of is None and not fold.actors:
                    self._recall(snapshot, fold)
                return self._advance(snapshot)
            except BaseException:
                self._forget()
                raise

    def keep(self, snapshot: Snapshot, *, whole: bool) -> bool:
        """Keep the fold when an eighth has come since, with ``whole`` when anything has; tells whether it did."""
        with self._lock:
            fold = self._fold
            if fold is None:
                return False
            held = fold.actors + fold.links
            came = held - self._kept[0]
            changed = came > 0 or frozenset(self._pieces) != self._kept[1]
            if self._people is None or held < LEAST or not changed or (not whole and 8 * came < held):
                return False
            self._kept = (held, frozenset(self._pieces))
            numbered = (self._people.person_of, self._people.heads, self._people.actors)
            numbered = keep_fold(snapshot, fold, numbered, self._pieces)
            self._people = replace(self._people, person_of=numbered[0], heads=numbered[1], actors=numbered[2])
            return True

    def _recall(self, snapshot: Snapshot, fold: Fold) -> None:
        """Begin with the fold that a process before has kept, if it is one of these facts."""
        found = find_fold(snapshot, fold)
        if found is not None:
            self._pieces, (person_of, heads, actors) = found
            self._people = People(len(heads) - 1, person_of, heads, actors, (), "")
            self._kept = (fold.actors + fold.links, frozenset(self._pieces))
            self._decided = decided(self._pieces.values())
            if fold.shares:
                fold.know(_shared(snapshot, 0, fold.actors))

    def _advance(self, snapshot: Snapshot) -> People:
        pieces = {piece.key: piece for piece in snapshot.link_pieces}
        fold = self._begin(snapshot)
        known, count = fold.actors, snapshot.actor_count
        if count > known:
            kinds = [f"{kind}:" for kind in snapshot.rules.limits]
            fold.grow(
                snapshot.actors.prefixes(kinds, known)[: count - known],
                blocked(snapshot, known),
                _shared(snapshot, known, count) if fold.shares else None,
            )
        for key, piece in pieces.items():
            if key not in self._pieces:
                fold.enter(*_facts(piece, snapshot))
        gone = [piece for key, piece in self._pieces.items() if key not in pieces]
        whole = all(fold.leave(*_facts(piece, snapshot)) for piece in gone)
        if not whole:
            self._forget()
            return self._advance(snapshot)
        self._pieces, self._serial = pieces, snapshot.serial
        self._decide(fold, decided(pieces.values(), snapshot.as_of))
        moved = fold.settle(snapshot.actors.hashes())
        self._people = self._numbered(snapshot, fold, moved=moved)
        return self._people

    def _decide(self, fold: Fold, now: Decided) -> None:
        before = self._decided
        pairs = [
            pair
            for pair in {*before, *now}
            if (now[pair].state if pair in now else 0) != (before[pair].state if pair in before else 0)
        ]
        self._decided = now
        if pairs:
            ends = np.array([*pairs, *((y, x) for x, y in pairs)], np.int32)
            states = np.array([now[pair].state if pair in now else 0 for pair in pairs] * 2, np.uint8)
            fold.decide(np.ascontiguousarray(ends[:, 0]), np.ascontiguousarray(ends[:, 1]), states)

    def _numbered(self, snapshot: Snapshot, fold: Fold, *, moved: bool) -> People:
        count, pieces, version = fold.actors, snapshot.link_pieces, snapshot.link_version
        barred = np.flatnonzero(fold.barred[:count]).astype(np.int32)
        told: dict[str, Any] = {
            "pieces": pieces,
            "version": version,
            "decided": self._decided,
            "barred": barred,
            "barred_by": fold.barred[barred],
        }
        if self._people is not None and not moved and len(self._people.person_of) == count:
            return self._handed(snapshot, fold, replace(self._people, **told))
        person_of = np.empty(count, np.int32)
        blank = snapshot.blank[snapshot.blank < count]
        people = _number(fold.parent[:count], blank, person_of)
        heads, actors = _members(person_of, blank, people)
        return self._handed(snapshot, fold, People(people, person_of, heads, actors, **told))

    def _handed(self, snapshot: Snapshot, fold: Fold, people: People) -> People:
        """Add who had which device when."""
        signs = accounts(snapshot.rules)
        if not snapshot.rules.handed or not signs:
            return people
        account = np.array([kind in signs for kind in snapshot.rules.limits], np.bool_)
        found = steps(
            snapshot, people.pieces, people.person_of, fold.refused(people.person_of, account),
            people.barred, people.decided,
        )  # fmt: skip
        return replace(people, steps=found)


def _facts(piece: LinkPiece, snapshot: Snapshot) -> tuple[Codes, Codes, Ints, npt.NDArray[np.uint64]]:
    """Return the facts of a piece that can join: not what parts, what is too unsure, or what was asserted after the moment."""
    least = np.float32(snapshot.rules.least_confidence)
    keep = (piece.kind != APART) & (piece.kind != SIGNED)
    if least > 0:
        keep &= (piece.confidence >= least) | (piece.kind == BY_HAND)
    if snapshot.as_of is not None:
        keep &= piece.received <= snapshot.as_of
    if keep.all():
        return piece.a, piece.b, piece.time, piece.id
    return piece.a[keep], piece.b[keep], piece.time[keep], piece.id[keep]


def blocked(snapshot: Snapshot, start: int = 0) -> Codes:
    """Return the actors from code ``start`` on whose values the rules block."""
    count, found = snapshot.actor_count, [np.zeros(0, np.int32)]
    exact = [f"{one.type}:{value}" for one in snapshot.rules.types for value in one.blocked]
    if exact:
        codes = snapshot.actors.codes(pa.array(exact, pa.string()), add=False)
        found.append(codes[(codes >= start) & (codes < count)])
    patterns = [
        anchored(f"{one.type}:(?:{'|'.join(one.patterns)})") for one in snapshot.rules.types if one.patterns
    ]
    for low in range(start, count, PART) if patterns else ():
        codes = np.arange(low, min(low + PART, count), dtype=np.int32)
        hits = pc.match_substring_regex(snapshot.actors.array(codes), "|".join(patterns))
        found.append(codes[np.asarray(hits)])
    return np.unique(np.concatenate(found)).astype(np.int32)


def check_patterns(rules: IdentityRules) -> None:
    """Raise BadInput for a pattern with a part that RE2 does not know, such as one that looks ahead."""
    for rule in rules.types:
        for pattern in rule.patterns:
            try:
                pc.match_substring_regex(pa.array([""]), anchored(pattern))
            except pa.ArrowInvalid as error:
                raise BadInput(
                    "bad_pattern",
                    Text(
                        "{pattern} is not a pattern that can be used: {why}.",
                        "正则 {pattern} 无法使用：{why}。",
                    ),
                    field=f"rules.types.{rules.rank(rule.type)}.patterns",
                    got=pattern,
                    hint=Text("Write it in the syntax of RE2.", "请使用 RE2 语法。"),
                    pattern=pattern,
                    why=why_not(error),
                ) from None


def _shared(snapshot: Snapshot, start: int, end: int) -> Shared:
    """Return what counts about sharing of the actors ``start`` … ``end`` - 1."""
    types = [one for one in snapshot.rules.types if one.shared_by is not None]
    kinds = snapshot.actors.prefixes([f"{one.type}:" for one in types], start)[: end - start]
    most = np.array([*(one.shared_by for one in types), 0], np.int16)[kinds]
    singles = [f"{kind}:" for kind, limit in snapshot.rules.limits.items() if limit == 1]
    return Shared(most, snapshot.actors.prefixes(singles, start)[: end - start])


def resolve(snapshot: Snapshot) -> People:
    """Return the people of a snapshot; worked out once, from those of the snapshot before."""
    apart = snapshot.as_of is not None or snapshot.supposed
    resolver: Resolver = Resolver() if apart else snapshot.carried(Resolver)
    found: People = snapshot.remember("people", lambda: resolver.people(snapshot))
    return found


def identity_version(snapshot: Snapshot, links: str) -> str:
    """Return what names who is one person: the links, the rules unless they are the defaults, the moment if one was given."""
    if snapshot.rules.form != DEFAULT_RULES.form:
        links += f"-{hashlib.sha256(snapshot.rules.form.encode()).hexdigest()[:8]}"
    return links if snapshot.as_of is None else f"{links}@{snapshot.as_of}"


def as_of(snapshot: Snapshot, moment: int | None) -> Snapshot:
    """Return the same facts with persons made only of links, and decisions, that were asserted by a moment (ms UTC)."""
    if moment is None:
        return snapshot

    moments: Lately = snapshot.remember("moments", lambda: Lately(MOMENTS))
    found: Snapshot | None = moments.get(moment)
    return found or cast("Snapshot", moments.keep(moment, snapshot.apart(as_of=moment), 0))


def _joined(arrays: list[npt.NDArray[Any]], dtype: Any) -> npt.NDArray[Any]:
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype)


def canonical(snapshot: Snapshot, people: People, person: int) -> str:
    """Return the identifier a person is called by: the strongest type, then the least hash."""
    codes = people.actors[people.heads[person] : people.heads[person + 1]]
    names = snapshot.actors.strings(codes)
    hashes = snapshot.actors.hashes()[codes].tolist()
    return min(
        zip(names, hashes, strict=True),
        key=lambda pair: (snapshot.rules.rank(split_actor(pair[0])[0]), pair[1]),
    )[0]


def canonicals(snapshot: Snapshot, people: People, persons: Codes) -> list[str]:
    """Return :func:`canonical` of each of some persons."""
    lengths = people.heads[persons + 1] - people.heads[persons]
    place = np.repeat(np.arange(len(persons)), lengths)
    first = np.cumsum(lengths) - lengths
    codes = people.actors[people.heads[persons][place] + np.arange(len(place)) - first[place]]
    kinds = [f"{kind}:" for kind in snapshot.rules.ranks]
    types = snapshot.actors.prefixes(kinds)[codes].astype(np.int64)
    strength = np.where(types < 0, len(kinds), types)
    order = np.lexsort((snapshot.actors.hashes()[codes], strength, place))
    return snapshot.actors.strings(codes[order][first])


def person_id(snapshot: Snapshot, people: People, person: int) -> str:
    """Return the public id of a person: a key of the identifier it is called by, which reveals nothing.

    Any identifier's key finds the person, so ids given out before a merge keep working.
    """
    name = canonical(snapshot, people, person)
    code = snapshot.actors.codes(pa.array([name], pa.string()), add=False)[0]
    return encode_key(int(snapshot.actors.hashes()[code]))


def person_by_key(snapshot: Snapshot, people: People, key: int) -> int | None:
    """Return the person one of whose identifiers has this key."""
    code = snapshot.actors.find_hash(key)
    return int(people.person_of[code]) if 0 <= code < len(people.person_of) else None


def grouped(names: Codes, version: str) -> tuple[People, Codes]:
    """Return people worked out elsewhere, and what each is called there.

    ``names`` says of each actor to whom it belongs, -1: to nobody here. The last person stands for nobody
    and has no actors.
    """
    belongs = names >= 0
    called, person = np.unique(names[belongs], return_inverse=True)
    count = len(called) + 1
    person_of = np.full(len(names), count - 1, np.int32)
    person_of[belongs] = person
    heads, actors = _members(person_of, np.zeros(0, np.int32), count)
    heads[count] = heads[count - 1]
    return People(count, person_of, heads, actors, (), version), np.append(called, -1).astype(np.int32)
