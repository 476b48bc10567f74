from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tidewheel.core.events import Event
from tidewheel.demo import World

UNTIL = int(datetime(2026, 11, 21, 21, 10, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000)


@dataclass(frozen=True)
class Made:
    """One small world with everything it gives."""

    world: World
    deliveries: list[Event]
    events: list[Event]
    """Each event once."""
    truth: dict[str, Any]

    def named(self, name: str) -> list[Event]:
        return [event for event in self.events if event.name == name]


@pytest.fixture(scope="session")
def made() -> Made:
    world = World(people=2_000, days=120, seed=11, until=UNTIL, shard=1_000)
    deliveries = [event for batch in world.events() for event in batch]
    once = {event.id: event for event in reversed(deliveries)}
    return Made(world, deliveries, list(reversed(once.values())), world.truth())
