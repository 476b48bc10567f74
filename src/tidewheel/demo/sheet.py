"""A growing sheet of events, kept as plain arrays until it is sorted and turned into Arrow tables.

The tables have the physical layout of the lake: ``events`` with one column a property and kind, item
columns as lists of equal length per row, and ``links``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewheel.demo.dice import Dice, Ints, mix

TEXTS: Final = (
    "platform", "channel", "utm_source", "utm_medium", "utm_campaign", "scene", "os", "page", "user_agent",
    "element", "element_text", "element_kind",
    "slot_id", "slot_name", "search_term", "search_type", "list_name", "order_id", "currency", "coupon_id",
    "coupon_name", "store_id", "store_name", "show_id", "show_title", "host", "share_id", "parent_share_id",
    "root_share_id", "share_to", "method", "message_id", "message_title", "message_channel", "post_id",
    "post_title", "group_id", "staff_id", "pay_method", "content_id", "reason",
    "name", "gender", "birthday", "city", "province", "member_level", "sign_up_channel", "first_channel",
)  # fmt: skip
NUMBERS: Final = (
    "session_id", "value", "gross_value", "discount", "refund_value", "results", "position", "depth",
    "duration", "threshold", "birth_year", "x", "y", "viewport_width", "viewport_height",
)  # fmt: skip
FLAGS: Final = ("full", "is_koc")
ITEM_TEXTS: Final = ("item_id", "item_name", "item_category", "item_category2")
ITEM_NUMBERS: Final = ("price", "quantity")

MOMENT: Final = pa.timestamp("ms", tz="UTC")


@dataclass(frozen=True)
class Coded:
    """Text as codes into a list of words; -1 is not set."""

    codes: Ints
    words: Sequence[str]


Column: TypeAlias = Coded | npt.NDArray[Any] | str


@dataclass
class Goods:
    """Items of some rows: ``counts`` a row, then one entry an item."""

    counts: Ints
    sku: Ints
    price: Ints
    quantity: Ints


@dataclass
class Batch:
    name: str
    time: Ints
    actor: Ints
    id: Ints
    source: Ints
    visit: Ints
    columns: Mapping[str, Column]
    goods: Goods | None


@dataclass
class Sheet:
    """Rows added batch by batch; nothing at or after ``until`` is kept."""

    dice: Dice
    until: int
    batches: list[Batch] = field(default_factory=list)
    links: list[tuple[str, Ints, Ints, Ints, Ints]] = field(default_factory=list)
    """(event name, actor, other, time, id)."""

    def add(
        self,
        name: str,
        *,
        time: Ints,
        actor: Ints,
        key: Ints,
        source: Ints | int,
        visit: Ints | None = None,
        goods: Goods | None = None,
        others: Sequence[Ints] = (),
        columns: Mapping[str, Column] | None = None,
    ) -> None:
        """Add one event a key (unique within the name). ``others``: identifier codes to link, -1 for none."""
        columns = columns or {}
        keep = np.flatnonzero(time < self.until)
        identity = mix(self.dice.word(name, key)).astype(np.int64)
        everything = len(keep) == len(time)
        sources = np.broadcast_to(np.asarray(source), time.shape)
        visits = np.broadcast_to(np.asarray(-1 if visit is None else visit), time.shape)
        for other in others:
            tied = keep[(other[keep] >= 0) & (other[keep] != actor[keep])]
            self.links.append((name, actor[tied], other[tied], time[tied], identity[tied]))
        if not everything:
            columns = {label: _rows(column, keep) for label, column in columns.items()}
            goods = None if goods is None else _goods_rows(goods, keep)
        if len(keep):
            parts = (time[keep], actor[keep], identity[keep], sources[keep], visits[keep])
            self.batches.append(Batch(name, *parts, columns, goods))


def _rows(column: Column, rows: Ints) -> Column:
    if isinstance(column, str):
        return column
    return Coded(column.codes[rows], column.words) if isinstance(column, Coded) else column[rows]


def _goods_rows(goods: Goods, rows: Ints) -> Goods:
    at = ragged(goods.counts, rows)
    return Goods(goods.counts[rows], goods.sku[at], goods.price[at], goods.quantity[at])


def ragged(counts: Ints, rows: Ints) -> Ints:
    """Return the positions of the entries of ``rows`` in a flat array with ``counts`` entries a row."""
    starts = np.cumsum(counts) - counts
    taken = counts[rows]
    total = int(taken.sum())
    base = np.repeat(starts[rows] - (np.cumsum(taken) - taken), taken)
    return np.asarray(base + np.arange(total))


class Words:
    """A growing list of distinct words with their codes."""

    def __init__(self) -> None:
        self.list: list[str] = []
        self._codes: dict[str, int] = {}

    def codes(self, found: Sequence[str]) -> Ints:
        """Return the codes of words, adding the new ones."""
        coded = []
        for word in found:
            code = self._codes.get(word)
            if code is None:
                code = self._codes[word] = len(self.list)
                self.list.append(word)
            coded.append(code)
        return np.array(coded, dtype=np.int64)


def text_array(codes: Ints, found: Sequence[str]) -> pa.Array:
    """Return text for codes; -1 becomes null."""
    if not len(found) or not (codes >= 0).any():
        return pa.nulls(len(codes), pa.string())
    return pa.array(found, pa.string()).take(pa.array(codes, pa.int64(), mask=codes < 0))


def column(
    batches: Sequence[Batch], name: str, rows: int
) -> tuple[Ints, list[str]] | npt.NDArray[np.float64] | None:
    """Return one property of all batches: codes and words, or numbers with NaN, or None when never set."""
    if not any(name in batch.columns for batch in batches):
        return None
    known, at = Words(), 0
    codes = np.full(rows, -1, dtype=np.int64)
    numbers: npt.NDArray[np.float64] | None = None
    for batch in batches:
        size, value = len(batch.time), batch.columns.get(name)
        if isinstance(value, str):
            codes[at : at + size] = known.codes([value])[0]
        elif isinstance(value, Coded):
            table = np.append(known.codes(value.words), -1)
            codes[at : at + size] = table[value.codes]
        elif value is not None:
            numbers = np.full(rows, np.nan) if numbers is None else numbers
            numbers[at : at + size] = value
        at += size
    return (codes, known.list) if numbers is None else numbers
