"""``tidewheel demo``: a filled shop in the browser."""

from __future__ import annotations

from typing import Annotated

import typer

from tidewheel.serve.cli.options import Home
from tidewheel.serve.cli.reach import read_running, settings_for
from tidewheel.serve.cli.server import Host, Port, ready

People = Annotated[int, typer.Option("--people", min=1, help="How many people the shop has.")]
Seed = Annotated[int, typer.Option("--seed", help="Another seed, another world.")]
NoServe = Annotated[bool, typer.Option("--no-serve", help="Make the shop, start no server.")]


def demo(
    people: People = 26_000,
    seed: Seed = 7,
    no_serve: NoServe = False,
    home: Home = None,
    host: Host = None,
    port: Port = None,
) -> None:
    """Make the demo shop (the first time) and start the server."""
    asked = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = settings_for(home).model_copy(update=asked)
    running = read_running(settings.home)
    if running is not None:
        ready(running)
        return
    from tidewheel.serve.cli.shop import make

    make(settings, people, seed, serve=not no_serve)
