"""Values read in one go are those read segment by segment, however a column is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewheel.store.columns.packed import Packed, pack
from tidewheel.store.reader import RowReader, digits, floats
from tidewheel.store.view import Loaded, Snapshot

SEGMENTS = 4
LETTERS = {"s": pa.string(), "n": pa.float64(), "b": pa.bool_(), "t": pa.timestamp("ms")}


@dataclass
class Columns:
    """The columns of a segment."""

    columns: dict[str, Packed]


@dataclass
class Piece:
    """As much of a segment as reading needs."""

    segment: Columns
    luts: dict[str, Any]
    kept: dict[Any, Any] = field(default_factory=dict)


@dataclass
class Pieces:
    """As much of a snapshot as reading needs."""

    segments: list[Piece]
    memo: dict[Any, Any] = field(default_factory=dict)

    def remember(self, key: Any, make: Any) -> Any:
        """Return what ``make`` gives, made once."""
        if key not in self.memo:
            self.memo[key] = make()
        return self.memo[key]


def a_value(dice: np.random.Generator, letter: str, words: int) -> Any:
    """Draw a value: of few or many words, of few numbers or any."""
    n = int(dice.integers(words))
    return {"s": f"w{n}", "n": n / 7 if words < 100 else dice.random(), "b": n % 2 > 0, "t": n}[letter]


def a_piece(dice: np.random.Generator, letter: str, rows: int) -> Piece:
    """Make a segment in which a column is there always, often, seldom or not at all."""
    share, words = dice.choice([1.0, 0.6, 0.02]), int(dice.choice([3, 50, 700]))
    drawn = [a_value(dice, letter, words) if dice.random() < share else None for _ in range(rows)]
    packed = pack(pa.array(drawn, LETTERS[letter]), letter)
    column = f"{letter}_x"
    lut = (
        np.append(dice.integers(1, 10_000, len(packed.offsets) - 1), 0)
        if packed.offsets is not None
        else None
    )
    return Piece(Columns({column: packed} if dice.random() < 0.8 else {}), {column: lut})


@pytest.mark.parametrize("letter", list(LETTERS))
@given(seed=st.integers(0, 2**32 - 1))
def test_columns_are_read_alike_in_one_go_and_piece_by_piece(letter: str, seed: int) -> None:
    dice = np.random.default_rng(seed)
    sizes = dice.integers(1, 600, SEGMENTS)
    snapshot = cast("Snapshot", Pieces([a_piece(dice, letter, int(rows)) for rows in sizes]))
    segment = dice.integers(0, SEGMENTS, int(dice.integers(0, 300))).astype(np.int32)
    row = (dice.random(segment.size) * sizes[segment]).astype(np.int64)
    reader, column = RowReader(snapshot, segment, row), f"{letter}_x"

    def one_by_one(loaded: Loaded, rows: Any) -> Any:
        return digits(snapshot, loaded, column, rows) if letter == "s" else floats(loaded, column, rows)

    found = reader.digits(column) if letter == "s" else reader.floats(column)
    expected = reader.each(one_by_one, found.dtype)
    np.testing.assert_array_equal(found, expected)
