"""SQL: what can be read, running a query, its answer as a file, queries that are kept."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import IO, Annotated, Any, Literal

from fastapi import Query, Request, Response
from pydantic import Field, StringConstraints
from starlette.responses import StreamingResponse

from tidewheel import __version__
from tidewheel.analyse.run import Asking, Held
from tidewheel.analyse.sql.engine import Query as Question
from tidewheel.analyse.sql.engine import limits_of
from tidewheel.analyse.sql.forms import Format
from tidewheel.analyse.sql.limits import LONGEST
from tidewheel.analyse.sql.parameters import Given, Parameter
from tidewheel.analyse.sql.parameters import Name as ParameterName
from tidewheel.analyse.sql.plain import ColumnKind
from tidewheel.analyse.sql.tables import Lake, stored_in
from tidewheel.analyse.sql.views import TABLES
from tidewheel.identify.resolve import identity_version
from tidewheel.serve import queries, segments
from tidewheel.serve.access import Editor, Here, Place, Viewer
from tidewheel.serve.api.analyses import QueryId
from tidewheel.serve.api.fields import Body, Done, Moment, Name, Reply, Title
from tidewheel.serve.picks import picks_of
from tidewheel.serve.privacy.veil import AT_SOURCE
from tidewheel.serve.routes import Router
from tidewheel.serve.vocabulary import PROPERTIES
from tidewheel.store.catalog import SavedQuery, saved_queries

router = Router(prefix="/projects/{project}/sql", tags=["sql"])

Sql = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]
Parameters = Annotated[list[Parameter], Field(max_length=50, default_factory=list)]


class ColumnReply(Reply):
    """A column: ``type`` as SQL calls it, ``kind`` as a page shows it."""

    name: str
    type: str
    kind: ColumnKind


class TableColumn(ColumnReply):
    """A column of a table. ``samples`` are some values it holds."""

    title: Title | None
    samples: list[Any]


class TableReply(Reply):
    """A table SQL can read."""

    name: str
    description: Title
    columns: list[TableColumn]


class TableList(Reply):
    """The tables SQL can read, and the most rows an answer shows and a file holds."""

    tables: list[TableReply]
    rows: int
    export_rows: int


class SqlQuestion(Body):
    """A query, its parameters, and the values given for them."""

    sql: Sql
    parameters: Parameters
    values: Annotated[dict[ParameterName, Given], Field(max_length=50, default_factory=dict)]


class SqlRun(SqlQuestion):
    """A query to run; ``rows`` is how many to return at most."""

    rows: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class SqlProvenance(Reply):
    """What made an answer."""

    data: str
    identity: str
    zone: str
    engine: str
    asked_at: str


class SqlAnswer(Reply):
    """The rows of an answer; ``more`` says that there were others."""

    columns: list[ColumnReply]
    rows: list[list[Any]]
    more: bool
    provenance: SqlProvenance


class SqlChart(Body):
    """How the page draws the answer: ``y`` over ``x``, a line or bar for each value of ``series``."""

    kind: Literal["table", "line", "bar", "area"] = "table"
    x: str | None = None
    y: Annotated[list[str], Field(max_length=20, default_factory=list)]
    series: str | None = None


class NewSqlQuery(Body):
    """A query to keep."""

    name: Name
    sql: Sql
    parameters: Parameters
    chart: Annotated[SqlChart, Field(default_factory=SqlChart)]


class SqlQueryReply(Reply):
    """A query that is kept."""

    id: str
    name: str
    sql: str
    parameters: list[Parameter]
    chart: SqlChart
    updated_at: Moment


class SqlQueryList(Reply):
    """A project's kept queries by name."""

    queries: list[SqlQueryReply]


@router.get("/tables")
def list_tables(place: Viewer, installation: Here) -> TableList:
    """Return the tables and columns SQL can read, with samples."""
    lake = lake_of(place)
    samples = installation.dictionary.contents(lake.snapshot).properties
    tables = []
    for name, columns in installation.sql.described(lake, limits_of(installation.settings)).items():
        stored = stored_in(lake, name)
        scope: Any = "person" if name == "persons" else "event"
        shown = []
        for column in columns:
            property_, kind = stored.get(column.name, (column.name, None))
            seen = samples.get((property_, scope, kind)) if kind else None
            shown.append(
                TableColumn(
                    **asdict(column),
                    title=PROPERTIES.get(property_),
                    samples=seen.samples[:5] if seen else [],
                )
            )
        tables.append(
            TableReply(name=name, description=Title(en=TABLES[name].en, zh=TABLES[name].zh), columns=shown)
        )
    settings = installation.settings
    return TableList(tables=tables, rows=settings.sql_rows, export_rows=settings.sql_export_rows)


@router.post("", response_model=SqlAnswer)
async def run_sql(body: SqlRun, request: Request, place: Viewer, query_id: QueryId = None) -> Response:
    """Run one query that reads; what it may say and take is limited."""
    settings = place.installation.settings
    most = min(body.rows or settings.sql_rows, settings.sql_rows)
    request.state.masking = AT_SOURCE
    started = time.perf_counter()

    def work(query: queries.Query) -> bytes:
        lake = lake_of(place)
        found = place.installation.sql.first_rows(
            lake, _query(body), limits_of(settings), most, query.stop, query.report
        )
        answer = {
            "columns": [asdict(column) for column in found.columns],
            "more": found.more,
            "provenance": _provenance(lake, place.installation.clock()),
        }
        about = json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace")
        return b"".join((about[:-1], b', "rows": ', found.json, b"}"))

    with place.installation.metrics.asking("sql"):
        answer = await place.installation.queries.run(request, place.project.id, query_id, work)
    took = (time.perf_counter() - started) * 1000
    timing = {"server-timing": f"answer;dur={took:.1f}"}
    return Response(answer, media_type="application/json", headers=timing)


@router.post("/export", response_class=StreamingResponse)
async def export_sql(
    body: SqlQuestion,
    request: Request,
    place: Viewer,
    form: Annotated[Format, Query(alias="format", description="csv, or an Arrow stream")] = "csv",
    query_id: QueryId = None,
) -> Response:
    """Run a query and return its answer as a file; the header ``x-more-rows`` says whether rows are missing."""
    settings = place.installation.settings
    request.state.masking = AT_SOURCE

    def work(query: queries.Query) -> tuple[IO[bytes], bool]:
        out: IO[bytes] = tempfile.TemporaryFile(dir=settings.home)  # noqa: SIM115 - the answer closes it
        try:
            with place.installation.sql.opened(
                lake_of(place),
                _query(body),
                limits_of(settings),
                form,
                settings.sql_export_rows,
                query.stop,
                query.report,
            ) as answer:
                out.writelines(answer.pieces)
                more = answer.more
        except BaseException:
            out.close()
            raise
        out.seek(0)
        return out, more

    with place.installation.metrics.asking("sql"):
        file, more = await place.installation.queries.run(request, place.project.id, query_id, work)
    headers = {
        "content-disposition": f'attachment; filename="answer.{form}"',
        "x-more-rows": "true" if more else "false",
    }
    kind = "text/csv; charset=utf-8" if form == "csv" else "application/vnd.apache.arrow.stream"
    return StreamingResponse(_pieces(file), media_type=kind, headers=headers)


@router.get("/queries")
def list_sql_queries(place: Viewer, installation: Here) -> SqlQueryList:
    """List the project's kept queries."""
    with installation.catalog.read() as db:
        return SqlQueryList(queries=[_describe(one) for one in saved_queries.listed(db, place.project.id)])


@router.post("/queries", status_code=201)
def save_sql_query(body: NewSqlQuery, place: Editor, installation: Here) -> SqlQueryReply:
    """Keep a query."""
    with installation.catalog.write() as db:
        saved = saved_queries.add(
            db,
            project_id=place.project.id,
            **body.model_dump(mode="json"),
            by=place.asker.user_id(),
            now=installation.clock(),
        )
        return _describe(saved)


@router.get("/queries/{saved_id}")
def get_sql_query(saved_id: str, place: Viewer, installation: Here) -> SqlQueryReply:
    """Return a kept query."""
    with installation.catalog.read() as db:
        return _describe(saved_queries.get(db, place.project.id, saved_id))


@router.put("/queries/{saved_id}")
def replace_sql_query(saved_id: str, body: NewSqlQuery, place: Editor, installation: Here) -> SqlQueryReply:
    """Replace a kept query."""
    with installation.catalog.write() as db:
        saved = saved_queries.get(db, place.project.id, saved_id)
        for name, value in body.model_dump(mode="json").items():
            setattr(saved, name, value)
        saved.updated_at, saved.updated_by = installation.clock(), place.asker.user_id()
        return _describe(saved)


@router.delete("/queries/{saved_id}")
def remove_sql_query(saved_id: str, place: Editor, installation: Here) -> Done:
    """Remove a kept query."""
    with installation.catalog.write() as db:
        db.delete(saved_queries.get(db, place.project.id, saved_id))
    return Done()


def lake_of(place: Place) -> Lake:
    """Return a project as SQL sees it now, with every event that was acknowledged before."""
    store, installation = place.store, place.installation
    held = Held(place.snapshot())
    asking = Asking(
        place.calendar,
        installation.clock(),
        installation.executor,
        table=store.read_table,
        segment=segments.lookup(installation, place.project.id),
        honours=place.policy.leave_out_withdrawn,
        picks=picks_of(installation, place.project.id),
    )
    masking = place.masking
    return Lake(
        held.snapshot(),
        place.calendar,
        store.read_table,
        lambda: segments.members_table(installation, place.project.id, held, asking),
        asking.picks,
        honours=place.policy.leave_out_withdrawn,
        masked=masking.column if masking else None,
    )


def _query(body: SqlQuestion) -> Question:
    return Question(body.sql, body.parameters, body.values)


def _provenance(lake: Lake, now: int) -> dict[str, str]:
    return {
        "data": lake.snapshot.data_version,
        "identity": identity_version(lake.snapshot, lake.snapshot.link_version),
        "zone": lake.calendar.zone,
        "engine": __version__,
        "asked_at": datetime.fromtimestamp(now / 1000, UTC).isoformat(),
    }


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(1 << 16):
            yield piece


def _describe(saved: SavedQuery) -> SqlQueryReply:
    return SqlQueryReply(
        id=saved.id,
        name=saved.name,
        sql=saved.sql,
        parameters=[Parameter.model_validate(one) for one in saved.parameters],
        chart=SqlChart.model_validate(saved.chart),
        updated_at=saved.updated_at,
    )
