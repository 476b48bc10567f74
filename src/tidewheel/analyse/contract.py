"""The contract of an analysis: a fold over each person's ordered events.

An analysis says which rows it needs (:meth:`Analysis.plan`), folds blocks of whole persons
(:meth:`Analysis.partial`), adds the parts (:meth:`Part.merge`) and shapes the sum. It does no input or
output. Everything around it (scope, filters, coding of breakdowns, execution, cache) lives in ``run``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Literal, Protocol, Self, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewheel.analyse.question import Breakdown, GroupLabel, Model, PeopleFilter, Question, Step
from tidewheel.core.events import Kind
from tidewheel.core.period import Calendar, Span
from tidewheel.core.text import Text

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Family: TypeAlias = Literal["behaviour", "customers", "growth"]
"""Where an analysis stands in menus: what people do, who they are and are worth, where they come from and why."""
Format: TypeAlias = Literal["number", "percent", "money", "seconds", "ratio"]
"""How a figure reads: money is in minor units, percent a rate 0…1, ratio a plain decimal such as ROI 3.2."""


@dataclass(frozen=True, slots=True)
class Ragged:
    """Several values a row: those of row ``i`` are ``values[offsets[i]:offsets[i + 1]]``."""

    offsets: Ints
    values: npt.NDArray[Any]

    def first(self) -> npt.NDArray[Any]:
        """Return the first value of each row, 0 where a row has none."""
        some = self.offsets[1:] > self.offsets[:-1]
        found = np.zeros(some.size, self.values.dtype)
        found[some] = self.values[self.offsets[:-1][some]]
        return found


@dataclass(frozen=True, slots=True)
class Plan:
    """What to gather.

    ``steps``: bit ``i`` of :attr:`Block.match` is set on rows that match ``steps[i]`` (at most 63).
    ``span``: only rows in it are gathered. It may start before the asked period where history matters.
    ``group``: breakdowns, combined into one code a row. ``key``: properties whose combined value must
    be equal ("same SKU"). ``values``: numeric properties to read; of those in ``coded`` (indexes into
    ``values``) only equality matters, so that any kind will do: text is given as its code. ``names``: what a row
    is called, one code a row for each tuple of properties (several combined take the first of an item's or list's values). ``sessions``: number the sessions
    (a gap over ``session_gap`` ms between any two events of the person starts a new one).
    ``traits``: properties of the person as they are now, read once a person. ``sets``: people to tell apart (None:
    everyone); a person in none of them is not gathered, and the question's own people then restrict nothing.
    """

    steps: tuple[Step, ...]
    span: Span
    group: tuple[Breakdown, ...] = ()
    key: tuple[Breakdown, ...] = ()
    values: tuple[Breakdown, ...] = ()
    coded: tuple[int, ...] = ()
    names: tuple[tuple[Breakdown, ...], ...] = ()
    sessions: bool = False
    session_gap: int = 30 * 60_000
    traits: tuple[Breakdown, ...] = ()
    sets: tuple[PeopleFilter | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Whole persons with their matching rows, ordered by (time, event id) within a person.

    Shapes: n persons, m rows. ``offsets[p]:offsets[p + 1]`` are the rows of ``people[p]``; a person
    with no matching row is not in the block. ``time`` is UTC milliseconds. ``match`` holds a bit a step.
    ``group`` codes are >= 0 and are named by :class:`Labels`; ``key`` codes are -1 where a property is not
    set (never equal to another). Both are :class:`Ragged` when a property has several values a row
    (items, lists): one entry an item, in the items' order; a row without items has no entry.
    ``names`` are codes for each of the plan's ``names``; what they stand for is in :attr:`Context.names`.
    ``values`` hold NaN where missing; item properties are ragged with the same offsets as item groups.
    ``item_match``: ragged bits like ``match`` for each item of the row, present when any ``group``,
    ``key`` or ``values`` is of scope item: bit i says that this item satisfies the item conditions of
    ``steps[i]`` (all ones where the step has none). ``traits``: for each trait a code a person, 0 where not set, to be
    read in :attr:`Context.traits`. ``sets``: bit i of a person is set who is in ``Plan.sets[i]``. The arrays are
    written over once the fold returns: a part must not keep views of them.
    """

    people: npt.NDArray[np.int32]
    offsets: Ints
    time: Ints
    match: npt.NDArray[np.uint64]
    group: Ints | Ragged | None = None
    key: Ints | Ragged | None = None
    values: tuple[Floats | Ragged, ...] = ()
    names: tuple[Ints | Ragged, ...] = ()
    session: Ints | None = None
    item_match: Ragged | None = None
    traits: tuple[Ints, ...] = ()
    sets: Ints | None = None


def first_of(codes: Ints | Ragged) -> Ints:
    """Return one code a row: the first where there are several."""
    return codes.first() if isinstance(codes, Ragged) else codes


class Part(Protocol):
    """A partial answer. Merging is associative and commutative, and never changes its operands."""

    def merge(self, other: Self) -> Self:
        """Return the sum of two parts."""


@dataclass(frozen=True, slots=True)
class Labels:
    """Turns group codes into values: ``labels.of(codes)`` gives one list per code, one entry a breakdown."""

    tables: tuple[Sequence[str | float | bool | None], ...] = ()
    strides: tuple[int, ...] = ()

    def of(self, code: int) -> GroupLabel:
        """Return the values of one group code. Within a combined code, digit 0 is "not set"."""
        found: GroupLabel = []
        for table, stride in zip(self.tables, self.strides, strict=True):
            digit = code // stride % (len(table) + 1)
            found.append(None if digit == 0 else table[digit - 1])
        return found


@dataclass(frozen=True, slots=True)
class Trait:
    """What a trait's codes stand for: code c is ``table[c - 1]``; of lists, a tuple of their entries."""

    kind: Kind
    table: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What a fold may know besides its parameters."""

    calendar: Calendar
    span: Span
    """The asked period."""
    now: int
    labels: Labels = field(default_factory=Labels)
    names: tuple[Labels, ...] = ()
    """What the codes of each of :attr:`Plan.names` stand for."""
    traits: tuple[Trait, ...] = ()
    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    """The tables the analysis names, as imported; there when the answer is shaped, not while folding."""
    settled: Any = None
    """What :meth:`Analysis.settle` returned; there while :meth:`Analysis.people` looks for people."""


@dataclass(frozen=True, slots=True)
class Test:
    """A significance test between an answer and what it is compared with."""

    name: str
    group: GroupLabel | None
    value: float
    compared: float
    p_value: float
    low: float
    """Lower end of the 95 % interval of ``value - compared``."""
    high: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of an answer by a lasting name: what metrics, alerts and formulas refer to.

    ``name`` is an identifier such as ``conversion``; ``group`` is None for everyone.
    """

    name: str
    title: Text
    value: float | None
    format: Format = "number"
    group: GroupLabel | None = None
    cell: Model | None = None
    """The cell whose people stand behind it, where there is one."""


P = TypeVar("P", bound=Question)
R = TypeVar("R", bound=Model)
C = TypeVar("C", bound=Model)
T = TypeVar("T", bound=Part)


class Analysis(ABC, Generic[P, T, C, R]):
    """One kind of question. Subclasses set the class variables and the four steps."""

    name: ClassVar[str]
    title: ClassVar[Text]
    description: ClassVar[Text]
    family: ClassVar[Family]
    sentence: ClassVar[Text]
    """The question in words, with its parameters as marks: ``Of {people}, how many …  in {period}?``"""
    Params: type[P]
    Cell: type[C]
    Result: type[R]
    tables: ClassVar[tuple[str, ...]] = ()
    """Stored tables (``items``, ``costs``) that :meth:`shape` reads from :attr:`Context.tables`."""
    settles: ClassVar[bool] = False
    """People behind a cell are known only by what everyone did, such as quantiles: see :meth:`settle`."""
    samples: ClassVar[tuple[dict[str, Any], ...]]
    """Parameters the contract tests run on the demo world, as JSON."""

    @abstractmethod
    def plan(self, params: P, context: Context) -> Plan:
        """Say which rows are needed."""

    @abstractmethod
    def partial(self, params: P, context: Context, block: Block) -> T:
        """Fold one block. Pure; called from several threads."""

    @abstractmethod
    def empty(self, params: P, context: Context) -> T:
        """Return the part of no persons."""

    @abstractmethod
    def shape(self, params: P, context: Context, part: T) -> R:
        """Make the answer out of the sum of all parts."""

    @abstractmethod
    def people(
        self, params: P, context: Context, block: Block, cell: C, groups: Ints | None
    ) -> npt.NDArray[np.int32]:
        """Return the persons of the block behind one cell, by the same fold as :meth:`partial`.

        ``groups`` are the group codes the cell's label stands for (several for "other"), None: all.
        """

    @abstractmethod
    def figures(self, params: P, result: R) -> list[Figure]:
        """Return the answer's main numbers, the headline first; of everyone, then of each group."""

    @abstractmethod
    def counted(self, params: P, result: R) -> Iterable[tuple[C, int]]:
        """Return every cell that counts persons with its count; :meth:`people` must find as many."""

    def others(self, params: P, context: Context, part: T) -> Ints:  # noqa: ARG002
        """Return the group codes that :meth:`shape` puts together as "other"; none by default."""
        return np.zeros(0, np.int64)

    def settle(self, params: P, context: Context, part: T) -> Any:  # noqa: ARG002
        """Return what :meth:`people` must know of the sum of all parts, as :attr:`Context.settled`.

        Asked for where :attr:`settles`; picklable.
        """
        return None

    def contrast(self, params: P, result: R, other: R) -> list[Test]:  # noqa: ARG002
        """Return significance tests of ``result`` against ``other``; none by default."""
        return []
