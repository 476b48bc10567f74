"""A small demo shop in memory, shared by the contract tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pyarrow as pa

from tidewheel.analyse.executors.threads import Threads
from tidewheel.analyse.run import Asking
from tidewheel.core.period import Calendar
from tidewheel.demo import world
from tidewheel.store.view import Chunk, View

NOW = 1_795_255_200_000  # 2026-11-21 18:00 in Shanghai


def _giving(table: pa.Table) -> Callable[[], pa.Table]:
    return lambda: table


@cache
def shop(people: int = 700) -> View:
    """Return the view of a shop's last 60 days."""
    view = View(None)
    made = list(world(people, 60, 11, NOW).tables())
    events = [Chunk(one.key, _giving(one.events), durable=True) for one in made]
    links = [Chunk(f"{one.key}-links", _giving(one.links), durable=True) for one in made]
    view.replace(events, links)
    return view


def asking(threads: int = 2, now: int = NOW) -> Asking:
    """Return how to ask, at :data:`NOW` if nothing else is said."""
    return Asking(Calendar(), now, Threads(threads))
