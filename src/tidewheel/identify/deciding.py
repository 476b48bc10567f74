"""Linking and parting by hand: decisions as facts, and what would come of them before they are taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewheel.core.errors import BadInput, NotFound
from tidewheel.core.identity_rules import IdentityRules
from tidewheel.core.ids import key64
from tidewheel.core.text import Text
from tidewheel.identify.evidence import facts_of, members
from tidewheel.identify.hidden import hidden_people
from tidewheel.identify.resolve import People, resolve
from tidewheel.store.links import link_table
from tidewheel.store.pieces import make_piece
from tidewheel.store.view import Snapshot

Codes = npt.NDArray[np.int32]
Rule: TypeAlias = Literal["manual", "undone"]


@dataclass(frozen=True, slots=True)
class Change:
    """Who becomes who: persons, by their actors' codes, as they are and as they would be; limits that would be passed.

    Of each limit: the type (``$`` is all types together), how many are allowed, and how many there would be.
    """

    before: tuple[Codes, ...]
    after: tuple[Codes, ...]
    over: tuple[tuple[str, int, int], ...]


def code_of(snapshot: Snapshot, identifier: str, field: str) -> int:
    """Return the code of an identifier (``type:value``) that has been seen."""
    code = int(snapshot.actors.codes(pa.array([identifier], pa.string()), add=False)[0])
    if not 0 <= code < snapshot.actor_count or _hidden(snapshot, code):
        raise NotFound(
            "no_such_identifier",
            Text("No event has named {name} yet.", "还没有事件带过标识 {name}。"),
            field=field,
            got=identifier,
            expected="type:value",
            hint=Text("Write it as the person page shows it.", "请按用户页上的写法填写，如 phone:+86…。"),
            name=identifier,
        )
    return code


def _hidden(snapshot: Snapshot, code: int) -> bool:
    """Say whether an actor's person is being erased."""
    return len(snapshot.hidden) > 0 and bool(hidden_people(snapshot)[resolve(snapshot).person_of[code]])


def decision(
    snapshot: Snapshot,
    pairs: Sequence[tuple[str, str]],
    rule: Rule,
    who: str,
    why: str | Sequence[str],
    now: int,
) -> pa.Table:
    """Return the facts that link (``manual``) or part (``undone``) pairs of identifiers that have been seen.

    ``why`` is said of all, or of each. Each fact is later than every decision about its pair before. Raises BadInput for an identifier paired with itself.
    """
    people, times = resolve(snapshot), []
    for a, b in pairs:
        one, other = code_of(snapshot, a, "a"), code_of(snapshot, b, "b")
        if one == other:
            raise BadInput(
                "same_identifier",
                Text("{name} is linked with itself.", "{name} 不能与自己关联。"),
                field="b",
                got=b,
                hint=Text("Name two identifiers.", "请给出两个不同的标识。"),
                name=a,
            )
        known = people.decided.get((min(one, other), max(one, other)))
        times.append(now if known is None else max(now, known.time + 1))
    whys = [why] * len(pairs) if isinstance(why, str) else why
    ids = [key64("decision", rule, a, b, str(time)) for (a, b), time in zip(pairs, times, strict=True)]
    moment = pa.timestamp("ms", "UTC")
    return link_table(
        pa.table(
            {
                "a": pa.array([a for a, _ in pairs], pa.string()),
                "b": pa.array([b for _, b in pairs], pa.string()),
                "time": pa.array(times, moment),
                "id": pa.array(np.array(ids, np.uint64).view(np.int64)),
                "source": pa.array([who] * len(pairs), pa.string()),
                "rule": pa.array([rule] * len(pairs), pa.string()),
                "received": pa.array(times, moment),
                "why": pa.array([one or None for one in whys], pa.string()),
            }
        )
    )


def holding(snapshot: Snapshot, identifier: str) -> list[tuple[str, str]]:
    """Return the pairs whose links hold an identifier to its person."""
    code = code_of(snapshot, identifier, "identifier")
    facts = facts_of(snapshot, np.array([code], np.int32))
    return list({fact.pair: (fact.a, fact.b) for fact in facts if fact.in_force}.values())


def suppose(snapshot: Snapshot, facts: pa.Table) -> Snapshot:
    """Return the snapshot as it would be with more decisions."""
    piece = make_piece(
        "supposed", lambda: facts, facts, lambda names: snapshot.actors.codes(names, add=False)
    )
    return snapshot.apart(
        link_pieces=(*snapshot.link_pieces, piece),
        link_version=f"{snapshot.link_version}+supposed",
        supposed=True,
    )


def ruled(snapshot: Snapshot, rules: IdentityRules) -> Snapshot:
    """Return the snapshot as it would be by other rules."""
    return snapshot.apart(rules=rules, supposed=True)


def change(before: Snapshot, after: Snapshot) -> Change:
    """Return who is not the same person in two snapshots of the same facts."""
    old, new = resolve(before), resolve(after)
    moved = (old.first()[old.person_of] != new.first()[new.person_of]) | (
        np.diff(old.heads)[old.person_of] != np.diff(new.heads)[new.person_of]
    )
    moved[_handed_differently(old, new)] = True
    gone, come = (
        [members(people, person) for person in np.unique(people.person_of[moved]).tolist()]
        for people in (old, new)
    )
    over = [one for codes in come for one in _over(after, codes)]
    return Change(tuple(gone), tuple(come), tuple(over))


def _handed_differently(old: People, new: People) -> Codes:
    """Return the accounts, and devices, of whoever has another part of a device than before."""
    columns = [
        (
            np.repeat(people.steps.devices, np.diff(people.steps.heads)),
            people.steps.time,
            people.steps.account,
            people.first()[people.steps.person],
        )
        for people in (old, new)
    ]
    device, time, account, first = (np.concatenate(both) for both in zip(*columns, strict=True))
    order = np.lexsort((time, device))
    device, time, account, first = (one[order] for one in (device, time, account, first))
    # on either side a device has one step at a time, so that of two that are alike each side has one
    twice = np.all([one[1:] == one[:-1] for one in (device, time, account, first)], axis=0)
    alone = ~(np.append(False, twice) | np.append(twice, False))[: len(device)]
    devices = np.unique(device[alone])
    return np.concatenate((devices, account[np.isin(device, devices)]))


def over_together(snapshot: Snapshot, people: People, one: int, other: int) -> list[str]:
    """Return the types of which two persons together have more identifiers than allowed; ``$``: of all types together."""
    codes = np.concatenate([members(people, one), members(people, other)])
    return [kind for kind, _, _ in _over(snapshot, codes)]


def _over(snapshot: Snapshot, codes: Codes) -> list[tuple[str, int, int]]:
    kinds = list(snapshot.rules.limits)
    held = np.bincount(
        snapshot.actors.prefixes([f"{kind}:" for kind in kinds])[codes] + 1, minlength=len(kinds) + 1
    )[1:]
    found = [
        (kind, most, int(count))
        for (kind, most), count in zip(snapshot.rules.limits.items(), held, strict=True)
        if count > most
    ]
    most = snapshot.rules.most_identifiers
    return found + ([("$", most, len(codes))] if len(codes) > most else [])
