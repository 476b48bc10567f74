"""Tidewheel's own protocol: ``POST /v1/events`` with JSON, packed or not."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from tidewheel.collect.contract import Arrival, Decoded, Protocol, Reply, Request, Route, Taken
from tidewheel.collect.native import read_native
from tidewheel.core.text import Language, Text


class Native(Protocol):
    """One event, a list, or ``{"events": […], "sent_at": …}``."""

    name: ClassVar[str] = "native"
    title: ClassVar[Text] = Text("Tidewheel events", "Tidewheel 事件接口")
    routes: ClassVar[tuple[Route, ...]] = (Route("POST", "/v1/events"),)

    def decode(self, sent: bytes, request: Request, arrival: Arrival) -> Decoded:  # noqa: ARG002
        """Return the events of the body."""
        return read_native(sent, arrival)

    def reply(self, taken: Taken, request: Request, language: Language = "en") -> Reply:  # noqa: ARG002
        """Say how many were kept and, for each that was not, why: 422 when none was kept, else 200."""
        said = {
            "accepted": taken.accepted,
            "rejected": [rejection.describe(language) for rejection in taken.rejected],
            "notes": [note.describe(language) for note in taken.notes],
        }
        return Reply(200 if taken.accepted else 422, msgspec.json.encode(said))
