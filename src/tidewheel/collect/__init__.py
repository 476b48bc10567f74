"""Facts come in: requests of many protocols and files become canonical events, or a reason why not."""

from tidewheel.collect.contract import (
    PROTOCOLS,
    Arrival,
    Decoded,
    Entry,
    Protocol,
    Reply,
    Request,
    Route,
    Taken,
)
from tidewheel.collect.intake import take, take_body, take_events
from tidewheel.collect.problems import NOTES, REFUSALS, Note, Refused, Rejection
from tidewheel.collect.replay import Letter, Replayed, replay
from tidewheel.collect.wire import WireEvent, WirePerson

__all__ = [
    "NOTES",
    "PROTOCOLS",
    "REFUSALS",
    "Arrival",
    "Decoded",
    "Entry",
    "Letter",
    "Note",
    "Protocol",
    "Refused",
    "Rejection",
    "Replayed",
    "Reply",
    "Request",
    "Route",
    "Taken",
    "WireEvent",
    "WirePerson",
    "replay",
    "take",
    "take_body",
    "take_events",
]
