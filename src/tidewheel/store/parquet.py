"""Parquet files under one folder or object-store prefix: write durably, read, remove."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.fs as pafs
import pyarrow.parquet as pq

from tidewheel.store.durable import make_folder, sync_folder

_PACKED = frozenset({"time", "received"})


class Files(Protocol):
    """Where a table's files are; paths are relative, with forward slashes."""

    def begin(self) -> None:
        """Make the folder, so that it survives a power cut."""
        ...

    def write(self, path: str, table: pa.Table) -> int:
        """Write one file so that it survives a power cut, and return its size in bytes."""
        ...

    def read(self, path: str) -> pa.Table:
        """Return one file as a table with the columns that hold something."""
        ...

    def settle(self, paths: Sequence[str]) -> None:
        """Make files written by others in this process survive a power cut."""
        ...

    def folders(self) -> list[str]:
        """Return the names of the folders right under this one."""
        ...

    def paths(self) -> list[str]:
        """Return the Parquet files there are, committed or not; none of a log."""
        ...

    def remove(self, paths: Sequence[str]) -> None:
        """Delete files, so that no power cut brings them back; one that is gone already is passed over."""
        ...

    def drop(self) -> None:
        """Remove everything under the folder."""
        ...


class LocalFiles:
    """Files in a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self) -> None:
        make_folder(self._folder)

    def write(self, path: str, table: pa.Table) -> int:
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with target.open("wb") as file:
                _write(table, file)
                file.flush()
                os.fsync(file.fileno())
                size = file.tell()
        except BaseException:  # a full disk must not be filled by what did not fit
            target.unlink(missing_ok=True)
            raise
        _sync_folders(target.parent, self._folder)
        return size

    def read(self, path: str) -> pa.Table:
        with pq.ParquetFile(self._folder / path, memory_map=True) as file:
            return _read(file)

    def settle(self, paths: Sequence[str]) -> None:
        for path in paths:
            target = self._folder / path
            if target.exists():
                with target.open("rb") as file:
                    os.fsync(file.fileno())
        for folder in {(self._folder / path).parent for path in paths}:
            _sync_folders(folder, self._folder)

    def folders(self) -> list[str]:
        return sorted(path.name for path in self._folder.glob("*") if path.is_dir())

    def paths(self) -> list[str]:
        found = (path.relative_to(self._folder).as_posix() for path in self._folder.rglob("*.parquet"))
        return sorted(filter(_holds_rows, found))

    def remove(self, paths: Sequence[str]) -> None:
        for path in paths:
            (self._folder / path).unlink(missing_ok=True)
        for folder in {(self._folder / path).parent for path in paths}:
            sync_folder(folder)

    def drop(self) -> None:
        if self._folder.exists():
            pafs.LocalFileSystem().delete_dir(str(self._folder))


class RemoteFiles:
    """Files of an object store, reached through an Arrow file system rooted at the table."""

    def __init__(self, system: pafs.FileSystem) -> None:
        self._system = system

    def begin(self) -> None:
        """Do nothing: an object store has no folders."""

    def write(self, path: str, table: pa.Table) -> int:
        with self._system.open_output_stream(path) as file:
            _write(table, file)
            size: int = file.tell()
        return size

    def read(self, path: str) -> pa.Table:
        with self._system.open_input_stream(path) as source:
            whole = pa.BufferReader(source.read())  # Arrow's own threads must not call into Python
        with pq.ParquetFile(whole) as file:
            return _read(file)

    def settle(self, paths: Sequence[str]) -> None:
        """Do nothing: an object store answers when the object is safe."""

    def folders(self) -> list[str]:
        return sorted({path.split("/", 1)[0] for path in self._all()})

    def paths(self) -> list[str]:
        return sorted(path for path in self._all() if path.endswith(".parquet") and _holds_rows(path))

    def remove(self, paths: Sequence[str]) -> None:
        for path in paths:
            with suppress(FileNotFoundError):
                self._system.delete_file(path)

    def drop(self) -> None:
        for path in self._all():
            self._system.delete_file(path)

    def _all(self) -> list[str]:
        found = self._system.get_file_info(pafs.FileSelector("", recursive=True, allow_not_found=True))
        return [one.path for one in found if one.type == pafs.FileType.File]


def _holds_rows(path: str) -> bool:
    """Say whether a path is none of those that Delta keeps for itself."""
    return not path.startswith(("_", "."))


def _write(table: pa.Table, file: object) -> None:
    packed = [name for name in table.column_names if name in _PACKED]
    coded = [_leaf(field) for field in table.schema if field.name not in _PACKED and field.name != "id"]
    pq.write_table(
        table,
        file,
        compression="zstd",
        compression_level=3,
        use_dictionary=coded,
        column_encoding=dict.fromkeys(packed, "DELTA_BINARY_PACKED"),
        row_group_size=1024 * 1024,
        coerce_timestamps="us",
        write_statistics=True,
    )


def _leaf(field: pa.Field) -> str:
    name: str = field.name
    kind = field.type
    while pa.types.is_list(kind):
        name, kind = f"{name}.list.element", kind.value_type
    return name


def _read(file: pq.ParquetFile) -> pa.Table:
    table = file.read()
    held = [name for name in table.column_names if table[name].null_count < len(table)]
    return with_moments(table.select(held), "ms")


def with_moments(table: pa.Table, unit: str) -> pa.Table:
    """Return the table with every moment in UTC at ``unit`` ('ms' here, 'us' in the lake)."""
    target = pa.timestamp(unit, tz="UTC")
    for place, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type) and field.type != target:
            column = table[field.name]
            if field.type.tz is None:
                column = pc.assume_timezone(column, "UTC")
            table = table.set_column(place, field.name, column.cast(target, safe=False))
    return table


def _sync_folders(folder: Path, root: Path) -> None:
    """Make the names of new files durable, up to the root's parent."""
    for step in (folder, *folder.parents):
        sync_folder(step)
        if step == root.parent:
            return
