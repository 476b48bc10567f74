"""The key of an installation that identifiers are hashed with. Whoever loses it loses the way from values to people."""

from __future__ import annotations

import os
import secrets
from functools import cached_property
from pathlib import Path

from tidewheel.core.settings import Settings
from tidewheel.store.durable import sync_folder

NAME = "identifier.key"


class IdentifierKey:
    """From the settings, or a file in the data folder that is made when it is first needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def bytes(self) -> bytes:
        """The key."""
        given = self._settings.identifier_key
        return (given.get_secret_value() if given else _kept(self._settings.home / NAME)).encode()


def _kept(path: Path) -> str:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)
    except FileExistsError:
        pass
    return path.read_text().strip()
