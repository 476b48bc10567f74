"""Data quality: what is not as planned, what is muted."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import Field, StringConstraints

from tidewheel.collect.plan import planned
from tidewheel.collect.problems import PLAN, Note
from tidewheel.serve import coverage
from tidewheel.serve.access import Editor, Here, Viewer
from tidewheel.serve.api.fields import Body, Done, Moment, Reply
from tidewheel.serve.errors import language_of
from tidewheel.serve.planning import plan_of
from tidewheel.serve.routes import Router
from tidewheel.store.catalog import plans

router = Router(prefix="/projects/{project}/quality", tags=["quality"])

Days = Annotated[int, Query(ge=1, le=90, description="Today and the days before it")]
Named = Annotated[str, StringConstraints(max_length=200)]


class Muted(Reply):
    """Who does not want to hear of it, since when and why."""

    reason: str
    by: str
    time: Moment


class ViolationReply(Reply):
    """One way in which events of a source are not as planned. ``daily`` ends today.

    ``blocked`` of the ``count`` were refused for it. ``samples`` are masked; ``property`` is empty where the
    event itself is meant.
    """

    source: str
    event: str
    property: str
    code: str
    message: str
    hint: str
    count: int
    blocked: int
    first_at: Moment
    last_at: Moment
    daily: list[int]
    samples: list[Any]
    muted: Muted | None


class ViolationList(Reply):
    """All violations of some days, the most frequent first."""

    violations: list[ViolationReply]


class Where(Body):
    """Which violation; an empty ``source`` means every source."""

    source: Annotated[str, StringConstraints(max_length=64)] = ""
    event: Named
    property: Named = ""
    code: Annotated[str, Field(pattern="^plan_[a-z_]{1,27}$")]

    def key(self) -> plans.Where:
        """Return it as the catalog keeps it."""
        return self.source, self.event, self.property, self.code


class NewMute(Where):
    """A violation to hear no more of, and why."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


@router.get("/violations")
def list_violations(request: Request, place: Viewer, installation: Here, days: Days = 14) -> ViolationList:
    """List what was not as planned."""
    installation.quality.flush()
    language = language_of(request.headers)
    with installation.catalog.read() as db:
        plan = plan_of(db, place.project.id)
    found = []
    for one in coverage.violations(installation, place.project, days):
        said = PLAN.get(one.code)
        sample = one.samples[0] if one.samples else "–"
        wanted = planned(plan, one.code, one.event, one.property) or "–"
        note = Note(None, one.code, one.property or one.event, sample, {"event": one.event}, wanted)
        found.append(
            ViolationReply(
                source=one.source,
                event=one.event,
                property=one.property,
                code=one.code,
                message=note.message.say(language) if said else one.code,
                hint=note.hint.say(language) if said else "",
                count=one.count,
                blocked=one.blocked,
                first_at=one.first_at,
                last_at=one.last_at,
                daily=one.daily,
                samples=one.samples,
                muted=Muted(reason=one.mute.reason, by=one.mute.by, time=one.mute.time) if one.mute else None,
            )
        )
    return ViolationList(violations=found)


@router.post("/mutes")
def mute_violation(body: NewMute, place: Editor, installation: Here) -> Done:
    """Mute a violation: it is counted still, but nobody is told and nothing is refused for it."""
    now = installation.clock()
    with installation.catalog.write() as db:
        plans.mute(db, place.project.id, body.key(), reason=body.reason, by=place.asker.name, now=now)
        place.asker.note(
            db, now, "violation_muted", f"{body.event} {body.property} {body.code}", place.project.id
        )
    installation.write_keys.refresh()
    return Done()


@router.post("/mutes/remove")
def unmute_violation(body: Where, place: Editor, installation: Here) -> Done:
    """Hear of a violation again."""
    now = installation.clock()
    with installation.catalog.write() as db:
        plans.unmute(db, place.project.id, body.key())
        place.asker.note(
            db, now, "violation_unmuted", f"{body.event} {body.property} {body.code}", place.project.id
        )
    installation.write_keys.refresh()
    return Done()
