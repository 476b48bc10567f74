"""Verification of a release against the tracking plan: a report of what was seen, and whether it is as planned."""

from __future__ import annotations

import csv
import io
import json
from typing import Annotated, Any

from fastapi import Request, Response
from pydantic import Field, StringConstraints

from tidewheel.analyse.conformance import CheckedEvent, Conformance, conformance
from tidewheel.analyse.stored import Picked
from tidewheel.core.errors import BadInput, unknown
from tidewheel.core.period import DAY, HOUR
from tidewheel.core.text import Text
from tidewheel.serve.access import Here, Place, Viewer
from tidewheel.serve.api.fields import Body, Moment, Reply, Title
from tidewheel.serve.api.times import read_moment
from tidewheel.serve.planning import title_of
from tidewheel.serve.privacy.veil import AT_SOURCE
from tidewheel.serve.routes import Router
from tidewheel.store.catalog import sources

router = Router(prefix="/projects/{project}/plan", tags=["plan"])

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
_REFUSED = 5_000


class Run(Body):
    """What a release sent: from ``since`` until ``until`` (ISO 8601, or ``2h``, ``3d`` ago; now), from a source or device.

    ``device`` is an identifier such as ``device:d-1``; ``where`` one property and its value, such as
    ``app_version=2.4.0``. ``events`` are those that must be seen; none: all that are planned or live.
    """

    since: Short = "1d"
    until: Short = ""
    source: Short = ""
    device: Short = ""
    where: Short = ""
    events: Annotated[list[Short], Field(max_length=5_000)] | None = None


class RunProperty(Reply):
    """A property: in how many events it was there, and what was wrong with it; ``samples`` are masked."""

    name: str
    required: bool
    present: int
    violations: int
    codes: dict[str, int]
    samples: list[Any]


class RunEvent(Reply):
    """One event. ``met``: seen if it is wanted, and nothing wrong with it; ``blocked`` ones were refused."""

    name: str
    title: Title | None
    planned: bool
    status: str | None
    wanted: bool
    met: bool
    count: int
    clean: int
    blocked: int
    codes: dict[str, int]
    properties: list[RunProperty]


class RunReport(Reply):
    """The report of a run. ``share`` of the wanted events were seen. ``cut``: only the newest were looked at."""

    since: Moment
    until: Moment
    met: bool
    wanted: int
    seen: int
    share: float | None
    looked_at: int
    cut: bool
    events: list[RunEvent]


@router.post("/verify")
def verify_release(body: Run, place: Viewer, installation: Here) -> RunReport:
    """Hold what a release sent against the plan."""
    first, last, found = _run(body, place)
    rules = installation.plans.all()[place.project.id]
    return RunReport(
        since=first,
        until=last,
        met=found.met,
        wanted=found.wanted,
        seen=found.seen,
        share=found.seen / found.wanted if found.wanted else None,
        looked_at=found.looked_at,
        cut=found.cut,
        events=[_event(one, rules.plan.events.get(one.name)) for one in found.events],
    )


@router.post("/verify.csv", response_class=Response)
def verify_release_as_csv(body: Run, request: Request, place: Viewer) -> Response:
    """Hold what a release sent against the plan; one row an event and property, as CSV."""
    request.state.masking = AT_SOURCE
    masking = place.masking
    _, _, found = _run(body, place)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ["event", "planned", "status", "wanted", "met", "count", "clean", "blocked", "property", "required",
         "present", "violations", "codes", "samples"]
    )  # fmt: skip
    for one in found.events:
        own = [
            one.name, one.planned, one.status or "", one.wanted, one.met, one.count, one.clean, one.blocked,
        ]  # fmt: skip
        writer.writerow([*map(_cell, own), "", "", "", "", _cell(_codes(one.codes)), ""])
        for held in one.properties.values():
            row = [held.name, held.required, held.present, held.violations, _codes(held.codes)]
            shown = {"name": held.name, "samples": held.samples}
            shown = masking.json(shown) if masking else shown
            samples = "; ".join(json.dumps(sample, ensure_ascii=False) for sample in shown["samples"])
            writer.writerow([*map(_cell, [*own, *row]), _cell(samples)])
    return Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8")


def _run(body: Run, place: Place) -> tuple[int, int, Conformance]:
    installation = place.installation
    now = installation.clock()
    rules = installation.plans.all().get(place.project.id)
    if rules is None:
        raise BadInput(
            "no_plan",
            Text("There is no tracking plan to verify against.", "还没有埋点方案，无法验收。"),
            hint=Text(
                "Make one first: tidewheel plan draft, then tidewheel plan apply.",
                "请先建立方案：tidewheel plan draft，再 tidewheel plan apply。",
            ),
        )
    first = read_moment("since", body.since, now, place.project.time_zone)
    last = read_moment("until", body.until, now, place.project.time_zone) if body.until else now + DAY
    if body.source:
        with installation.catalog.read() as db:
            known = [one.id for one in sources.listed(db, place.project.id)]
        if body.source not in known:
            raise unknown(Text("source", "数据源"), body.source, known, field="source")
    for name in body.events or ():
        if name not in rules.plan.events:
            raise unknown(Text("planned event", "已规划的事件"), name, rules.plan.events, field="events")
    picked = Picked(first, last, body.source, (body.device,) if body.device else (), _where(body.where))
    refused = [] if body.device or body.where else _refused(place, picked, min(last, now + HOUR))
    found = conformance(place.snapshot(), rules, picked, body.events, refused)
    return first, min(last, now), found


def _where(text: str) -> tuple[str, str] | None:
    if not text:
        return None
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise BadInput(
            "bad_where",
            Text("{got} is not a property and its value.", "{got} 不是“属性=取值”。"),
            field="where",
            got=text,
            expected="app_version=2.4.0",
            text=text,
        )
    return name.strip(), value.strip()


def _refused(place: Place, picked: Picked, last: int) -> list[tuple[str, str]]:
    """Return (event, code) of what the plan refused in the run's time, newest first."""
    return [
        (_name_in(kept.body), kept.code)
        for kept in place.store.inbox.rejected(offset=0, limit=_REFUSED)
        if kept.code.startswith("plan_")
        and picked.first <= kept.received < last
        and picked.source in {"", kept.source}
    ]


def _name_in(body: bytes) -> str:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return "…"
    events = said.get("events") if isinstance(said, dict) else None
    inner = events[0] if isinstance(events, list) and events else said
    name = inner.get("event") if isinstance(inner, dict) else None
    return name if isinstance(name, str) else "$set"


def _event(one: CheckedEvent, part: Any) -> RunEvent:
    return RunEvent(
        name=one.name,
        title=title_of("event", one.name, part),
        planned=one.planned,
        status=one.status,
        wanted=one.wanted,
        met=one.met,
        count=one.count,
        clean=one.clean,
        blocked=one.blocked,
        codes=one.codes,
        properties=[
            RunProperty(
                name=held.name,
                required=held.required,
                present=held.present,
                violations=held.violations,
                codes=held.codes,
                samples=held.samples,
            )
            for held in one.properties.values()
        ],
    )


def _codes(codes: dict[str, int]) -> str:
    return "; ".join(f"{code} {count}" for code, count in sorted(codes.items()))


def _cell(value: Any) -> Any:
    """Return a value no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value
