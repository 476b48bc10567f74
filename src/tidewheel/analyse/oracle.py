"""The contract of an oracle: the same question answered by a plain, slow loop that is obviously right.

Oracles use no kernels and no arrays. Tests set them against the kernels on random worlds, and
``tidewheel verify`` on a project's own facts.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Generic, TypeAlias, TypeVar, cast

from tidewheel.analyse.contract import Context, Labels
from tidewheel.analyse.question import GroupLabel, Model, Question
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
    values: int = 1
    """How many values each row has."""
    names: int = 0
    """How many names each row has."""
    traits: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """The codes of each person's traits."""
    sets: dict[int, int] = field(default_factory=dict)
    """The bits of the sets each person is in."""

    def groups_of(self, row: Happening, bits: int, key: int | None = None) -> set[int]:
        """Return the groups a row stands for at the steps ``bits``."""
        if not self.ragged_group:
            return {row.group}
        items = [item for item in row.items if item.bits & bits and (key is None or item.key == key)]
        return {item.group for item in items} or {0}


Line: TypeAlias = tuple[GroupLabel | None, set[int] | None]
"""A label and the group codes it stands for; None and None: everyone."""


def named(sizes: Mapping[int, float], top: int, labels: Labels) -> list[Line]:
    """Return everyone, the ``top`` groups (largest first, equals by label), and the rest as "other"."""
    ranked = sorted(sizes, key=lambda code: (-sizes[code], str(labels.of(code)), code))
    found: list[Line] = [(None, None)]
    found += [(labels.of(code), {code}) for code in ranked[:top]]
    return [*found, (["$other"], set(ranked[top:]))] if ranked[top:] else found


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return a percentile of ascending values, between neighbours by straight line."""
    if not values:
        return None
    place = (len(values) - 1) * share / 100
    below, above = values[int(place)], values[min(int(place) + 1, len(values) - 1)]
    return below + (above - below) * (place - int(place))


P = TypeVar("P", bound=Question)
R = TypeVar("R", bound=Model)


class Oracle(ABC, Generic[P, R]):
    """Answers one kind of question; ``name`` is the analysis it checks."""

    name: ClassVar[str]
    most_rows: ClassVar[int | None] = None
    """Persons with more rows take too long to look at in every way; None: there is no such number."""

    @abstractmethod
    def answer(self, world: World, params: P, context: Context) -> R:
        """Return the whole answer; floats may differ from the analysis in their last digits only."""


ORACLES: Registry[Oracle[Question, Model]] = Registry(
    cast("type[Oracle[Question, Model]]", Oracle),
    "tidewheel.analyse.oracles",
    "tidewheel.oracles",
    Text("oracle", "对照实现"),
)
