"""The bounds that measurements are held to: each is read from a run's figures, and a missed one is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bench.held import SIZE, TIMES, held


def results(folder: Path, ours: float, *, engines: tuple[str, ...] = ("tidewheel", "clickhouse")) -> Path:
    """Write the files of a run in which we took so many processor seconds, and ClickHouse seven."""
    seconds = {"tidewheel": ours, "clickhouse": 7.0}
    asked: dict[str, Any] = {"events": SIZE, "lake_bytes": 25 * SIZE, "column_bytes": 33 * SIZE}
    asked["engines"] = {
        name: {"questions": {one: {"processor": seconds[name]} for one in (*TIMES, "table")}}
        for name in engines
    }
    beside = {"busy_p95": 0.3, "idle_p95": 0.1}
    taken = {
        "events_per_second": 31_000,
        "bare_events_per_second": 300_000,
        "seen": {"p99": 1.5},
        "beside": beside,
    }
    by = {"batch": 100, "protocols": {"sensors": {"100": {"ours": 9_000}}}}
    for name, said in ((f"questions-{SIZE}", asked), ("ingest", taken), ("protocols", by)):
        (folder / f"{name}.json").write_text(json.dumps(said))
    return folder


def test_what_is_missed_is_told(tmp_path: Path) -> None:
    missed = {one.name for one in held(results(tmp_path, 1.0)) if not one.kept}
    assert missed == {"a question beside ingest, times idle, p95", "events a second by sensors"}
    slower = {one.name for one in held(results(tmp_path, 2.0)) if not one.kept} - missed
    assert slower == {
        "funnel, times ClickHouse", "paths, times ClickHouse", "retention, times ClickHouse", "trends, times ClickHouse",
        "funnel, rows a second and core", "retention, rows a second and core", "trends, rows a second and core",
    }  # fmt: skip
    assert all(str(one).startswith(("held", "MISSED")) for one in held(tmp_path))


def test_a_run_of_ours_alone_says_nothing_of_others(tmp_path: Path) -> None:
    names = [one.name for one in held(results(tmp_path, 1.0, engines=("tidewheel",)))]
    assert not [name for name in names if "ClickHouse" in name]


def test_without_results_nothing_is_held(tmp_path: Path) -> None:
    assert list(held(tmp_path)) == []
