"""Files: look at one, say what its columns mean, load it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from anyio.to_thread import run_sync
from fastapi import File, Form, Request, UploadFile
from pydantic import Field

from tidewheel.collect.files.guess import Reason
from tidewheel.collect.files.mapping import Mapping
from tidewheel.collect.files.preview import Column, Recognised, preview
from tidewheel.collect.files.summary import Summary
from tidewheel.core.errors import BadInput, NotAllowed
from tidewheel.core.text import Language, Text
from tidewheel.serve.access import Editor, Place, Viewer
from tidewheel.serve.api.analyses import QueryId
from tidewheel.serve.api.fields import Body, Moment, Name, Reply
from tidewheel.serve.errors import language_of
from tidewheel.serve.importing import IMPORTS, Wanted, load
from tidewheel.serve.routes import Router
from tidewheel.store.catalog import ImportRun, imports

router = Router(prefix="/projects/{project}/imports", tags=["imports"])

FileKind = Literal["events", "orders", "items", "costs", "lift", "people", "weblog", "consents"]


class Problem(Reply):
    """What is wrong with a row, or how it was read; ``row`` null: the whole file."""

    row: int | None
    field: str | None
    code: str
    message: str
    got: Any
    expected: Any
    hint: str | None


class Preview(Reply):
    """What a file seems to hold; ``guess`` is a mapping that can be changed and sent back."""

    upload_id: str
    file: str
    kind: str
    format: str
    encoding: str | None
    delimiter: str | None
    sheets: list[str]
    native: bool
    columns: list[Column]
    guess: Mapping
    template: Recognised | None
    reasons: list[Reason]
    rows_sample: list[dict[str, Any]]
    problems: list[Problem]


class ImportBody(Body):
    """Load a file that was looked at; without a mapping, the guess is used. ``source`` names where it is from."""

    upload_id: str
    kind: FileKind
    mapping: Mapping | None = None
    source: Name = IMPORTS


class CodeCount(Reply):
    """How many rows for one reason."""

    code: str
    count: int


class ImportReply(Reply):
    """What was loaded. A file loaded again adds only what is new: the rest are ``duplicates``."""

    rows: int
    accepted: int
    rejected: int
    skipped: int
    facts: int
    duplicates: int
    first_time: str | None
    last_time: str | None
    by_code: list[CodeCount]
    problems: list[Problem]
    notes: list[CodeCount]
    remarks: list[Problem]


class ImportEntry(Reply):
    """A file that was loaded; ``result`` is null while it runs and when it failed with ``error``."""

    id: str
    kind: str
    file: str
    started_at: Moment
    finished_at: Moment | None
    by: str | None
    result: ImportReply | None
    error: str | None


class ImportList(Reply):
    """The files loaded so far, newest first."""

    imports: list[ImportEntry]


class LocalImport(Body):
    """A file of this machine, named by the command line."""

    path: Annotated[str, Field(min_length=1, max_length=4096)]
    kind: FileKind
    mapping: Mapping | None = None
    source: Name = IMPORTS
    look: bool = False
    """Only look at it."""


@router.get("")
def list_imports(request: Request, place: Viewer) -> ImportList:
    """List the files loaded so far."""
    language = language_of(request.headers)
    with place.installation.catalog.read() as db:
        found = imports.listed(db, place.project.id)
    return ImportList(imports=[_entry(run, language) for run in found])


@router.post("/preview")
def preview_import(
    request: Request,
    place: Editor,
    file: Annotated[UploadFile, File(description="CSV, TSV, JSONL, Parquet or Excel")],
    kind: Annotated[FileKind, Form()] = "events",
) -> Preview:
    """Look at a file and guess what its columns mean; nothing is loaded yet."""
    here = place.installation
    name = file.filename or "file"
    upload_id, path = here.uploads.keep(place.project.id, name, file.file, here.clock())
    try:
        return _look(place, path, kind, None, language_of(request.headers), upload_id, name)
    except BaseException:
        here.uploads.drop(place.project.id, upload_id)
        raise


@router.post("")
async def load_import(
    request: Request, body: ImportBody, place: Editor, query_id: QueryId = None
) -> ImportReply:
    """Load a file that was looked at; ``query_id`` lets its progress be followed and the load be stopped."""
    uploads = place.installation.uploads
    path = await run_sync(uploads.find, place.project.id, body.upload_id)
    wanted = Wanted(path, path.name, body.kind, body.mapping, body.source)
    reply = await _load(request, place, wanted, query_id)
    await run_sync(uploads.drop, place.project.id, body.upload_id)
    return reply


@router.post("/local", include_in_schema=False)
async def load_local(
    request: Request, body: LocalImport, place: Editor, query_id: QueryId = None
) -> ImportReply | Preview:
    """Look at or load a file of this machine; for its command line alone."""
    if not place.asker.local:
        raise NotAllowed("local_only", Text("Only the command line may do this.", "仅限本机命令行使用。"))
    path = Path(body.path)
    if not await run_sync(path.is_file):
        raise BadInput(
            "no_such_file",
            Text("There is no file {got} that the server can read.", "服务无法读取文件 {got}。"),
            field="path",
            got=body.path,
            path=body.path,
        )
    if body.look:
        language = language_of(request.headers)
        return await run_sync(_look, place, path, body.kind, body.mapping, language, "", path.name)
    wanted = Wanted(path, path.name, body.kind, body.mapping, body.source)
    return await _load(request, place, wanted, query_id)


async def _load(request: Request, place: Place, wanted: Wanted, query_id: str | None) -> ImportReply:
    summary: Summary = await place.installation.queries.run(
        request, place.project.id, query_id, lambda query: load(place, wanted, query), limited=False
    )
    return ImportReply.model_validate(summary.describe(language_of(request.headers)))


def _look(
    place: Place,
    path: Path,
    kind: str,
    mapping: Mapping | None,
    language: Language,
    upload_id: str,
    name: str,
) -> Preview:
    seen = preview(
        path,
        kind,
        zone=place.project.time_zone,
        now=place.installation.clock(),
        mapping=mapping,
        language=language,
        ranks=place.store.view.rules.ranks,
    )
    return Preview.model_validate({**seen.model_dump(), "upload_id": upload_id, "file": name, "kind": kind})


def _entry(run: ImportRun, language: Language) -> ImportEntry:
    said = run.summary.get(language)
    error = run.summary.get("error")
    return ImportEntry(
        id=run.id,
        kind=run.kind,
        file=run.file,
        started_at=run.started_at,
        finished_at=run.finished_at,
        by=run.by,
        result=ImportReply.model_validate(said) if said else None,
        error=error[language] if error else None,
    )
