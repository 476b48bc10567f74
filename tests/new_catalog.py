"""A new catalog in a hundredth of the time: a copy of one that the migrations made."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from tidewheel.store.catalog import Catalog


def new_catalog(file: Path) -> None:
    """Put a new, empty catalog at a place."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_bytes(_made())


@cache
def _made() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "catalog.sqlite"
        Catalog(f"sqlite:///{file}").close()
        return file.read_bytes()
