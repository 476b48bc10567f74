"""The dead letter: the table of refused facts beside the queue. Callers bring the connection."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from tidewheel.store.rejected import Rejected

LIMIT: Final = 100_000
"""Refused facts kept; the oldest go first."""

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS rejected (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  received INTEGER NOT NULL,
  source TEXT NOT NULL,
  place INTEGER NOT NULL,
  code TEXT NOT NULL,
  field TEXT,
  reason TEXT NOT NULL,
  body BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS rejected_by_code ON rejected (code, id);
"""


def keep(connection: sqlite3.Connection, facts: Sequence[Rejected]) -> None:
    """Add facts to the dead letter within the caller's transaction."""
    connection.executemany(
        "INSERT INTO rejected (received, source, place, code, field, reason, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                fact.received,
                fact.source,
                fact.index,
                fact.code,
                fact.field,
                json.dumps(fact.reason, ensure_ascii=True, default=str),
                fact.body,
            )
            for fact in facts
        ],
    )
    connection.execute("DELETE FROM rejected WHERE id <= (SELECT max(id) FROM rejected) - ?", (LIMIT,))


def listed(
    connection: sqlite3.Connection, *, offset: int = 0, limit: int = 50, code: str | None = None
) -> list[Rejected]:
    """Return facts, the latest first."""
    where, values = ("WHERE code = ?", [code]) if code is not None else ("", [])
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM rejected {where} ORDER BY id DESC LIMIT ? OFFSET ?",  # noqa: S608
        [*values, limit, offset],
    )
    return [_fact(row) for row in rows]


def after(connection: sqlite3.Connection, last: int, limit: int) -> list[Rejected]:
    """Return the first facts beyond an id, the earliest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM rejected WHERE id > ? ORDER BY id LIMIT ?",  # noqa: S608
        (last, limit),
    )
    return [_fact(row) for row in rows]


def found(connection: sqlite3.Connection, ids: Sequence[int]) -> list[Rejected]:
    """Return the facts that have these ids, the earliest first; unknown ids are passed over."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM rejected WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",  # noqa: S608
        (json.dumps(list(ids)),),
    )
    return [_fact(row) for row in rows]


def counted(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how many facts are kept by code, the most first."""
    rows = connection.execute("SELECT code, count(*) FROM rejected GROUP BY code ORDER BY 2 DESC, 1")
    return dict(rows.fetchall())


def counted_since(connection: sqlite3.Connection, received: int) -> list[tuple[str, str, int]]:
    """Return (source, code, how many) of the facts that came from a moment (ms) on, the most first."""
    rows = connection.execute(
        "SELECT source, code, count(*) FROM rejected WHERE received >= ? GROUP BY source, code ORDER BY 3 DESC, 1, 2",
        (received,),
    )
    return rows.fetchall()


def remove(connection: sqlite3.Connection, ids: Sequence[int] | None) -> int:
    """Delete the facts that have these ids, or all; returns how many."""
    if ids is None:
        return connection.execute("DELETE FROM rejected").rowcount
    return connection.execute(
        "DELETE FROM rejected WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),)
    ).rowcount


_COLUMNS: Final = "id, received, source, place, code, field, reason, body"


def _fact(row: tuple[Any, ...]) -> Rejected:
    key, received, source, index, code, field, reason, body = row
    return Rejected(received, source, index, code, field, json.loads(reason), bytes(body), key)
