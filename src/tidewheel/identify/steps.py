"""Devices that change hands: who had a device when, as far as sign-ins tell.

What happens on a device without anybody being named belongs to the account that was named there last: at a moment ``t`` that
with the latest sign-in at or before ``t``, of two at one moment the one with the greater (event id, hash). Before the first it
is the first. A device on which nobody but its own person signs in, who is who its links make it, needs none of this. Everything
is worked out of the set of facts, so that no order of arrival matters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from tidewheel.core.identity_rules import IdentityRules
from tidewheel.core.period import HOUR
from tidewheel.identify.decided import Decision
from tidewheel.identify.fold import PARTED
from tidewheel.store.pieces import EVIDENCE, SIGNED, LinkPiece
from tidewheel.store.view import Snapshot

Codes = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
BEGINNING: Final = -(2**62)
"""The time of a device's first step: it has been so for ever."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Of device ``devices[i]`` the steps ``heads[i]:heads[i + 1]``: from ``time`` (UTC ms) on it was ``person``'s, who signed in as ``account``.

    Devices and accounts are codes of actors, devices and the times of each ascend; two steps in a row are of two persons.
    """

    devices: Codes
    heads: Ints
    time: Ints
    account: Codes
    person: Codes

    def owners_of(self, devices: Sequence[int]) -> Codes:
        """Return everybody who has a part of one of some devices."""
        device = np.repeat(self.devices, np.diff(self.heads))
        return np.unique(self.person[np.isin(device, np.array(devices, np.int32))])

    def owners(self) -> Codes:
        """Return everybody who has a part of a device, ascending."""
        return np.unique(self.person)


NONE: Final = Steps(
    np.zeros(0, np.int32), np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32)
)  # fmt: skip


def accounts(rules: IdentityRules) -> list[str]:
    """Return the types people sign in by: those of which a person has one, but for such as change hands."""
    return [kind for kind, most in rules.limits.items() if most == 1 and kind not in rules.handed]


def steps(
    snapshot: Snapshot,
    pieces: Sequence[LinkPiece],
    person_of: Codes,
    candidates: Codes,
    barred: Codes,
    decided: Mapping[tuple[int, int], Decision],
) -> Steps:
    """Return who had which of some actors when; ``candidates`` that are no devices, or on which only their own person signs in, have no steps."""
    handed = _of_types(snapshot, candidates, frozenset(snapshot.rules.handed))
    if not len(handed):
        return NONE
    device, account, time, ids = _signed(snapshot, pieces, handed)
    known, place = np.unique(account, return_inverse=True)
    signs = np.isin(known, _of_types(snapshot, known, frozenset(accounts(snapshot.rules))))[place]
    signs &= ~np.isin(account, barred) & ~np.isin(device, barred)
    parted = [pair for pair, one in decided.items() if one.state == PARTED]
    if parted:
        low, high = np.minimum(device, account).astype(np.int64), np.maximum(device, account)
        signs &= ~np.isin(low << 32 | high, np.array([x << 32 | y for x, y in parted], np.int64))
    device, account, time, ids = device[signs], account[signs], time[signs], ids[signs]
    hashes = snapshot.actors.hashes()[account]
    order = np.lexsort((hashes, ids, time, device))
    device, account, time = device[order], account[order], time[order]
    person = person_of[account]
    handed_over = _others_too(device, person, person_of[device])
    device, account, time, person = (
        device[handed_over],
        account[handed_over],
        time[handed_over],
        person[handed_over],
    )
    if not len(device):
        return NONE
    last = np.append((device[1:] != device[:-1]) | (time[1:] != time[:-1]), True)
    device, account, time, person = device[last], account[last], time[last], person[last]
    fresh = np.append(True, device[1:] != device[:-1])
    turn = fresh.copy()
    turn[1:] |= person[1:] != person[:-1]
    time = np.where(fresh, BEGINNING, time)
    device, account, time, person = device[turn], account[turn], time[turn], person[turn]
    devices, first = np.unique(device, return_index=True)
    return Steps(devices, np.append(first, len(device)).astype(np.int64), time, account, person)


def _of_types(snapshot: Snapshot, codes: Codes, kinds: frozenset[str]) -> Codes:
    names, found = snapshot.actors.array(codes), np.zeros(len(codes), np.bool_)
    for kind in kinds:
        found |= np.asarray(pc.starts_with(names, f"{kind}:"))
    return codes[found]


def _signed(
    snapshot: Snapshot, pieces: Sequence[LinkPiece], devices: Codes
) -> tuple[Codes, Codes, Ints, npt.NDArray[np.uint64]]:
    """Return (device, the other end, time, event id) of what events say of some devices.

    Of a pair it is the earliest, and of its sign-ins the earliest of each hour, as is kept for good: what else there may be
    goes when files are merged.
    """
    marked = np.zeros(snapshot.actor_count, np.bool_)
    marked[devices] = True
    least = np.float32(snapshot.rules.least_confidence)
    found = []
    for piece in pieces:
        for own, other in ((piece.a, piece.b), (piece.b, piece.a)):
            rows = np.flatnonzero(marked[own])
            kind = piece.kind[rows]
            keep = ((kind == EVIDENCE) | (kind == SIGNED)) & (piece.confidence[rows] >= least)
            if snapshot.as_of is not None:
                keep &= piece.received[rows] <= snapshot.as_of
            rows = rows[keep]
            hour = np.where(piece.kind[rows] == SIGNED, piece.time[rows] // HOUR, BEGINNING)
            found.append((own[rows], other[rows], hour, piece.time[rows], piece.id[rows]))
    device, account, hour, time, ids = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((ids, time, hour, account, device))
    device, account, hour, time, ids = (one[order] for one in (device, account, hour, time, ids))
    head = np.ones(len(order), np.bool_)
    head[1:] = (device[1:] != device[:-1]) | (account[1:] != account[:-1]) | (hour[1:] != hour[:-1])
    return device[head], account[head], time[head], ids[head]


def _others_too(device: Codes, person: Codes, own: Codes) -> Flags:
    """Return which rows are of devices that somebody signed in on who is not the device's ``own`` person; rows come by device."""
    if not len(device):
        return np.zeros(0, np.bool_)
    edges = np.flatnonzero(np.append(True, device[1:] != device[:-1]))
    other = np.logical_or.reduceat(person != own, edges)
    return np.repeat(other, np.diff(np.append(edges, len(device))))
