"""Questions and their answers; one route a kind, made from the kind's own models."""

from __future__ import annotations

import importlib
from typing import Annotated, Any, Generic, Literal, TypeVar

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field, create_model

from tidewheel.analyse.contract import Test
from tidewheel.serve.access import Viewer
from tidewheel.serve.api.fields import Body, Done, Limit, Offset, Reply, Title
from tidewheel.serve.api.people import PeoplePage

router = APIRouter(prefix="/projects/{project}", tags=["analyses"])

P = TypeVar("P", bound=BaseModel)
C = TypeVar("C", bound=BaseModel)
R = TypeVar("R", bound=BaseModel)


class AnalysisReply(Reply):
    """One kind of question. ``params_schema`` is the JSON schema of its parameters."""

    name: str
    title: Title
    description: Title
    params_schema: dict[str, Any]


class AnalysisList(Reply):
    """The kinds of questions there are."""

    analyses: list[AnalysisReply]


class Provenance(Reply):
    """What made an answer; asked again with all of it equal, the result is equal byte for byte."""

    definition: str
    data: str
    identity: str
    zone: str
    engine: str
    until: str
    events: int
    people: int
    seconds: float
    cached: bool


class Compared(Reply, Generic[R]):
    """What an answer is set against."""

    label: Title
    result: R
    tests: list[Test]


class AnswerOf(Reply, Generic[P, R]):
    """The answer to a question, with its parameters filled in."""

    kind: str
    params: P
    result: R
    comparisons: list[Compared[R]]
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


QueryId = Annotated[str | None, Query(pattern="^[A-Za-z0-9-]{1,64}$", description="Chosen by the asker")]


@router.get("/analyses")
def list_analyses(place: Viewer) -> AnalysisList:
    """List the kinds of questions."""
    raise NotImplementedError


@router.get("/queries/{query_id}")
def get_query(query_id: str, place: Viewer) -> QueryState:
    """Say how far a question is."""
    raise NotImplementedError


@router.delete("/queries/{query_id}")
def cancel_query(query_id: str, place: Viewer) -> Done:
    """Give a question up."""
    raise NotImplementedError


def _add_kind(kind: Any) -> None:
    stem = kind.name.title().replace("_", "")
    answer = create_model(f"{stem}Answer", __base__=AnswerOf[kind.Params, kind.Result])  # type: ignore[name-defined]
    behind = create_model(f"{stem}Behind", __base__=Behind[kind.Params, kind.Cell])  # type: ignore[name-defined]

    def ask(params: kind.Params, request: Request, place: Viewer, query_id: QueryId = None) -> Response:  # type: ignore[name-defined]
        raise NotImplementedError

    def people(body: behind, place: Viewer, offset: Offset = 0, limit: Limit = 50) -> PeoplePage:  # type: ignore[valid-type]
        raise NotImplementedError

    ask.__annotations__["params"] = kind.Params
    people.__annotations__["body"] = behind
    router.add_api_route(
        f"/analyses/{kind.name}", ask, methods=["POST"], response_model=answer, name=f"ask_{kind.name}"
    )
    router.add_api_route(
        f"/analyses/{kind.name}/people",
        people,
        methods=["POST"],
        response_model=PeoplePage,
        name=f"{kind.name}_people",
    )


class _Kind:
    def __init__(self, name: str) -> None:
        module = importlib.import_module(f"tidewheel.analyse.kinds.{name}")
        self.name = name
        self.Params = getattr(module, f"{name.title()}Params")
        self.Cell = getattr(module, f"{name.title()}Cell")
        self.Result = getattr(module, f"{name.title()}Result")


for _name in ("trends", "funnel", "retention"):
    _add_kind(_Kind(_name))
