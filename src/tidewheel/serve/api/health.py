"""Whether the server is well, and what Prometheus reads."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter

from tidewheel.serve.access import Here
from tidewheel.serve.api.fields import Reply

router = APIRouter(tags=["health"])


class Check(Reply):
    """One part of the server."""

    name: str
    ok: bool
    detail: str | None


class Health(Reply):
    """``ok`` when every part works."""

    status: Literal["ok", "failing"]
    version: str
    checks: list[Check]


@router.get("/health")
def get_health(installation: Here) -> Health:
    """Say whether every part works."""
    raise NotImplementedError
