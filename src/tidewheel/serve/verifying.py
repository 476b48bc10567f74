"""Verifying a project's answers: which questions, and where the last report is kept."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tidewheel.analyse.run import Asking
from tidewheel.analyse.verify.check import Asked, Verdict, own_questions, verify
from tidewheel.serve.installation import Installation
from tidewheel.store.catalog import boards
from tidewheel.store.project import ProjectStore


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
    report = {
        "checked_at": asking.now,
        "sample": share,
        "seed": seed,
        "agreed": not any(verdict.differences for verdict in verdicts),
        "verdicts": [asdict(verdict) for verdict in verdicts],
    }
    file = report_file(installation, project)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(report, ensure_ascii=False), "utf-8")
    return report


def last_report(installation: Installation, project: str) -> dict[str, Any] | None:
    """Return the latest report, None where nothing was verified yet."""
    file = report_file(installation, project)
    found: dict[str, Any] | None = json.loads(file.read_text("utf-8")) if file.exists() else None
    return found


def report_file(installation: Installation, project: str) -> Path:
    """Return where a project's latest report is kept."""
    return installation.settings.home / "verified" / f"{project}.json"
