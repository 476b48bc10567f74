"""Names that survive a power cut: a file is safe once it and the folders above it are synced."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
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


def kept_private(file: Path, make: Callable[[], str]) -> str:
    """Return a text that is made once and kept where nobody else may read it.

    Of several who make it at the same time one's is kept, and whole before anybody sees it: all return the same.
    """
    if not file.exists():
        fresh = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(make())
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):
            os.link(fresh, file)
        fresh.unlink()
        sync_folder(file.parent)
    return file.read_text("ascii").strip()
