"""Events and stores for the tests of the store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tidewheel.core.events import Event
from tidewheel.core.settings import Settings

NOVEMBER = 1_793_491_200_000  # 2026-11-01T00:00:00Z
HOUR = 3_600_000


def event(key: int, *, actor: str = "device:a", name: str = "view_item", **fields: Any) -> Event:
    """Make an event that happened ``key`` hours into November 2026."""
    values: dict[str, Any] = {
        "time": NOVEMBER + key * HOUR,
        "source": "web",
        "received": NOVEMBER + key * HOUR,
    }
    return Event(**{"name": name, "actor": actor, "id": key, **values, **fields})


def settings(home: Path, **changes: Any) -> Settings:
    """Make settings whose drains happen only when a test asks."""
    return Settings(**{"home": home, "drain_seconds": 3600, "drain_events": 10**9, **changes})
