"""Answers asked again, and the difference of two."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import Request

from tidewheel.analyse import replay
from tidewheel.serve import queries
from tidewheel.serve.access import Viewer
from tidewheel.serve.api.analyses import asking_of
from tidewheel.serve.api.fields import Body, Moment, Reply
from tidewheel.serve.routes import Router

router = Router(prefix="/projects/{project}", tags=["replay"])


class Kept(Body):
    """An answer as it was given."""

    answer: dict[str, Any]


class TwoAnswers(Body):
    """Two answers of one kind, as they were given."""

    before: dict[str, Any]
    after: dict[str, Any]


class ReplayReply(Reply):
    """``equal``: the same to the byte. ``changed``: what made it and is another now. ``differences``: then and now.

    ``later``: facts taken in since, left out here. ``missing``: facts it saw that were erased since. ``elsewhere``: the
    answer was given by another project, or with another data folder.
    """

    equal: bool
    changed: list[str]
    differences: list[str]
    later: int
    missing: int
    elsewhere: bool


class FigureExplained(Reply):
    """One figure; the five parts add up to ``after - before``."""

    name: str
    group: list[Any] | None
    before: float
    after: float
    data: float
    identity: float
    definition: float
    moment: float
    version: float


class ArrivedReply(Reply):
    """Facts of one source that were taken in between the two answers, and when."""

    source: str
    facts: int
    first: Moment
    last: Moment


class ExplainReply(Reply):
    """The figures that both answers have, and what changed: facts, links and persons, the question, the program.

    ``backwards``: the second answer saw less than the first. ``people``: persons in the first, then with the facts of the
    second, then with its links too. ``elsewhere``: which of them, ``before`` or ``after``, were given by another project
    or with another data folder.
    """

    figures: list[FigureExplained]
    backwards: bool
    arrived: list[ArrivedReply]
    links: int
    people: tuple[int, int, int]
    fields: list[str]
    engines: tuple[str, str]
    zones: tuple[str, str]
    elsewhere: list[str]


@router.post("/replay")
async def replay_answer(kept: Kept, request: Request, place: Viewer) -> ReplayReply:
    """Ask a kept answer's question again, at its own minute and of the facts it saw, and compare."""

    def work(query: queries.Query) -> ReplayReply:
        found = replay.replay(place.store, kept.answer, asking_of(place, query))
        return ReplayReply.model_validate(asdict(found))

    return await place.installation.queries.run(request, place.project.id, None, work)


@router.post("/explain")
async def explain_answers(two: TwoAnswers, request: Request, place: Viewer) -> ExplainReply:
    """Split the difference of two answers into facts, links, question, minute and program."""

    def work(query: queries.Query) -> ExplainReply:
        found = replay.explain(place.store, two.before, two.after, asking_of(place, query))
        return ExplainReply.model_validate(asdict(found))

    return await place.installation.queries.run(request, place.project.id, None, work)
