"""One run of a connector: claimed, read, kept, and noted what became of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from random import Random
from typing import Any, Final

import structlog

from tidewheel.analyse.executor import Stop
from tidewheel.collect.contract import Arrival
from tidewheel.collect.files.mapping import Mapping
from tidewheel.collect.files.run import Sink
from tidewheel.collect.problems import Rejection
from tidewheel.collect.pull import Cursor, Job, Schedule, Tally, again_after, pull
from tidewheel.collect.pull import Kept as Loading
from tidewheel.core.errors import Cancelled, TidewheelError, Transient
from tidewheel.core.text import LANGUAGES, Text
from tidewheel.serve import connectors as settings
from tidewheel.serve.door import dead_letters
from tidewheel.serve.errors import internal
from tidewheel.serve.importing import BulkLoad, add_rows
from tidewheel.serve.installation import Installation
from tidewheel.store.catalog import Connector, ConnectorRun, Project, connectors, projects
from tidewheel.store.catalog.secret import new_id
from tidewheel.store.project import ProjectStore

RENEW_SECONDS: Final = 20.0
LOOKED_AT: Final = 2_000
"""How many of the latest rejected rows are compared, so that a row read again is not kept twice."""

log = structlog.get_logger(__name__)


class Lost(Cancelled):
    """The run was ended: changed, removed, or taken over by another process."""


def run(
    installation: Installation, one: Connector, by: str, stop: Stop, dice: Random | None = None
) -> ConnectorRun | None:
    """Read a connector once; None where another process reads it."""
    return _Run(installation, one, by, stop, dice or Random()).whole()  # noqa: S311 - spreads attempts over time


class _Run:
    def __init__(self, installation: Installation, one: Connector, by: str, stop: Stop, dice: Random) -> None:
        self.here, self.one, self.by, self.stop, self.dice = installation, one, by, stop, dice
        self.id = new_id()
        self.lease = f"{installation.holder}/{self.id}"
        self.tally = Tally()
        self.renewed = time.monotonic()

    def whole(self) -> ConnectorRun | None:
        now = self.here.clock()
        with self.here.catalog.write() as db:
            if not connectors.claim(db, self.one, self.lease, now):
                return None
            connectors.begin(db, self.one, self.id, self.by, now)
            self.one = connectors.get(db, self.one.project_id, self.one.name)
            db.expunge(self.one)
            project = projects.get(db, self.one.project_id)
        error: TidewheelError | None = None
        try:
            self.read(project)
        except Lost:
            return self.noted("stopped", None)
        except Cancelled:
            self.returned(next_at=now, wanted_by=self.one.wanted_by)
            return self.noted("stopped", None)
        except TidewheelError as problem:
            error = problem
        except Exception:
            log.exception("connector not read", project=project.id, connector=self.one.name)
            error = internal(f"{project.id}/{self.one.name}")
        return self.ended(project, now, error)

    def read(self, project: Project) -> None:
        one, store = self.one, self.here.store(self.one.project_id)
        store.refresh()
        arrival = Arrival(
            one.source_id,
            self.here.clock(),
            project.time_zone,
            ranks=store.view.rules.ranks,
            guard=self.here.guard(project.id),
        )
        kept = settings.opened(self.here, one)
        world = settings.world_of(self.here, project, self.pause)
        batches = settings.connector_of(one.kind).read(kept.place, dict(one.cursor), world)
        job = Job(one.rows, Mapping.model_validate(one.mapping), arrival, lambda: _sink(store, arrival))
        self.tally = pull(batches, job, self.save, lambda _part, _rows: self.pause())
        self.here.enriching.apply(project.id, store)

    def save(self, cursor: Cursor, tally: Tally) -> None:
        self.tally = tally
        values = {"cursor": cursor, "left": tally.left}
        if tally.reached is not None:
            values["reached"] = tally.reached
        with self.here.catalog.write() as db:
            self.keep(connectors.hold(db, self.one, self.lease, self.here.clock(), **values))
            connectors.note_run(db, self.id, counts=_counts(tally), problems=_problems(tally))
        self.renewed = time.monotonic()

    def pause(self) -> None:
        self.stop.check()
        if time.monotonic() - self.renewed > RENEW_SECONDS:
            self.renewed = time.monotonic()
            with self.here.catalog.write() as db:
                self.keep(connectors.hold(db, self.one, self.lease, self.here.clock()))

    def keep(self, held: bool) -> None:  # noqa: FBT001 - what the catalog answered
        if not held:
            raise Lost("run_ended", Text("The run was ended.", "本次运行已结束。"))

    def ended(self, project: Project, began: int, error: TidewheelError | None) -> ConnectorRun:
        now, tally = self.here.clock(), self.tally
        after = Schedule.model_validate(self.one.schedule).after(now, project.time_zone)
        if error is None and not tally.failed:
            self.returned(
                next_at=after, failures=0, problem=None, current_at=began, left=0,
                told=self.one.told,
            )  # fmt: skip
            return self.noted("done", None)
        if error is None:
            said = problem_of(tally.failed[0][1], tally.failed[0][0])
            fresh = self.one.problem is None
            self.returned(
                next_at=after, failures=0, problem=said, left=len(tally.failed),
                told=False if fresh else self.one.told,
            )  # fmt: skip
            return self.noted("partly", said)
        failures = self.one.failures + 1
        passing = isinstance(error, Transient)
        least = error.retry_after_seconds if isinstance(error, Transient) else 0.0
        said = problem_of(error) | {"passing": passing}
        self.returned(
            next_at=again_after(now, failures, self.dice, least) if passing else None,
            failures=failures,
            problem=said,
            told=self.one.told if self.one.problem is not None else False,
        )
        log.warning("connector failed", project=project.id, connector=self.one.name, code=error.code)
        return self.noted("failed", said)

    def returned(self, **values: Any) -> None:
        if self.one.paused:
            values["next_at"] = None
        with self.here.catalog.write() as db:
            connectors.give_back(db, self.one, self.lease, **values)

    def noted(self, state: str, error: dict[str, Any] | None) -> ConnectorRun:
        with self.here.catalog.write() as db:
            connectors.note_run(
                db, self.id, state=state, error=error, finished_at=self.here.clock(),
                counts=_counts(self.tally), problems=_problems(self.tally),
            )  # fmt: skip
            return connectors.run_of(db, self.id)


def problem_of(error: TidewheelError, where: str | None = None) -> dict[str, Any]:
    """Return an error as the catalog keeps it."""
    said = {language: error.describe(language) for language in LANGUAGES}
    return {
        "code": error.code,
        "where": where,
        "field": error.field,
        "message": {language: said[language]["message"] for language in LANGUAGES},
        "hint": {language: said[language]["hint"] for language in LANGUAGES},
    }


def _counts(tally: Tally) -> dict[str, Any]:
    names = ("batches", "rows", "accepted", "rejected", "skipped", "facts", "duplicates")
    return {name: getattr(tally, name) for name in names} | {"failed": len(tally.failed)}


def _problems(tally: Tally) -> list[dict[str, Any]]:
    rows = [{"where": where, "en": en, "zh": zh} for where, en, zh in tally.problems]
    whole = [
        {
            "where": where,
            "en": {"row": None} | error.describe("en"),
            "zh": {"row": None} | error.describe("zh"),
        }
        for where, error in tally.failed[:50]
    ]
    return whole + rows


def _sink(store: ProjectStore, arrival: Arrival) -> Loading:
    events = BulkLoad(store)
    sink = Sink(
        events=events.put,
        rows=lambda table, rows: add_rows(store, table, rows),
        rejected=lambda rejections: _keep(store, rejections, arrival),
        whole_rows=True,
    )
    return Loading(sink, events.finish)


def _keep(store: ProjectStore, rejections: Sequence[Rejection], arrival: Arrival) -> None:
    """Keep refused rows with their reasons; one that was kept before and is read again is passed over."""
    known = {one.body for one in store.inbox.rejected(limit=LOOKED_AT) if one.source == arrival.source}
    fresh = [one for one in rejections if one.body and one.body not in known]
    if fresh:
        store.append([], dead_letters(fresh, arrival)).result()
