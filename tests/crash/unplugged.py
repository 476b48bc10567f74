"""A process that stores events in every way there is, while every call to the system is written down."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.crash.ingest import batch
from tidewheel.core.settings import Settings
from tidewheel.store import lake
from tidewheel.store.storehouse import Storehouse


def main(home: Path, batches: int) -> None:
    """Store batches; each number goes to standard output when it was promised."""
    lake._CHECKPOINT = 8  # type: ignore[misc] # so that checkpoints come, and commits go
    settings = Settings(home=home, drain_seconds=3600, drain_events=10**9)
    with Storehouse.open(home, settings) as house:
        store = house.project("shop")
        for number in range(batches):
            store.append(batch(number)).result()
            os.write(1, f"{number}\n".encode())
            if number % 3 == 2:
                store.flush()
            if number % 10 == 9:
                store.bulk([batch(number), batch(batches + number)])
                os.write(1, f"{batches + number}\n".encode())
            if number % 20 == 19:
                store.tidy(keep_hours=0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
