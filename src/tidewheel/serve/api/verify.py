"""Verifying: the project's own people, asked of the engine and of plain Python alike."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import Field

from tidewheel.core.errors import NotFound
from tidewheel.core.text import Text
from tidewheel.serve import queries, verifying
from tidewheel.serve.access import Here, Viewer
from tidewheel.serve.api.analyses import asking_of
from tidewheel.serve.api.fields import Body, Moment, Reply

router = APIRouter(prefix="/projects/{project}/verify", tags=["verify"])


class Sample(Body):
    """``sample`` is the share of people to look at; another ``seed`` takes other people."""

    sample: Annotated[float, Field(gt=0, le=1)] = 0.01
    seed: Annotated[int, Field(ge=0, le=2**31)] = 0


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


@router.post("")
async def run_verify(sample: Sample, request: Request, place: Viewer, installation: Here) -> Verified:
    """Recompute answers for a sample of people in plain Python and compare."""

    def work(query: queries.Query) -> Verified:
        asking = asking_of(place, query)
        report = verifying.check(
            installation, place.project.id, place.store, asking, sample.sample, sample.seed
        )
        return _told(report)

    return await installation.queries.run(request, place.project.id, None, work, limited=False)


def _told(report: dict[str, Any]) -> Verified:
    return Verified.model_validate(report)
