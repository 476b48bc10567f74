"""How several processes share the tests: a file stays whole, what takes longest goes first."""

from __future__ import annotations

from typing import Any, Final

import pytest
from xdist.scheduler import LoadScopeScheduling

SINGLE: Final = "tests/docs/test_examples.py"
"""Its tests share nothing but shops that are made again in a second process, and each takes long."""
FIRST: Final = (
    "tests/wheel",
    SINGLE,
    "tests/e2e",
    "tests/live",
    "tests/oracle",
    "tests/property",
    "tests/contract",
)


class Sharing(LoadScopeScheduling):
    """Hands out files in the order of collection, one after the other."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        file: str = nodeid.split("::", 1)[0]
        return nodeid if file == SINGLE else file


def rank(item: pytest.Item) -> int:
    """Return the place of a test: by its folder, of those in :data:`FIRST` the earlier first, then all others."""
    return next((at for at, start in enumerate(FIRST) if item.nodeid.startswith(start)), len(FIRST))
