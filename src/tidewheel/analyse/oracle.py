"""The contract of an oracle: the same question answered by a plain, slow loop that is obviously right.

Oracles use no kernels and no arrays. Tests set them against the kernels on random worlds, and
``tidewheel verify`` on a project's own facts.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar, cast

from tidewheel.analyse.contract import Context
from tidewheel.analyse.question import Model, Question
from tidewheel.core.plugins import Registry
from tidewheel.core.text import Text


@dataclass(frozen=True)
class Item:
    """One of an event's goods; ``bits`` are the steps whose item conditions it meets."""

    bits: int
    group: int
    key: int
    values: tuple[float | None, ...]

    @property
    def value(self) -> float | None:
        """The first value."""
        return self.values[0]


@dataclass(frozen=True)
class Happening:
    """One row of a person as a ``Block`` has it; ``match`` holds a bit a step, group 0 is "not set", as a name is; key -1."""

    time: int
    match: int
    group: int
    key: int
    values: tuple[float | None, ...]
    session: int
    items: tuple[Item, ...] = ()
    names: tuple[int, ...] = ()

    @property
    def value(self) -> float | None:
        """The first value."""
        return self.values[0]


@dataclass
class World:
    """Rows of each person in (time, id) order; ``groups``, ``keys`` and ``values`` are of items if ragged."""

    people: dict[int, list[Happening]]
    ragged_group: bool = False
    ragged_key: bool = False
    ragged_value: bool = False
    grouped: bool = True

    def groups_of(self, row: Happening, bits: int, key: int | None = None) -> set[int]:
        """Return the groups a row stands for at the steps ``bits``."""
        if not self.ragged_group:
            return {row.group}
        items = [item for item in row.items if item.bits & bits and (key is None or item.key == key)]
        return {item.group for item in items} or {0}


P = TypeVar("P", bound=Question)
R = TypeVar("R", bound=Model)


class Oracle(ABC, Generic[P, R]):
    """Answers one kind of question; ``name`` is the analysis it checks."""

    name: ClassVar[str]

    @abstractmethod
    def answer(self, world: World, params: P, context: Context) -> R:
        """Return the whole answer; floats may differ from the analysis in their last digits only."""


ORACLES: Registry[Oracle[Question, Model]] = Registry(
    cast("type[Oracle[Question, Model]]", Oracle),
    "tidewheel.analyse.oracles",
    "tidewheel.oracles",
    Text("oracle", "对照实现"),
)
