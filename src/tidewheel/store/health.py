"""How the store is doing, for ``tidewheel doctor`` and the health page."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from tidewheel.core.text import Language, Text
from tidewheel.store.project import ProjectStore

State: TypeAlias = Literal["ok", "warn", "fail"]
_ORDER: Final[tuple[State, ...]] = ("ok", "warn", "fail")
_GIB: Final = 1024**3


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. ``values`` are the figures; they also fill the marks of ``message``."""

    name: str
    state: State
    message: Text
    values: dict[str, Any] = field(default_factory=dict)

    def describe(self, language: Language = "en") -> dict[str, Any]:
        """Return the JSON form."""
        message = self.message.say(language, **self.values)
        return {"name": self.name, "state": self.state, "message": message, "values": self.values}


def worst(checks: list[Check]) -> State:
    """Return the gravest state among the checks."""
    return max((check.state for check in checks), key=_ORDER.index, default="ok")


def check_store(store: ProjectStore) -> list[Check]:
    """Look at every part of one project's store."""
    return [
        check_inbox(store),
        check_tail(store),
        check_drain(store),
        *check_arrivals(store),
        check_lake(store),
        check_columns(store),
    ]


def check_disk(home: Path) -> Check:
    """Look at the free space of the disk that holds the data folder."""
    usage = shutil.disk_usage(home)
    state: State = "fail" if usage.free < _GIB // 2 else "warn" if usage.free < 5 * _GIB else "ok"
    return Check(
        "disk",
        state,
        Text("{free_gib} GiB free of {total_gib} GiB.", "共 {total_gib} GiB，剩余 {free_gib} GiB。"),
        {"free_gib": round(usage.free / _GIB, 1), "total_gib": round(usage.total / _GIB, 1)},
    )


def check_inbox(store: ProjectStore) -> Check:
    """Look at how many events wait for the lake, and how long the first of them has waited."""
    if store.inbox.error is not None:
        return Check(
            "inbox",
            "fail",
            Text("Events are refused: {why}", "事件被拒收：{why}"),
            {"why": store.inbox.error},
        )
    depth, limit = store.inbox.depth, store.settings.inbox_max_events
    since = store.waiting_since
    age = round(time.monotonic() - since, 1) if since is not None else 0.0
    late = age > 10 * store.settings.drain_seconds + 60
    state: State = "fail" if depth >= limit else "warn" if depth > limit // 2 or late else "ok"
    return Check(
        "inbox",
        state,
        Text(
            "{depth} of at most {limit} events wait for the lake, for {age} s.",
            "有 {depth} 条事件等待入湖（上限 {limit}），已等待 {age} 秒。",
        ),
        {"depth": depth, "limit": limit, "age": age},
    )


def check_tail(store: ProjectStore) -> Check:
    """Tell whether acknowledged events become visible."""
    if store.tail_error is not None:
        return Check(
            "tail",
            "fail",
            Text("New events are safe but not shown: {why}.", "新事件已安全保存，但未能显示：{why}。"),
            {"why": store.tail_error},
        )
    rows = store.tail_rows
    return Check(
        "tail", "ok", Text("{rows} events are in memory.", "内存中有 {rows} 条事件。"), {"rows": rows}
    )


def check_drain(store: ProjectStore) -> Check:
    """Tell whether events reach the lake."""
    if store.drain_error is not None:
        return Check(
            "drain",
            "fail",
            Text("Events do not reach the lake: {why}.", "事件未能入湖：{why}。"),
            {"why": store.drain_error},
        )
    return Check("drain", "ok", Text("Events reach the lake.", "事件入湖正常。"), {"last": store.drained_at})


def check_arrivals(store: ProjectStore) -> list[Check]:
    """Tell how many events of collectors wait until a server takes them over, where processes share the lake."""
    if store.arrivals is None:
        return []
    rows = store.arrivals.rows
    message = Text(
        "{rows} events of collectors wait until a server takes them over.",
        "采集进程的 {rows} 条事件等待服务接手。",
    )
    state: State = "warn" if rows > store.settings.inbox_max_events else "ok"
    return [Check("arrivals", state, message, {"rows": rows})]


def check_lake(store: ProjectStore) -> Check:
    """Count the lake's files; very many small ones make reading slow."""
    if store.lake_error is not None:
        return Check(
            "lake",
            "fail",
            Text("The lake cannot be looked at: {why}.", "无法查看数据湖：{why}。"),
            {"why": store.lake_error},
        )
    files = store.lake.events.files()
    small = sum(1 for file in files if file.rows < 10_000)
    state: State = "warn" if small > 500 else "ok"
    return Check(
        "lake",
        state,
        Text(
            "Version {version}: {rows} events in {files} files, {mib} MiB.",
            "版本 {version}：{files} 个文件共 {rows} 条事件，{mib} MiB。",
        ),
        {
            "version": store.lake.events.version,
            "rows": sum(file.rows for file in files),
            "files": len(files),
            "small_files": small,
            "mib": round(sum(file.bytes for file in files) / 1024**2, 1),
        },
    )


def check_columns(store: ProjectStore) -> Check:
    """Compare what questions see with what the lake and the tail hold."""
    snapshot = store.snapshot()
    held = sum(path.stat().st_size for path in (store.folder / "columns").glob("*.columns"))
    return Check(
        "columns",
        "ok",
        Text(
            "{rows} events in {segments} segments, {mib} MiB on disk.",
            "{segments} 个分段共 {rows} 条事件，磁盘占用 {mib} MiB。",
        ),
        {"rows": snapshot.rows, "segments": len(snapshot.segments), "mib": round(held / 1024**2, 1)},
    )
