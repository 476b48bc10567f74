"""What holds of every protocol's class."""

from __future__ import annotations

from typing import ClassVar

import pytest

from tests.captured import FOLDER, requests
from tidewheel.collect.contract import PROTOCOLS, Arrival, Protocol, Reply, Request, Route
from tidewheel.collect.intake import take
from tidewheel.core.errors import BadInput


def test_every_protocol_has_requests_of_real_clients() -> None:
    vendors = {f"{name}.jsonl" for name in PROTOCOLS.all() if name != "native"}
    assert vendors <= {path.name for path in FOLDER.iterdir()}


def test_routes_that_ask_and_answers_go_together() -> None:
    def declare(*, asks: bool, answers: bool) -> None:
        class Made(Protocol):
            name: ClassVar[str] = "made"
            routes: ClassVar[tuple[Route, ...]] = (Route("GET", "/flags", asks=asks),)
            if answers:

                def answer(self, request: Request, key: str) -> Reply:
                    return Reply(200, f"{request.path} {key}".encode())

    declare(asks=True, answers=True)
    declare(asks=False, answers=False)
    for more in ({"asks": True, "answers": False}, {"asks": False, "answers": True}):
        with pytest.raises(TypeError, match="go together"):
            declare(**more)


def test_page_views_of_every_vendor_say_which_page() -> None:
    """``page`` is what questions about pages and heat maps tell pages by."""
    vendors = set()
    for protocol in PROTOCOLS.all().values():
        if not (FOLDER / f"{protocol.name}.jsonl").exists():
            continue
        asking = [route for route in protocol.routes if route.asks]
        for _, request in requests(protocol):
            if any(route.path == request.path for route in asking) or request.method == "OPTIONS":
                continue
            try:
                taken = take(protocol(), request, Arrival("web", 1_795_302_000_000))
            except BadInput:
                continue
            for event in taken.events:
                if event.name in ("page_view", "click") and "page_path" in event.properties:
                    assert event.properties["page"], (protocol.name, event)
                    vendors.add(protocol.name)
    assert vendors >= {
        "growingio",
        "sensors",
        "youshu",
        "datarangers",
        "snowplow",
        "posthog",
        "segment",
    }
