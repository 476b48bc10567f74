"""Connectors: what is read, who reads it now, how far it has come, and what the runs did."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from tidewheel.core.errors import NotFound, nearest, shorten
from tidewheel.core.text import Text
from tidewheel.store.catalog.tables import Connector, ConnectorRun

LEASE_MS: Final = 300_000
"""How long a reader that has stopped saying so is believed to be alive."""
RUNS_KEPT: Final = 500


def listed(db: Session, project_id: str) -> list[Connector]:
    """Return a project's connectors by name."""
    query = select(Connector).where(Connector.project_id == project_id)
    return list(db.scalars(query.order_by(Connector.name)))


def find(db: Session, project_id: str, name: str) -> Connector | None:
    """Return a connector by name."""
    return None if "\0" in name else db.get(Connector, (project_id, name))


def get(db: Session, project_id: str, name: str) -> Connector:
    """Return a connector by name, or say which one may be meant."""
    found = find(db, project_id, name)
    if found is None:
        near = nearest(name, [one.name for one in listed(db, project_id)])
        raise NotFound(
            "no_such_connector",
            Text("There is no connector {name}.", "没有连接器 {name}。"),
            got=shorten(name, 64),
            hint=Text("Did you mean {near}?", "是不是想写 {near}？") if near else None,
            name=shorten(name, 64),
            near=near,
        )
    return found


def add(db: Session, **values: Any) -> Connector:
    """Add a connector that has read nothing yet."""
    made = Connector(
        paused=False,
        cursor={},
        lease=None,
        lease_until=0,
        failures=0,
        problem=None,
        told=False,
        wanted_by=None,
        current_at=None,
        reached=None,
        left=None,
        **values,
    )
    db.add(made)
    db.flush()
    return made


def due(db: Session, now: int) -> list[Connector]:
    """Return connectors whose time has come and that nobody reads, the longest waiting first."""
    query = select(Connector).where(Connector.next_at.is_not(None), Connector.next_at <= now, _free(now))
    return list(db.scalars(query.order_by(Connector.next_at, Connector.name)))


def later(db: Session, now: int) -> list[Connector]:
    """Return connectors whose time is yet to come."""
    query = select(Connector).where(Connector.next_at > now)
    return list(db.scalars(query.order_by(Connector.project_id, Connector.name)))


def claim(db: Session, one: Connector, lease: str, now: int) -> bool:
    """Take a connector for a run; False where another process reads it."""
    taken = db.scalars(
        update(Connector)
        .where(*_same(one), _free(now))
        .values(lease=lease, lease_until=now + LEASE_MS)
        .returning(Connector.name)
        .execution_options(synchronize_session=False)
    )
    return taken.first() is not None


def hold(db: Session, one: Connector, lease: str, now: int, **values: Any) -> bool:
    """Say that the run goes on, and keep how far it has come; False once another run has taken over."""
    held = db.scalars(
        update(Connector)
        .where(*_same(one), Connector.lease == lease)
        .values(lease_until=now + LEASE_MS, **values)
        .returning(Connector.name)
        .execution_options(synchronize_session=False)
    )
    return held.first() is not None


def give_back(db: Session, one: Connector, lease: str, **values: Any) -> bool:
    """End a run, and with it somebody's wish for one; False when it was no longer this one's."""
    given = db.scalars(
        update(Connector)
        .where(*_same(one), Connector.lease == lease)
        .values(lease=None, lease_until=0, **{"wanted_by": None} | values)
        .returning(Connector.name)
        .execution_options(synchronize_session=False)
    )
    return given.first() is not None


def free(db: Session, holder: str) -> None:
    """Give back what an earlier process of this holder had claimed, and end the runs that nobody works on any more.

    Such a run is interrupted. It ended, as far as anybody knows, when its process last said that it goes on.
    """
    held = select(ConnectorRun, Connector).join(Connector, _of_run()).where(ConnectorRun.state == "running")
    for run, one in db.execute(held).all():
        lease, _, worked_on = (one.lease or "").rpartition("/")
        if worked_on != run.id or lease == holder:
            _interrupt(run, one.lease_until if worked_on == run.id else 0)
    db.flush()
    db.execute(
        update(Connector)
        .where(Connector.lease.startswith(f"{holder}/", autoescape=True))
        .values(lease=None, lease_until=0)
        .execution_options(synchronize_session=False)
    )


def untold(db: Session) -> list[Connector]:
    """Return connectors with something to tell: a problem nobody was told of, or one that is over."""
    query = select(Connector).where(
        or_(
            Connector.problem.is_not(None) & Connector.told.is_(False),
            Connector.problem.is_(None) & Connector.told.is_(True),
        )
    )
    return list(db.scalars(query.order_by(Connector.name)))


def begin(db: Session, one: Connector, run_id: str, by: str, now: int) -> ConnectorRun:
    """Note that a run begins; an earlier one that never ended is interrupted, the oldest are forgotten.

    ``one`` is the connector as it was before it was claimed. No two of its runs begin in the same millisecond: the
    latest one is always the one that began last.
    """
    mine = (ConnectorRun.project_id == one.project_id, ConnectorRun.name == one.name)
    for left in db.scalars(select(ConnectorRun).where(*mine, ConnectorRun.state == "running")):
        _interrupt(left, one.lease_until)
    old = select(ConnectorRun.started_at).where(*mine).order_by(ConnectorRun.started_at.desc())
    newest, last = db.scalar(old.limit(1)), db.scalar(old.offset(RUNS_KEPT).limit(1))
    if last is not None:
        db.execute(delete(ConnectorRun).where(*mine, ConnectorRun.started_at <= last))
    run = ConnectorRun(
        id=run_id, project_id=one.project_id, name=one.name,
        started_at=now if newest is None else max(now, newest + 1), finished_at=None, by=by,
        state="running", counts={}, problems=[], error=None,
    )  # fmt: skip
    db.add(run)
    db.flush()
    return run


def note_run(db: Session, run_id: str, **values: Any) -> None:
    """Keep how a run stands."""
    db.execute(update(ConnectorRun).where(ConnectorRun.id == run_id).values(**values))


def run_of(db: Session, run_id: str) -> ConnectorRun:
    """Return a run that is known to be there."""
    return db.scalars(select(ConnectorRun).where(ConnectorRun.id == run_id)).one()


def runs(db: Session, project_id: str, name: str, limit: int) -> list[ConnectorRun]:
    """Return a connector's runs, the latest first."""
    query = select(ConnectorRun).where(ConnectorRun.project_id == project_id, ConnectorRun.name == name)
    return list(db.scalars(query.order_by(ConnectorRun.started_at.desc(), ConnectorRun.id).limit(limit)))


def _interrupt(run: ConnectorRun, lease_until: int) -> None:
    run.state = "interrupted"
    run.finished_at = max(run.started_at, lease_until - LEASE_MS)


def _of_run() -> Any:
    return and_(Connector.project_id == ConnectorRun.project_id, Connector.name == ConnectorRun.name)


def _free(now: int) -> Any:
    """Nobody holds it, or who does took it while the clock was wrong; such a reader learns that it lost it."""
    return or_(Connector.lease_until <= now, Connector.lease_until > now + 2 * LEASE_MS)


def _same(one: Connector) -> tuple[Any, Any]:
    return Connector.project_id == one.project_id, Connector.name == one.name
