"""Alerts about what arrives, between the catalog, which keeps how each part stands, and what judges and words them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

import structlog

from tidewheel.act.arrival_words import Names, Refused, arrival_message, arrival_test
from tidewheel.act.arrivals import (
    News,
    Node,
    Part,
    Standings,
    TriedHour,
    Verdict,
    Verdicts,
    advance,
    grow,
    judge_arrivals,
    judgeable,
    open_since,
    rehearse_arrivals,
    topmost,
)
from tidewheel.act.contract import Message
from tidewheel.act.silence import HISTORY_MS
from tidewheel.act.standing import Standing
from tidewheel.analyse.volumes import hourly
from tidewheel.core.clock import out_of_reach
from tidewheel.core.errors import BadInput, TidewheelError
from tidewheel.core.period import HOUR, MINUTE
from tidewheel.core.text import Text
from tidewheel.model import ArrivalAlert, Silence, parse_alert
from tidewheel.serve.alerting import (
    LOOK_AGAIN_MS,
    born,
    delivery_of,
    every_alert,
    problem_of,
    require_destination,
    scene_of,
    send_now,
    spoken_by,
)
from tidewheel.serve.installation import Installation
from tidewheel.serve.planning import plan_of, title_of
from tidewheel.store.catalog import (
    Alert,
    AlertCheck,
    Delivery,
    Destination,
    Project,
    Session,
    alerts,
    connectors,
    destinations,
    sources,
)

LOOK_MS: Final = 5 * MINUTE
"""How often it is looked whether something is silent."""

log = structlog.get_logger(__name__)


def arrivals_due(installation: Installation) -> list[tuple[Project, Alert, int]]:
    """Return each alert about arrivals that is to be looked at, with the moment it is judged at."""
    now, found = installation.clock(), []
    with installation.catalog.read() as db:
        for project, alert, means in every_alert(db):
            if isinstance(means, ArrivalAlert):
                moment = _due(alert, means, now)
                if moment is not None:
                    found.append((project, alert, moment))
    return found


def _due(alert: Alert, means: ArrivalAlert, now: int) -> int | None:
    looked = None if alert.looked_at is None or out_of_reach(alert.looked_at, now) else alert.looked_at
    if alert.problem is not None and looked is not None and now - looked < LOOK_AGAIN_MS:
        return None
    if isinstance(means.rule, Silence):
        return now if looked is None or now - looked >= LOOK_MS else None
    over = moment_of(means, now)
    settled = looked is not None and looked >= over + means.rule.wait_minutes * MINUTE
    return None if settled or over <= born(alert, now) else over


def moment_of(means: ArrivalAlert, now: int) -> int:
    """Return the moment an alert is judged at: now, or where a volume is judged the end of the last hour that is complete."""
    if isinstance(means.rule, Silence):
        return now
    return (now - means.rule.wait_minutes * MINUTE) // HOUR * HOUR


def watched(installation: Installation, project: Project, means: ArrivalAlert) -> Node | None:
    """Return what an alert watches, None where nothing of it came in eight weeks.

    A source that is off is not watched. One that is fed by files or connectors, whose events come later than they
    happened, and an event that the plan calls deprecated are watched only where they are named.
    """
    now, scope = installation.clock(), means.arrivals
    with installation.catalog.read() as db:
        fed = {one.source_id for one in connectors.listed(db, project.id)}
        live = {
            one.id
            for one in sources.listed(db, project.id)
            if one.enabled and (one.id == scope.source or (one.kind != "import" and one.id not in fed))
        }
        plan = plan_of(db, project.id)
    gone = {name for name, part in plan.events.items() if part.status == "deprecated" and name != scope.event}
    series = hourly(installation.store(project.id).snapshot(), now - HISTORY_MS, now)
    return grow((one for one in series if one.source in live and one.event not in gone), scope)


def judge_look(installation: Installation, project: Project, alert: Alert, moment: int) -> AlertCheck | None:
    """Judge what an alert watches at a moment, and keep how it stands, with the messages to send.

    None where there is no news. What cannot be watched is kept as the alert's problem.
    """
    means, now = arrival_alert(alert), installation.clock()
    root = watched(installation, project, means)
    error = problem(means, root, moment)
    verdicts: Verdicts = judge_arrivals(means, root, moment) if root else {}

    def decide(held: Alert) -> tuple[AlertCheck | None, list[Delivery]]:
        if held.definition != alert.definition:
            return None, []
        muted = held.muted_until is not None and now < held.muted_until
        standings, news = (
            advance(standings_of(held), means, root, verdicts, moment, muted=muted) if root else ({}, News())
        )
        held.standings, held.since = kept(standings), open_since(standings)
        log.info("arrivals judged", project=project.id, alert=alert.name, bad=held.since, news=news.kind)
        if news.kind is None:
            return None, []
        return _row(held, news, now, muted=muted), _messages(
            db, installation, project, held, means, news, now
        )

    with installation.catalog.write() as db:
        row = alerts.settle_look(db, alert.project_id, alert.name, now, decide)
        held = alerts.find(db, alert.project_id, alert.name)
        if held is not None and error is not None:
            held.problem = problem_of(error)
    return row


def arrival_alert(alert: Alert) -> ArrivalAlert:
    """Return what an alert about arrivals means."""
    means = parse_alert(alert.name, alert.definition)
    assert isinstance(means, ArrivalAlert)
    return means


def problem(means: ArrivalAlert, root: Node | None, moment: int) -> TidewheelError | None:
    """Return why nothing can be said of what an alert watches, None where something can."""
    if root is None:
        what = " · ".join(one for one in (means.arrivals.event, means.arrivals.source) if one)
        return BadInput(
            "nothing_arrives",
            Text(
                "There is nothing to watch: no such event came in eight weeks.",
                "没有可监测的数据：最近八周没有收到这样的事件。",
            ),
            field="arrivals",
            got=what or None,
            hint=Text(
                "Look whether event and source are written as they arrive.",
                "请检查事件名与数据源是否与实际上报一致。",
            ),
        )
    if not judgeable(means, root, moment):
        return BadInput(
            "too_little_arrives",
            Text(
                "What is usual cannot be said yet: too little came, or not for long enough.",
                "还无法判断什么是正常：数据太少，或积累时间不够。",
            ),
            field="arrivals",
            hint=Text(
                "Silence needs four days of an event that is not rare; volumes need four weeks.",
                "断流需要四天且不太稀少的数据，上报量需要四周的数据。",
            ),
        )
    return None


def standings_of(alert: Alert) -> Standings:
    """Return how the parts that an alert watches stand."""
    return {
        Part(source, event): Standing(since, told, last_told)
        for source, event, since, told, last_told in alert.standings
    }


def kept(standings: Standings) -> list[list[Any]]:
    """Return how parts stand as the catalog keeps it."""
    return [[part.source, part.event, one.since, one.told, one.last_told] for part, one in standings.items()]


def _row(alert: Alert, news: News, now: int, *, muted: bool) -> AlertCheck:
    return AlertCheck(
        project_id=alert.project_id,
        name=alert.name,
        start=now,
        end=now,
        time=now,
        running=False,
        bad=alert.since is not None,
        news=news.kind,
        muted=muted,
        format="number",
        arrivals=told_of(news),
    )


def told_of(news: News) -> dict[str, Any]:
    """Return news as the catalog keeps it."""
    return {
        "fired": [{**asdict(part), **_plain(verdict)} for part, verdict in news.fired],
        "recovered": [{**asdict(part), "since": since} for part, since in news.recovered],
    }


def _plain(verdict: Verdict) -> dict[str, Any]:
    return {name: value for name, value in asdict(verdict).items() if name != "blind"}


def _messages(
    db: Session,
    installation: Installation,
    project: Project,
    alert: Alert,
    means: ArrivalAlert,
    news: News,
    now: int,
) -> list[Delivery]:
    names, made = names_of(db, project.id), []
    refused = _refused(installation, project, news)
    for name in means.to:
        target = destinations.find(db, project.id, name)
        if target is not None:
            said = arrival_message(
                scene_of(installation, project),
                alert.name,
                means,
                news,
                now,
                names,
                spoken_by(target),
                refused,
            )
            made.append(delivery_of(alert, target, said, now, now))
    return made


def names_of(db: Session, project: str) -> Names:
    """Return what people of a project call its events and sources."""
    plan = plan_of(db, project)

    def title(name: str) -> Text | None:
        said = title_of("event", name, plan.events.get(name))
        return Text(said["en"], said["zh"]) if said else None

    return Names(title, {one.id: one.name for one in sources.listed(db, project)})


def _refused(installation: Installation, project: Project, news: News) -> Sequence[Refused]:
    """Return what was refused of the sources that went silent or low since they did, most first; five at most."""
    parts = [(part, verdict.since) for part, verdict in news.fired if verdict.way != "high"]
    if not parts:
        return ()
    counts = installation.store(project.id).inbox.rejected_since(min(since for _, since in parts))
    found: dict[str, Refused] = {}
    for source, code, count in counts:
        if any(part.source in {None, source} for part, _ in parts):
            before = found.get(source)
            found[source] = Refused(
                source, count + (before.count if before else 0), before.code if before else code
            )
    return sorted(found.values(), key=lambda one: -one.count)[:5]


def send_arrival_test(installation: Installation, project: Project, alert: Alert) -> list[Delivery]:
    """Send how what an alert watches is now, marked as a test, to all its destinations."""
    means, now = arrival_alert(alert), installation.clock()
    require_destination(means)
    root = watched(installation, project, means)
    bad: list[Part] = []
    if root is not None:
        bad = [node.part for node in topmost(root, judge_arrivals(means, root, moment_of(means, now)))]
    count = sum(not node.below for node in root.walk()) if root else 0
    with installation.catalog.read() as db:
        names = names_of(db, project.id)

    def say(target: Destination) -> Message:
        scene = scene_of(installation, project)
        return arrival_test(scene, alert.name, means, count, bad, names, spoken_by(target))

    return send_now(installation, alert, means, say, now)


def rehearse(
    installation: Installation, project: Project, means: ArrivalAlert, hours: int
) -> tuple[list[TriedHour], TidewheelError | None]:
    """Return what would have been told after each of the last hours that are over, and why nothing can be said."""
    root = watched(installation, project, means)
    until = moment_of(means, installation.clock()) // HOUR * HOUR
    wrong = problem(means, root, until)
    return rehearse_arrivals(means, root, until, hours) if root else [], wrong
