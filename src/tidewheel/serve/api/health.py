"""Whether the server is well, and what Prometheus reads."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Literal

from fastapi import Request, Response

from tidewheel import __version__
from tidewheel.core.errors import NotAllowed
from tidewheel.core.text import Text
from tidewheel.serve.access import Here, asker_of
from tidewheel.serve.api.fields import Reply
from tidewheel.serve.installation import Installation
from tidewheel.serve.metrics import CONTENT_TYPE
from tidewheel.serve.routes import Router
from tidewheel.store.health import check_store
from tidewheel.store.project import ProjectStore

router = Router(tags=["health"])
unversioned = Router(include_in_schema=False)

_LOW_DISK = 200 * 2**20


class Check(Reply):
    """One part of the server."""

    name: str
    ok: bool
    detail: str | None


class Health(Reply):
    """``ok`` when every part works."""

    status: Literal["ok", "failing"]
    version: str
    checks: list[Check]


@router.get("/health")
def get_health(installation: Here, response: Response) -> Health:
    """Say whether every part works; 503 when one does not."""
    checks = [
        _check("catalog", installation.catalog.check),
        _check("disk", lambda: _room(installation)),
        _clock(installation),
        *(_stored(project, store) for project, store in sorted(installation.open_stores().items())),
    ]
    well = all(check.ok for check in checks)
    if not well:
        response.status_code = 503
    return Health(status="ok" if well else "failing", version=__version__, checks=checks)


@unversioned.get("/metrics")
def get_metrics(request: Request, installation: Here) -> Response:
    """Return the metrics; from other machines only with an administrator's token."""
    local = request.client is None or request.client.host in {"127.0.0.1", "::1"}
    if not local and not asker_of(request, installation).admin:
        raise NotAllowed("admins_only", Text("Only administrators may read this.", "仅管理员可以查看。"))
    return Response(installation.metrics.text(), media_type=CONTENT_TYPE)


def _check(name: str, work: Callable[[], str | None]) -> Check:
    try:
        problem = work()
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a part is what is asked here
        problem = type(error).__name__
    return Check(name=name, ok=problem is None, detail=problem)


def _clock(installation: Installation) -> Check:
    """Tell of a leap that is not believed yet; the server works all the same."""
    leap = installation.clock_leap // 1000
    patience = installation.settings.clock_leap_seconds
    detail = f"leapt by {leap:+d} s; believed once it has stood for {patience:g} s" if leap else None
    return Check(name="clock", ok=True, detail=detail)


def _room(installation: Installation) -> str | None:
    free = shutil.disk_usage(installation.settings.home).free
    return f"only {free // 2**20} MiB free" if free < _LOW_DISK else None


def _stored(project: str, store: ProjectStore) -> Check:
    """Tell what is wrong with a project's store, or may soon be."""
    told = [check for check in check_store(store) if check.state != "ok"]
    words = "; ".join(check.message.say("en", **check.values) for check in told)
    well = not any(check.state == "fail" for check in told)
    return Check(name=f"store of {project}", ok=well, detail=words or None)
