"""Verifying: the project's own people, asked of the engine and of plain Python alike."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Request
from pydantic import Field

from tidewheel.analyse.run import ANALYSES
from tidewheel.analyse.verify.check import Asked
from tidewheel.core.errors import NotFound
from tidewheel.core.text import Text
from tidewheel.serve import queries, verifying
from tidewheel.serve.access import Here, Viewer
from tidewheel.serve.api.analyses import QueryId, asking_of
from tidewheel.serve.api.fields import Body, Moment, Reply
from tidewheel.serve.routes import Router

router = Router(prefix="/projects/{project}/verify", tags=["verify"])


class Sample(Body):
    """``sample`` is the share of people to look at; another ``seed`` takes other people."""

    sample: Annotated[float, Field(gt=0, le=1)] = 0.01
    seed: Annotated[int, Field(ge=0, le=2**31)] = 0


class OneQuestion(Sample):
    """A question of any kind, verified alone."""

    kind: str
    params: dict[str, Any]


class VerdictReply(Reply):
    """One question asked twice. ``skipped`` says why it was not; ``differences`` name figures and both values."""

    name: str
    kind: str
    people: int
    rows: int
    left_out: int
    differences: list[str]
    skipped: str | None


class Verified(Reply):
    """What was compared, and whether all of it agreed."""

    checked_at: Moment
    sample: float
    seed: int
    agreed: bool
    verdicts: list[VerdictReply]


class PastRun(Reply):
    """One earlier run in short. ``compared`` of ``questions`` were asked twice; ``differ`` of these did not agree."""

    checked_at: Moment
    sample: float
    seed: int
    agreed: bool
    questions: int
    compared: int
    differ: int


class PastRuns(Reply):
    """Earlier runs, the newest first."""

    runs: list[PastRun]


@router.get("")
def get_verified(place: Viewer) -> Verified:
    """Return the latest report."""
    found = verifying.last_report(place.store)
    if found is None:
        raise NotFound(
            "not_verified",
            Text("Nothing has been verified yet.", "还没有做过核对。"),
            hint=Text("Run tidewheel verify.", "请运行 tidewheel verify。"),
        )
    return _told(found)


@router.get("/runs")
def list_verify_runs(place: Viewer) -> PastRuns:
    """List the latest sixty runs: those of the nights and those that people asked for."""
    return PastRuns(runs=[_short(report) for report in verifying.reports(place.store, 60)])


@router.post("")
async def run_verify(
    sample: Sample, request: Request, place: Viewer, installation: Here, query_id: QueryId = None
) -> Verified:
    """Recompute answers for a sample of people in plain Python and compare."""

    def work(query: queries.Query) -> Verified:
        asking = asking_of(place, query)
        report = verifying.check(
            installation, place.project.id, place.store, asking, sample.sample, sample.seed
        )
        return _told(report)

    return await installation.queries.run(request, place.project.id, query_id, work, limited=False)


@router.post("/question")
async def verify_question(one: OneQuestion, request: Request, place: Viewer, installation: Here) -> Verified:
    """Recompute one question for a sample of people in plain Python and compare."""

    def work(query: queries.Query) -> Verified:
        ANALYSES.get(one.kind, field="kind")
        asked = Asked(one.kind, one.kind, one.params)
        return _told(verifying.check_one(place.store, asked, asking_of(place, query), one.sample, one.seed))

    return await installation.queries.run(request, place.project.id, None, work, limited=False)


def _short(report: dict[str, Any]) -> PastRun:
    verdicts = report["verdicts"]
    return PastRun(
        **{name: report[name] for name in ("checked_at", "sample", "seed", "agreed")},
        questions=len(verdicts),
        compared=sum(one["skipped"] is None for one in verdicts),
        differ=sum(bool(one["differences"]) for one in verdicts),
    )


def _told(report: dict[str, Any]) -> Verified:
    return Verified.model_validate(report)
