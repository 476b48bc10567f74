"""Persons out of links and rules as plain Python."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from tidewheel.core.identity_rules import DEFAULT_RULES, IdentityRules
from tidewheel.core.period import HOUR
from tidewheel.store.links import DECISIONS, MANUAL, SIGNED_IN, UNDONE


def components(
    links: pa.Table, actors: Iterable[str], rules: IdentityRules = DEFAULT_RULES, as_of: int | None = None
) -> list[list[str]]:
    """Join identifiers link by link in (time, id) order, unless a person would get too many of a type.

    Only what was asserted by ``as_of`` (ms UTC) counts.
    """
    return joined(Told(links, rules, as_of), actors)


class Told:
    """The facts about pairs that count, what was decided of pairs last, and the identifiers that join nobody."""

    def __init__(
        self, links: pa.Table, rules: IdentityRules = DEFAULT_RULES, as_of: int | None = None
    ) -> None:
        self.rules = rules
        self.facts, self.said = _told(links, rules, as_of)
        self.joins = [row for row in self.facts if row["rule"] != SIGNED_IN]
        self.barred = _barred(self.joins, self.said, rules, rules.limits)


def joined(told: Told, actors: Iterable[str]) -> list[list[str]]:
    """Return the persons, each as its identifiers."""
    facts, said, joins, barred, rules = told.facts, told.said, told.joins, told.barred, told.rules
    member: dict[str, list[str]] = {}
    for row in sorted(joins, key=_order):
        a, b = row["a"], row["b"]
        decision = said.get(frozenset((a, b)))
        if decision == UNDONE or a in barred or b in barred:
            continue
        one, two = (member.setdefault(end, [end]) for end in (a, b))
        if one is two or (decision != MANUAL and not _may_join(one, two, rules, rules.limits)):
            continue
        one, two = (one, two) if len(one) >= len(two) else (two, one)
        one.extend(two)
        for name in two:
            member[name] = one
    for name in (*actors, *(row[end] for row in facts for end in "ab")):
        member.setdefault(name, [name])
    return list({id(group): group for group in member.values()}.values())


class Holders:
    """Whose a row is by its identifier and time: that of who signed in last on a device, before anybody the first."""

    def __init__(self, told: Told, groups: Iterable[list[str]]) -> None:
        self._person = {name: group[0] for group in groups for name in group}
        said, barred, rules = told.said, told.barred, told.rules
        earliest: dict[tuple[str, str, int | None], tuple[int, int, int]] = {}
        for row in told.facts:
            for device, account in ((row["a"], row["b"]), (row["b"], row["a"])):
                kind = account.partition(":")[0]
                if (
                    row["rule"] != MANUAL
                    and device.partition(":")[0] in rules.handed
                    and rules.limits.get(kind) == 1
                    and kind not in rules.handed
                    and said.get(frozenset((device, account))) != UNDONE
                    and not barred & {device, account}
                ):
                    hour = row["time"] // HOUR if row["rule"] == SIGNED_IN else None
                    sign = row["time"], row["id"], key(account)
                    known = earliest.get((device, account, hour), sign)
                    earliest[device, account, hour] = min(known, sign)
        self._signed: dict[str, list[tuple[Any, str]]] = {}
        for (device, account, _), sign in earliest.items():
            self._signed.setdefault(device, []).append((sign, account))

    @property
    def devices(self) -> set[str]:
        """The devices somebody has signed in on."""
        return set(self._signed)

    def of(self, name: str, time: int) -> str:
        """Return the first identifier of the person a row is of."""
        signed = self._signed.get(name)
        if not signed:
            return self._person[name]
        before = [one for one in signed if one[0][0] <= time]
        if before:
            return self._person[max(before)[1]]
        first = min(one[0][0] for one in signed)
        return self._person[max(one for one in signed if one[0][0] == first)[1]]


def _told(
    links: pa.Table, rules: IdentityRules, as_of: int | None
) -> tuple[list[dict[str, Any]], dict[frozenset[str], str]]:
    """Return the facts that count, and what was decided of pairs last."""
    for name in ("time", "received"):
        links = links.set_column(links.column_names.index(name), name, links[name].cast(pa.int64()))
    facts = [
        {**row, "id": row["id"] % 2**64}
        for row in links.to_pylist()
        if as_of is None or row["received"] <= as_of
    ]
    decisions = sorted(
        (row for row in facts if row["rule"] in DECISIONS), key=lambda r: (r["time"], r["id"], r["rule"])
    )
    said = {frozenset((row["a"], row["b"])): row["rule"] for row in decisions}  # the latest stays
    return [
        row
        for row in facts
        if row["rule"] == MANUAL or (row["rule"] != UNDONE and row["confidence"] >= rules.least_confidence)
    ], said


def _order(row: dict[str, Any]) -> tuple[int, int, int, int]:
    return row["time"], row["id"], key(row["a"]), key(row["b"])


def _may_join(one: list[str], two: list[str], rules: IdentityRules, limits: dict[str, int]) -> bool:
    if len(one) + len(two) > rules.most_identifiers:
        return False
    for kind, most in limits.items():
        here, there = (sum(name.startswith(f"{kind}:") for name in group) for group in (one, two))
        if here and there and here + there > most:
            return False
    return True


def _barred(
    facts: list[dict[str, Any]], said: dict[frozenset[str], str], rules: IdentityRules, limits: dict[str, int]
) -> set[str]:
    """Return blocked identifiers, and those that more people claim than may share them."""
    names = {row[end] for row in facts for end in "ab"}
    barred = set()
    claimed: dict[str, set[str]] = {}
    for name in names:
        kind, _, value = name.partition(":")
        rule = rules.of(kind)
        if rule and (value in rule.blocked or any(re.fullmatch(one, value) for one in rule.patterns)):
            barred.add(name)
    for row in facts:
        if said.get(frozenset((row["a"], row["b"]))) != UNDONE and not barred & {row["a"], row["b"]}:
            claimed.setdefault(row["a"], set()).add(row["b"])
            claimed.setdefault(row["b"], set()).add(row["a"])
    for name, others in claimed.items():
        rule = rules.of(name.partition(":")[0])
        for kind, most in limits.items():
            claims = sum(other.startswith(f"{kind}:") for other in others)
            if rule and rule.shared_by is not None and most == 1 and claims > rule.shared_by:
                barred.add(name)
    return barred


def key(name: str) -> int:
    """Return the 64-bit key by which links of one event are ordered; see docs/explanation/identity.md."""
    data, top = name.encode(), 2**64
    h = 0x9E3779B97F4A7C15 ^ len(data)
    for byte in data:
        h = (h ^ byte) * 0x100000001B3 % top
        h ^= h >> 29
    h ^= h >> 32
    for _ in range(2):
        h = h * 0xD6E8FEB86659FD93 % top
        h ^= h >> 32
    return h
