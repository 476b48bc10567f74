"""``tidewheel doctor``: does everything work, from an event sent to an event seen?"""

from __future__ import annotations

import platform
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from tidewheel import __version__
from tidewheel.core.errors import TidewheelError, Unavailable
from tidewheel.core.text import Text
from tidewheel.serve.cli.options import Home, Json
from tidewheel.serve.cli.output import language, print_json, print_table
from tidewheel.serve.cli.reach import Reach, reach, settings_for

_SEEN_SECONDS = 10.0
_EVENT = {"event": "self_test", "who": {"device": "doctor"}, "properties": {"value": 1}}


def doctor(home: Home = None, as_json: Json = False) -> None:
    """Check settings, disk, server and pages, then send an event to a project of its own and see it arrive."""
    checks = [
        _check("python", lambda: f"{platform.python_version()}, tidewheel {__version__}"),
        _check("settings", lambda: str(settings_for(home).home)),
    ]
    if checks[-1]["ok"]:
        checks += [_check("disk", lambda: _disk(settings_for(home).home)), _check("pages", _pages)]
        checks += _reached(home)
    if as_json:
        print_json({"ok": all(check["ok"] for check in checks), "checks": checks})
    else:
        rows = [["ok" if check["ok"] else "FAILED", check["name"], check["detail"]] for check in checks]
        print_table(["", "check", "detail"], rows)
    if not all(check["ok"] for check in checks):
        raise typer.Exit(1)


def _reached(home: Path | None) -> list[dict[str, Any]]:
    checks: list[dict[str, Any]] = []
    try:
        with reach(home) as api:
            where = str(api.client.base_url) if api.running else "not running; opened here"
            checks.append({"name": "server", "ok": True, "detail": where})
            checks.append(_check("health", lambda: _health(api)))
            checks.append(_check("send and see an event", lambda: _self_test(api)))
    except TidewheelError as error:
        checks.append({"name": "installation", "ok": False, "detail": _words(error)})
    return checks


def _check(name: str, work: Callable[[], str]) -> dict[str, Any]:
    try:
        return {"name": name, "ok": True, "detail": work()}
    except TidewheelError as error:
        return {"name": name, "ok": False, "detail": _words(error)}


def _words(error: TidewheelError) -> str:
    said = error.describe(language())
    return " ".join(part for part in (said["message"], said["hint"]) if part)


def _disk(home: Path) -> str:
    nearest = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(nearest).free
    if free < 500 * 2**20:
        raise Unavailable(
            "disk_almost_full",
            Text("Only {free} MiB are free on the disk of {home}.", "{home} 所在磁盘仅剩 {free} MiB。"),
            hint=Text("Free some space.", "请清理磁盘空间。"),
            free=free // 2**20,
            home=home,
        )
    return f"{free / 2**30:.1f} GiB free"


def _pages() -> str:
    from tidewheel.serve.pages import FOLDER

    if not (FOLDER / "index.html").is_file():
        raise Unavailable(
            "pages_not_built",
            Text("The pages are not built.", "页面尚未构建。"),
            hint=Text("Run `make ui`.", "请运行 `make ui`。"),
        )
    return "built"


def _health(api: Reach) -> str:
    found = api.client.get("/api/v1/health").json()
    wrong = [f"{check['name']}: {check['detail']}" for check in found["checks"] if not check["ok"]]
    if wrong:
        raise Unavailable(
            "unhealthy",
            Text("{wrong}", "{wrong}"),
            hint=Text("Look at the log.", "请查看日志。"),
            wrong="; ".join(wrong),
        )
    return ", ".join(": ".join(filter(None, (check["name"], check["detail"]))) for check in found["checks"])


def _self_test(api: Reach) -> str:
    project = api.post("/projects", {"name": "self-test"})["id"]
    try:
        source = api.post(f"/projects/{project}/sources", {"name": "doctor"})
        started = time.perf_counter()
        headers = {"Authorization": f"Bearer {source['write_key']}"}
        api.send("POST", "/v1/events", json={"events": [_EVENT]}, headers=headers)
        kept = time.perf_counter() - started
        while not api.get(f"/projects/{project}/schema")["events"]:
            if time.perf_counter() - started > _SEEN_SECONDS:
                raise Unavailable(
                    "event_not_seen",
                    Text("The event was acknowledged but cannot be seen.", "事件已确认接收，但查询不到。"),
                    hint=Text("Look at the log of the server.", "请查看服务日志。"),
                )
            time.sleep(0.05)
        seen = time.perf_counter() - started
    finally:
        api.send("DELETE", f"/api/v1/projects/{project}", params={"confirm": project})
    sys.stdout.flush()
    return f"on disk after {kept * 1000:.0f} ms, seen after {seen * 1000:.0f} ms"
