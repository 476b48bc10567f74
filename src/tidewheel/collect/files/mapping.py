"""Which column means what."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from tidewheel.collect.files.cells import ColumnKind, DateOrder
from tidewheel.core.errors import BadInput, unknown
from tidewheel.core.ids import IDENTIFIER_TYPES
from tidewheel.core.text import Text

Unit: TypeAlias = Literal["yuan", "fen"]
Status: TypeAlias = Literal["paid", "unpaid", "refunded", "closed"]
"""What the status of an order says. Closed: given back where it was paid, else never paid."""


class Mapping(BaseModel):
    """How the columns of a file become events or rows. Columns not named here become properties as they are."""

    model_config = ConfigDict(extra="forbid")

    who: Annotated[dict[str, str], Field(description="Column of each identifier: {type: column}")] = {}
    prefix: Annotated[
        dict[str, str],
        Field(
            description="What goes before an identifier so that equal names of several shops stay apart: {type: prefix}"
        ),
    ] = {}
    what: Annotated[str | None, Field(description="Column that names the event, or =name for all rows")] = (
        None
    )
    when: Annotated[str | None, Field(description="Column of the time")] = None
    zone: Annotated[
        str | None, Field(description="Time zone of times that name none; by default the project's")
    ] = None
    date_order: Annotated[
        DateOrder | None, Field(description="What comes first in 3/11/2026: the day (dmy) or the month (mdy)")
    ] = None
    id: Annotated[str | None, Field(description="Column with the event's own id, if it has one")] = None
    items: Annotated[
        str | dict[str, str] | None,
        Field(
            description="Column with the items as JSON, or the columns of one item a row: {property: column}"
        ),
    ] = None
    fields: Annotated[
        dict[str, str], Field(description="Columns kept under another name: {property: column}")
    ] = {}
    include: Annotated[
        list[str] | None, Field(description="Only these further columns become properties")
    ] = None
    exclude: Annotated[list[str], Field(description="Columns left out")] = []
    money: Annotated[dict[str, Unit], Field(description="Columns that hold money, and in which unit")] = {}
    kinds: Annotated[
        dict[str, ColumnKind], Field(description="What the cells of a column are, where the guess is wrong")
    ] = {}
    statuses: Annotated[
        dict[str, Status],
        Field(description="What words of the status of an order mean, where they are unusual"),
    ] = {}
    sheet: Annotated[str | None, Field(description="Sheet of a workbook; by default the first")] = None

    def columns(self) -> dict[str, str]:
        """Return {where in this mapping: column} for every column it names."""
        named = {f"who.{kind}": column for kind, column in self.who.items()}
        named |= {f"fields.{name}": column for name, column in self.fields.items()}
        named |= {f"money.{column}": column for column in self.money}
        if self.what and not self.what.startswith("="):
            named["what"] = self.what
        for place, column in (("when", self.when), ("id", self.id)):
            if column:
                named[place] = column
        if isinstance(self.items, str):
            named["items"] = self.items
        elif self.items:
            named |= {f"items.{name}": column for name, column in self.items.items()}
        return named

    def properties(self, columns: tuple[str, ...]) -> dict[str, str]:
        """Return {property: column} for what becomes properties of the event or row itself."""
        used = {column for place, column in self.columns().items() if not place.startswith("money.")}
        rest = [
            column
            for column in columns
            if column not in used
            and column not in self.exclude
            and (self.include is None or column in self.include)
        ]
        return self.fields | {name: name for name in rest}


def read_who(
    words: Iterable[str], guessed: Mapping, types: Collection[str] = tuple(IDENTIFIER_TYPES)
) -> dict[str, str]:
    """Read ``phone=手机号`` or, where the type was guessed from the column, ``手机号`` alone."""
    typed = {column: kind for kind, column in guessed.who.items()}
    who: dict[str, str] = {}
    for word in words:
        kind, equals, column = word.partition("=")
        if not equals:
            kind, column = typed.get(word, ""), word
        if not kind:
            raise BadInput(
                "unknown_type",
                Text("What kind of identifier is in the column {column}?", "{column} 列是哪一种标识？"),
                field="who",
                got=word,
                expected=list(types),
                hint=Text(
                    "Write it as type=column, such as user={column}.",
                    "请写成 类型=列名，例如 user={column}。",
                ),
                column=column,
            )
        if kind not in types:
            raise unknown(Text("identifier type", "标识类型"), kind, types, field="who")
        who[kind] = column
    return who
