"""Boards: pages of saved answers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from tidewheel.core.errors import Conflict
from tidewheel.core.text import Text
from tidewheel.serve.access import Editor, Here, Viewer
from tidewheel.serve.api.fields import Body, Done, Moment, Name, Reply, iso
from tidewheel.serve.routes import Router
from tidewheel.store.catalog import Board, boards

router = Router(prefix="/projects/{project}/boards", tags=["boards"])

_Cell = Annotated[int, Field(ge=0, le=10_000)]


class Tile(Body):
    """One answer on a board, on a grid of 12 columns. ``view`` is how the page shows it."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    title: Annotated[str, StringConstraints(max_length=200)]
    kind: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    params: dict[str, Any]
    view: str | dict[str, Any] | None = None
    x: _Cell
    y: _Cell
    w: Annotated[int, Field(ge=1, le=12)]
    h: Annotated[int, Field(ge=1, le=100)]


class NewBoard(Body):
    """A board to add."""

    name: Name
    tiles: Annotated[list[Tile], Field(max_length=100, default_factory=list)]


class BoardChanges(Body):
    """The board as it shall be. ``updated_at``, when sent, must be that of the board as it was read."""

    name: Name
    tiles: Annotated[list[Tile], Field(max_length=100)]
    updated_at: str | None = None


class BoardReply(Reply):
    """One board."""

    id: str
    name: str
    tiles: list[Tile]
    updated_at: Moment


class BoardList(Reply):
    """A project's boards by name."""

    boards: list[BoardReply]


@router.get("")
def list_boards(place: Viewer, installation: Here) -> BoardList:
    """List the project's boards."""
    with installation.catalog.read() as db:
        return BoardList(boards=[_describe(board) for board in boards.listed(db, place.project.id)])


@router.post("", status_code=201)
def add_board(body: NewBoard, place: Editor, installation: Here) -> BoardReply:
    """Add a board."""
    tiles = [tile.model_dump(mode="json") for tile in body.tiles]
    with installation.catalog.write() as db:
        board = boards.add(
            db,
            project_id=place.project.id,
            name=body.name,
            tiles=tiles,
            by=place.asker.user_id(),
            now=installation.clock(),
        )
        return _describe(board)


@router.get("/{board_id}")
def get_board(board_id: str, place: Viewer, installation: Here) -> BoardReply:
    """Return one board."""
    with installation.catalog.read() as db:
        return _describe(boards.get(db, place.project.id, board_id))


@router.put("/{board_id}")
def save_board(board_id: str, body: BoardChanges, place: Editor, installation: Here) -> BoardReply:
    """Replace a board, unless somebody else changed it since it was read."""
    with installation.catalog.write() as db:
        board = boards.get(db, place.project.id, board_id)
        if body.updated_at is not None and body.updated_at != iso(board.updated_at):
            raise Conflict(
                "changed_meanwhile",
                Text("Somebody else changed this board meanwhile.", "该看板已被他人修改。"),
                field="updated_at",
                got=body.updated_at,
                hint=Text("Load it again, then make your change.", "请刷新后再修改。"),
            )
        board.name = body.name
        board.tiles = [tile.model_dump(mode="json") for tile in body.tiles]
        board.updated_by = place.asker.user_id()
        board.updated_at = max(installation.clock(), board.updated_at + 1)
        return _describe(board)


@router.delete("/{board_id}")
def remove_board(board_id: str, place: Editor, installation: Here) -> Done:
    """Remove a board."""
    with installation.catalog.write() as db:
        board = boards.get(db, place.project.id, board_id)
        place.asker.note(db, installation.clock(), "board_removed", board.name, place.project.id)
        db.delete(board)
    return Done()


def _describe(board: Board) -> BoardReply:
    return BoardReply(
        id=board.id,
        name=board.name,
        tiles=[Tile.model_validate(tile) for tile in board.tiles],
        updated_at=board.updated_at,
    )
