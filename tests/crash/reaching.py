"""A server and collectors that share a lake, opened in one process; nothing runs by itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tests.unit.store.builders import NOVEMBER, event
from tidewheel.core.settings import Settings
from tidewheel.serve.installation import Installation
from tidewheel.serve.privacy.erasing import subject_of
from tidewheel.store.catalog import Catalog, Erasure, erasure_parts, erasures, projects
from tidewheel.store.rejected import Rejected
from tidewheel.store.storehouse import Storehouse

PHONE: Final = "phone:+8613912345678"
DEVICE: Final = "device:device-of-anna-0001"
WORDS: Final = ["13912345678", "device-of-anna-0001", "欧阳安娜测试"]
WAIT: Final = 600_000


class Time:
    """A clock that stands still until it is moved."""

    def __init__(self, now: int = NOVEMBER) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


def opened(
    place: Path,
    name: str,
    clock: Callable[[], int],
    *,
    collects: bool = False,
    checkpoint: Callable[[str], None] = lambda name: None,
) -> Installation:
    """Open a data folder of those that share a lake."""
    home = place / name
    home.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        home=home,
        lake=str(place / "lake"),
        catalog_url=f"sqlite:///{place / 'catalog.sqlite'}",
        identifier_key="one key that all of them share for hashing",
        drain_seconds=3600,
        refresh_seconds=3600,
    )
    houses = Storehouse(home, settings, clock, intake_only=collects, checkpoint=checkpoint)
    found = Installation(
        settings,
        Catalog(settings.catalog, clock),
        houses,
        clock,
        collects_only=collects,
    )
    found.erasures.wake = lambda: None  # type: ignore[method-assign]
    return found


def set_up(here: Installation) -> None:
    """Make the project."""
    with here.catalog.write() as db:
        projects.add(
            db, name="Shop", time_zone="Asia/Shanghai", currency="CNY", week_start=0, now=1, wanted="shop"
        )


def visit(here: Installation, first: int, *, links: bool = False) -> None:
    """Let her and somebody else do things here; they wait in the queue, and one of hers is refused."""
    others = [DEVICE] if links else []
    named = {"name": WORDS[2]}
    refused = Rejected(NOVEMBER, "web", 0, "bad_time", "time", {}, f'{{"phone": "{WORDS[0]}"}}'.encode())
    events = [
        event(first, actor=PHONE, others=others, name="$set", properties=named),
        event(first + 1, actor="user:somebody-else", properties={"note": f"call {WORDS[0]} today"}),
        *([event(first + 2, actor=DEVICE)] if links else []),
    ]
    here.store("shop").append(events, [refused]).result()
    here.store("shop").sync()


def killer(step: str | None) -> Callable[[str], None]:
    """Return a checkpoint that kills the process at a step."""

    def checkpoint(reached: str) -> None:
        if reached == step:
            os.kill(os.getpid(), signal.SIGKILL)

    return checkpoint


def drain_and_die(place: Path, name: str, step: str) -> None:
    """Take her visits in on a collector, and be killed on their way into the lake."""
    here = opened(place, name, Time(), collects=True, checkpoint=killer(step))
    visit(here, 20, links=True)
    here.store("shop").flush()


def answer_and_die(place: Path, name: str, step: str | None, first: int | None) -> None:
    """Start, take visits in if told so, do what is asked, and be killed at a step of it or right after it."""
    here = opened(place, name, Time(), checkpoint=killer(step))
    if first is not None:
        visit(here, first)
    here.answering.look()
    os.kill(os.getpid(), signal.SIGKILL)


def ask(here: Installation, **more: Any) -> str:
    """Ask for her erasure by her number alone."""
    store = here.store("shop")
    store.refresh()
    wanted = {"suppress": False, "reason": "", "by": "ada", **more}
    return here.erasures.ask("shop", subject_of(store.snapshot(), [PHONE], here.clock()), **wanted).id


def asked(here: Installation, erasure: str) -> Erasure:
    """Return an erasure as it stands."""
    with here.catalog.read() as db:
        return erasures.get(db, "shop", erasure)


def states(here: Installation, erasure: str) -> dict[str, str]:
    """Return how far each process is, by the name of its folder."""
    with here.catalog.read() as db:
        return {Path(one.folder).name: part.state for part, one in erasure_parts.of(db, erasure)}
