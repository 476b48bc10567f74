"""What one running Tidewheel holds, made once and handed to every route."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from tidewheel.core.clock import Clock, system_clock
from tidewheel.core.settings import Settings
from tidewheel.serve.metrics import Metrics
from tidewheel.store.catalog import Catalog


@dataclass
class Installation:
    """The catalog, the stores and what is going on."""

    settings: Settings
    catalog: Catalog
    clock: Clock = system_clock
    metrics: Metrics = field(default_factory=Metrics)
    local_token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    """Lets the command line of this machine act as an administrator."""

    @classmethod
    def open(cls, settings: Settings, clock: Clock = system_clock) -> Installation:
        """Open everything below the data folder."""
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        return cls(settings=settings, catalog=Catalog(settings.catalog, clock), clock=clock)

    def close(self) -> None:
        """Give everything back."""
        self.catalog.close()
