"""Connectors: places that are read by themselves. What is secret of their settings is never shown again."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

from fastapi import Request
from pydantic import Field, StringConstraints

from tidewheel.collect.files.mapping import Mapping
from tidewheel.collect.files.preview import Preview as Look
from tidewheel.collect.pull import CONNECTORS, Schedule, secrets_of
from tidewheel.core.errors import Conflict, NotFound
from tidewheel.core.text import Language, Text
from tidewheel.serve import connectors as places
from tidewheel.serve.access import Editor, Owner, Place, Viewer
from tidewheel.serve.api.fields import Body, Done, Limit, Moment, Reply, Title
from tidewheel.serve.api.imports import FileKind, Preview
from tidewheel.serve.errors import language_of
from tidewheel.serve.pulling import run
from tidewheel.serve.queries import Query
from tidewheel.serve.routes import Router
from tidewheel.store.catalog import (
    Connector,
    ConnectorRun,
    Session,
    connectors,
    destinations,
    sources,
)
from tidewheel.store.catalog.sealed import Seal

router = Router(prefix="/projects/{project}/connectors", tags=["connectors"])

Kind = Annotated[str, StringConstraints(max_length=32)]
Given = Annotated[dict[str, Any], Field(max_length=60)]


class WherePlace(Body):
    """A place to connect to; secrets that are left out are those of the connector ``name``."""

    kind: Kind
    place: Given
    name: str | None = None


class LookBody(WherePlace):
    """What the rows of a place are; without a mapping it is guessed."""

    rows: FileKind
    mapping: Mapping | None = None


class NewConnector(Body):
    """What is read, as what, and when. A secret that is left out, or null, keeps what it has."""

    kind: Kind
    place: Given
    rows: FileKind
    mapping: Mapping | None = None
    schedule: Schedule = Schedule()
    tell: Annotated[list[str], Field(default_factory=list, max_length=20)]


class PauseBody(Body):
    """Whether the connector rests."""

    paused: bool


class AgainBody(Body):
    """From when on to read again; without a moment, everything."""

    since: Annotated[int | None, Field(ge=0, description="Milliseconds since 1970")] = None


class RunBody(Body):
    """``wait``: answer when the run is over."""

    wait: bool = False


class Said(Reply):
    """What was found on connecting."""

    message: str


class FoundReply(Reply):
    """Something that can be read; ``settings`` lead to it, ``note`` is why it shows no rows."""

    name: str
    settings: dict[str, Any]
    columns: list[str]
    rows: list[dict[str, Any]]
    note: str


class FoundList(Reply):
    """What can be read at a place."""

    found: list[FoundReply]


class ConnectorKind(Reply):
    """A kind of place; ``place`` is the JSON schema of its settings."""

    name: str
    title: Title
    place: dict[str, Any]
    secrets: list[str]


class Trouble(Reply):
    """Why a run failed; ``where`` names the file or page, ``passing`` says that it is tried again by itself."""

    code: str
    message: str
    hint: str | None
    field: str | None
    where: str | None
    passing: bool


class ConnectorReply(Reply):
    """A connector and how it stands.

    ``current_at``: all that was there at this moment is in; ``lag_seconds`` is how long ago that is.
    """

    name: str
    kind: str
    title: Title
    place: dict[str, Any]
    secrets: list[str]
    rows: str
    mapping: Mapping
    schedule: Schedule
    tell: list[str]
    source: str
    state: Literal["running", "waiting", "failing", "paused", "by_hand", "new"]
    next_at: Moment | None
    current_at: Moment | None
    lag_seconds: int | None
    reached: Moment | None
    left: int | None
    failures: int
    problem: Trouble | None
    last_run: RunReply | None
    by: str
    updated_at: Moment


class RunProblem(Reply):
    """A row, or a whole file, that was left out."""

    where: str
    row: int | None
    field: str | None
    code: str
    message: str
    hint: str | None


class RunReply(Reply):
    """What one run did. ``stopped``: paused, changed or shut down; ``interrupted``: its process died.

    The run after an interrupted one goes on at the last batch that was kept. What the dead process had kept since counts there as
    ``duplicates``.
    """

    id: str
    state: Literal["running", "done", "partly", "failed", "stopped", "interrupted"]
    by: str
    started_at: Moment
    finished_at: Moment | None
    batches: int
    rows: int
    accepted: int
    rejected: int
    skipped: int
    facts: int
    duplicates: int
    failed: int
    error: Trouble | None
    problems: list[RunProblem]


class ConnectorList(Reply):
    """A project's connectors by name, and the kinds there are."""

    connectors: list[ConnectorReply]
    kinds: list[ConnectorKind]


class RunList(Reply):
    """A connector's runs, the latest first."""

    runs: list[RunReply]


@router.get("")
def list_connectors(request: Request, place: Viewer) -> ConnectorList:
    """List the connectors and how they stand."""
    language = language_of(request.headers)
    with place.installation.catalog.read() as db:
        found = [_describe(db, place, one, language) for one in connectors.listed(db, place.project.id)]
    kinds = [
        ConnectorKind(
            name=kind.name,
            title=Title(en=kind.title.en, zh=kind.title.zh),
            place=kind.Place.model_json_schema(),
            secrets=sorted(secrets_of(kind)),
        )
        for kind in CONNECTORS.all().values()
    ]
    return ConnectorList(connectors=found, kinds=kinds)


@router.post("/check")
async def check_connector(request: Request, body: WherePlace, place: Owner) -> Said:
    """Connect to a place, and say what is wrong with it or what is there."""
    settings, language = _settings(place, body), language_of(request.headers)

    def work(query: Query) -> Said:
        world = places.world_of(place.installation, place.project, query.stop.check)
        return Said(message=places.check(body.kind, settings, world).say(language))

    return await place.installation.queries.run(request, place.project.id, None, work, limited=False)


@router.post("/discover")
async def discover_connector(request: Request, body: WherePlace, place: Owner) -> FoundList:
    """Show what can be read at a place."""
    settings = _settings(place, body)

    def work(query: Query) -> FoundList:
        world = places.world_of(place.installation, place.project, query.stop.check)
        found = places.discover(body.kind, settings, world)
        return FoundList(
            found=[
                FoundReply(
                    name=one.name,
                    settings=one.settings,
                    columns=list(dict.fromkeys(name for row in one.rows for name in row.cells)),
                    rows=[{name: _cell(value) for name, value in row.cells.items()} for row in one.rows[:5]],
                    note=one.note,
                )
                for one in found
            ]
        )

    return await place.installation.queries.run(request, place.project.id, None, work, limited=False)


@router.post("/preview")
async def preview_connector(request: Request, body: LookBody, place: Owner) -> Preview:
    """Show how the first rows of a place would be read; nothing is kept."""
    settings, language = _settings(place, body), language_of(request.headers)

    def work(query: Query) -> Look:
        world = places.world_of(place.installation, place.project, query.stop.check)
        table = places.sample(body.kind, settings, world)
        now = place.installation.clock()
        return places.look(
            table, body.rows, place.project, now, body.mapping, language, place.store.view.rules.ranks
        )

    seen = await place.installation.queries.run(request, place.project.id, None, work, limited=False)
    return Preview.model_validate({**seen.model_dump(), "upload_id": "", "file": "", "kind": body.rows})


@router.get("/{name}")
def show_connector(request: Request, name: str, place: Viewer) -> ConnectorReply:
    """Show a connector and how it stands."""
    with place.installation.catalog.read() as db:
        found = connectors.get(db, place.project.id, name)
        return _describe(db, place, found, language_of(request.headers))


@router.put("/{name}")
async def save_connector(request: Request, name: str, body: NewConnector, place: Owner) -> ConnectorReply:
    """Add a connector or change it. Where the place changed it is read from the start; what is in adds nothing."""
    settings = _settings(place, WherePlace(kind=body.kind, place=body.place, name=name), named=True)

    def work(query: Query) -> Mapping:
        world = places.world_of(place.installation, place.project, query.stop.check)
        zone = place.project.time_zone
        try:
            table = places.sample(body.kind, settings, world)
        except NotFound:
            if body.mapping is None:
                raise
            return body.mapping
        return places.settled(table, body.rows, body.mapping, zone, place.store.view.rules.ranks)

    mapping = await place.installation.queries.run(request, place.project.id, None, work, limited=False)
    return _save(place, name, body, settings, mapping, language_of(request.headers))


@router.delete("/{name}")
def remove_connector(name: str, place: Owner) -> Done:
    """Remove a connector; what it has brought stays."""
    with place.installation.catalog.write() as db:
        db.delete(connectors.get(db, place.project.id, name))
        place.asker.note(db, place.installation.clock(), "connector_removed", name, place.project.id)
    return Done()


@router.post("/{name}/run")
async def run_connector(request: Request, name: str, body: RunBody, place: Editor) -> ConnectorReply:
    """Read a connector now."""
    here, project, language = place.installation, place.project.id, language_of(request.headers)
    with here.catalog.write() as db:
        found = connectors.get(db, project, name)
        if found.paused:
            raise Conflict(
                "connector_paused",
                Text("{name} is paused.", "{name} 已暂停。"),
                got=name,
                hint=Text("Let it go on first.", "请先恢复运行。"),
                name=name,
            )
        found.next_at, found.wanted_by = here.clock(), place.asker.name
        place.asker.note(db, here.clock(), "connector_run", name, project)
        db.flush()
        db.expunge(found)
    if body.wait:
        work = partial(_run_now, place, found)
        await here.queries.run(request, project, None, work, limited=False)
    with here.catalog.read() as db:
        return _describe(db, place, connectors.get(db, project, name), language)


@router.post("/{name}/pause")
def pause_connector(request: Request, name: str, body: PauseBody, place: Editor) -> ConnectorReply:
    """Let a connector rest, or go on."""
    here = place.installation
    with here.catalog.write() as db:
        found = connectors.get(db, place.project.id, name)
        found.paused = body.paused
        if body.paused:
            found.next_at, found.wanted_by, found.lease, found.lease_until = None, None, None, 0
        elif found.schedule != {} and any(found.schedule.values()):
            found.next_at = here.clock()
        action = "connector_paused" if body.paused else "connector_resumed"
        place.asker.note(db, here.clock(), action, name, place.project.id)
        db.flush()
        return _describe(db, place, found, language_of(request.headers))


@router.post("/{name}/again")
def read_again(request: Request, name: str, body: AgainBody, place: Editor) -> ConnectorReply:
    """Go back: at the next run, what came since a moment is read again; what is in already adds nothing."""
    here = place.installation
    with here.catalog.write() as db:
        found = connectors.get(db, place.project.id, name)
        connector = places.connector_of(found.kind)
        zone = place.project.time_zone
        found.cursor = {} if body.since is None else connector.back(found.cursor, body.since, zone)
        found.lease, found.lease_until, found.current_at = None, 0, None
        if not found.paused:
            found.next_at, found.wanted_by = here.clock(), place.asker.name
        place.asker.note(db, here.clock(), "connector_again", name, place.project.id, since=body.since)
        db.flush()
        return _describe(db, place, found, language_of(request.headers))


@router.get("/{name}/runs")
def list_runs(request: Request, name: str, place: Viewer, limit: Limit = 50) -> RunList:
    """List what a connector's runs did."""
    language = language_of(request.headers)
    with place.installation.catalog.read() as db:
        connectors.get(db, place.project.id, name)
        found = connectors.runs(db, place.project.id, name, limit)
        return RunList(runs=[_run(one, language) for one in found])


def _settings(place: Place, body: WherePlace, *, named: bool = False) -> places.Settings:
    with place.installation.catalog.read() as db:
        before = connectors.find(db, place.project.id, body.name) if body.name else None
    kept = places.opened_or_none(place.installation, before)
    return places.read(body.kind, body.place, kept, name=body.name if named else None)


def _save(
    place: Place,
    name: str,
    body: NewConnector,
    settings: places.Settings,
    mapping: Mapping,
    language: Language,
) -> ConnectorReply:
    here, project, now = place.installation, place.project.id, place.installation.clock()
    values: dict[str, Any] = {
        "kind": body.kind,
        "place": settings.shown,
        "secrets": Seal.of(here.settings).close(settings.secrets),
        "rows": body.rows,
        "mapping": mapping.model_dump(mode="json"),
        "schedule": body.schedule.model_dump(mode="json"),
        "tell": list(dict.fromkeys(body.tell)),
        "by": place.asker.name,
        "updated_at": now,
    }
    scheduled = body.schedule.every_minutes is not None or body.schedule.cron is not None
    with here.catalog.write() as db:
        for target in values["tell"]:
            destinations.get(db, project, target)
        found = connectors.find(db, project, name)
        if found is None:
            source = sources.named(db, project, name) or sources.add(
                db, project_id=project, name=name, kind="connector", now=now
            )
            found = connectors.add(
                db, project_id=project, name=name, source_id=source.id, created_at=now, next_at=None, **values
            )
        else:
            if (found.kind, found.place) != (body.kind, settings.shown):
                found.cursor, found.current_at = {}, None
            for key, value in values.items():
                setattr(found, key, value)
            found.wanted_by, found.lease, found.lease_until = None, None, 0
        found.failures = 0
        if not found.paused:
            found.next_at = now if scheduled else None
        place.asker.note(db, now, "connector_saved", name, project, kind=body.kind)
        db.flush()
        return _describe(db, place, found, language)


def _run_now(place: Place, found: Connector, query: Query) -> None:
    done = run(place.installation, found, place.asker.name, query.stop)
    if done is None:
        raise Conflict(
            "connector_busy",
            Text("{name} is being read already.", "{name} 正在读取。"),
            got=found.name,
            hint=Text("Wait until that run is over.", "请等待本次运行结束。"),
            name=found.name,
        )


def _describe(db: Session, place: Place, one: Connector, language: Language) -> ConnectorReply:
    now = place.installation.clock()
    kind = CONNECTORS.all().get(one.kind)
    last = connectors.runs(db, one.project_id, one.name, 1)
    title = kind.title if kind else Text(one.kind, one.kind)
    return ConnectorReply(
        name=one.name,
        kind=one.kind,
        title=Title(en=title.en, zh=title.zh),
        place=one.place,
        secrets=places.secret_names(place.installation, one),
        rows=one.rows,
        mapping=Mapping.model_validate(one.mapping),
        schedule=Schedule.model_validate(one.schedule),
        tell=one.tell,
        source=one.source_id,
        state=_state(one, now),
        next_at=one.next_at,
        current_at=one.current_at,
        lag_seconds=None if one.current_at is None else max(0, (now - one.current_at) // 1000),
        reached=one.reached,
        left=one.left,
        failures=one.failures,
        problem=_trouble(one.problem, language),
        last_run=_run(last[0], language) if last else None,
        by=one.by,
        updated_at=one.updated_at,
    )


def _state(one: Connector, now: int) -> Literal["running", "waiting", "failing", "paused", "by_hand", "new"]:
    if one.lease is not None and one.lease_until > now:
        return "running"
    if one.paused:
        return "paused"
    if one.problem is not None:
        return "failing"
    if one.next_at is not None:
        return "waiting" if one.current_at is not None else "new"
    return "by_hand"


def _trouble(problem: dict[str, Any] | None, language: Language) -> Trouble | None:
    if problem is None:
        return None
    return Trouble(
        code=problem["code"],
        message=problem["message"][language],
        hint=problem["hint"][language],
        field=problem["field"],
        where=problem["where"],
        passing=bool(problem.get("passing")),
    )


def _run(one: ConnectorRun, language: Language) -> RunReply:
    names = ("batches", "rows", "accepted", "rejected", "skipped", "facts", "duplicates", "failed")
    return RunReply(
        id=one.id,
        state=one.state,
        by=one.by,
        started_at=one.started_at,
        finished_at=one.finished_at,
        **{name: int(one.counts.get(name, 0)) for name in names},
        error=_trouble(one.error, language),
        problems=[
            RunProblem(
                where=each["where"],
                **{name: each[language].get(name) for name in ("row", "field", "code", "message", "hint")},
            )
            for each in one.problems
        ],
    )


def _cell(value: Any) -> Any:
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)[:200]
