"""Goals: named definitions whose every version is kept."""

from __future__ import annotations

from typing import Final

from tidewheel.core.text import Text
from tidewheel.store.catalog.tables import GoalVersion
from tidewheel.store.catalog.versions import Versions

KEPT: Final = Versions(GoalVersion, "no_such_goal", Text("There is no goal {name}.", "没有目标 {name}。"))
listed, history, get, put = KEPT.listed, KEPT.history, KEPT.get, KEPT.put
