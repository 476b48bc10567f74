"""Alerts between the catalog, which keeps how they stand, and what works them out and sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from random import Random
from typing import Any, Final

import structlog
from pydantic import ValidationError

from tidewheel.act.contract import CHANNELS, Message, Sending, Undelivered
from tidewheel.act.periods import back, last_over
from tidewheel.act.sending import again_at
from tidewheel.act.standing import Standing
from tidewheel.act.watching import Look, look, next_step
from tidewheel.act.words import Scene, message
from tidewheel.analyse.executor import Stop
from tidewheel.analyse.run import Asking
from tidewheel.core.clock import out_of_reach
from tidewheel.core.errors import BadInput, Cancelled, TidewheelError
from tidewheel.core.period import MINUTE, Calendar, Span
from tidewheel.core.text import Language, Text
from tidewheel.model import AlertDefinition, ArrivalAlert, Telling, Words, parse_alert
from tidewheel.serve import segments
from tidewheel.serve.installation import Installation
from tidewheel.serve.measuring import lookup
from tidewheel.serve.picks import picks_of
from tidewheel.store.catalog import (
    Alert,
    AlertCheck,
    Delivery,
    Destination,
    Project,
    Session,
    alerts,
    deliveries,
    destinations,
    projects,
)
from tidewheel.store.catalog.secret import new_id

LOOK_AGAIN_MS = 15 * MINUTE
"""How often a running period is looked at, and one that could not be worked out."""

log = structlog.get_logger(__name__)


def calendar_of(project: Project) -> Calendar:
    """Return how a project cuts time."""
    return projects.calendar_of(project)


def scene_of(installation: Installation, project: Project) -> Scene:
    """Return where a project's messages come from."""
    return Scene(
        project.id, project.name, project.currency, calendar_of(project), installation.settings.public_url
    )


def asking_for(installation: Installation, project: Project, stop: Stop | None = None) -> Asking:
    """Return how a project's alerts are worked out."""
    return Asking(
        calendar_of(project),
        installation.clock(),
        installation.executor,
        stop=stop,
        table=installation.store(project.id).read_table,
        segment=segments.lookup(installation, project.id),
        honours=installation.policy(project.id).leave_out_withdrawn,
        picks=picks_of(installation, project.id),
    )


def due(installation: Installation) -> list[tuple[Project, Alert, Span]]:
    """Return each alert about a metric that has a period to be judged, with that period."""
    now, found = installation.clock(), []
    with installation.catalog.read() as db:
        for project, alert, means in every_alert(db):
            if isinstance(means, ArrivalAlert):
                continue
            span = _due(db, alert, means, calendar_of(project), now)
            if span is not None:
                found.append((project, alert, span))
    return found


def every_alert(db: Session) -> Iterator[tuple[Project, Alert, AlertDefinition | ArrivalAlert]]:
    """Yield every alert of every project with what it means."""
    known = {one.id: one for one in projects.listed(db)}
    for alert in alerts.listed(db):
        yield known[alert.project_id], alert, parse_alert(alert.name, alert.definition)


def metric_alert(alert: Alert) -> AlertDefinition:
    """Return what an alert about a metric means."""
    means = parse_alert(alert.name, alert.definition)
    assert isinstance(means, AlertDefinition)
    return means


def _due(db: Session, alert: Alert, means: AlertDefinition, calendar: Calendar, now: int) -> Span | None:
    rested = alert.looked_at is None or abs(now - alert.looked_at) >= LOOK_AGAIN_MS
    if alert.problem is not None and not rested:
        return None
    over = last_over(calendar, means.by, now - means.wait_minutes * MINUTE)
    if over.end > born(alert, now) and alerts.check(db, alert.project_id, alert.name, over.start) is None:
        return over
    if means.running and rested:
        [running] = back(calendar, means.by, now, 0)
        if alerts.check(db, alert.project_id, alert.name, running.start) is None:
            return running
    return None


def born(alert: Alert, now: int) -> int:
    """Return from when on an alert judges: since it was made, or always when it was made while the clock was wrong."""
    return 0 if out_of_reach(alert.created_at, now) else alert.created_at


def judge_period(
    installation: Installation, project: Project, alert: Alert, span: Span, stop: Stop | None = None
) -> AlertCheck | None:
    """Judge one period and keep what became of it, with the messages to send.

    None where there is nothing to keep: another process was faster, the running period is well, or it
    could not be worked out, which is kept as the alert's problem.
    """
    means = metric_alert(alert)
    asking, find = asking_for(installation, project, stop), lookup(installation, project.id)
    running = span.end > asking.now
    try:
        found = look(installation.store(project.id), means, span.start, asking, find)
        title = find(means.metric).means.title
    except Cancelled:
        raise
    except TidewheelError as error:
        looked(installation, alert, error)
        return None
    muted = alert.muted_until is not None and asking.now < alert.muted_until
    if running:
        _, news = next_step(asking, means, standing_of(alert), span.start, found.judged.bad, muted=muted)
        if news != "fired":
            looked(installation, alert, None)
            return None
    with installation.catalog.write() as db:
        decide = partial(_decide, db, installation, project, asking, title, found)
        return alerts.settle(db, _row(alert, found, asking.now, running=running), decide)


def standing_of(alert: Alert) -> Standing:
    """Return how an alert stands."""
    return Standing(alert.since, alert.told, alert.last_told)


def _row(alert: Alert, found: Look, now: int, *, running: bool) -> AlertCheck:
    judged = found.judged
    return AlertCheck(
        project_id=alert.project_id,
        name=alert.name,
        start=found.span.start,
        end=found.span.end,
        time=now,
        running=running,
        bad=judged.bad,
        muted=False,
        value=judged.value,
        expected=judged.expected,
        low=judged.low,
        high=judged.high,
        reason=judged.reason,
        format=found.format,
    )


def _decide(
    db: Session,
    installation: Installation,
    project: Project,
    asking: Asking,
    title: Words,
    found: Look,
    alert: Alert,
    row: AlertCheck,
) -> list[Delivery]:
    means = metric_alert(alert)
    row.muted = alert.muted_until is not None and asking.now < alert.muted_until
    before = standing_of(alert)
    standing, row.news = next_step(asking, means, before, row.start, row.bad, muted=row.muted)
    alert.since, alert.told, alert.last_told = standing.since, standing.told, standing.last_told
    log.info("alert judged", project=project.id, alert=alert.name, bad=row.bad, news=row.news)
    if row.news is None:
        return []
    kind = row.news
    made = []
    for name in means.to:
        target = destinations.find(db, project.id, name)
        if target is not None:
            said = message(
                scene_of(installation, project), alert.name, means, title, found.span, found.judged,
                found.format, kind, spoken_by(target), since=standing.since, running=row.running,
            )  # fmt: skip
            made.append(delivery_of(alert, target, said, row.start, asking.now))
    return made


def spoken_by(target: Destination) -> Language:
    """Return the language a destination is told in."""
    return "zh" if target.language == "zh" else "en"


def delivery_of(alert: Alert, target: Destination, said: Message, start: int | None, now: int) -> Delivery:
    """Return a message of an alert on its way to a destination."""
    return Delivery(
        id=new_id(),
        project_id=alert.project_id,
        name=alert.name,
        start=start,
        destination=target.name,
        kind=said.kind,
        message=asdict(said),
        state="waiting",
        attempts=0,
        created_at=now,
        next_at=now,
    )


def looked(installation: Installation, alert: Alert, error: TidewheelError | None) -> None:
    """Keep that an alert was looked at without a judgement to keep, and why not if it could not be judged."""
    with installation.catalog.write() as db:
        held = alerts.find(db, alert.project_id, alert.name)
        if held is not None:
            held.looked_at = installation.clock()
            held.problem = None if error is None else problem_of(error)
    if error is not None:
        log.warning("alert not judged", project=alert.project_id, alert=alert.name, code=error.code)


def problem_of(error: TidewheelError) -> dict[str, Any]:
    """Return an error as the catalog keeps it."""
    said = {language: error.describe(language)["message"] for language in ("en", "zh")}
    return {"code": error.code, **said}


def deliver_due(installation: Installation, dice: Random, limit: int = 20) -> int:
    """Make the attempts that are due; returns how many."""
    with installation.catalog.read() as db:
        waiting = deliveries.due(db, installation.clock(), limit)
    done = 0
    for one in waiting:
        now = installation.clock()
        with installation.catalog.write() as db:
            mine = deliveries.claim(db, one, now)
        if mine:
            done += 1
            error, again = attempt(installation, one)
            at = again_at(installation.clock(), one.attempts + 1, dice) if again else None
            with installation.catalog.write() as db:
                deliveries.finish(db, one.id, now=installation.clock(), error=error, next_at=at)
    return done


_GONE: Final = Text("The destination is no longer there.", "接收方已不存在。")
_INCOMPLETE: Final = Text(
    "The destination is not complete: save it again.", "接收方的配置不完整，请重新保存。"
)
_INTERNAL: Final = Text("Internal error; the server's log has more.", "内部错误，详情见服务日志。")


def attempt(installation: Installation, one: Delivery) -> tuple[str | None, bool]:
    """Send a message once; returns what went wrong, if anything, and whether to try again."""
    with installation.catalog.read() as db:
        target = destinations.find(db, one.project_id, one.destination)
    language: Language = "zh" if one.message["language"] == "zh" else "en"
    if target is None:
        return _GONE.say(language), False
    said = Message(**{**one.message, "facts": tuple((name, value) for name, value in one.message["facts"])})
    try:
        channel = CHANNELS.get(target.channel)()
        where = channel.Target.model_validate(target.target)
        channel.send(where, said, Sending(one.id, installation.clock(), installation.settings))
    except Undelivered as error:
        outcome = error.say(language), error.again
    except (ValidationError, BadInput):
        outcome = _INCOMPLETE.say(language), False
    except Exception:
        log.exception("message not sent", project=one.project_id, alert=one.name, delivery=one.id)
        outcome = _INTERNAL.say(language), True
    else:
        installation.metrics.deliveries.labels(target.channel, "sent").inc()
        return None, False
    installation.metrics.deliveries.labels(target.channel, "refused").inc()
    log.warning("message not sent", project=one.project_id, alert=one.name, why=outcome[0])
    return outcome


def send_test(
    installation: Installation, project: Project, alert: Alert, stop: Stop | None
) -> list[Delivery]:
    """Send an alert's message of the last whole period now, to all its destinations, and keep what became of it."""
    means = metric_alert(alert)
    asking, find = asking_for(installation, project, stop), lookup(installation, project.id)
    span = last_over(asking.calendar, means.by, asking.now)

    def say(target: Destination) -> Message:
        return message(
            scene_of(installation, project), alert.name, means, find(means.metric).means.title, found.span,
            found.judged, found.format, "test", spoken_by(target),
        )  # fmt: skip

    require_destination(means)
    found = look(installation.store(project.id), means, span.start, asking, find)
    return send_now(installation, alert, means, say, asking.now)


def require_destination(means: Telling) -> None:
    """Raise where an alert has nobody to tell."""
    if not means.to:
        raise BadInput(
            "no_destination",
            Text("This alert has nobody to tell.", "这个预警没有设置接收方。"),
            field="to",
            hint=Text("Give it a destination first.", "请先为它选择接收方。"),
        )


def send_now(
    installation: Installation, alert: Alert, means: Telling, say: Callable[[Destination], Message], now: int
) -> list[Delivery]:
    """Send a message to all destinations of an alert, once, and keep what became of it."""
    made = []
    with installation.catalog.write() as db:
        for name in means.to:
            target = destinations.get(db, alert.project_id, name)
            one = delivery_of(alert, target, say(target), None, now)
            one.attempts, one.next_at = 1, now + deliveries.LEASE_MS
            db.add(one)
            made.append(one)
    for one in made:
        error, _ = attempt(installation, one)
        with installation.catalog.write() as db:
            deliveries.finish(db, one.id, now=installation.clock(), error=error, next_at=None)
        one.state, one.error, one.sent_at = ("failed", error, None) if error else ("sent", None, now)
    return made
