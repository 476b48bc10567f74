"""Picked events: named definitions whose every version is kept."""

from __future__ import annotations

from typing import Final

from tidewheel.core.text import Text
from tidewheel.store.catalog.tables import PickVersion
from tidewheel.store.catalog.versions import Versions

KEPT: Final = Versions(
    PickVersion, "no_such_pick", Text("There is no picked event {name}.", "没有圈选事件 {name}。")
)
listed, history, get, put = KEPT.listed, KEPT.history, KEPT.get, KEPT.put
