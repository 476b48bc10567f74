"""What holds of every protocol's class."""

from __future__ import annotations

from typing import ClassVar

import pytest

from tests.captured import FOLDER
from tidewheel.collect.contract import PROTOCOLS, Protocol, Reply, Request, Route


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
