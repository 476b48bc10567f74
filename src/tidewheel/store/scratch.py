"""Folders that are worth nothing once their process has ended, however it ended."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tidewheel.core.errors import Conflict
from tidewheel.store.lock import NAME, HomeLock


class Scratch:
    """A folder among the system's temporary ones; making one clears away those whose process is gone."""

    def __init__(self, prefix: str, place: Path | None = None) -> None:
        self._place = place or Path(tempfile.gettempdir())
        clear(self._place, prefix)
        while True:
            self.folder = Path(tempfile.mkdtemp(prefix=prefix, dir=self._place))
            try:
                self._lock = HomeLock(self.folder)
            except (Conflict, OSError):  # somebody took the new folder for an old one
                continue
            return

    def close(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.release()


def clear(place: Path, prefix: str) -> None:
    """Delete the folders of processes that are gone."""
    for old in place.glob(f"{prefix}*/{NAME}"):
        _clear(old.parent)


def _clear(folder: Path) -> None:
    try:
        lock = HomeLock(folder)
    except (Conflict, OSError):
        return
    shutil.rmtree(folder, ignore_errors=True)
    lock.release()
