"""Alerts as definitions: what they rest on must be there, and many are brought into force at once."""

from __future__ import annotations

from collections.abc import Mapping

from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text
from tidewheel.model import AnyAlert, ArrivalAlert
from tidewheel.serve.definitions import Change, change_of, kept_form
from tidewheel.store.catalog import Session, alerts, destinations, metrics, sources


def check_definition(
    db: Session, project: str, name: str, means: AnyAlert, coming: set[str], leaving: set[str]
) -> None:
    """Raise unless what an alert rests on is there, once metrics are ``coming`` and ``leaving``."""
    if isinstance(means, ArrivalAlert):
        if means.arrivals.source is not None:
            sources.get(db, project, means.arrivals.source)
    elif means.metric in leaving or means.metric not in coming:
        metrics.get(db, project, means.metric)
        if means.metric in leaving:
            raise BadInput(
                "metric_used",
                Text("{name} is used: {by_en}.", "{name} 正在使用：{by_zh}。"),
                field=f"{name}.metric",
                got=means.metric,
                hint=Text("Take it out there first.", "请先在那里去掉它。"),
                name=means.metric,
                by_en=name,
                by_zh=name,
            )
    for one in means.to:
        destinations.get(db, project, one)


def alert_names(db: Session, project: str) -> set[str]:
    """Return the names of a project's alerts."""
    return {one.name for one in alerts.listed(db, project)}


def bring_alerts(
    db: Session,
    project: str,
    wanted: Mapping[str, AnyAlert],
    removed: set[str],
    by: str,
    now: int,
    *,
    keep: bool,
) -> list[Change]:
    """Return what bringing alerts into force changes, by name; with ``keep`` it is done."""
    there = {one.name: one for one in alerts.listed(db, project)}
    found = []
    for name in sorted({*wanted, *removed}):
        before = there.get(name)
        if name in removed:
            found.append(Change(what="alert", name=name, change="removed", version=0, fields=[]))
            if keep and before is not None:
                db.delete(before)
            continue
        told = change_of("alert", name, before.definition if before else None, wanted[name], there)
        found.append(told)
        if keep and told.change != "same":
            alerts.put(db, project_id=project, name=name, definition=kept_form(wanted[name]), by=by, now=now)
    return found
