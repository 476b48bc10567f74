"""What a power cut leaves of a Delta log: the last commits torn, or a checkpoint.

A commit counts once its file and the names above it are synced; until then the inbox has its events. So whatever
is torn in a log was never told to anybody, and neither was what came after it. It is put aside under a name
readers of Delta do not know, and the table is as it was before.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from tidewheel.core.errors import Unavailable
from tidewheel.core.text import Text
from tidewheel.store.durable import sync_folder

TORN: Final = ".torn"
UNSETTLED: Final = 8
"""Most commits that can follow a torn one: more mean that the disk has lost what it had synced."""
_COMMIT: Final = re.compile(r"(\d{20})\.json")
_CHECKPOINT: Final = re.compile(r"(\d{20})\.checkpoint\.parquet")


def mend(table: Path) -> list[str]:
    """Put aside what is torn in a table's log; returns the names of what was.

    Raises Unavailable when so much of it is damaged that it cannot have been the last commits.
    """
    log = table / "_delta_log"
    if not log.is_dir():
        return []
    names = [path.name for path in log.iterdir()]
    if any(".checkpoint." in name and not _CHECKPOINT.fullmatch(name.removesuffix(TORN)) for name in names):
        return []  # another engine keeps checkpoints of its own kind
    torn = [path for path in _found(log, _CHECKPOINT).values() if not _reads(path)]
    pointer = log / "_last_checkpoint"
    if pointer.exists() and (torn or not _is_json(pointer.read_bytes())):
        torn.append(pointer)
    good = max((at for at, path in _found(log, _CHECKPOINT).items() if path not in torn), default=-1)
    commits = {at: path for at, path in _found(log, _COMMIT).items() if at > good}
    expected = good + 1
    for at in sorted(commits):
        if at != expected or not _whole(commits[at]):
            later = [path for other, path in sorted(commits.items()) if other >= at]
            if len(later) > UNSETTLED or at > expected + UNSETTLED:
                raise _damaged(table.name, later[0].name)
            torn += later
            break
        expected = at + 1
    for path in torn:
        path.rename(path.with_name(path.name + TORN))
    if torn:
        sync_folder(log)
    return [path.name for path in torn]


def _found(log: Path, kind: re.Pattern[str]) -> dict[int, Path]:
    found = ((kind.fullmatch(path.name), path) for path in log.iterdir())
    return {int(match[1]): path for match, path in found if match}


def _reads(checkpoint: Path) -> bool:
    try:
        pq.read_table(checkpoint)
    except (OSError, pa.ArrowException, ValueError):
        return False
    return True


def _whole(commit: Path) -> bool:
    lines = commit.read_bytes().splitlines()
    return bool(lines) and all(_is_json(line) for line in lines)


def _is_json(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except ValueError:
        return False


def _damaged(table: str, name: str) -> Unavailable:
    return Unavailable(
        "lake_damaged",
        Text(
            "The log of table {table} is damaged from {name} on.",
            "表 {table} 的日志从 {name} 起已损坏。",
        ),
        hint=Text(
            "The disk has lost what it had said to be safe. Restore the lake from a backup.",
            "磁盘丢失了已确认落盘的数据，请从备份恢复数据湖。",
        ),
        table=table,
        name=name,
    )
