"""``tidewheel demo``: a filled shop in the browser."""

from __future__ import annotations

import sys
import time
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from tidewheel.demo import DEFAULT
from tidewheel.serve import logs
from tidewheel.serve.cli.options import Home
from tidewheel.serve.cli.output import err, language, say
from tidewheel.serve.cli.reach import read_running, settings_for
from tidewheel.serve.cli.server import Host, Port, ready
from tidewheel.serve.demo_shop import EMAIL, DemoShop, prepare
from tidewheel.serve.installation import Installation
from tidewheel.serve.server import run

People = Annotated[int, typer.Option("--people", min=1, help="How many people the shop has.")]
Seed = Annotated[int, typer.Option("--seed", help="Another seed, another world.")]
NoServe = Annotated[bool, typer.Option("--no-serve", help="Make the shop, start no server.")]


def demo(
    people: People = DEFAULT,
    seed: Seed = 7,
    no_serve: NoServe = False,
    home: Home = None,
    host: Host = None,
    port: Port = None,
) -> None:
    """Make the demo shop (the first time) and start the server."""
    asked = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = settings_for(home).model_copy(update=asked)
    logs.set_up(
        settings if settings.log_level != "info" else settings.model_copy(update={"log_level": "warning"})
    )
    running = read_running(settings.home)
    if running is not None:
        ready(running)
        return
    installation = Installation.open(settings)
    try:
        installation.warmth.begin(settings.home)
        shop = _prepare(installation, people, seed)
        installation.warmth.wait()
        if no_serve:
            _tell(shop)
        else:
            run(installation, lambda url: _tell(shop, url))
    finally:
        installation.close()


def _prepare(installation: Installation, people: int, seed: int) -> DemoShop:
    started = time.perf_counter()
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("制作示例店铺" if language() == "zh" else "Making the demo shop", total=1.0)
        shop = prepare(installation, people, seed, lambda part: bar.update(task, completed=part))
    if shop.events:
        took = time.perf_counter() - started
        say(
            f"The demo shop has {shop.events:,} events (made in {took:.0f} s).",
            f"示例店铺共有 {shop.events:,} 条事件（用时 {took:.0f} 秒）。",
        )
    return shop


def _tell(shop: DemoShop, url: str | None = None) -> None:
    if url:
        ready(url)
    say(f"Sign in: {EMAIL}  password: {shop.password}", f"登录：{EMAIL}  密码：{shop.password}")
    sys.stdout.flush()
