"""Which refused events are one person's: those that name them and nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from math import inf
from typing import Any

import numpy as np

from tidewheel.collect.contract import Arrival, Entry
from tidewheel.collect.identifiers import read_who
from tidewheel.collect.native import read_native
from tidewheel.collect.problems import Refused
from tidewheel.collect.times import read_time, zone_of
from tidewheel.collect.wire import WireEvent
from tidewheel.core.errors import TidewheelError
from tidewheel.identify.hands import belongings
from tidewheel.serve.api.fields import iso
from tidewheel.store.rejected import Rejected
from tidewheel.store.view import Snapshot


def refused_of(kept: Iterable[Rejected], snapshot: Snapshot, person: int, zone: str) -> list[dict[str, Any]]:
    """Return a person's refused events, each as it was sent, with when and why it was refused.

    Every identifier of it must be theirs; on a device that others have too, it must have happened while it was theirs. What
    says of nobody that can be read who it is of, such as a row of a file or a request that no protocol understood, is nobody's.
    """
    theirs = _Theirs(snapshot, person, zone)
    return [
        {
            "received": iso(one.received),
            "source": one.source,
            "code": one.code,
            "field": one.field,
            "message": one.reason["message"],
            "sent": json.loads(one.body),
        }
        for one in kept
        if theirs.are(one)
    ]


class _Theirs:
    def __init__(self, snapshot: Snapshot, person: int, zone: str) -> None:
        held = belongings(snapshot, np.array([person], np.int32))
        self._actors, self._ranks, self._zone = frozenset(held.actors), snapshot.rules.ranks, zone
        self._parts: dict[str, list[tuple[float, float]]] = {}
        for device, since, until in held.parts:
            span = (-inf if since is None else since, inf if until is None else until)
            self._parts.setdefault(device, []).append(span)

    def are(self, one: Rejected) -> bool:
        try:
            sent = read_native(one.body, Arrival(one.source, one.received, self._zone)).events
            json.loads(one.body)
        except (TidewheelError, ValueError, RecursionError):
            return False
        return all(self._is(_plain(event), one.received) for event in sent)

    def _is(self, event: Mapping[str, Any], received: int) -> bool:
        who = event.get("who")
        named = list(self._named(who)) if isinstance(who, dict) else []
        sent = event.get("time")
        time = received if sent is None else read_time(sent, zone_of(self._zone))
        return bool(named) and all(
            actor in self._actors
            or (
                time is not None and any(since <= time < until for since, until in self._parts.get(actor, ()))
            )
            for actor in named
        )

    def _named(self, who: Mapping[str, Any]) -> Iterator[str]:
        """Yield what names anybody; a placeholder names nobody, a type that the project does not know somebody else."""
        for kind, value in who.items():
            try:
                yield from read_who({kind: value}, lambda *_: None, self._ranks)
            except Refused as problem:
                if problem.code not in {"junk_identifier", "missing_who"}:
                    yield f"{kind}:"


def _plain(event: WireEvent | Entry) -> Mapping[str, Any]:
    if isinstance(event, WireEvent):
        return {"who": event.who, "time": event.time}
    return event.sent if isinstance(event.sent, dict) else {}
