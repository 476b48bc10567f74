"""The API in this process, for commands of a data folder whose server does not run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import structlog

from tidewheel.core.settings import Settings
from tidewheel.serve import logs
from tidewheel.serve.app import create_app
from tidewheel.serve.in_process import in_process
from tidewheel.serve.installation import Installation


@contextmanager
def alone(settings: Settings) -> Iterator[tuple[httpx.BaseTransport, str]]:
    """Open the installation in this process; yields the way to its API and the token. Nobody else may hold it."""
    quiet = settings if settings.log_level != "info" else settings.model_copy(update={"log_level": "warning"})
    logs.set_up(quiet)
    installation = Installation.open(settings)
    try:
        with in_process(create_app(installation)) as transport:
            yield transport, installation.local_token
    finally:
        installation.close()
        structlog.reset_defaults()
