"""Taking rejected events again, after the fix: a new rule, a mended body, a raised limit.

A rejected body is the native form of one event with the ``sent_at`` of its request. Taken again with the
moment at which it first came in, it gets the time and the id it would have got then, so that replaying
twice, or replaying what was sent again meanwhile, adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from tidewheel.collect.contract import Arrival, Decoded, Entry
from tidewheel.collect.intake import take_decoded
from tidewheel.collect.native import read_native
from tidewheel.collect.problems import Rejection
from tidewheel.collect.wire import WireEvent
from tidewheel.core.errors import TidewheelError
from tidewheel.core.events import Event


@dataclass(frozen=True, slots=True)
class Letter:
    """One rejected event as it was kept: its id in the dead letter, its body, and when and where it came in."""

    id: str
    body: bytes
    source: str
    received: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """The outcome: ``accepted`` ids may leave the dead letter, the others stay with their present reason."""

    events: list[Event]
    accepted: list[str]
    rejected: list[tuple[str, Rejection | TidewheelError]]


def replay(letters: Iterable[Letter], arrival: Arrival) -> Replayed:
    """Take rejected bodies again. ``arrival`` gives zone and limits; source and time are each letter's own."""
    outcome = Replayed([], [], [])
    requests: dict[tuple[str, int, str], tuple[list[str], list[WireEvent | Entry], Any]] = {}
    for letter in letters:
        own = replace(arrival, source=letter.source, received=letter.received)
        try:
            decoded = read_native(letter.body, own)
        except TidewheelError as error:
            outcome.rejected.append((letter.id, error))
            continue
        key = (letter.source, letter.received, repr(decoded.sent_at))
        ids, entries, _ = requests.setdefault(key, ([], [], decoded.sent_at))
        ids += [letter.id] * len(decoded.events)
        entries += decoded.events
    for (source, received, _), (ids, entries, sent_at) in requests.items():
        taken = take_decoded(Decoded(entries, sent_at), replace(arrival, source=source, received=received))
        refused = {rejection.index: rejection for rejection in taken.rejected}
        outcome.events.extend(taken.events)
        for place, name in enumerate(ids):
            if place in refused:
                outcome.rejected.append((name, refused[place]))
            else:
                outcome.accepted.append(name)
    return outcome
