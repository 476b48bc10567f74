"""What a process does that is killed while it erases somebody; run in a process of its own."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

from tests.unit.store.builders import NOVEMBER, event
from tidewheel.core.settings import Settings
from tidewheel.serve.installation import Installation
from tidewheel.serve.privacy.erasing import subject_of
from tidewheel.store.catalog import Catalog, Erasure, erasures, projects, saved_queries
from tidewheel.store.storehouse import Storehouse

ACTORS = ["phone:+8613912345678", "device:device-of-anna-0001"]
WORDS = ["13912345678", "device-of-anna-0001", "欧阳安娜测试"]


def opened(home: Path, checkpoint: Callable[[str], None] = lambda name: None) -> Installation:
    """Open an installation whose steps are told."""
    settings = Settings(home=home, catalog_url=None)
    home.mkdir(parents=True, exist_ok=True)

    def clock() -> int:
        return NOVEMBER

    houses = Storehouse(home, settings, clock, checkpoint=checkpoint)
    return Installation(settings, Catalog(settings.catalog, clock), houses, clock, checkpoint=checkpoint)


def fill(home: Path) -> None:
    """Put her and others into the shop, some of it in the lake and some on its way there."""
    here = opened(home)
    with here.catalog.write() as db:
        projects.add(
            db, name="Shop", time_zone="Asia/Shanghai", currency="CNY", week_start=0, now=1, wanted="shop"
        )
        sql = f"SELECT * FROM persons WHERE phone = '{WORDS[0]}'"
        saved_queries.add(db, project_id="shop", name="One", sql=sql, parameters=[], chart={}, by=None, now=1)
    store = here.store("shop")
    for key in range(0, 40, 4):
        store.append(
            [
                event(key, actor="user:other-1"),
                event(key + 1, actor=ACTORS[0], others=[ACTORS[1]], properties={"name": WORDS[2]}),
                event(key + 2, actor=ACTORS[1]),
                event(key + 3, actor="user:other-2", properties={"by": WORDS[0]}),
            ]
        ).result()
        if key == 20:
            store.flush()
    here.close()


def ask(home: Path, step: str) -> None:
    """Ask for her erasure and be killed at a step; without one, be done."""

    def checkpoint(name: str) -> None:
        if name == step:
            os.kill(os.getpid(), signal.SIGKILL)

    here = opened(home, checkpoint)
    store = here.store("shop")
    here.erasures.wake = lambda: None  # type: ignore[method-assign]
    asked = here.erasures.ask(
        "shop", subject_of(store.snapshot(), ACTORS[:1], here.clock()), suppress=True, reason="", by="ada"
    )
    here.erasures.work("shop", asked.id)
    here.close()


def resume(home: Path) -> Erasure:
    """Finish what a killed process has begun."""
    here = opened(home)
    with here.catalog.read() as db:
        waiting = erasures.open_ones(db, "shop")
    for one in waiting:
        here.erasures.work("shop", one.id)
    with here.catalog.read() as db:
        [found] = erasures.listed(db, "shop")
    here.close()
    return found
