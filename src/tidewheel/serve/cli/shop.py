"""The demo shop, made before the eyes of who waits for it."""

from __future__ import annotations

import sys
import time

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from tidewheel.core.settings import Settings
from tidewheel.serve import logs
from tidewheel.serve.cli.output import err, language, say
from tidewheel.serve.cli.server import ready
from tidewheel.serve.demo_shop import EMAIL, DemoShop, prepare
from tidewheel.serve.installation import Installation
from tidewheel.serve.server import run


def make(settings: Settings, people: int, seed: int, *, serve: bool) -> None:
    """Make the shop if it is not there, then serve it if wanted."""
    logs.set_up(
        settings if settings.log_level != "info" else settings.model_copy(update={"log_level": "warning"})
    )
    installation = Installation.open(settings)
    try:
        installation.warmth.begin()
        shop = _prepare(installation, people, seed)
        installation.warmth.wait()
        if serve:
            run(installation, lambda url: _tell(shop, url))
        else:
            _tell(shop)
    finally:
        installation.close()


def _prepare(installation: Installation, people: int, seed: int) -> DemoShop:
    started = time.perf_counter()
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("制作示例店铺" if language() == "zh" else "Making the demo shop", total=1.0)
        shop = prepare(installation, people, seed, lambda part: bar.update(task, completed=part), language())
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
