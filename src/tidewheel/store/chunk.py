"""A piece of a table that the view can load."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True)
class Chunk:
    """Rows under a name that is never used for other rows.

    ``durable`` chunks are files of the lake: what is derived from them may be kept on disk by ``key``.
    """

    key: str
    load: Callable[[], pa.Table]
    durable: bool
