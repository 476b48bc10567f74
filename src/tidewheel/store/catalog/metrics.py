"""Metrics: named definitions whose every version is kept, and the boards that show them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from tidewheel.core.text import Text
from tidewheel.store.catalog.tables import Board, MetricVersion
from tidewheel.store.catalog.versions import Versions

KEPT: Final = Versions(
    MetricVersion, "no_such_metric", Text("There is no metric {name}.", "没有指标 {name}。")
)
listed, history, get, put = KEPT.listed, KEPT.history, KEPT.get, KEPT.put


def tiles(db: Session, project_id: str) -> list[tuple[str, str, set[str]]]:
    """Return (id, name, metrics) of each board that shows metrics."""
    found = []
    for board in db.scalars(select(Board).where(Board.project_id == project_id).order_by(Board.name)):
        shown = {
            tile["params"].get("metric")
            for tile in board.tiles
            if isinstance(tile, dict) and tile.get("kind") == "metric"
        }
        found += [(board.id, board.name, {one for one in shown if isinstance(one, str)})] if shown else []
    return found
