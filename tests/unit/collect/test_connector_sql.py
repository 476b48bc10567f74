"""Databases: MariaDB and PostgreSQL themselves; of Oracle and SQL Server, what is sent to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pymysql
import pytest
from sqlalchemy import Column, DateTime, Integer, MetaData, Table, select
from sqlalchemy.dialects import mssql, oracle
from sqlalchemy.engine import make_url

from tests.mariadb import mariadb
from tests.postgres import postgres
from tidewheel.collect.files.mapping import Mapping
from tidewheel.collect.files.readers import Row
from tidewheel.collect.files.run import prepare
from tidewheel.collect.pull import CONNECTORS, Batch, Cursor, World
from tidewheel.core.errors import TidewheelError

SQL = CONNECTORS.get("sql")
HERE = World((), Path("/nonexistent"), lambda: 0, "Asia/Shanghai")
TABLES = {
    "mysql": """
        CREATE TABLE orders (id BIGINT PRIMARY KEY, amount DECIMAL(10,2), paid DATETIME, phone VARCHAR(20),
          token BINARY(4), note TEXT, updated_at DATETIME(6))""",
    "postgresql": """
        CREATE TABLE orders (id BIGINT PRIMARY KEY, amount NUMERIC(10,2), paid TIMESTAMP, phone VARCHAR(20),
          token BYTEA, note TEXT, updated_at TIMESTAMPTZ)""",
}
BEGIN = datetime(2026, 11, 1, 2, 0)  # noqa: DTZ001 - databases keep wall clocks


class Database:
    """A server with one table, and the settings that lead to it."""

    def __init__(self, place: dict[str, Any], connect: Any) -> None:
        self.place, self._connect = place, connect
        self.run("DROP TABLE IF EXISTS orders")
        self.run(TABLES[place["system"]])

    def run(self, text: str, *rows: tuple[Any, ...]) -> None:
        with self._connect() as connection, connection.cursor() as cursor:
            if rows:
                cursor.executemany(text, rows)
            else:
                cursor.execute(text)
            connection.commit()

    def add(self, *numbers: int, at: datetime | None = None) -> None:
        rows = [
            (
                n,
                f"{n}.50",
                BEGIN,
                f"1380013{n:04d}",
                b"\xff\x00\x01\x02",
                "礼物",
                (at or BEGIN + timedelta(minutes=n)),
            )
            for n in numbers
        ]
        self.run("INSERT INTO orders VALUES (%s, %s, %s, %s, %s, %s, %s)", *rows)

    def settings(self, **more: Any) -> Any:
        return SQL.Place.model_validate({**self.place, "table": "orders", **more})


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Any]]:
    with mariadb() as one, postgres() as address:
        with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE shop")
        url = make_url(f"{address}/shop")
        other = {"host": url.host, "port": url.port, "user": url.username, "database": "shop"}
        yield {
            "mysql": ({"system": "mysql", **one}, lambda: pymysql.connect(**one)),
            "postgresql": ({"system": "postgresql", **other}, lambda: psycopg.connect(f"{address}/shop")),
        }


@pytest.fixture(
    params=[
        pytest.param("mysql", marks=pytest.mark.mariadb),
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ]
)
def database(request: pytest.FixtureRequest, servers: dict[str, Any]) -> Database:
    return Database(*servers[request.param])


def rows(place: Any, cursor: Cursor) -> tuple[list[Row], Cursor, list[Batch]]:
    """Read to the end; returns the rows, the last cursor and the batches of rows."""
    batches = [batch for batch in SQL().read(place, cursor, HERE) if not batch.apart]
    found = [
        row for batch in batches for _, part in batch.open().chunks() for row in part if isinstance(row, Row)
    ]
    return found, batches[-1].cursor if batches else cursor, batches


def test_rows_come_once_in_order_and_with_their_types(database: Database) -> None:
    database.add(3, 1, 2)
    place = database.settings(cursor="updated_at", key="id", late_minutes=0)
    found, cursor, batches = rows(place, {})
    assert [row.cells["id"] for row in found] == [1, 2, 3]
    first = found[0].cells
    assert (str(first["amount"]), first["paid"], first["note"], first["token"]) == (
        "1.50",
        BEGIN,
        "礼物",
        "ff000102",
    )
    assert len({row.key for row in found}) == 3
    hours = 0 if batches[0].reached == datetime(2026, 11, 1, 2, 3, tzinfo=UTC).timestamp() * 1000 else 8
    assert (
        batches[0].reached
        == (datetime(2026, 11, 1, 2, 3, tzinfo=UTC) - timedelta(hours=hours)).timestamp() * 1000
    )
    database.add(4)
    database.run("UPDATE orders SET note = 'x', updated_at = '2026-11-02 00:00:00' WHERE id = 2")
    again, later, _ = rows(place, cursor)
    assert [row.cells["id"] for row in again] == [3, 4, 2]  # the newest row of last time is there again
    assert next(row.key for row in again if row.cells["id"] == 3) == found[2].key
    assert later != cursor


def test_rows_committed_late_are_found(database: Database) -> None:
    database.add(30)
    place = database.settings(cursor="updated_at", late_minutes=10)
    _, cursor, _ = rows(place, {})
    database.add(21, 19)
    found, after, _ = rows(place, cursor)
    assert [row.cells["id"] for row in found] == [21, 30]
    assert after == cursor


def test_numbers_committed_late_are_found_and_no_others_are_read_again(database: Database) -> None:
    database.add(1, 2, 4, 5, 7)
    place = database.settings(cursor="id")
    _, cursor, _ = rows(place, {})
    database.add(3, 8)
    found, cursor, _ = rows(place, cursor)
    assert [row.cells["id"] for row in found] == [3, 7, 8]
    database.add(6)
    found, cursor, _ = rows(place, cursor)
    assert [row.cells["id"] for row in found] == [6, 8]
    database.add(9)
    assert [row.cells["id"] for row in rows(place, cursor)[0]] == [8, 9]


def test_a_mapped_column_that_is_gone_stops_the_run(database: Database) -> None:
    database.add(1)
    (batch,) = SQL().read(database.settings(cursor="id"), {}, HERE)
    mapping = {"who": {"phone": "phone"}, "what": "note", "when": "paid", "fields": {"value": "amount"}}
    prepare(batch.open(), "events", Mapping.model_validate(mapping), "Asia/Shanghai")
    database.run("ALTER TABLE orders DROP COLUMN amount")
    (batch,) = SQL().read(database.settings(cursor="id"), {}, HERE)
    with pytest.raises(TidewheelError) as raised:
        prepare(batch.open(), "events", Mapping.model_validate(mapping), "Asia/Shanghai")
    assert (raised.value.code, raised.value.field) == ("unknown_name", "mapping.fields.value")


def test_rows_without_a_cursor_are_told(database: Database) -> None:
    database.add(1, 2, 3)
    database.run("UPDATE orders SET updated_at = NULL WHERE id > 1")
    place = database.settings(cursor="updated_at")
    assert "2 rows have no updated_at and are not read." in SQL().check(place, HERE).en
    assert "有 2 行的 updated_at 为空，不会被读取。" in SQL().check(place, HERE).zh
    assert [row.cells["id"] for row in rows(place, {})[0]] == [1]
    *_, told = SQL().read(place, {}, HERE)
    assert told.apart
    with pytest.raises(TidewheelError) as raised:
        told.open()
    assert (raised.value.code, raised.value.got) == ("empty_cursor", 2)
    database.run("UPDATE orders SET updated_at = paid")
    assert len(list(SQL().read(place, {}, HERE))) == 1


@pytest.mark.parametrize("key", ["id", None])
def test_rows_with_one_cursor_stay_together(
    database: Database, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    module = __import__(SQL.__module__, fromlist=["PAGE"])
    monkeypatch.setattr(module, "PAGE", 3)
    database.add(1, 2)
    database.add(3, 4, 5, 6, 7, at=BEGIN + timedelta(hours=1))
    database.add(8, at=BEGIN + timedelta(hours=2))
    place = database.settings(cursor="updated_at", key=key, late_minutes=0)
    found, _, batches = rows(place, {})
    assert sorted(row.cells["id"] for row in found) == list(range(1, 9))
    sizes = [len(first_rows(batch)) for batch in batches]
    assert sizes == [7, 1]
    monkeypatch.setattr(module, "MOST_TIED", 4)
    if key is None:
        with pytest.raises(TidewheelError) as refused:
            rows(place, {})
        assert refused.value.code == "too_many_tied"
    else:
        found, _, batches = rows(place, {})
        assert [row.cells["id"] for row in found] == list(range(1, 9))
        assert max(len(first_rows(batch)) for batch in batches) == 3


def first_rows(batch: Batch) -> list[Any]:
    return [row for _, part in batch.open().chunks() for row in part]


def test_a_whole_table_and_a_query(database: Database) -> None:
    database.add(1, 2, 3)
    assert [row.cells["id"] for row in rows(database.settings(key="id"), {})[0]] == [1, 2, 3]
    query = "SELECT id, phone, updated_at FROM orders WHERE amount > 2 AND note <> ' :x' -- paid\n"
    place = database.settings(table=None, query=query, cursor="updated_at")
    found, _, _ = rows(place, {})
    assert found[0].cells.keys() == {"id", "phone", "updated_at"}
    assert len(found) == 2


def test_tables_are_discovered_with_cursor_and_key(database: Database) -> None:
    database.add(1)
    found = SQL().discover(database.settings(table=None), HERE)
    assert [(one.name, one.settings, len(one.rows)) for one in found] == [
        ("orders", {"table": "orders", "key": "id", "cursor": "updated_at"}, 1)
    ]
    assert SQL().check(database.settings(), HERE).en == "Connected. orders has 7 columns."


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"password": "wrong", "user": "nobody"}, "sign_in_refused"),
        ({"database": "nowhere"}, "no_such_database"),
        ({"port": 9}, "host_unreachable"),
        ({"table": "ordres"}, "unknown_name"),
        ({"cursor": "updated"}, "unknown_name"),
        ({"table": None}, "no_table"),
        ({"table": None, "query": "SELECT * FROM secrets"}, "query_refused"),
    ],
)
def test_what_is_wrong_is_said(database: Database, change: dict[str, Any], code: str) -> None:
    with pytest.raises(TidewheelError) as refused:
        list(SQL().read(database.settings(**change), {}, HERE))
    assert refused.value.code in {code, "no_such_database" if code == "sign_in_refused" else code}
    assert "wrong" not in str(refused.value.describe())


@pytest.mark.mariadb
def test_dates_that_are_none_are_empty(servers: dict[str, Any]) -> None:
    database = Database(*servers["mysql"])
    database.add(1)
    database.run(
        "INSERT INTO orders (id, paid, updated_at) VALUES (2, '0000-00-00', '0000-00-00'), (3, NULL, NULL)"
    )
    found, _, _ = rows(database.settings(cursor="updated_at"), {})
    none = found[0].cells
    assert (none["id"], none["paid"], none["updated_at"]) == (2, None, None)
    assert len(found) == 2  # a row without a cursor is not read


@pytest.mark.parametrize(("change", "why"), [({"query": "DELETE FROM orders"}, "one SELECT"), ({"query": "SELECT 1; DROP TABLE a"}, "one SELECT"), ({"table": "a", "query": "SELECT 1"}, "not both")])  # fmt: skip
def test_only_reading_is_let_through(change: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        SQL.Place.model_validate({"system": "mysql", "host": "h", "database": "d", "user": "u", **change})


def test_oracle_and_sql_server_are_spoken_to_in_their_own_words() -> None:
    module = __import__(SQL.__module__, fromlist=["url_of"])
    base = {"host": "db", "database": "sales", "user": "u", "password": "p@ss/word"}
    place = SQL.Place.model_validate({"system": "oracle", **base})
    assert module.url_of(place).render_as_string() == "oracle+oracledb://u:***@db:1521?service_name=sales"
    place = SQL.Place.model_validate({"system": "sqlserver", **base})
    assert (
        module.url_of(place).render_as_string(hide_password=False)
        == "mssql+pymssql://u:p%40ss%2Fword@db:1433/sales"
    )
    table = Table("orders", MetaData(), Column("id", Integer), Column("at", DateTime))
    query = select(table).where(table.c.at > BEGIN).order_by(table.c.at, table.c.id).limit(3)
    said = str(query.compile(dialect=oracle.dialect(), compile_kwargs={"literal_binds": False}))  # type: ignore[no-untyped-call]
    assert "FETCH FIRST" in said or "ROWNUM" in said
    assert "TOP" in str(query.compile(dialect=mssql.dialect()))  # type: ignore[no-untyped-call]
