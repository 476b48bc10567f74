"""The key of an installation that identifiers are hashed with. Whoever loses it loses the way from values to people."""

from __future__ import annotations

import secrets
from functools import cached_property, partial

from tidewheel.core.settings import Settings
from tidewheel.store.durable import kept_private

NAME = "identifier.key"


class IdentifierKey:
    """From the settings, or a file in the data folder that is made when it is first needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def bytes(self) -> bytes:
        """The key."""
        given = self._settings.identifier_key
        return (
            given.get_secret_value()
            if given
            else kept_private(self._settings.home / NAME, partial(secrets.token_hex, 32))
        ).encode()
