"""One writing process per data folder."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Final

from tidewheel.core.errors import Conflict
from tidewheel.core.text import Text
from tidewheel.store.durable import make_folder

NAME: Final = "writer.lock"


class HomeLock:
    """Held from creation to :meth:`release`; the system frees it when the process ends in any way."""

    def __init__(self, home: Path) -> None:
        make_folder(home)
        self._file = (home / NAME).open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.seek(0)
            holder = self._file.read().strip() or "?"
            self._file.close()
            raise _held(home, holder) from None
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def release(self) -> None:
        """Let another process in."""
        self._file.close()


def unwritable() -> Conflict:
    """Make the error for a change beside the process that writes."""
    return Conflict(
        "read_only",
        Text("This data folder is open for reading only.", "该数据目录以只读方式打开。"),
        hint=Text("Send the change to the running server.", "请把更改发送给正在运行的服务。"),
    )


def _held(home: Path, holder: str) -> Conflict:
    return Conflict(
        "home_in_use",
        Text(
            "The data folder {home} is in use by process {holder}.",
            "数据目录 {home} 正被进程 {holder} 使用。",
        ),
        got=str(home),
        hint=Text(
            "Send the change to the running server, stop it first, or choose another folder with TIDEWHEEL_HOME.",
            "请把更改发送给正在运行的服务，或先停止它，或用 TIDEWHEEL_HOME 指定其他目录。",
        ),
        home=str(home),
        holder=holder,
    )
