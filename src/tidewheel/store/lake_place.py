"""Where a lake is: its folder or address, and the files in it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import pyarrow as pa
import pyarrow.fs as pafs
from deltalake.exceptions import DeltaError
from deltalake.fs import DeltaStorageHandler

from tidewheel.core.errors import Unavailable
from tidewheel.core.text import Text
from tidewheel.store.lake_schema import restore_names
from tidewheel.store.parquet import Files, LocalFiles, RemoteFiles

_PATIENCE: Final = {"max_retries": "5", "retry_timeout": "20s", "connect_timeout": "5s"}


def options_for(url: str, given: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Return what is given, and for S3 limits to waiting; keys and endpoint come from ``AWS_…`` variables."""
    if not url.startswith("s3://"):
        return dict(given)
    plain = os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://")
    return {**_PATIENCE, **({"allow_http": "true"} if plain else {}), **dict(given)}


@cache
def files_at(url: str, given: tuple[tuple[str, str], ...]) -> Files:
    """Return the files under a folder or an address, the same each time."""
    if "://" not in url:
        return LocalFiles(Path(url))
    return RemoteFiles(pafs.PyFileSystem(DeltaStorageHandler(url, options_for(url, given))))


def load(url: str, given: tuple[tuple[str, str], ...], path: str) -> pa.Table:
    """Read one file, from any process."""
    with lake_errors():
        return restore_names(files_at(url, given).read(path))


def drop_all(url: str, storage_options: Mapping[str, str] | None) -> None:
    """Delete everything under a folder or an address."""
    with lake_errors():
        files_at(local(url), tuple(sorted((storage_options or {}).items()))).drop()


def tables_under(url: str, storage_options: Mapping[str, str] | None) -> list[str]:
    """Return the names of the folders with something in them under a folder or an address."""
    with lake_errors():
        return files_at(local(url), tuple(sorted((storage_options or {}).items()))).folders()


def local(url: str) -> str:
    """Return the path of a ``file:`` address; other addresses and paths stay."""
    return unquote(urlsplit(url).path) if url.startswith("file:") else url


@contextmanager
def lake_errors() -> Iterator[None]:
    """Tell what goes wrong with a lake as what it means for who runs it."""
    try:
        yield
    except (DeltaError, OSError) as error:
        raise Unavailable(
            "lake_unavailable",
            Text("The lake cannot be reached or written: {why}.", "数据湖无法访问或写入：{why}。"),
            hint=Text(
                "Check free space and permissions of the data folder, or the object store's address.",
                "请检查数据目录的剩余空间与权限，或对象存储的地址。",
            ),
            why=str(error)[:300],
        ) from error
