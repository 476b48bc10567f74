"""The fold of links into persons, kept from one snapshot to the next and brought up to date by what changed.

Two unions are held side by side. *Persons* obey the limits per identifier type. *Neighbourhoods* join whatever
any link names, refused ones too; links of different neighbourhoods cannot touch each other. So a link that is
the latest of its neighbourhood is folded as it comes, and one that comes late has only its own neighbourhood
folded anew. The result is always that of folding all links from nothing in (time, event id) order.

Of the links that name the same pair, only the earliest matters: whatever the others would join is joined or
refused by then.

What people decide about a pair holds before everything: an undone pair joins nothing, and one linked by hand joins whatever
the limits say. Barred actors (blocked values, identifiers shared by too many) join nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from tidewheel.store.columns.derived import Arrays, Wanted

Codes = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]
Octets = npt.NDArray[np.uint8]
NEW, EARLIER = 1, 2
LINKED, PARTED = 1, 2
"""What was decided about a pair: nothing (0), that it belongs together, or that it does not."""
BLOCKED, SHARED = 1, 2
"""Why an actor is barred."""
NEVER = 2**63 - 1
"""The time of a pair that no fact has named yet."""


@njit(nogil=True, cache=True)
def root(parent: Codes, at: int) -> int:
    """Return the root of an actor, and shorten the way to it."""
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = parent[at]
    return at


@njit(nogil=True, cache=True)
def _slot(slots: Codes, a: Codes, b: Codes, x: int, y: int) -> int:
    mask = np.uint64(slots.shape[0] - 1)
    h = (np.uint64(x) << np.uint64(32)) | np.uint64(y)
    h = (h ^ (h >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)
    slot = (h ^ (h >> np.uint64(32))) & mask
    while slots[slot] >= 0 and (a[slots[slot]] != x or b[slots[slot]] != y):
        slot = (slot + np.uint64(1)) & mask
    found: int = np.int64(slot)  # type: ignore[assignment]
    return found


@njit(nogil=True, cache=True)
def _stands(decided: int, time: int) -> bool:
    """Tell whether a pair is to be joined: by hand, or by a fact unless it is parted.

    A pair that only a decision has named, and names no more, is nothing.
    """
    return decided == LINKED or (decided != PARTED and time != NEVER)


@njit(nogil=True, cache=True)
def _index(slots: Codes, a: Codes, b: Codes, count: int) -> None:
    for link in range(count):
        slots[_slot(slots, a, b, a[link], b[link])] = link


@njit(nogil=True, cache=True)
def _enter(
    slots: Codes, a: Codes, b: Codes, time: Ints, ids: Keys, held_by: Codes, count: int,
    given_a: Codes, given_b: Codes, given_time: Ints, given_id: Keys, changed: npt.NDArray[np.uint8],
) -> int:  # fmt: skip
    """Take in facts; ``changed`` tells new pairs and those that now come earlier. Returns the new count."""
    for i in range(given_a.shape[0]):
        slot = _slot(slots, a, b, given_a[i], given_b[i])
        link = slots[slot]
        if link < 0:
            link = count
            count += 1
            slots[slot] = link
            a[link], b[link], changed[link] = given_a[i], given_b[i], NEW
        elif time[link] == given_time[i] and ids[link] == given_id[i]:
            held_by[link] += 1
            continue
        elif time[link] < given_time[i] or (time[link] == given_time[i] and ids[link] < given_id[i]):
            continue
        elif changed[link] == 0:
            changed[link] = EARLIER
        time[link], ids[link], held_by[link] = given_time[i], given_id[i], 1
    return count


@njit(nogil=True, cache=True)
def _leave(
    slots: Codes, a: Codes, b: Codes, time: Ints, ids: Keys, held_by: Codes,
    given_a: Codes, given_b: Codes, given_time: Ints, given_id: Keys,
) -> bool:  # fmt: skip
    """Take facts out; False when a pair is left without its earliest fact."""
    whole = True
    for i in range(given_a.shape[0]):
        link = slots[_slot(slots, a, b, given_a[i], given_b[i])]
        if link >= 0 and time[link] == given_time[i] and ids[link] == given_id[i]:
            held_by[link] -= 1
            whole = whole and held_by[link] > 0
    return whole


@njit(nogil=True, cache=True)
def _before(one: int, other: int, a: Codes, b: Codes, time: Ints, ids: Keys, hashes: Keys) -> bool:
    """Say whether a link comes before another: by time, event id, and the names of its ends."""
    if time[one] != time[other]:
        return time[one] < time[other]
    if ids[one] != ids[other]:
        return ids[one] < ids[other]
    if hashes[a[one]] != hashes[a[other]]:
        return hashes[a[one]] < hashes[a[other]]
    return hashes[b[one]] < hashes[b[other]]


@njit(nogil=True, cache=True)
def _settle_ties(order: Ints, a: Codes, b: Codes, time: Ints, ids: Keys, hashes: Keys) -> None:
    """Put links of one event, which lie together, in the order of their ends' names."""
    for i in range(1, order.shape[0]):
        link, j = order[i], i
        while (
            j > 0
            and time[order[j - 1]] == time[link]
            and ids[order[j - 1]] == ids[link]
            and _before(link, order[j - 1], a, b, time, ids, hashes)
        ):
            order[j] = order[j - 1]
            j -= 1
        order[j] = link


@njit(nogil=True, cache=True)
def _join(
    parent: Codes, held: Octets, size: Codes, limits: Codes, most: int, x: int, y: int, decided: int
) -> bool:  # fmt: skip
    """Make two actors one person if that is allowed; roots are least codes. True when something changed."""
    x, y = root(parent, x), root(parent, y)
    if x == y:
        return False
    if decided != LINKED:
        if np.int64(size[x]) + np.int64(size[y]) > most:
            return False
        for kind in range(limits.shape[0]):
            one, other = np.int64(held[x, kind]), np.int64(held[y, kind])
            if one > 0 and other > 0 and one + other > limits[kind]:
                return False
    low, high = min(x, y), max(x, y)
    parent[high] = low
    size[low] += size[high]
    for kind in range(limits.shape[0]):
        both: int = np.int64(held[low, kind]) + np.int64(held[high, kind])  # type: ignore[assignment]
        held[low, kind] = min(255, both)
    return True


@njit(nogil=True, cache=True)
def _fold(
    order: Ints, changed: Octets, a: Codes, b: Codes, time: Ints, ids: Keys, hashes: Keys,
    decided: Octets, barred: Octets,
    parent: Codes, held: Octets, size: Codes, limits: Codes, most: int,
    near: Codes, ring: Codes, first: Codes, final: Codes, following: Codes, latest: Codes, stale: Flags, late: Codes,
) -> tuple[int, bool]:  # fmt: skip
    """Fold changed links in order; returns how many neighbourhoods need folding anew, listed in ``late``."""
    n, moved = 0, False
    for i in range(order.shape[0]):
        link = order[i]
        x, y = root(near, a[link]), root(near, b[link])
        fits = changed[link] == NEW and not stale[x] and not stale[y]
        for side in (x, y):
            if latest[side] >= 0 and _before(link, latest[side], a, b, time, ids, hashes):
                fits = False
        if x != y:
            ring[x], ring[y] = ring[y], ring[x]
            near[y] = x
            last = latest[y]
            if last >= 0 and (latest[x] < 0 or _before(latest[x], last, a, b, time, ids, hashes)):
                latest[x] = last
            if first[x] < 0:
                first[x], final[x] = first[y], final[y]
            elif first[y] >= 0:
                following[final[x]] = first[y]
                final[x] = final[y]
            stale[x] = stale[x] or stale[y]
        if changed[link] == NEW:
            following[link] = first[x]
            first[x] = link
            if final[x] < 0:
                final[x] = link
        if fits:
            if _stands(decided[link], time[link]) and not barred[a[link]] and not barred[b[link]]:
                moved = _join(parent, held, size, limits, most, a[link], b[link], decided[link]) or moved
            if time[link] != NEVER:
                latest[x] = link
        else:
            stale[x] = True
            late[n] = x
            n += 1
    return n, moved


@njit(nogil=True, cache=True)
def _unfold(
    late: Codes, limited: npt.NDArray[np.int8], parent: Codes, held: Octets, size: Codes,
    near: Codes, ring: Codes, first: Codes, following: Codes, stale: Flags, links: Ints,
) -> int:  # fmt: skip
    """Take the persons of stale neighbourhoods apart and list their links."""
    n = 0
    for i in range(late.shape[0]):
        base = root(near, late[i])
        if not stale[base]:
            continue
        stale[base] = False
        actor = base
        while True:
            parent[actor] = actor
            held[actor, :] = 0
            size[actor] = 1
            if limited[actor] >= 0:
                held[actor, limited[actor]] = 1
            actor = ring[actor]
            if actor == base:
                break
        link = first[base]
        while link >= 0:
            links[n] = link
            n += 1
            link = following[link]
    return n


@njit(nogil=True, cache=True)
def _refold(
    order: Ints, a: Codes, b: Codes, time: Ints, decided: Octets, barred: Octets,
    parent: Codes, held: Octets, size: Codes, limits: Codes, most: int, near: Codes, latest: Codes,
) -> None:  # fmt: skip
    for i in range(order.shape[0]):
        link = order[i]
        if _stands(decided[link], time[link]) and not barred[a[link]] and not barred[b[link]]:
            _join(parent, held, size, limits, most, a[link], b[link], decided[link])
        if time[link] != NEVER:
            latest[root(near, a[link])] = link


@njit(nogil=True, cache=True)
def _decide(
    slots: Codes, a: Codes, b: Codes, time: Ints, ids: Keys, held_by: Codes, count: int,
    decided: Octets, changed: Octets, given_a: Codes, given_b: Codes, given: Octets,
) -> int:  # fmt: skip
    """Take note what was decided about pairs; one that no fact names is known from now on. Returns the new count."""
    for i in range(given_a.shape[0]):
        slot = _slot(slots, a, b, given_a[i], given_b[i])
        link = slots[slot]
        if link < 0:
            if not given[i]:
                continue
            link = count
            count += 1
            slots[slot] = link
            a[link], b[link], changed[link] = given_a[i], given_b[i], NEW
            time[link], ids[link], held_by[link] = NEVER, np.uint64(0), 1
        elif decided[link] != given[i] and changed[link] == 0:
            changed[link] = EARLIER
        decided[link] = given[i]
    return count


@njit(nogil=True, cache=True)
def _claim(
    which: Ints, slots: Codes, a: Codes, b: Codes, time: Ints, decided: Octets, barred: Octets,
    shared: npt.NDArray[np.int16], single: npt.NDArray[np.int8], claims: Codes,
) -> None:  # fmt: skip
    """Count the pairs in which an identifier that can be shared is named with one of which a person has one."""
    for i in range(which.shape[0]):
        link = which[i]
        if not _stands(decided[link], time[link]):
            continue
        back = slots[_slot(slots, a, b, b[link], a[link])]
        if back >= 0 and back < link and _stands(decided[back], time[back]):
            continue
        for turn in range(2):
            x, y = (a[link], b[link]) if turn == 0 else (b[link], a[link])
            if shared[x] > 0 and single[y] >= 0 and barred[x] != BLOCKED and barred[y] != BLOCKED:
                claims[x, single[y]] += 1


@njit(nogil=True, cache=True)
def _touch(actors: Ints, near: Codes, first: Codes, changed: Octets) -> None:
    """Have the neighbourhoods of some actors folded anew."""
    for i in range(actors.shape[0]):
        link = first[root(near, actors[i])]
        if link >= 0 and changed[link] == 0:
            changed[link] = EARLIER


@njit(nogil=True, cache=True)
def _refused(
    a: Codes, b: Codes, time: Ints, decided: Octets, barred: Octets, count: int,
    person_of: Codes, limited: npt.NDArray[np.int8], account: Flags, found: Flags,
) -> None:  # fmt: skip
    """Set ``found`` where a pair that stands names an account and an identifier of two persons."""
    for link in range(count):
        x, y = a[link], b[link]
        if person_of[x] == person_of[y] or not _stands(decided[link], time[link]) or barred[x] or barred[y]:
            continue
        one, other = limited[x] >= 0 and account[limited[x]], limited[y] >= 0 and account[limited[y]]
        if one and not other:
            found[y] = True
        elif other and not one:
            found[x] = True


@dataclass(frozen=True, slots=True)
class Shared:
    """Of each new actor: how many people may share it (0: no matter), and which of the types of which a person has one it is (-1: none)."""

    most: npt.NDArray[np.int16]
    single: npt.NDArray[np.int8]


class Claims:
    """How many identifiers of each type of which a person has one are named with each actor that can be shared."""

    def __init__(self, singles: int) -> None:
        self.most, self.single = np.zeros(0, np.int16), np.zeros(0, np.int8)
        self.count = np.zeros((0, singles), np.int32)
        self.recount = True

    def grow(self, shared: Shared) -> None:
        """Know more actors."""
        self.most, self.single = np.append(self.most, shared.most), np.append(self.single, shared.single)
        self.count = _larger(self.count, len(self.most))


class Fold:
    """Links taken in so far and the persons they make. Not safe to share: hold a lock around it.

    ``limits``: how many identifiers of each limited type a person may have; ``most``: of all types. ``parent`` is a forest
    of actors, one tree a person, rooted in the person's least code. ``barred`` says of each actor why it joins nobody, if so.
    """

    def __init__(self, limits: list[int], most: int, singles: int = 0) -> None:
        self._limits, self._most = np.array(limits, np.int32), most
        self.actors = 0
        self.links = 0
        self.parent = np.zeros(0, np.int32)
        self.barred = np.zeros(0, np.uint8)
        self._held = np.zeros((0, len(limits)), np.uint8)
        self._limited = np.zeros(0, np.int8)
        self._near, self._ring, self._first, self._final, self._latest, self._size = (
            np.zeros(0, np.int32) for _ in range(6)
        )
        self._stale = np.zeros(0, np.bool_)
        self._a, self._b, self._following, self._held_by = (np.zeros(0, np.int32) for _ in range(4))
        self._time, self._id = np.zeros(0, np.int64), np.zeros(0, np.uint64)
        self._changed, self._decided = np.zeros(0, np.uint8), np.zeros(0, np.uint8)
        self._slots = np.full(16, -1, np.int32)
        self._claims = Claims(singles) if singles else None

    def grow(self, limited: npt.NDArray[np.int8], blocked: Codes, shared: Shared | None = None) -> None:
        """Know more actors, each a person.

        ``limited`` tells the limited type of each, -1: none. ``blocked`` are codes of those that join nobody, and ``shared``
        what counts when identifiers can be shared.
        """
        known, count = self.actors, self.actors + len(limited)
        size = len(self.parent)
        if count > size:
            size = max(count, size * 3 // 2)
            self.parent = _larger(self.parent, size)
            self._near, self._ring = _larger(self._near, size), _larger(self._ring, size)
            self._first, self._final = _larger(self._first, size), _larger(self._final, size)
            self._latest, self._stale = _larger(self._latest, size), _larger(self._stale, size)
            self._limited, self._held = _larger(self._limited, size), _larger(self._held, size)
            self._size, self.barred = _larger(self._size, size), _larger(self.barred, size)
        fresh = slice(known, count)
        for own in (self.parent, self._near, self._ring):
            own[fresh] = np.arange(known, count, dtype=np.int32)
        for none in (self._first, self._final, self._latest):
            none[fresh] = -1
        self._stale[fresh] = False
        self._limited[fresh] = limited
        self._size[fresh] = 1
        typed = np.flatnonzero(limited >= 0)
        self._held[fresh] = 0
        self._held[known + typed, limited[typed]] = 1
        self.barred[fresh] = 0
        self.barred[blocked] = BLOCKED
        self.actors = count
        if self._claims is not None and shared is not None:
            self._claims.grow(shared)

    @property
    def shares(self) -> bool:
        """Whether identifiers are barred that too many share."""
        return self._claims is not None

    def know(self, shared: Shared) -> None:
        """Learn, after :meth:`take`, what counts about sharing of all actors."""
        if self._claims is not None:
            self._claims.grow(shared)

    def enter(self, a: Codes, b: Codes, time: Ints, ids: Keys) -> None:
        """Take facts in; they are in force after :meth:`settle`."""
        self._reserve(self.links + len(a))
        self.links = _enter(
            self._slots, self._a, self._b, self._time, self._id, self._held_by, self.links,
            a, b, time, ids, self._changed,
        )  # fmt: skip

    def decide(self, a: Codes, b: Codes, decided: Octets) -> None:
        """Say what was decided about pairs (0: nothing any more); in force after :meth:`settle`."""
        self._reserve(self.links + len(a))
        self.links = _decide(
            self._slots, self._a, self._b, self._time, self._id, self._held_by, self.links,
            self._decided, self._changed, a, b, decided,
        )  # fmt: skip
        if self._claims is not None:
            self._claims.recount = True

    def _reserve(self, need: int) -> None:
        if need > len(self._a):
            size = max(need, len(self._a) * 3 // 2)
            self._a, self._b, self._following, self._held_by = (
                _larger(one, size) for one in (self._a, self._b, self._following, self._held_by)
            )
            self._time, self._id = _larger(self._time, size), _larger(self._id, size)
            self._changed, self._decided = _larger(self._changed, size), _larger(self._decided, size)
        self._find_links(need)

    def leave(self, a: Codes, b: Codes, time: Ints, ids: Keys) -> bool:
        """Take facts out that were taken in; False when the rest would fold differently."""
        self._find_links(self.links)
        return bool(
            _leave(self._slots, self._a, self._b, self._time, self._id, self._held_by, a, b, time, ids)
        )

    def wanted(self) -> dict[str, Wanted]:
        """Return the arrays that :meth:`put` fills, with room for an eighth more."""
        room = {"actor": self.actors + self.actors // 8, "link": self.links + self.links // 8}
        return {
            name: Wanted(own.dtype, (count, *own.shape[1:]), room[whose])
            for whose, count, arrays in (
                ("actor", self.actors, self._by_actor()),
                ("link", self.links, self._by_link()),
            )
            for name, own in arrays.items()
        }

    def put(self, arrays: Arrays) -> None:
        """Write the state, which must be settled, into arrays."""
        for count, own in ((self.actors, self._by_actor()), (self.links, self._by_link())):
            for name, array in own.items():
                arrays[name][:count] = array[:count]

    def take(self, arrays: Arrays, actors: int, links: int) -> None:
        """Go on with a state that :meth:`put` has written."""
        self.actors, self.links = actors, links
        self.parent, self._near, self._ring = arrays["parent"], arrays["near"], arrays["ring"]
        self._first, self._final, self._latest = arrays["first"], arrays["final"], arrays["latest"]
        self._limited, self._held = arrays["limited"], arrays["held"]
        self._size, self.barred = arrays["size"], arrays["barred"]
        self._stale = np.zeros(len(self.parent), np.bool_)
        self._a, self._b = arrays["link_a"], arrays["link_b"]
        self._following, self._held_by = arrays["following"], arrays["held_by"]
        self._time, self._id = arrays["link_time"], arrays["link_id"]
        self._decided = arrays["decided"]
        self._changed = np.zeros(len(self._a), np.uint8)
        self._slots = np.zeros(0, np.int32)  # filled when a link comes or goes; a start needs none

    def _by_actor(self) -> Arrays:
        return {
            "parent": self.parent, "near": self._near, "ring": self._ring, "first": self._first,
            "final": self._final, "latest": self._latest, "limited": self._limited, "held": self._held,
            "size": self._size, "barred": self.barred,
        }  # fmt: skip

    def _by_link(self) -> Arrays:
        return {
            "link_a": self._a, "link_b": self._b, "following": self._following,
            "held_by": self._held_by, "link_time": self._time, "link_id": self._id, "decided": self._decided,
        }  # fmt: skip

    def settle(self, hashes: Keys) -> bool:
        """Fold what changed; ``hashes`` are the actors'. Returns whether any person changed."""
        if self._claims is not None:
            self._weigh()
        changed = np.flatnonzero(self._changed[: self.links])
        if not len(changed):
            return False
        order = self._ordered(changed, hashes)
        late = np.empty(len(order), np.int32)
        count, moved = _fold(
            order, self._changed, self._a, self._b, self._time, self._id, hashes, self._decided, self.barred,
            self.parent, self._held, self._size, self._limits, self._most,
            self._near, self._ring, self._first, self._final, self._following, self._latest, self._stale, late,
        )  # fmt: skip
        self._changed[changed] = 0
        if not count:
            return bool(moved)
        links = np.empty(self.links, np.int64)
        count = _unfold(
            late[:count], self._limited, self.parent, self._held, self._size,
            self._near, self._ring, self._first, self._following, self._stale, links,
        )  # fmt: skip
        order = self._ordered(links[:count], hashes)
        _refold(
            order, self._a, self._b, self._time, self._decided, self.barred,
            self.parent, self._held, self._size, self._limits, self._most, self._near, self._latest,
        )  # fmt: skip
        return True

    def refused(self, person_of: Codes, account: Flags) -> Codes:
        """Return the identifiers that an account of another person is named with, ascending; ``account`` goes by limited type."""
        found = np.zeros(self.actors, np.bool_)
        _refused(
            self._a, self._b, self._time, self._decided, self.barred, self.links,
            person_of, self._limited, account, found,
        )  # fmt: skip
        return np.flatnonzero(found).astype(np.int32)

    def _weigh(self) -> None:
        """Bar identifiers that more people claim than may share them, and let go those that do not any more."""
        claims = self._claims
        assert claims is not None
        fresh = np.flatnonzero(self._changed[: self.links] == NEW)
        if claims.recount:
            claims.count[:] = 0
            claims.recount = False
            fresh = np.arange(self.links)
            touched = np.flatnonzero(claims.most[: self.actors])
        elif len(fresh):
            touched = np.unique(np.concatenate((self._a[fresh], self._b[fresh])))
            touched = touched[claims.most[touched] > 0]
        else:
            return
        self._find_links(self.links)
        _claim(
            fresh, self._slots, self._a, self._b, self._time, self._decided, self.barred,
            claims.most, claims.single, claims.count,
        )  # fmt: skip
        over = claims.count[touched].max(axis=1) > claims.most[touched]
        for now, before, moved in ((SHARED, 0, over), (0, SHARED, ~over)):
            codes = touched[moved & (self.barred[touched] == before)]
            self.barred[codes] = now
            _touch(codes, self._near, self._first, self._changed)

    def _find_links(self, count: int) -> None:
        """See that links are found by their ends while there are up to ``count``."""
        if len(self._slots) < max(2 * count, 1):
            self._slots = np.full(1 << (4 * max(count, 4) - 1).bit_length(), -1, np.int32)
            _index(self._slots, self._a, self._b, self.links)

    def _ordered(self, links: Ints, hashes: Keys) -> Ints:
        order = links[np.lexsort((self._id[links], self._time[links]))]
        _settle_ties(order, self._a, self._b, self._time, self._id, hashes)
        return order


def _larger(array: npt.NDArray[Any], size: int) -> npt.NDArray[Any]:
    grown = np.zeros((size, *array.shape[1:]), array.dtype)
    grown[: len(array)] = array
    return grown
