"""Uploaded files wait in the data folder until they are loaded."""

from __future__ import annotations

import re
import secrets
import shutil
from pathlib import Path
from typing import BinaryIO, Final

from tidewheel.core.errors import NotFound, shorten
from tidewheel.core.text import Text
from tidewheel.store.erase import Needles, holding

_KEPT_MS: Final = 24 * 3_600_000
_NAME: Final = re.compile(r"[^\w.\-]+")


class Uploads:
    """Files that were looked at and may be loaded within a day."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, project: str, name: str, content: BinaryIO, now: int) -> tuple[str, Path]:
        """Keep a file; returns its id and where it is."""
        self._sweep(now)
        upload_id = secrets.token_hex(12)
        path = self.folder / project / upload_id / (_NAME.sub("_", Path(name).name)[-120:] or "file")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as out:
            shutil.copyfileobj(content, out, 1 << 20)
        return upload_id, path

    def find(self, project: str, upload_id: str) -> Path:
        """Return where an upload is."""
        folder = self.folder / project / upload_id
        found = (
            sorted(folder.iterdir()) if re.fullmatch("[0-9a-f]{24}", upload_id) and folder.is_dir() else []
        )
        if not found:
            raise NotFound(
                "no_such_upload",
                Text("There is no such upload.", "没有这个上传文件。"),
                field="upload_id",
                got=shorten(upload_id, 60),
                hint=Text(
                    "Uploads are kept for a day; send the file again.", "上传文件保留一天，请重新上传。"
                ),
            )
        return found[0]

    def drop(self, project: str, upload_id: str) -> None:
        """Forget an upload."""
        shutil.rmtree(self.find(project, upload_id).parent, ignore_errors=True)

    def erase(self, project: str, needles: Needles) -> int:
        """Delete a project's uploads that hold people, or cannot be looked into; returns how many files."""
        gone = list(holding(self.folder / project, needles))
        for path in gone:
            path.unlink(missing_ok=True)
        return len(gone)

    def _sweep(self, now: int) -> None:
        for folder in self.folder.glob("*/*"):
            if folder.stat().st_mtime * 1000 < now - _KEPT_MS:
                shutil.rmtree(folder, ignore_errors=True)
