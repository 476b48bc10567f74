"""``tidewheel serve``, ``tidewheel collect`` and ``tidewheel openapi``."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from tidewheel.serve.cli.options import Home
from tidewheel.serve.cli.output import say
from tidewheel.serve.cli.reach import settings_for

Host = Annotated[str | None, typer.Option("--host", help="Address to listen on.", show_default=False)]
Port = Annotated[int | None, typer.Option("--port", help="Port to listen on.", show_default=False)]


def serve(home: Home = None, host: Host = None, port: Port = None) -> None:
    """Run the server until it is stopped."""
    from tidewheel.serve import logs
    from tidewheel.serve.installation import Installation
    from tidewheel.serve.server import run

    asked = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = settings_for(home).model_copy(update=asked)
    logs.set_up(settings)
    installation = Installation.open(settings)
    try:
        installation.warmth.begin()
        run(installation, ready)
    finally:
        installation.close()


def collect(home: Home = None, host: Host = None, port: Port = None) -> None:
    """Take events in for a server on another host, and nothing else, until it is stopped."""
    from tidewheel.serve import logs
    from tidewheel.serve.installation import Installation
    from tidewheel.serve.server import run

    asked = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = settings_for(home).model_copy(update=asked)
    logs.set_up(settings)
    installation = Installation.open(settings, collects_only=True)
    try:
        run(installation, ready)
    finally:
        installation.close()


def ready(url: str) -> None:
    """Say where the server is."""
    say(f"Tidewheel is ready: {url}", f"Tidewheel is ready: {url}")
    sys.stdout.flush()


def openapi() -> None:
    """Print the OpenAPI description of the HTTP API."""
    from tidewheel.serve.openapi import describe

    sys.stdout.write(json.dumps(describe(), ensure_ascii=False, indent=1, sort_keys=True) + "\n")
