"""A table and a folder that are read by themselves, in a process of its own that dies after so much work."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import psycopg

from tests.unit.store.builders import settings
from tidewheel.serve.installation import Installation
from tidewheel.serve.pulls import Pulls
from tidewheel.store.catalog import ConnectorRun, connectors, projects, sources
from tidewheel.store.catalog.sealed import Seal

TABLE: Final = 40_000
FILES: Final = 12
LINES: Final = 2_000
"""Rows of the table, files of the folder, and rows of each."""
BEGIN: Final = datetime(2026, 10, 1, tzinfo=UTC)
MAPPING: Final = {"who": {"device": "device"}, "when": "at", "zone": "UTC"}


def row(number: int) -> tuple[str, str, str]:
    """Return one row: three of them have the same time."""
    at = BEGIN + timedelta(seconds=number // 3)
    return str(number), at.strftime("%Y-%m-%d %H:%M:%S"), f"device-{number % 97}"


def fill_table(url: str) -> dict[str, Any]:
    """Make the table; returns how a connector gets there."""
    with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
        connection.execute("CREATE TABLE clicks (n integer PRIMARY KEY, at timestamp NOT NULL, device text)")
        with connection.cursor().copy("COPY clicks FROM STDIN") as copy:
            for number in range(TABLE):
                copy.write_row(row(number))
        about = connection.info
        return {
            "system": "postgresql", "host": about.host, "port": about.port, "user": about.user, "database": "postgres",
            "table": "clicks", "cursor": "at", "key": "n", "late_minutes": 0,
        }  # fmt: skip


def fill_folder(folder: Path) -> dict[str, Any]:
    """Make the files; returns how a connector gets there."""
    folder.mkdir()
    for number in range(FILES):
        lines = [",".join(row(one)) for one in range(number * LINES, (number + 1) * LINES)]
        (folder / f"{number}.csv").write_text("n,at,device\n" + "\n".join(lines) + "\n")
    return {"folder": str(folder), "pattern": "*.csv", "settle_seconds": 0}


def opened(home: Path) -> Installation:
    """Open the installation."""
    return Installation.open(settings(home, catalog_url=None, connector_folders=str(home.parent)))


def set_up(home: Path, places: dict[str, dict[str, Any]]) -> None:
    """Add a connector for each place, ``{kind: settings}``; it is wanted at once, by Ada."""
    here = opened(home)
    with here.catalog.write() as db:
        projects.add(
            db, name="Shop", time_zone="Asia/Shanghai", currency="CNY", week_start=0, now=1, wanted="shop"
        )
        for kind, place in places.items():
            source = sources.add(db, project_id="shop", name=kind, kind="connector", now=1)
            connectors.add(
                db, project_id="shop", name=kind, kind=kind, place=place, secrets=Seal.of(here.settings).close({}), rows="events",
                mapping=MAPPING | {"what": f"={kind}"}, schedule={}, tell=[], by="ada", source_id=source.id, created_at=1,
                updated_at=1, next_at=1,
            ).wanted_by = "ada"  # fmt: skip
    here.close()


def work(home: Path, seconds: float | None) -> None:
    """Do what a server does for connectors until all is read, or be gone after so many seconds of work."""
    if seconds is not None:
        signal.setitimer(
            signal.ITIMER_PROF, seconds
        )  # nobody catches it: the system ends the process where it is
    here = opened(home)
    pulls = Pulls(here, look_seconds=0.02)
    pulls.start()
    looking = threading.Event()
    while any(one.next_at is not None for one in states(here)):
        looking.wait(0.05)
    pulls.close()
    here.close()


def states(here: Installation) -> list[Any]:
    """Return the connectors as they stand."""
    with here.catalog.read() as db:
        return connectors.listed(db, "shop")


def history(here: Installation, name: str) -> Iterator[ConnectorRun]:
    """Yield a connector's runs, the first one first."""
    with here.catalog.read() as db:
        yield from reversed(connectors.runs(db, "shop", name, 100))
