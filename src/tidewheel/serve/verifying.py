"""Verifying a project's answers: which questions, and where the reports are kept."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Final

import pyarrow as pa

from tidewheel.analyse.run import Asking
from tidewheel.analyse.verify.check import Asked, Verdict, own_questions, verify
from tidewheel.serve.installation import Installation
from tidewheel.store.catalog import boards
from tidewheel.store.project import ProjectStore

REPORTS: Final = "verified"
"""The lake's table of reports, one a row."""


def questions(installation: Installation, project: str) -> list[Asked]:
    """Return every kind's samples and what stands on the project's boards."""
    with installation.catalog.read() as db:
        tiles = [(board.name, tile) for board in boards.listed(db, project) for tile in board.tiles]
    own = [Asked(f"{name} / {tile['title']}", tile["kind"], tile["params"]) for name, tile in tiles]
    return [*own_questions(), *own]


def check(
    installation: Installation, project: str, store: ProjectStore, asking: Asking, share: float, seed: int
) -> dict[str, Any]:
    """Verify a project on a share of its people, and keep the report.

    Returns the moment, the share, the seed, whether all agreed, and a verdict a question.
    """
    asked = questions(installation, project)
    verdicts: list[Verdict] = []
    progress = asking.progress
    for verdict in verify(store.snapshot(), asked, asking, share, seed):
        verdicts.append(verdict)
        if asking.stop:
            asking.stop.check()
        if progress:
            progress(len(verdicts) / (len(asked) + 1))
    report = _report(asking.now, share, seed, verdicts)
    store.append_rows(REPORTS, pa.table({"report": [json.dumps(report, ensure_ascii=False)]}))
    return report


def check_one(
    store: ProjectStore, question: Asked, asking: Asking, share: float, seed: int
) -> dict[str, Any]:
    """Verify one question on a share of the people; the report is not kept."""
    verdicts = list(verify(store.snapshot(), [question], asking, share, seed))
    return _report(asking.now, share, seed, verdicts)


def reports(store: ProjectStore, most: int) -> list[dict[str, Any]]:
    """Return the latest reports of all processes that share the lake, the newest first."""
    rows = store.read_table(REPORTS)
    found = [json.loads(text) for text in rows["report"].to_pylist()] if rows.num_rows else []
    return sorted(found, key=lambda report: -int(report["checked_at"]))[:most]


def _report(now: int, share: float, seed: int, verdicts: list[Verdict]) -> dict[str, Any]:
    return {
        "checked_at": now,
        "sample": share,
        "seed": seed,
        "agreed": not any(verdict.differences for verdict in verdicts),
        "verdicts": [asdict(verdict) for verdict in verdicts],
    }


def last_report(store: ProjectStore) -> dict[str, Any] | None:
    """Return the latest report of all processes that share the lake, None where nothing was verified yet."""
    rows = store.newest_rows(REPORTS)
    found: dict[str, Any] | None = json.loads(rows["report"][0].as_py()) if rows.num_rows else None
    return found
