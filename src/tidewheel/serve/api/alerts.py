"""Alerts: when to tell about a metric or about what arrives, what was judged, what was sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import Request
from pydantic import Field

from tidewheel.act.periods import last_over
from tidewheel.act.watching import rehearse
from tidewheel.model import AnyAlert, ArrivalAlert, Format, MetricDefinition, parse, parse_alert
from tidewheel.serve import alerting, arrival_alerts, queries
from tidewheel.serve.access import Editor, Here, Place, Viewer
from tidewheel.serve.alert_definitions import check_definition
from tidewheel.serve.api.analyses import asking_of
from tidewheel.serve.api.arrival_news import NewsReply, PartReply, bad_parts, kept_news, news_reply
from tidewheel.serve.api.fields import Body, Done, Moment, Reply, Title
from tidewheel.serve.measuring import lookup
from tidewheel.serve.routes import Router
from tidewheel.store.catalog import Alert, AlertCheck, Delivery, Session, alerts, deliveries, metrics

router = Router(prefix="/projects/{project}/alerts", tags=["alerts"])

RECENT = 30
MOST = 400

Side = Literal["up", "down"]


class NewAlert(Body):
    """When to tell whom from now on."""

    definition: dict[str, Any]


class Rehearsal(Body):
    """A definition to try on the past: what would have been told in the last ``periods``, hours where arrivals are watched."""

    definition: dict[str, Any]
    periods: Annotated[int, Field(ge=1, le=168)] = 45


class Mute(Body):
    """Until when nothing is told; without a moment it is told again."""

    until: Annotated[int | None, Field(ge=0, le=253_402_300_799_999, description="Milliseconds")] = None


class CheckReply(Reply):
    """One period and what became of it. ``bad`` none: it could not be judged, ``reason`` says why.

    Of arrivals it is one look that had news, which ``arrivals`` holds; ``start`` is its moment.
    """

    start: Moment
    end: Moment
    time: Moment
    running: bool
    bad: bool | None
    news: Literal["fired", "recovered"] | None
    muted: bool
    value: float | None
    expected: float | None
    low: float | None
    high: float | None
    reason: Literal["no_value", "no_base", "little_history"] | None
    format: Format
    arrivals: NewsReply | None


class DeliveryReply(Reply):
    """A message on its way to one destination."""

    id: str
    kind: Literal["fired", "recovered", "test"]
    destination: str
    title: str
    state: Literal["waiting", "sent", "failed"]
    attempts: int
    created_at: Moment
    next_at: Moment | None
    sent_at: Moment | None
    error: str | None


class AlertReply(Reply):
    """An alert and how it stands. ``since`` is the first period of an unbroken bad stretch.

    ``bad_parts`` are those of watched arrivals that are bad now. ``looked_at``: when it was last looked at.
    """

    name: str
    definition: AnyAlert
    metric_title: Title | None
    good: Side
    state: Literal["waiting", "fine", "bad", "unclear"]
    since: Moment | None
    muted_until: Moment | None
    problem: Title | None
    bad_parts: list[PartReply]
    looked_at: Moment | None
    checks: list[CheckReply]
    by: str
    updated_at: Moment


class AlertHistory(AlertReply):
    """An alert with its messages, the latest first."""

    deliveries: list[DeliveryReply]


class AlertList(Reply):
    """A project's alerts by name."""

    alerts: list[AlertReply]


class Checked(Reply):
    """What became of a period; none where nothing is settled yet. ``again``: it had been judged before."""

    check: CheckReply | None
    again: bool
    problem: Title | None


class Sent(Reply):
    """What became of the test messages."""

    deliveries: list[DeliveryReply]


class TriedPoint(Reply):
    """One period of the past, and what would have been told then."""

    start: Moment
    value: float | None
    expected: float | None
    low: float | None
    high: float | None
    bad: bool | None
    news: Literal["fired", "recovered"] | None
    arrivals: NewsReply | None = None


class Rehearsed(Reply):
    """What a definition would have told; ``fired`` counts the messages that something is bad.

    Of arrivals a point is an hour with all that is watched in it; ``problem`` says why nothing can be told of them.
    """

    format: Format
    fired: int
    points: list[TriedPoint]
    problem: Title | None = None


@router.get("")
def list_alerts(place: Viewer, installation: Here) -> AlertList:
    """List the project's alerts with how they stand."""
    with installation.catalog.read() as db:
        found = alerts.listed(db, place.project.id)
        return AlertList(alerts=[_describe(db, place, one, RECENT) for one in found])


@router.post("/preview")
async def preview_alert(body: Rehearsal, request: Request, place: Viewer) -> Rehearsed:
    """Try a definition on the periods that are over; nothing is kept and nothing is sent."""
    means = parse_alert("preview", body.definition)
    if isinstance(means, ArrivalAlert):
        return await _run(request, place, lambda _: _rehearse_arrivals(place, means, body.periods))

    def work(query: queries.Query) -> Rehearsed:
        asking, find = asking_of(place, query), lookup(place.installation, place.project.id)
        last = last_over(asking.calendar, means.by, asking.now).start
        tried, form = rehearse(place.store, means, last, body.periods, asking, find)
        points = [
            TriedPoint(
                start=one.span.start,
                value=one.judged.value,
                expected=one.judged.expected,
                low=one.judged.low,
                high=one.judged.high,
                bad=one.judged.bad,
                news=one.news,
            )
            for one in tried
        ]
        return Rehearsed(format=form, fired=sum(one.news == "fired" for one in tried), points=points)

    return await _run(request, place, work)


def _rehearse_arrivals(place: Place, means: ArrivalAlert, hours: int) -> Rehearsed:
    tried, wrong = arrival_alerts.rehearse(place.installation, place.project, means, hours)
    points = [
        TriedPoint(
            start=one.start,
            value=one.count,
            expected=one.usual.expected if one.usual else None,
            low=one.usual.low if one.usual else None,
            high=one.usual.high if one.usual else None,
            bad=one.bad,
            news=one.news.kind,
            arrivals=news_reply(one.news),
        )
        for one in tried
    ]
    fired = sum(bool(one.news.fired) for one in tried)
    told = _both(alerting.problem_of(wrong)) if wrong else None
    return Rehearsed(format="number", fired=fired, points=points, problem=told)


@router.get("/{name}")
def get_alert(name: str, place: Viewer, installation: Here) -> AlertHistory:
    """Return an alert with every period it was judged on and every message that was sent."""
    with installation.catalog.read() as db:
        found = _describe(db, place, alerts.get(db, place.project.id, name), MOST)
        sent = deliveries.listed(db, place.project.id, name, MOST)
    return AlertHistory(**dict(found), deliveries=[_sent(one) for one in sent])


@router.put("/{name}")
def save_alert(name: str, body: NewAlert, place: Editor, installation: Here) -> AlertReply:
    """Add an alert, or change it."""
    means = parse_alert(name, body.definition)
    with installation.catalog.write() as db:
        check_definition(db, place.project.id, name, means, set(), set())
        found = alerts.put(
            db,
            project_id=place.project.id,
            name=name,
            definition=means.model_dump(mode="json"),
            by=place.asker.name,
            now=installation.clock(),
        )
        place.asker.note(db, installation.clock(), "alert_saved", name, place.project.id)
        return _describe(db, place, found, RECENT)


@router.delete("/{name}")
def remove_alert(name: str, place: Editor, installation: Here) -> Done:
    """Remove an alert with its history."""
    with installation.catalog.write() as db:
        db.delete(alerts.get(db, place.project.id, name))
        place.asker.note(db, installation.clock(), "alert_removed", name, place.project.id)
    return Done()


@router.post("/{name}/mute")
def mute_alert(name: str, body: Mute, place: Editor, installation: Here) -> AlertReply:
    """Say nothing until a moment; what is still bad then is told then."""
    with installation.catalog.write() as db:
        found = alerts.get(db, place.project.id, name)
        found.muted_until = body.until
        place.asker.note(db, installation.clock(), "alert_muted", name, place.project.id, until=body.until)
        return _describe(db, place, found, RECENT)


@router.post("/{name}/check")
async def check_alert(name: str, request: Request, place: Editor) -> Checked:
    """Judge the last period that is over now, without waiting for its time; a period is judged once.

    What arrives is looked at as it is now.
    """
    with place.installation.catalog.read() as db:
        alert = alerts.get(db, place.project.id, name)

    def work(query: queries.Query) -> Checked:
        means = parse_alert(name, alert.definition)
        now = place.installation.clock()
        if isinstance(means, ArrivalAlert):
            moment = arrival_alerts.moment_of(means, now)
            row = arrival_alerts.judge_look(place.installation, place.project, alert, moment)
            with place.installation.catalog.read() as db:
                held = alerts.get(db, place.project.id, name)
            return Checked(check=_check(row) if row else None, again=False, problem=_problem(held))
        span = last_over(place.calendar, means.by, now)
        with place.installation.catalog.read() as db:
            before = alerts.check(db, place.project.id, name, span.start)
        if before is not None:
            return Checked(check=_check(before), again=True, problem=None)
        found = alerting.judge_period(place.installation, place.project, alert, span, query.stop)
        with place.installation.catalog.read() as db:
            held = alerts.get(db, place.project.id, name)
        return Checked(check=_check(found) if found else None, again=False, problem=_problem(held))

    return await _run(request, place, work)


@router.post("/{name}/test")
async def test_alert(name: str, request: Request, place: Editor) -> Sent:
    """Send the alert's message now, marked as a test, to all its destinations."""
    with place.installation.catalog.read() as db:
        alert = alerts.get(db, place.project.id, name)

    def work(query: queries.Query) -> Sent:
        if "arrivals" in alert.definition:
            made = arrival_alerts.send_arrival_test(place.installation, place.project, alert)
        else:
            made = alerting.send_test(place.installation, place.project, alert, query.stop)
        return Sent(deliveries=[_sent(one) for one in made])

    return await _run(request, place, work)


def _describe(db: Session, place: Place, alert: Alert, limit: int) -> AlertReply:
    means = parse_alert(alert.name, alert.definition)
    metric = None if isinstance(means, ArrivalAlert) else _metric(db, place, means.metric)
    found = alerts.checks(db, place.project.id, alert.name, limit)
    muted = alert.muted_until is not None and place.installation.clock() < alert.muted_until
    return AlertReply(
        name=alert.name,
        definition=means,
        metric_title=Title(en=metric.title.en, zh=metric.title.zh) if metric else None,
        good=metric.good if metric else "up",
        state=_state(alert, means, found),
        since=alert.since,
        muted_until=alert.muted_until if muted else None,
        problem=_problem(alert),
        bad_parts=bad_parts(alert.standings),
        looked_at=alert.looked_at,
        checks=[_check(one) for one in found],
        by=alert.by,
        updated_at=alert.updated_at,
    )


def _metric(db: Session, place: Place, name: str) -> MetricDefinition | None:
    versions = metrics.history(db, place.project.id, name)
    return next((parse(one.name, one.definition) for one in versions if one.definition is not None), None)


def _state(
    alert: Alert, means: AnyAlert, found: list[AlertCheck]
) -> Literal["waiting", "fine", "bad", "unclear"]:
    if alert.since is not None:
        return "bad"
    if isinstance(means, ArrivalAlert):
        return "waiting" if alert.looked_at is None else "unclear" if alert.problem else "fine"
    if not found:
        return "waiting"
    return "unclear" if found[0].bad is None else "fine"


def _problem(alert: Alert) -> Title | None:
    return _both(alert.problem) if alert.problem else None


def _both(said: dict[str, Any]) -> Title:
    return Title(en=said["en"], zh=said["zh"])


def _check(one: AlertCheck) -> CheckReply:
    plain = {name: getattr(one, name) for name in CheckReply.model_fields if name != "arrivals"}
    return CheckReply.model_validate({**plain, "arrivals": kept_news(one.arrivals)})


def _sent(one: Delivery) -> DeliveryReply:
    return DeliveryReply.model_validate(
        {
            **{name: getattr(one, name) for name in DeliveryReply.model_fields if name != "title"},
            "title": one.message["title"],
            "next_at": one.next_at if one.state == "waiting" else None,
        }
    )


async def _run(request: Request, place: Place, work: Callable[[queries.Query], queries.T]) -> queries.T:
    with place.installation.metrics.asking("alert"):
        return await place.installation.queries.run(request, place.project.id, None, work)
