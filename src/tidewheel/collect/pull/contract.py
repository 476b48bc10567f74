"""The contract of a connector: one file in ``connectors/`` that reads one kind of place.

A connector connects, looks and reads. When it is read, from where on, what a column means, what is a
duplicate, what is kept of a bad row and how often a failure is tried again is decided once, around it.
It raises a ``TidewheelError``: one that is ``Transient`` is tried again, any other waits for a person.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Final, TypeAlias

from pydantic import BaseModel, ConfigDict

from tidewheel.collect.files.readers import Row, Table
from tidewheel.core.plugins import Registry
from tidewheel.core.text import Text

SECRET: Final = {"secret": True}
"""``json_schema_extra`` of a setting that is kept encrypted and never shown again."""
Cursor: TypeAlias = dict[str, Any]
"""How far a place has been read, as JSON that only its connector understands; empty: not at all."""


class Place(BaseModel):
    """Where a connector reads; base of each connector's own settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class World:
    """What a connector may use of the installation; ``pause`` raises when the run must end."""

    folders: tuple[Path, ...]
    scratch: Path
    now: Callable[[], int]
    zone: str = "Asia/Shanghai"
    pause: Callable[[], None] = lambda: None
    wait: Callable[[float], None] = lambda seconds: None


@dataclass(frozen=True, slots=True)
class Found:
    """Something that can be read: ``settings`` lead to it, ``rows`` are the first ones, or none are shown."""

    name: str
    settings: dict[str, Any] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that are read together; once they are kept, reading goes on at ``cursor``.

    The rows of an order are in one batch. One that stands ``apart`` is passed over where it cannot be read, and
    ``read`` is told so (``kept = yield batch``); any other ends the run. ``reached`` is the time of the newest row and ``moment`` that of
    rows which do not say it, both UTC ms; ``left`` is how much waits behind it, where that is known.
    """

    label: str
    open: Callable[[], Table]
    cursor: Cursor
    reached: int | None = None
    moment: int | None = None
    left: int | None = None
    apart: bool = False


class Connector(ABC):
    """One kind of place."""

    name: ClassVar[str]
    title: ClassVar[Text]
    Place: ClassVar[type[Place]]

    @abstractmethod
    def check(self, place: Any, world: World) -> Text:
        """Connect and return what is there, or raise what is wrong and what to do."""

    @abstractmethod
    def discover(self, place: Any, world: World) -> list[Found]:
        """Return what can be read there, with samples."""

    @abstractmethod
    def read(self, place: Any, cursor: Cursor, world: World) -> Generator[Batch, bool, None]:
        """Yield what came after the cursor, oldest first; end when there is nothing more at present."""

    def back(self, cursor: Cursor, moment: int, zone: str) -> Cursor:  # noqa: ARG002 - not all know times
        """Return the cursor that reads again what came since a moment (UTC ms); empty: everything."""
        return {}


CONNECTORS: Registry[Connector] = Registry(
    Connector,  # type: ignore[type-abstract]
    "tidewheel.collect.connectors",
    "tidewheel.connectors",
    Text("connector", "连接器"),
)


def zh(description: str) -> dict[str, Any]:
    """Return what a setting carries beside its English description: the Chinese one."""
    return {"zh": description}


def secrets_of(connector: type[Connector]) -> set[str]:
    """Return the names of settings that are never shown."""
    return {
        name
        for name, setting in connector.Place.model_fields.items()
        if isinstance(setting.json_schema_extra, dict) and setting.json_schema_extra.get("secret")
    }
