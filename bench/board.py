"""Twenty tiles of a board: each alone, and all at once as when the board opens."""

from __future__ import annotations

import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench.questions import FUNNEL, PERIOD, step
from bench.world import DAYS, local_day
from tidewheel.analyse.executors.threads import Threads
from tidewheel.analyse.run import Asking, ask
from tidewheel.core.period import Calendar
from tidewheel.store.view import View

Tile = tuple[str, dict[str, Any]]
TURNS = 3
CHANNEL, PLATFORM = [{"property": "channel"}], [{"property": "platform"}]
BUY, VIEW = step("purchase"), step("page_view")


def line(event: str, kind: str = "people", **more: Any) -> Tile:
    """Return a trend of one event."""
    measure = {"kind": kind, **({"property": "value"} if kind == "sum" else {})}
    return "trends", {"period": PERIOD, "series": [{"step": step(event), "measure": measure}], **more}


TILES: tuple[Tile, ...] = (
    line("page_view"),
    line("view_item"),
    line("add_to_cart", "count"),
    line("purchase"),
    line("purchase", "sum", grain="week"),
    line("purchase", breakdowns=CHANNEL),
    line("add_to_cart", breakdowns=PLATFORM),
    line("search", "count", grain="week"),
    line("page_view", grain="month"),
    ("funnel", {"period": PERIOD, "steps": [step(one) for one in FUNNEL]}),
    ("funnel", {"period": PERIOD, "steps": [step("view_item"), BUY], "breakdowns": CHANNEL}),
    ("retention", {"period": PERIOD, "start": step("view_item"), "back": BUY, "grain": "week", "periods": 8}),
    ("stickiness", {"period": PERIOD, "event": VIEW, "windows": [7]}),
    ("composition", {"period": PERIOD, "event": BUY, "breakdowns": CHANNEL}),
    ("table", {"period": PERIOD, "event": BUY, "breakdowns": CHANNEL, "columns": PLATFORM}),
    ("distribution", {"period": PERIOD, "event": BUY}),
    ("interval", {"period": PERIOD, "start": BUY, "end": BUY, "at_most": 30 * 86_400_000}),
    ("lifecycle", {"period": PERIOD, "event": VIEW, "grain": "week"}),
    ("rfm", {"period": PERIOD, "money": "paid"}),
    ("ltv", {"period": PERIOD, "money": "paid", "grain": "week", "ages": [0, 7, 30]}),
)


def run(view: View) -> dict[str, float]:
    """Return processor seconds of all tiles one after another and at once, medians; answers must be equal."""
    threads = Threads(len(os.sched_getaffinity(0)))
    asking = Asking(Calendar(), local_day(DAYS), threads)
    alone, at_once = [], []
    with ThreadPoolExecutor(len(TILES)) as pool:
        for turn in range(TURNS + 1):
            fresh = [(kind, {**params, "top": 20 + turn}) for kind, params in TILES]
            begin = time.process_time()
            one_by_one = [ask(view, tile[0], tile[1], asking).model_dump_json() for tile in fresh]
            alone.append(time.process_time() - begin)
            forget(view)
            begin = time.process_time()
            together = list(
                pool.map(lambda tile: ask(view, tile[0], tile[1], asking).model_dump_json(), fresh)
            )
            at_once.append(time.process_time() - begin)
            if together != one_by_one:
                raise SystemExit("tiles at once are answered otherwise than one after another")
    threads.close()
    whole, shared = statistics.median(alone[1:]), statistics.median(at_once[1:])
    one = whole / len(TILES)
    return {"alone": whole, "at_once": shared, "one": one, "saved": whole / shared, "times": shared / one}


def forget(view: View) -> None:
    """Drop the cached answers."""
    view.snapshot().lately.clear()
