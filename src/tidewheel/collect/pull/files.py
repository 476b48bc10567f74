"""Reading files that lie somewhere: which are new or changed, one batch a file, the oldest first.

A file is known by its size, time and mark (the ETag of an object store). One that changed is read again as a
whole: rows that were there before add nothing, because they have the same content and the same place among
equals. A file younger than ``settle_seconds`` may still be growing and waits for the next run.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Final, Protocol

from pydantic import Field

from tidewheel.collect.files.readers import Row, Table, first_chunk, open_table
from tidewheel.collect.pull.contract import Batch, Connector, Cursor, Found, Place, World, zh
from tidewheel.core.errors import BadInput, TidewheelError
from tidewheel.core.text import Text
from tidewheel.store.scratch import Scratch, clear

MOST_FILES: Final = 50_000
SHOWN: Final = 20
SAMPLE_ROWS: Final = 20
LARGEST_SAMPLE: Final = 64 * 2**20
PREFIX: Final = "pull-"


class FilePlace(Place):
    """Settings that every place of files has."""

    pattern: Annotated[
        str,
        Field(
            min_length=1,
            max_length=500,
            description="Which files: orders-*.csv; ** goes into folders",
            json_schema_extra=zh("读取哪些文件，如 orders-*.csv；** 可进入子文件夹"),
        ),
    ] = "*"
    settle_seconds: Annotated[
        int,
        Field(
            ge=0,
            le=86_400,
            description="How long a file must be unchanged before it is read",
            json_schema_extra=zh("文件多少秒没有变化后才读取"),
        ),
    ] = 30
    sheet: Annotated[
        str | None,
        Field(
            max_length=100,
            description="Sheet of a workbook; by default the first",
            json_schema_extra=zh("工作表名称，默认第一个"),
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class Seen:
    """One file: ``path`` below the folder, size in bytes, changed at UTC ms, and the mark of its content if any."""

    path: str
    size: int
    changed: int
    mark: str = ""

    @property
    def state(self) -> str:
        """What is different once the file has changed."""
        return f"{self.size}:{self.changed}:{self.mark}"


class Shelf(Protocol):
    """An open place of files."""

    def listing(self) -> Iterator[Seen]:
        """Yield the files below the folder, hidden ones too."""
        ...

    def fetch(self, path: str, to: Path) -> Path:
        """Return a local path of a file, copied to ``to`` where it is not local."""
        ...


class FileConnector(Connector):
    """Base of the connectors that read files."""

    @abstractmethod
    def open(self, place: Any, world: World) -> AbstractContextManager[Shelf]:
        """Connect, or raise what is wrong."""

    def check(self, place: Any, world: World) -> Text:
        """Connect and count the files."""
        with self.open(place, world) as shelf:
            found = chosen(shelf, place, world)
        if not found:
            return Text(
                "Connected. No file is called {pattern} yet.".replace("{pattern}", place.pattern),
                "连接成功，目前没有符合 {pattern} 的文件。".replace("{pattern}", place.pattern),
            )
        return Text(f"Connected. {len(found):,} files to read.", f"连接成功，共有 {len(found):,} 个文件。")

    def discover(self, place: Any, world: World) -> list[Found]:
        """Return the newest files with their first rows."""
        with self.open(place, world) as shelf, scratch(world) as folder:
            found = sorted(chosen(shelf, place, world), key=lambda one: (-one.changed, one.path))
            return [
                self._found(shelf, one, place, folder, shown=number < SHOWN)
                for number, one in enumerate(found[:200])
            ]

    def read(self, place: Any, cursor: Cursor, world: World) -> Generator[Batch, bool, None]:
        """Yield a batch for each file that is new or changed."""
        with self.open(place, world) as shelf, scratch(world) as folder:
            files = sorted(chosen(shelf, place, world), key=lambda one: (one.changed, one.path))
            before: dict[str, str] = cursor.get("files", {})
            done = {one.path: before[one.path] for one in files if one.path in before}
            latest = world.now() - place.settle_seconds * 1000
            fresh = [one for one in files if one.changed <= latest and done.get(one.path) != one.state]
            for number, one in enumerate(fresh, 1):
                world.pause()
                if one.size == 0:
                    done[one.path] = one.state
                    continue
                path = shelf.fetch(one.path, folder / f"{number}{PurePosixPath(one.path).suffix}")
                kept = yield Batch(
                    one.path,
                    _opener(path, place.sheet),
                    {"files": {**done, one.path: one.state}},
                    one.changed,
                    one.changed,
                    len(fresh) - number,
                    apart=True,
                )
                if kept:
                    done[one.path] = one.state
                if path.is_relative_to(folder):
                    path.unlink(missing_ok=True)

    def back(self, cursor: Cursor, moment: int, zone: str) -> Cursor:  # noqa: ARG002
        """Forget the files that changed since."""
        files = cursor.get("files", {})
        return {"files": {path: state for path, state in files.items() if int(state.split(":")[1]) < moment}}

    def _found(self, shelf: Shelf, one: Seen, place: FilePlace, folder: Path, *, shown: bool) -> Found:
        settings = {"pattern": one.path}
        if not shown or not 0 < one.size <= LARGEST_SAMPLE:
            return Found(one.path, settings)
        try:
            table = open_table(shelf.fetch(one.path, folder / "look"), sheet=place.sheet)
            rows = [row for row in first_chunk(table, SAMPLE_ROWS) if isinstance(row, Row)]
        except TidewheelError as error:
            return Found(one.path, settings, note=error.code)
        return Found(one.path, settings, rows)


def _opener(path: Path, sheet: str | None) -> Any:
    def opener() -> Table:
        return open_table(path, sheet=sheet)

    return opener


@contextmanager
def scratch(world: World) -> Iterator[Path]:
    """Yield a folder for copies that is gone afterwards; copies of runs that were killed go as well."""
    world.scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = Scratch(PREFIX, world.scratch)
    try:
        yield made.folder
    finally:
        made.close()


def forget_copies(scratch: Path) -> None:
    """Delete the copies of files that killed runs have left."""
    clear(scratch, PREFIX)


def chosen(shelf: Shelf, place: FilePlace, world: World) -> list[Seen]:
    """Return the files whose path fits the pattern; hidden and half-written ones are left out."""
    fits = matcher(place.pattern)
    found = []
    for one in shelf.listing():
        world.pause()
        name = one.path.rpartition("/")[2]
        if name.startswith((".", "~$", "_SUCCESS")) or name.endswith((".tmp", ".part", ".crdownload")):
            continue
        if fits(one.path):
            found.append(one)
        if len(found) > MOST_FILES:
            raise BadInput(
                "too_many_files",
                Text("More than {most} files fit {got}.", "符合 {got} 的文件超过 {most} 个。"),
                field="pattern",
                got=place.pattern,
                expected=MOST_FILES,
                hint=Text("Narrow the pattern, or use several connectors.", "请缩小范围，或分成多个连接器。"),
                most=MOST_FILES,
            )
    return found


def matcher(pattern: str) -> Any:
    """Return a test of paths: ``*`` and ``?`` stay within a folder, ``**`` does not."""
    if not any(sign in pattern for sign in "*?["):
        return lambda path: path == pattern
    if "/" not in pattern and "**" not in pattern:
        return lambda path: "/" not in path and fnmatch(path, pattern)
    signs = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = [signs.get(part, re.escape(part)) for part in re.split(r"(\*\*/|\*\*|\*|\?)", pattern)]
    whole = re.compile("".join(parts))
    return lambda path: whole.fullmatch(path) is not None
