"""Answers asked again, and the difference of two."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request

from tidewheel.analyse import replay
from tidewheel.serve import queries
from tidewheel.serve.access import Viewer
from tidewheel.serve.api.analyses import asking_of
from tidewheel.serve.api.fields import Body, Reply

router = APIRouter(prefix="/projects/{project}", tags=["replay"])


class Kept(Body):
    """An answer as it was given."""

    answer: dict[str, Any]


class TwoAnswers(Body):
    """Two answers of one kind, as they were given."""

    before: dict[str, Any]
    after: dict[str, Any]


class ReplayReply(Reply):
    """``equal``: the same to the byte. ``changed``: what made it and is another now. ``differences``: then and now."""

    equal: bool
    changed: list[str]
    differences: list[str]


class FigureExplained(Reply):
    """One figure; the four parts add up to ``after - before``."""

    name: str
    group: list[Any] | None
    before: float
    after: float
    since_before: float
    definition: float
    moment: float
    since_after: float


class ExplainReply(Reply):
    """The figures that both answers have."""

    figures: list[FigureExplained]


@router.post("/replay")
async def replay_answer(kept: Kept, request: Request, place: Viewer) -> ReplayReply:
    """Ask a kept answer's question again, at its own minute, and compare."""

    def work(query: queries.Query) -> ReplayReply:
        found = replay.replay(place.store, kept.answer, asking_of(place, query))
        return ReplayReply(
            equal=found.equal, changed=list(found.changed), differences=list(found.differences)
        )

    return await place.installation.queries.run(request, place.project.id, None, work)


@router.post("/explain")
async def explain_answers(two: TwoAnswers, request: Request, place: Viewer) -> ExplainReply:
    """Split the difference of two answers into question, minute, and what changed since each."""

    def work(query: queries.Query) -> ExplainReply:
        found = replay.explain(place.store, two.before, two.after, asking_of(place, query))
        return ExplainReply(figures=[FigureExplained.model_validate(asdict(one)) for one in found])

    return await place.installation.queries.run(request, place.project.id, None, work)
