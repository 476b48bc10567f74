"""The contract of an executor: where a question's blocks are folded."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from tidewheel.analyse.fold import Opened
from tidewheel.core.errors import Cancelled
from tidewheel.core.plugins import Registry
from tidewheel.core.settings import Settings
from tidewheel.core.text import Text


class Stop:
    """Set by whoever no longer wants the answer; folds look at it between blocks."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """Ask the fold to stop."""
        self._event.set()

    def check(self) -> None:
        """Raise Cancelled when asked to stop."""
        if self._event.is_set():
            raise Cancelled("cancelled", Text("The question was cancelled.", "查询已取消。"))


@dataclass(frozen=True, slots=True)
class Watch:
    """Who waits for an answer: whether they still do, and how to tell them how far it is (0…1)."""

    stop: Stop | None = None
    progress: Callable[[float], None] | None = None

    def check(self) -> None:
        """Raise Cancelled when nobody waits any more."""
        if self.stop:
            self.stop.check()

    def reached(self, share: float) -> None:
        """Say how far it is."""
        if self.progress:
            self.progress(min(share, 1.0))


class Executor(ABC):
    """Folds a question over everyone. Safe to use from several threads."""

    name: ClassVar[str]
    title: ClassVar[Text]

    @classmethod
    @abstractmethod
    def open(cls, settings: Settings) -> Self:
        """Start as the settings say."""

    @abstractmethod
    def fold(self, opened: Opened, watch: Watch) -> Any:
        """Return the sum of the parts of all blocks of all persons, each folded exactly once.

        Which parts are added in which order is free. Persons keep their numbers in :class:`Found`.
        """

    def close(self) -> None:  # noqa: B027 - most have nothing to give back
        """Give everything back."""


EXECUTORS: Registry[Executor] = Registry(
    Executor,  # type: ignore[type-abstract]
    "tidewheel.analyse.executors",
    "tidewheel.executors",
    Text("executor", "执行器"),
)
