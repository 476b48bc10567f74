"""The processes that share a lake, for the administrators of this installation."""

from __future__ import annotations

from typing import Literal

from tidewheel.serve.access import Admin, Here
from tidewheel.serve.api.fields import Moment, Reply
from tidewheel.serve.installation import Installation
from tidewheel.serve.routes import Router
from tidewheel.store.catalog import Process, processes

router = Router(prefix="/processes", tags=["processes"])


class ProcessReply(Reply):
    """A data folder and the process that ran on it last.

    ``here``: it is the one that answers. ``seen``: it runs, as far as is known. ``retired_at``: nobody waits for it any more.
    """

    id: str
    host: str
    folder: str
    role: Literal["server", "collector"]
    here: bool
    seen: bool
    started_at: Moment
    seen_at: Moment
    retired_at: Moment | None


class ProcessList(Reply):
    """All that share the lake, those in use first; none where the lake is not shared."""

    processes: list[ProcessReply]


@router.get("")
def list_processes(asker: Admin, installation: Here) -> ProcessList:  # noqa: ARG001
    """List the processes that share the lake."""
    with installation.catalog.read() as db:
        return ProcessList(processes=[_describe(one, installation) for one in processes.listed(db)])


@router.delete("/{process_id}")
def retire_process(process_id: str, asker: Admin, installation: Here) -> ProcessReply:
    """Say that a data folder will not come back, so that no erasure waits for it; if it does, it cleans itself first."""
    now = installation.clock()
    with installation.catalog.write() as db:
        found = processes.retire(db, process_id, now)
        asker.note(db, now, "process_retired", found.id, host=found.host, folder=found.folder)
        return _describe(found, installation)


def _describe(one: Process, installation: Installation) -> ProcessReply:
    membership = installation.membership
    return ProcessReply(
        id=one.id,
        host=one.host,
        folder=one.folder,
        role="collector" if one.role == "collector" else "server",
        here=membership.shared and one.id == membership.id,
        seen=one.retired_at is None and one.seen_at >= membership.gone_before(),
        started_at=one.started_at,
        seen_at=one.seen_at,
        retired_at=one.retired_at,
    )
