"""The server takes nothing from a process that runs SQL but what it may say."""

from __future__ import annotations

import os
import pickle
import socket
import struct
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tidewheel.analyse.sql import wire
from tidewheel.analyse.sql.problems import LARGEST, ended, engine_failed, too_large, unknown_table
from tidewheel.analyse.sql.serving import Serving, Watch
from tidewheel.analyse.sql.tables import Lake
from tidewheel.core.text import Text


class Evil:
    """Runs something where it is read."""

    def __reduce__(self) -> Any:
        return os.getpid, ()


def frame(head: bytes, body: bytes = b"") -> bytes:
    return struct.pack("!QQ", len(head), len(body)) + head + body


@pytest.mark.parametrize(
    "condition",
    [
        pc.field("a") == 1,
        (pc.field("time") > pa.scalar(5, pa.timestamp("us", "UTC"))) & pc.field("name").isin(["a", "b"]),
        pc.is_null(pc.field("a")) | ~pc.field("b"),
    ],
)
def test_conditions_arrive(condition: pc.Expression) -> None:
    found = wire.condition_unpacked(wire.condition_packed(condition))
    assert found is not None
    assert found.equals(condition)


def test_no_condition() -> None:
    assert wire.condition_unpacked(wire.condition_packed(None)) is None


@pytest.mark.parametrize(
    "said", [pickle.dumps(Evil()), pickle.dumps("a"), b"\x80", b"cos\nsystem\n(S'x'\ntR."]
)
def test_nothing_else_is_made_of_one(said: bytes) -> None:
    with pytest.raises(wire.GoneError):
        wire.condition_unpacked(said)


@pytest.mark.parametrize(
    "error",
    [
        too_large(LARGEST),
        ended("SIGKILL", 64),
        engine_failed(Text("why", "为何")),
        unknown_table("evnts", ["events"], "from evnts", 5),
    ],
)
def test_errors_arrive_in_both_languages(error: Any) -> None:
    found = wire.error_unpacked(wire.error_packed(error))
    assert type(found) is type(error)
    for language in ("en", "zh"):
        assert found.describe(language) == error.describe(language)


@pytest.mark.parametrize(
    "told", [{}, {"kind": "Exception"}, {"kind": "BadInput", "code": "x", "message": ["one"]}]
)
def test_other_errors_are_not_made(told: dict[str, Any]) -> None:
    with pytest.raises(wire.GoneError):
        wire.error_unpacked(told)


@pytest.mark.parametrize(
    "said",
    [
        frame(b"no json"),
        frame(b"[]"),
        frame(b"[" * 100_000),
        frame(b"{}")[:-1],
        frame(b"{}", b"rows")[:-1],
        struct.pack("!QQ", wire.LONGEST + 1, 0),
        struct.pack("!QQ", 2, 1 << 40) + b"{}",
        b"",
    ],
)
def test_what_makes_no_sense_ends_the_line(said: bytes) -> None:
    ours, theirs = socket.socketpair()
    line = wire.Line(ours)
    with theirs:
        theirs.sendall(said)
    with pytest.raises(wire.GoneError):
        line.hear_rows()
    with pytest.raises(wire.GoneError):
        line.tell({})
    line.close()


class Shelf:
    """A lake of one table."""

    def table(self, *_: Any) -> pa.Table:
        return pa.table({"a": [1, 2]})


class Patient:
    """A watch that waits for ever."""

    def check(self) -> None:
        return None


@pytest.mark.parametrize(
    "said",
    [
        {"say": "table"},
        {"say": "table", "name": "users"},
        {"say": "table", "name": "orders"},
        {"say": "table", "name": ["events"]},
        {"say": "scan", "name": "events"},
        {"say": "scan", "name": "events", "columns": "a"},
        {"say": "scan", "name": "events", "columns": ["b"]},
        {"say": "scan", "name": "events", "columns": [["a"]]},
        {"say": "next", "scan": 1},
        {"say": "next", "scan": [1]},
        {"say": "shutdown"},
        {},
    ],
)
def test_what_nobody_offers_is_not_served(said: dict[str, Any]) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire.Line(theirs).tell(said)
        serving = Serving(wire.Line(ours), cast("Lake", Shelf()), cast("Watch", Patient()), None)
        with pytest.raises(wire.GoneError):
            serving.until("columns")


def test_rows_arrive_without_columns_too() -> None:
    batch = pa.record_batch([pa.array([1, 2, 3])], names=["a"])
    assert wire.unpacked(wire.packed(batch)).equals(batch)
    assert wire.unpacked(wire.packed(batch.select([]))).num_rows == 3
    assert wire.unpacked(wire.packed(batch.slice(1, 1)))["a"].to_pylist() == [2]
    with pytest.raises(wire.GoneError):
        wire.unpacked(b"nonsense")
    assert len(wire.packed(batch)) < LARGEST
