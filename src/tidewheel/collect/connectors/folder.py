"""Files in a folder of the server, below one that ``TIDEWHEEL_CONNECTOR_FOLDERS`` allows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field

from tidewheel.collect.pull.contract import World, zh
from tidewheel.collect.pull.files import FileConnector, FilePlace, Seen, Shelf
from tidewheel.core.errors import BadInput, NotAllowed, NotFound
from tidewheel.core.text import Text


class FolderPlace(FilePlace):
    """A folder."""

    folder: Annotated[
        str,
        Field(
            min_length=1,
            max_length=1000,
            description="Folder on the server, such as /data/exports",
            json_schema_extra=zh("服务器上的文件夹，如 /data/exports"),
        ),
    ]


class _Folder:
    def __init__(self, root: Path) -> None:
        self._root = root

    def listing(self) -> Iterator[Seen]:
        for where, folders, names in os.walk(self._root):
            folders.sort()
            for name in names:
                path = Path(where, name)
                if path.is_symlink() or not path.is_file():
                    continue
                about = path.stat()
                yield Seen(
                    path.relative_to(self._root).as_posix(), about.st_size, about.st_mtime_ns // 1_000_000
                )

    def fetch(self, path: str, to: Path) -> Path:  # noqa: ARG002 - it is here already
        found = (self._root / path).resolve()
        if not found.is_relative_to(self._root):
            raise _outside(path, ())
        return found


class Folder(FileConnector):
    """Reads files of the server's own disk."""

    name: ClassVar[str] = "folder"
    title: ClassVar[Text] = Text("Folder on the server", "服务器上的文件夹")
    Place = FolderPlace

    def open(self, place: FolderPlace, world: World) -> AbstractContextManager[Shelf]:
        """Look whether the folder may be read and is there."""
        root = Path(place.folder).expanduser().resolve()
        allowed = [folder.expanduser().resolve() for folder in world.folders]
        if not any(root.is_relative_to(folder) for folder in allowed):
            raise _outside(place.folder, tuple(map(str, allowed)))
        if not root.is_dir():
            raise NotFound(
                "no_such_folder",
                Text("There is no folder {got}.", "没有文件夹 {got}。"),
                field="folder",
                got=place.folder,
                hint=Text("Make it, or mend the path.", "请先新建该文件夹，或修改路径。"),
                path=place.folder,
            )
        if not os.access(root, os.R_OK | os.X_OK):
            raise BadInput(
                "folder_not_readable",
                Text("The server may not read {got}.", "服务没有读取 {got} 的权限。"),
                field="folder",
                got=place.folder,
                hint=Text(
                    "Let the user that runs Tidewheel read the folder.",
                    "请授权运行 Tidewheel 的系统用户读取该文件夹。",
                ),
                path=place.folder,
            )
        return nullcontext(_Folder(root))


def _outside(got: str, allowed: tuple[str, ...]) -> NotAllowed:
    return NotAllowed(
        "folder_not_allowed",
        Text("Folder {got} may not be read.", "不允许读取文件夹 {got}。"),
        field="folder",
        got=got,
        expected=list(allowed),
        hint=Text(
            "Name a folder below those the operator allows in TIDEWHEEL_CONNECTOR_FOLDERS.",
            "请选择运维人员在 TIDEWHEEL_CONNECTOR_FOLDERS 中允许的文件夹。",
        ),
        path=got,
    )
