"""The contract of an enrichment: one file in ``kinds/`` that works properties out of those that were sent.

It reads columns and gives columns; when, for which rows and how often is decided around it (``store.enriched``).
The same rules and the same columns give the same values. Values that were sent are never changed on disk.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from tidewheel.core.events import Kind, Scope
from tidewheel.core.plugins import Registry
from tidewheel.core.text import Text
from tidewheel.store.columns.segment import Segment
from tidewheel.store.enriched import Columns, Make, Said

NO_ROWS = np.zeros(0, np.int64)


def text_of(said: Said, name: str) -> str | None:
    """Return a property of a plain event as text; one sent as a number reads as it is written."""
    held = said.get((name, "text"))
    if held is not None:
        return str(held)
    number = said.get((name, "number"))
    return None if number is None else f"{number:.15g}"


class EnrichmentRules(BaseModel):
    """What people may change of an enrichment. ``on``: whether it works at all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    on: bool = True


R = TypeVar("R", bound=EnrichmentRules)


@dataclass(frozen=True, slots=True)
class Added:
    """A property that is worked out. ``fills``: only where it was not sent."""

    property: str
    title: Text
    kind: Kind = "text"
    scope: Scope = "event"
    fills: bool = False


class Enrichment(ABC, Generic[R]):
    """One thing that can be worked out, by its rules. ``catalogue`` are the goods as imported, all versions."""

    name: ClassVar[str]
    title: ClassVar[Text]
    description: ClassVar[Text]
    edition: ClassVar[str]
    """Another one whenever the same rules would give other values."""
    Rules: type[R]
    adds: ClassVar[tuple[Added, ...]]
    reads_catalogue: ClassVar[bool] = False
    after: ClassVar[tuple[str, ...]] = ()
    """Enrichments whose properties it reads."""

    def __init__(self, rules: R, catalogue: pa.Table) -> None:
        self.rules, self.catalogue = rules, catalogue

    @abstractmethod
    def makes(self, segment: Segment) -> Mapping[str, Make]:
        """Return how to make each column of a segment, by physical name. Nothing is worked out yet."""

    def leaves_out(self, segment: Segment, columns: Columns) -> npt.NDArray[np.int64]:  # noqa: ARG002
        """Return rows no question counts, ascending."""
        return NO_ROWS

    @abstractmethod
    def complete(self, time: int, said: Said, items: Sequence[Said]) -> bool:
        """Do the same to one event said plainly: add to what it says; return whether no question counts it.

        Verification and tests hold the columns to this.
        """

    def tally(self, columns: Columns, rows: npt.NDArray[np.int64]) -> list[int]:  # noqa: ARG002
        """Return in how many of some rows each of the rules decided, in their order; empty where there are no such rules."""
        return []


ENRICHMENTS: Registry[Enrichment[Any]] = Registry(
    Enrichment,  # type: ignore[type-abstract]
    "tidewheel.collect.enrich.kinds",
    "tidewheel.enrichments",
    Text("enrichment", "属性补全"),
)
