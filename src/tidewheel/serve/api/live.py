"""The live stream of arriving events (server-sent events)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from tidewheel.serve.api.fields import Moment, Reply

router = APIRouter(prefix="/projects/{project}/live", tags=["live"])


class Fact(Reply):
    """An event that has just arrived (``event: fact``); the actor is masked."""

    time: Moment
    name: str
    actor: str
    source: str
    properties: dict[str, Any]
    items_count: int


class Pulse(Reply):
    """Events in each of the last 60 minutes, the current one last (``event: pulse``)."""

    per_minute: list[int]
