"""Questions and their answers; one route a kind, made from the kind's own models."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, Generic, Literal, TypeVar

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field, create_model

from tidewheel.analyse.answer import Answer, Named, Provenance, Significance, Title, Warned
from tidewheel.analyse.contract import Analysis, Family
from tidewheel.analyse.run import ANALYSES, Asking, ask, people_behind
from tidewheel.identify import people
from tidewheel.serve import queries, segments
from tidewheel.serve.access import Place, Viewer
from tidewheel.serve.api.fields import Body, Done, Limit, Offset, Reply
from tidewheel.serve.api.people import PeoplePage, shown
from tidewheel.serve.picks import picks_of
from tidewheel.serve.routes import Made, Router

router = Router(prefix="/projects/{project}", tags=["analyses"])

P = TypeVar("P", bound=BaseModel)
C = TypeVar("C", bound=BaseModel)
R = TypeVar("R", bound=BaseModel)


class AnalysisReply(Reply):
    """One kind of question.

    ``params_schema`` is the JSON schema of its parameters, with the words of each under ``x-ask``;
    ``sentence`` is the question in words, with parameters as ``{marks}``. ``sample`` can be asked.
    """

    name: str
    title: Title
    description: Title
    family: Family
    sentence: Title
    params_schema: dict[str, Any]
    sample: dict[str, Any]


class AnalysisList(Reply):
    """The kinds of questions there are."""

    analyses: list[AnalysisReply]


class ComparedWith(Reply, Generic[R]):
    """What an answer is set against."""

    label: Title
    result: R
    figures: list[Named]
    tests: list[Significance]


class AnswerOf(Reply, Generic[P, R]):
    """The answer to a question, with its parameters filled in."""

    kind: str
    params: P
    result: R
    figures: list[Named]
    comparisons: list[ComparedWith[R]]
    warnings: list[Warned]
    provenance: Provenance


class Behind(Body, Generic[P, C]):
    """A figure of an answer: the question, the cell, and which comparison (none: the answer itself)."""

    params: P
    cell: C
    comparison: Annotated[int, Field(ge=0, le=3)] | None = None


class QueryState(Reply):
    """How far a question is."""

    state: Literal["running", "done", "failed", "cancelled"]
    progress: float


QueryId = Annotated[
    str | None,
    Query(pattern="^[A-Za-z0-9-]{1,64}$", description="Chosen by the asker, to follow or cancel it"),
]


@router.get("/analyses")
def list_analyses(place: Viewer) -> AnalysisList:  # noqa: ARG001
    """List the kinds of questions."""
    return AnalysisList(analyses=[_described(name, kind) for name, kind in ANALYSES.all().items()])


@cache
def _described(name: str, kind: type[Analysis[Any, Any, Any, Any]]) -> AnalysisReply:
    """Return what is said of a kind; to write the schemas of all takes longer than everything else a page asks for."""
    return AnalysisReply(
        name=name,
        title=Title(en=kind.title.en, zh=kind.title.zh),
        description=Title(en=kind.description.en, zh=kind.description.zh),
        family=kind.family,
        sentence=Title(en=kind.sentence.en, zh=kind.sentence.zh),
        params_schema=kind.Params.model_json_schema(),
        sample=kind.samples[0],
    )


@router.get("/queries/{query_id}")
def get_query(query_id: str, place: Viewer) -> QueryState:
    """Say how far a question is."""
    query = place.installation.queries.get(place.project.id, query_id)
    return QueryState(state=query.state, progress=query.progress)


@router.delete("/queries/{query_id}")
def cancel_query(query_id: str, place: Viewer) -> Done:
    """Give a question up."""
    place.installation.queries.get(place.project.id, query_id).stop.set()
    return Done()


def answer_bytes(answer: Answer) -> bytes:
    """Return an answer as it is sent; the same answer gives the same bytes."""
    return answer.model_dump_json(by_alias=True).encode()


def asking_of(place: Place, query: queries.Query) -> Asking:
    """Return how a project's questions are asked now."""
    return Asking(
        calendar=place.calendar,
        now=place.installation.clock(),
        executor=place.installation.executor,
        stop=query.stop,
        progress=query.report,
        table=place.store.read_table,
        segment=segments.lookup(place.installation, place.project.id),
        honours=place.policy.leave_out_withdrawn,
        withheld=place.masking.names if place.masking else None,
        picks=picks_of(place.installation, place.project.id),
    )


async def _answer(kind: str, params: Any, request: Request, place: Place, query_id: str | None) -> Response:
    started = time.perf_counter()

    def work(query: queries.Query) -> bytes:
        return answer_bytes(ask(place.store, kind, params, asking_of(place, query)))

    body = await _run(kind, request, place, query_id, work)
    took = (time.perf_counter() - started) * 1000
    return Response(body, media_type="application/json", headers={"server-timing": f"answer;dur={took:.1f}"})


async def _people(
    kind: str, body: Behind[Any, Any], request: Request, place: Place, offset: int, limit: int
) -> PeoplePage:
    def work(query: queries.Query) -> PeoplePage:
        cell = body.cell.model_dump(mode="json")
        asking = asking_of(place, query)
        snapshot, found = people_behind(place.store, kind, body.params, cell, asking, body.comparison)
        return shown(people.page(snapshot, found, offset, limit))

    return await _run(kind, request, place, None, work)


async def _run(
    kind: str,
    request: Request,
    place: Place,
    query_id: str | None,
    work: Callable[[queries.Query], queries.T],
) -> queries.T:
    with place.installation.metrics.asking(kind):
        return await place.installation.queries.run(request, place.project.id, query_id, work, shares=True)


def _asked(name: str, kind: Any) -> Made:
    async def ask_kind(params: Any, request: Request, place: Viewer, query_id: QueryId = None) -> Response:
        return await _answer(name, params, request, place, query_id)

    def made() -> tuple[Callable[..., Any], dict[str, Any]]:
        answer = create_model(f"{_stem(name)}Answer", __base__=AnswerOf[kind.Params, kind.Result])
        ask_kind.__doc__ = f"{kind.description.en}"
        ask_kind.__annotations__["params"] = kind.Params
        return ask_kind, {"response_model": answer, "name": f"ask_{name}"}

    return made


def _people_asked(name: str, kind: Any) -> Made:
    async def kind_people(
        body: Any, request: Request, place: Viewer, offset: Offset = 0, limit: Limit = 50
    ) -> PeoplePage:
        return await _people(name, body, request, place, offset, limit)

    def made() -> tuple[Callable[..., Any], dict[str, Any]]:
        behind = create_model(f"{_stem(name)}Behind", __base__=Behind[kind.Params, kind.Cell])
        kind_people.__doc__ = (
            "Return the people behind one figure of the answer: exactly as many as it counts."
        )
        kind_people.__annotations__["body"] = behind
        return kind_people, {"name": f"{name}_people"}

    return made


def _stem(name: str) -> str:
    return name.title().replace("_", "")


for _name, _kind in ANALYSES.all().items():
    router.add_later(f"/analyses/{_name}", _asked(_name, _kind))
    router.add_later(f"/analyses/{_name}/people", _people_asked(_name, _kind))
