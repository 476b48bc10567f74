"""Files: look at one, say what its columns mean, load it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, UploadFile

from tidewheel.serve.access import Editor, Viewer
from tidewheel.serve.api.analyses import QueryId
from tidewheel.serve.api.fields import Body, Moment, Reply

router = APIRouter(prefix="/projects/{project}/imports", tags=["imports"])

FileKind = Literal["events", "orders", "items", "costs", "people"]


class Column(Reply):
    """One column of a file: what it holds, some values, how many rows lack it."""

    name: str
    kind: str
    samples: list[Any]
    missing: int


class Problem(Reply):
    """What is wrong with a row."""

    row: int | None
    field: str | None
    code: str
    message: str
    hint: str | None


class Preview(Reply):
    """What a file seems to hold; ``guess`` is a mapping that can be changed and sent back."""

    upload_id: str
    file: str
    kind: FileKind
    format: str
    encoding: str | None
    columns: list[Column]
    guess: dict[str, Any]
    rows_sample: list[dict[str, Any]]
    problems: list[Problem]


class ImportBody(Body):
    """Load a file that was looked at."""

    upload_id: str
    kind: FileKind
    mapping: dict[str, Any]


class ImportReply(Reply):
    """What was loaded. A file loaded again adds only what is new."""

    rows: int
    accepted: int
    rejected: int
    duplicates: int
    problems: list[Problem]
    first_time: Moment | None
    last_time: Moment | None


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


@router.get("")
def list_imports(place: Viewer) -> ImportList:
    """List the files loaded so far."""
    raise NotImplementedError


@router.post("/preview")
def preview_import(
    place: Editor,
    file: Annotated[UploadFile, File(description="CSV, TSV, JSONL, Parquet or Excel")],
    kind: Annotated[FileKind, Form()] = "events",
) -> Preview:
    """Look at a file and guess what its columns mean; nothing is loaded yet."""
    raise NotImplementedError


@router.post("")
def load_import(body: ImportBody, place: Editor, query_id: QueryId = None) -> ImportReply:
    """Load a file that was looked at."""
    raise NotImplementedError
