"""All projects of one installation: a folder each, one writing process for all."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tidewheel.core.clock import Clock, system_clock
from tidewheel.core.errors import BadInput
from tidewheel.core.settings import Settings
from tidewheel.core.text import Text
from tidewheel.store.erase.needles import Needles
from tidewheel.store.lock import HomeLock
from tidewheel.store.project import ProjectStore

_DELETED = ".deleted"


class Storehouse:
    """Opens project stores at first use. ``lake_url`` (by default ``settings.lake``) is where their lakes are."""

    def __init__(
        self,
        home: Path,
        settings: Settings,
        clock: Clock = system_clock,
        *,
        read_only: bool = False,
        intake_only: bool = False,
        lake_url: str | None = None,
        storage_options: dict[str, str] | None = None,
        checkpoint: Callable[[str], None] = lambda name: None,
    ) -> None:
        self.home = home
        self.read_only, self._intake_only = read_only, intake_only
        self._settings = settings
        self._clock = clock
        self._lake_url = lake_url or settings.lake
        self._storage_options = storage_options
        self._checkpoint = checkpoint
        self._opening = threading.Lock()
        self._open: dict[str, ProjectStore] = {}
        self._lock = None if read_only else HomeLock(home)
        if not read_only:
            shutil.rmtree(home / "projects" / _DELETED, ignore_errors=True)

    @classmethod
    def open(
        cls,
        home: Path,
        settings: Settings,
        clock: Clock = system_clock,
        *,
        read_only: bool = False,
        intake_only: bool = False,
    ) -> Self:
        """Open an installation for writing, for reading beside the process that writes, or for taking events in.

        Raises Conflict when another process writes already.
        """
        return cls(home, settings, clock, read_only=read_only, intake_only=intake_only)

    def project(self, project: str, owed: Sequence[Needles] = ()) -> ProjectStore:
        """Return the store of a project, opened at first use.

        ``owed`` are people who were erased while nothing ran here: they leave its inbox before anything else happens.
        """
        check_project(project)
        with self._opening:
            if project not in self._open:
                self._open[project] = ProjectStore(
                    self._folder(project),
                    self._settings,
                    self._clock,
                    lake_url=f"{self._lake_url.rstrip('/')}/{project}" if self._lake_url else None,
                    storage_options=self._storage_options,
                    read_only=self.read_only,
                    intake_only=self._intake_only,
                    owed=owed,
                    checkpoint=self._checkpoint,
                )
            return self._open[project]

    def stored(self) -> list[str]:
        """Return the ids of projects that have a folder."""
        folders = self.home / "projects"
        if not folders.exists():
            return []
        return sorted(folder.name for folder in folders.iterdir() if folder.name != _DELETED)

    def delete(self, project: str) -> None:
        """Delete every fact of a project, for good."""
        store = self.project(project)
        store.inbox  # noqa: B018 - refuses when read-only
        with self._opening:
            del self._open[project]
            store.close()
            store.lake.drop()
            folder = self._folder(project)
            if folder.exists():
                grave = self.home / "projects" / _DELETED
                grave.mkdir(exist_ok=True)
                shutil.rmtree(folder.rename(grave / f"{project}-{self._clock()}"))

    def close(self) -> None:
        """Close every project and let other processes write."""
        with self._opening:
            for store in self._open.values():
                store.close()
            self._open.clear()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _folder(self, project: str) -> Path:
        return self.home / "projects" / project


def check_project(project: str) -> None:
    """Refuse ids that are not safe as a folder name."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", project):
        raise BadInput(
            "bad_project",
            Text("{name} cannot be the id of a project.", "{name} 不能作为项目标识。"),
            field="project",
            got=project,
            expected="A-Z a-z 0-9 _ -",
            name=project[:60],
        )
