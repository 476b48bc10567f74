"""What words would make of requests that came: nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tidewheel.collect.contract import Arrival, Decoded, Entry, Protocol, Request, Taken
from tidewheel.collect.intake import take_decoded
from tidewheel.collect.vocabulary import Vocabulary
from tidewheel.collect.wire import WireEvent


@dataclass(frozen=True, slots=True)
class Tried:
    """One event as its client sent it, what became of it with the old words and what would with the new."""

    sent: WireEvent | Entry
    now: Taken
    then: Taken


def try_words(
    protocol: Protocol, request: Request, arrival: Arrival, now: Vocabulary, then: Vocabulary
) -> Iterator[Tried]:
    """Yield each event of a request under both vocabularies; raises as ``take`` does."""
    sent = protocol.read(request, arrival.max_bytes)
    old, new = (replace(arrival, vocabulary=words) for words in (now, then))
    before, after = (protocol.decode(sent, request, at) for at in (old, new))
    for one, other in zip(before.events, after.events, strict=True):
        yield Tried(
            one,
            take_decoded(Decoded([one], before.sent_at), old, now),
            take_decoded(Decoded([other], after.sent_at), new, then),
        )
