"""How the way of events into the lake is doing, for the health page and ``tidewheel doctor``."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from tidewheel.core.text import Text
from tidewheel.store.project import ProjectStore

State: TypeAlias = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. ``values`` are the figures; they also fill the marks of ``message``."""

    name: str
    state: State
    message: Text
    values: dict[str, Any] = field(default_factory=dict)


def check_store(store: ProjectStore) -> list[Check]:
    """Look at every part of one project's store; cheap enough to be asked every second."""
    return [
        check_inbox(store),
        check_tail(store),
        check_drain(store),
        *check_arrivals(store),
        check_lake(store),
    ]


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
    state: State = (
        "warn" if depth > limit // 2 or late else "ok"
    )  # a full one asks senders to wait, and works
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
    """Tell whether what other processes put into the lake is seen."""
    if store.lake_error is not None:
        return Check(
            "lake",
            "fail",
            Text("The lake cannot be looked at: {why}.", "无法查看数据湖：{why}。"),
            {"why": store.lake_error},
        )
    return Check("lake", "ok", Text("The lake is seen.", "可以查看数据湖。"))
