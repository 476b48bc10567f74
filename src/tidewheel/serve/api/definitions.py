"""What requests about metrics, goals, picked events and the tracking plan have in common."""

from __future__ import annotations

from typing import Annotated, Any, Protocol

from pydantic import StringConstraints

from tidewheel.serve.api.fields import Body, Moment, Reply
from tidewheel.serve.definitions import Change

Why = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class NewDefinition(Body):
    """What a name shall mean from now on, and why."""

    definition: dict[str, Any]
    why: Why = ""


class Applying(Body):
    """How many definitions come into force at once: why, without those not among them, or only compared."""

    why: Why = ""
    prune: bool = False
    dry_run: bool = False


class Applied(Reply):
    """What was changed, or would be."""

    changes: list[Change]


class InForce(Reply):
    """Of a definition that is in force: who made it so, when and why."""

    name: str
    version: int
    by: str
    why: str
    time: Moment


class Past(Reply):
    """Of what a definition meant from ``time`` on: who made it so and why."""

    version: int
    by: str
    why: str
    time: Moment


class Kept(Protocol):
    """A version as the catalog keeps it."""

    name: str
    definition: Any
    version: int
    by: str
    why: str
    time: int


def about(saved: Kept) -> dict[str, Any]:
    """Return who made a version, when and why."""
    return {
        "name": saved.name,
        "version": saved.version,
        "by": saved.by,
        "why": saved.why,
        "time": saved.time,
    }
