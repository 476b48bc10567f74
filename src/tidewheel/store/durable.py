"""Names that survive a power cut: a file is safe once it and the folders above it are synced."""

from __future__ import annotations

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Make a folder, and those above it that are missing, so that they survive a power cut."""
    missing = [step for step in (folder, *folder.parents) if not step.exists()]
    folder.mkdir(mode, parents=True, exist_ok=True)
    for step in missing:
        sync_folder(step.parent)
