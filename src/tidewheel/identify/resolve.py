"""Who is one person: links folded in (time, id) order into components, within limits per identifier type.

A link that would give a person more identifiers of a type than ``core.ids.IDENTIFIER_TYPES`` allows is
kept but not in force. So a device shared by two members belongs to the first who signed in on it, while
events that name a member are that member's. The result depends on the set of links alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from tidewheel.core.ids import IDENTIFIER_TYPES, encode_key, rank, split_actor
from tidewheel.store.view import LINK_SCHEMA, Snapshot

Codes = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class People:
    """The view actor → person. Persons are numbered 0…count-1 in the order of their first actor.

    ``actors[heads[p]:heads[p + 1]]`` are person ``p``'s actors. ``link_a``, ``link_b`` and ``in_force``
    describe the link facts in the order of ``links``.
    """

    count: int
    person_of: Codes
    heads: Ints
    actors: Codes
    links: pa.Table
    link_a: Codes
    link_b: Codes
    in_force: npt.NDArray[np.bool_]
    version: str


@njit(nogil=True, cache=True)
def _root(parent: Codes, at: int) -> int:
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = parent[at]
    return at


@njit(nogil=True, cache=True)
def _fold(
    a: Codes, b: Codes, order: Ints, limited: npt.NDArray[np.int8], limits: Codes, parent: Codes
) -> npt.NDArray[np.bool_]:
    """Union in order; ``limited`` is each actor's limited type or -1. Roots are least codes."""
    n = parent.shape[0]
    kinds = limits.shape[0]
    held = np.zeros((n, kinds), np.uint8)
    for actor in range(n):
        if limited[actor] >= 0:
            held[actor, limited[actor]] = 1
    in_force = np.zeros(a.shape[0], np.bool_)
    for i in range(order.shape[0]):
        link = order[i]
        x, y = _root(parent, a[link]), _root(parent, b[link])
        if x == y:
            in_force[link] = True
            continue
        fits = True
        for kind in range(kinds):
            if int(held[x, kind]) + int(held[y, kind]) > limits[kind]:
                fits = False
        if not fits:
            continue
        in_force[link] = True
        low, high = min(x, y), max(x, y)
        parent[high] = low
        for kind in range(kinds):
            held[low, kind] += held[high, kind]
    return in_force


@njit(nogil=True, cache=True)
def _number(parent: Codes, person_of: Codes) -> int:
    count = 0
    for actor in range(parent.shape[0]):
        root = _root(parent, actor)
        if root == actor:
            person_of[actor] = count
            count += 1
        else:
            person_of[actor] = person_of[root]
    return count


@njit(nogil=True, cache=True)
def _members(person_of: Codes, count: int) -> tuple[Ints, Codes]:
    heads = np.zeros(count + 1, np.int64)
    for actor in range(person_of.shape[0]):
        heads[person_of[actor] + 1] += 1
    for person in range(count):
        heads[person + 1] += heads[person]
    fill = heads[:-1].copy()
    actors = np.empty(person_of.shape[0], np.int32)
    for actor in range(person_of.shape[0]):
        actors[fill[person_of[actor]]] = actor
        fill[person_of[actor]] += 1
    return heads, actors


def resolve(snapshot: Snapshot) -> People:
    """Return the people of a snapshot; worked out once."""
    found: People = snapshot.remember("people", lambda: _resolve(snapshot))
    return found


def _resolve(snapshot: Snapshot) -> People:
    links = snapshot.links().combine_chunks()
    interner = snapshot.actors
    a = interner.codes(_one(links["a"]), add=True)
    b = interner.codes(_one(links["b"]), add=True)
    count = max(snapshot.actor_count, int(a.max(initial=-1)) + 1, int(b.max(initial=-1)) + 1)
    kinds = [kind for kind, limit in IDENTIFIER_TYPES.items() if limit is not None]
    limited = interner.prefixes([f"{kind}:" for kind in kinds])[:count]
    time = links["time"].cast(pa.int64()).to_numpy()
    order = _order(snapshot, time, links, a, b)
    parent = np.arange(count, dtype=np.int32)
    limits = np.array([IDENTIFIER_TYPES[kind] for kind in kinds], np.int32)
    in_force = _fold(a, b, order, limited, limits, parent)
    person_of = np.empty(count, np.int32)
    people = _number(parent, person_of)
    heads, actors = _members(person_of, people)
    return People(people, person_of, heads, actors, links, a, b, in_force, snapshot.link_version)


def _order(snapshot: Snapshot, time: Ints, links: pa.Table, a: Codes, b: Codes) -> Ints:
    """Sort by (time, event id, names of the ends): ties must not depend on arrival or on codes."""
    ids = links["id"].to_numpy().view(np.uint64)
    hashes = snapshot.actors.hashes()
    return np.lexsort((hashes[b], hashes[a], ids, time)).astype(np.int64)


def _one(column: pa.ChunkedArray) -> pa.Array:
    combined = column.combine_chunks()
    if isinstance(combined, pa.ChunkedArray):
        return combined.chunk(0) if combined.num_chunks else pa.array([], pa.string())
    return combined


def canonical(snapshot: Snapshot, people: People, person: int) -> str:
    """Return the identifier a person is called by: the strongest type, then the least hash."""
    codes = people.actors[people.heads[person] : people.heads[person + 1]]
    names = snapshot.actors.strings(codes)
    hashes = snapshot.actors.hashes()[codes].tolist()
    return min(zip(names, hashes, strict=True), key=lambda pair: (rank(split_actor(pair[0])[0]), pair[1]))[0]


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
    heads, actors = _members(person_of, count)
    heads[count] = heads[count - 1]
    none = np.zeros(0, np.int32)
    links = LINK_SCHEMA.empty_table()
    people = People(count, person_of, heads, actors, links, none, none, np.zeros(0, np.bool_), version)
    return people, np.append(called, -1).astype(np.int32)
