"""Metrics: named definitions, their versions and their values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from fastapi import Query, Request
from pydantic import Field

from tidewheel.analyse import measures
from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text
from tidewheel.model import AnyAlert, Format, MetricDefinition, parse, parse_alert
from tidewheel.serve import queries
from tidewheel.serve.access import Editor, Here, Place, Viewer
from tidewheel.serve.alert_definitions import alert_names, bring_alerts, check_definition
from tidewheel.serve.api.analyses import asking_of
from tidewheel.serve.api.definitions import Applied, Applying, InForce, NewDefinition, Past, Why, about
from tidewheel.serve.api.fields import Done, Moment, Reply, Title
from tidewheel.serve.definitions import METRICS
from tidewheel.serve.measuring import check, lookup, read_period, users
from tidewheel.serve.routes import Router
from tidewheel.store.catalog import MetricVersion, Session, metrics

router = Router(prefix="/projects/{project}/metrics", tags=["metrics"])

PeriodText = Annotated[
    str, Query(max_length=32, description="30day, 8week, 6month or 2026-11-01..2026-11-30")
]


class ApplyMetrics(Applying):
    """Definitions by name. ``prune`` removes what is not among them; ``dry_run`` only compares.

    Without ``alerts`` those that are there stay as they are.
    """

    metrics: Annotated[dict[str, dict[str, Any]], Field(max_length=2000)]
    alerts: Annotated[dict[str, dict[str, Any]], Field(max_length=2000)] | None = None


class MetricUse(Reply):
    """Something that uses a metric; ``name`` is that of a metric or an alert, else the title in English."""

    kind: Literal["alert", "board", "goal", "metric"]
    id: str
    name: str
    title: Title


class MetricReply(InForce):
    """A metric as it is in force, who made it so, when and why."""

    definition: MetricDefinition
    used: list[MetricUse]


class MetricList(Reply):
    """A project's metrics by name."""

    metrics: list[MetricReply]


class OldMetric(Past):
    """What a metric meant from ``time`` on; without a definition it was removed."""

    definition: MetricDefinition | None


class MetricVersions(MetricReply):
    """A metric and all its versions, newest first."""

    versions: list[OldMetric]


class MetricValue(Reply):
    """A metric's value of a period and of the days right before it.

    ``parts`` are the values of the metrics its formula names. ``definition`` hashes everything it means.
    """

    name: str
    version: int
    value: float | None
    previous: float | None
    format: Format
    parts: dict[str, float | None]
    definition: str


class MetricPoint(Reply):
    """One day, week or month."""

    start: Moment
    value: float | None
    complete: bool


class MetricSeries(Reply):
    """A metric by day, week or month."""

    name: str
    version: int
    format: Format
    points: list[MetricPoint]


@router.get("")
def list_metrics(place: Viewer, installation: Here) -> MetricList:
    """List the project's metrics."""
    with installation.catalog.read() as db:
        found = metrics.listed(db, place.project.id)
        return MetricList(metrics=[_describe(db, place, one) for one in found])


@router.post("/apply")
async def apply_metrics(body: ApplyMetrics, request: Request, place: Editor) -> Applied:
    """Bring many definitions into force at once, all or none."""
    wanted = {name: parse(name, raw) for name, raw in body.metrics.items()}
    alarms = {name: parse_alert(name, raw) for name, raw in (body.alerts or {}).items()}

    def work(query: queries.Query) -> Applied:
        return _apply(place, query, wanted, body, alarms)

    return await _run(request, place, work)


@router.get("/{name}")
def get_metric(name: str, place: Viewer, installation: Here) -> MetricVersions:
    """Return what a metric means and meant."""
    with installation.catalog.read() as db:
        found = _describe(db, place, metrics.get(db, place.project.id, name))
        versions = [
            OldMetric(**about(one), definition=parse(name, one.definition) if one.definition else None)
            for one in metrics.history(db, place.project.id, name)
        ]
    return MetricVersions(**dict(found), versions=versions)


@router.put("/{name}")
async def save_metric(name: str, body: NewDefinition, request: Request, place: Editor) -> MetricReply:
    """Add a metric, or give it another definition; the one before is kept as a version."""
    wanted = {name: parse(name, body.definition)}

    def work(query: queries.Query) -> MetricReply:
        _apply(place, query, wanted, ApplyMetrics(metrics={}, why=body.why))
        with place.installation.catalog.read() as db:
            return _describe(db, place, metrics.get(db, place.project.id, name))

    return await _run(request, place, work)


@router.delete("/{name}")
def remove_metric(name: str, place: Editor, installation: Here, why: Why = "") -> Done:
    """Remove a metric that nothing uses; its versions are kept."""
    with installation.catalog.write() as db:
        metrics.get(db, place.project.id, name)
        _check_unused(name, users(db, place.project.id, name))
        METRICS.remove(db, place, name, why)
    return Done()


@router.get("/{name}/value")
async def get_metric_value(
    name: str, request: Request, place: Viewer, period: PeriodText = "30day"
) -> MetricValue:
    """Return a metric's value of a period, and of the same number of days before."""
    wanted = read_period(period)

    def work(query: queries.Query) -> MetricValue:
        asking, find = asking_of(place, query), lookup(place.installation, place.project.id)
        now = measures.measure(place.store, name, wanted, asking, find)
        earlier = measures.before(asking.calendar, wanted, asking.now)
        then = measures.measure(place.store, name, earlier, asking, find)
        return MetricValue(
            name=name,
            version=find(name).version,
            value=now.value,
            previous=then.value,
            format=now.format,
            parts=now.parts,
            definition=measures.definition(name, asking, find),
        )

    return await _run(request, place, work)


@router.get("/{name}/series")
async def get_metric_series(
    name: str,
    request: Request,
    place: Viewer,
    period: PeriodText = "30day",
    by: measures.Pace = "day",
) -> MetricSeries:
    """Return a metric by day, week or month; each point is its value of that day, week or month alone."""
    wanted = read_period(period)

    def work(query: queries.Query) -> MetricSeries:
        asking, find = asking_of(place, query), lookup(place.installation, place.project.id)
        points = measures.series(place.store, name, wanted, by, asking, find)
        form = measures.measure(place.store, name, wanted, asking, find).format
        return MetricSeries(
            name=name,
            version=find(name).version,
            format=form,
            points=[MetricPoint(start=one.start, value=one.value, complete=one.complete) for one in points],
        )

    return await _run(request, place, work)


def _apply(
    place: Place,
    query: queries.Query,
    wanted: dict[str, MetricDefinition],
    body: ApplyMetrics,
    alarms: Mapping[str, AnyAlert] | None = None,
) -> Applied:
    project = place.project.id
    with place.installation.catalog.read() as db:
        now = METRICS.listed(db, project)
    removed = set(now) - set(wanted) if body.prune else set()
    kept = {name: means for name, means in now.items() if name not in removed and name not in wanted}
    touched = {
        **wanted,
        **{name: means for name, means in kept.items() if measures.named(means) & (set(wanted) | removed)},
    }
    check(touched, removed, place.store, asking_of(place, query), lookup(place.installation, project))
    with place.installation.catalog.write() as db:
        told = METRICS.changes(db, project, wanted, removed)
        gone = (
            alert_names(db, project) - set(alarms or {}) if body.prune and body.alerts is not None else set()
        )
        for name, means_to_tell in (alarms or {}).items():
            check_definition(db, project, name, means_to_tell, set(wanted), removed)
        if not body.dry_run:
            for one in told:
                if one.name not in wanted:
                    used = users(db, project, one.name)
                    _check_unused(
                        one.name, [use for use in used if use[0] != "metric" and use[1] not in gone]
                    )
            METRICS.bring(db, place, told, wanted, body.why)
        told += bring_alerts(
            db,
            project,
            alarms or {},
            gone,
            place.asker.name,
            place.installation.clock(),
            keep=not body.dry_run,
        )
        if not body.dry_run and alarms:
            place.asker.note(db, place.installation.clock(), "alerts_applied", ", ".join(alarms), project)
    return Applied(changes=told)


def _check_unused(name: str, used: list[tuple[str, str, Text]]) -> None:
    if used:
        raise BadInput(
            "metric_used",
            Text("{name} is used: {by_en}.", "{name} 正在使用：{by_zh}。"),
            got=name,
            hint=Text("Take it out there first.", "请先在那里去掉它。"),
            name=name,
            by_en=", ".join(title.en for _, _, title in used),
            by_zh="、".join(title.zh for _, _, title in used),
        )


def _describe(db: Session, place: Place, saved: MetricVersion) -> MetricReply:
    return MetricReply(
        **about(saved),
        definition=parse(saved.name, saved.definition),
        used=[
            MetricUse.model_validate(
                {
                    "kind": kind,
                    "id": id_,
                    "name": id_ if kind == "metric" else title.en,
                    "title": {"en": title.en, "zh": title.zh},
                }
            )
            for kind, id_, title in users(db, place.project.id, saved.name)
        ],
    )


async def _run(request: Request, place: Place, work: Callable[[queries.Query], queries.T]) -> queries.T:
    with place.installation.metrics.asking("metric"):
        return await place.installation.queries.run(request, place.project.id, None, work, shares=True)
