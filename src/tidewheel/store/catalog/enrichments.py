"""Rules of enrichments: named definitions whose every version is kept."""

from __future__ import annotations

from typing import Final

from tidewheel.core.text import Text
from tidewheel.store.catalog.tables import EnrichmentVersion
from tidewheel.store.catalog.versions import Versions

KEPT: Final = Versions(
    EnrichmentVersion,
    "no_own_rules",
    Text("{name} has no rules of this project's own.", "{name} 没有本项目自定义的规则。"),
)
listed, history, get, put = KEPT.listed, KEPT.history, KEPT.get, KEPT.put
