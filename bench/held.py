"""What a change may not fall below (docs/adr/0030): the figures of the last run beside their floors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

SIZE = 50_000_000
TIMES = {"trends": 7.0, "funnel": 7.0, "paths": 7.0, "retention": 4.0}
"""How many times our processor seconds ClickHouse with the join takes, at least; 1 of every other question."""
ROWS_A_SECOND = 40e6
READ_WHOLE = ("trends", "funnel", "retention")
EVENTS_A_SECOND, BARE_SHARE, BY_PROTOCOL = 30_000.0, 0.1, 10_000.0
SEEN_SECONDS, BESIDE_TIMES, BYTES = 2.0, 2.0, 60.0


class Held(NamedTuple):
    """A figure and its bound; ``most`` says that it may not be above, otherwise not below."""

    name: str
    figure: float
    bound: float
    most: bool = False

    @property
    def kept(self) -> bool:
        """Whether the bound is kept."""
        return self.figure <= self.bound if self.most else self.figure >= self.bound

    def __str__(self) -> str:
        """Return a line for people."""
        sign = "at most" if self.most else "at least"
        return (
            f"{'held  ' if self.kept else 'MISSED'} {self.name}: {self.figure:,.4g}, {sign} {self.bound:,.4g}"
        )


def held(results: Path) -> Iterator[Held]:
    """Yield what the files of results say about each bound."""
    asked = _read(results / f"questions-{SIZE}.json")
    if asked and "clickhouse" in asked["engines"]:
        ours, theirs = (asked["engines"][name]["questions"] for name in ("tidewheel", "clickhouse"))
        for name, one in ours.items():
            times = theirs[name]["processor"] / one["processor"]
            yield Held(f"{name}, times ClickHouse", times, TIMES.get(name, 1.0))
            if name in READ_WHOLE:
                yield Held(
                    f"{name}, rows a second and core", asked["events"] / one["processor"], ROWS_A_SECOND
                )
        size = (asked["lake_bytes"] + asked["column_bytes"]) / asked["events"]
        yield Held("bytes an event", size, BYTES, most=True)
    taken = _read(results / "ingest.json")
    if taken:
        pace, beside = taken["events_per_second"], taken["beside"]
        yield Held("events a second and core", pace, EVENTS_A_SECOND)
        yield Held("share of a bare server", pace / taken["bare_events_per_second"], BARE_SHARE)
        yield Held("seconds until seen, p99", taken["seen"]["p99"], SEEN_SECONDS, most=True)
        times = beside["busy_p95"] / beside["idle_p95"]
        yield Held("a question beside ingest, times idle, p95", times, BESIDE_TIMES, most=True)
    by = _read(results / "protocols.json")
    for name, sizes in (by["protocols"] if by else {}).items():
        yield Held(f"events a second by {name}", sizes[str(by["batch"])]["ours"], BY_PROTOCOL)


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text("utf-8")) if path.exists() else {}
