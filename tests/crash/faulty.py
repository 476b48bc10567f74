"""The server with a clock and a disk that a file gives faults to: ``python -m tests.crash.faulty serve --port 0``.

The file ``faults.json`` beside the data folder says by how many milliseconds the clock is off, and how long a
commit of the inbox takes, in seconds.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from tidewheel.core.clock import system_clock
from tidewheel.core.settings import load_settings
from tidewheel.serve import logs
from tidewheel.serve.cli.server import ready
from tidewheel.serve.installation import Installation
from tidewheel.serve.server import run
from tidewheel.store.catalog import Catalog
from tidewheel.store.storehouse import Storehouse


def place(home: Path) -> Path:
    """Return where the faults of a data folder are written."""
    return home.with_suffix(".faults")


def give(home: Path, *, clock_ms: int = 0, commit_seconds: float = 0.0) -> None:
    """Give a running server faults."""
    torn = place(home).with_suffix(".part")
    torn.write_text(json.dumps({"clock_ms": clock_ms, "commit_seconds": commit_seconds}))
    torn.replace(place(home))


def main() -> None:
    """Serve until asked to stop."""
    settings = load_settings().model_copy(update={"port": 0})
    faults = place(settings.home)

    def fault(name: str) -> float:
        return float(json.loads(faults.read_text())[name])

    def clock() -> int:
        return system_clock() + int(fault("clock_ms"))

    def checkpoint(name: str) -> None:
        if name == "inbox:before commit":
            time.sleep(fault("commit_seconds"))

    logs.set_up(settings)
    houses = Storehouse(settings.home, settings, clock, checkpoint=checkpoint)
    installation = Installation(settings, Catalog(settings.catalog, clock), houses, clock)
    try:
        run(installation, ready)
    finally:
        installation.close()


if __name__ == "__main__":
    assert sys.argv[1] == "serve"
    main()
