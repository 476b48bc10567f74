"""What SQL may say: one statement that reads; everything else is refused with its place and a next step."""

from __future__ import annotations

import duckdb
import pytest

from tidewheel.analyse.sql.guard import FORBIDDEN, TABLE_FUNCTIONS, check
from tidewheel.analyse.sql.limits import LONGEST
from tidewheel.core.errors import BadInput

TABLES = ["costs", "events", "items", "orders", "persons", "segments"]

READS = [
    "select 1",
    "from events",
    "with a as (select * from orders) select * from a",
    "with recursive n as (select 1 i union all select i + 1 from n where i < 3) select * from n",
    "with a as (with b as (select 1 x) select * from b) select * from a",
    "values (1, 'a')",
    "table orders",
    "describe events",
    "describe select 1",
    "summarize orders",
    "show tables",
    "explain select * from events",
    "explain analyze select 1",
    "pivot orders on channel in ('live', 'paid') using sum(paid)",
    "unpivot (select 1 a, 2 b) on a, b into name n value v",
    "select * from range(3), generate_series(1, 2), unnest([1, 2])",
    "select count(*) from range(4000000000)",
    "select repeat('x', 4000000000), range(5), lpad(name, 20, ' ') from events",
    "select list_transform([1, 2], lambda x: x + 1)",
    "-- why not\nselect 1 -- here\n;",
    "select * from EVENTS e join persons p using (person)",
    "select $a, $b",
    "select 'drop table events; --'",
]
REFUSED = {
    "sql_read_only": [
        "delete from events",
        "update events set name = 'x'",
        "insert into events values (1)",
        "with a as (select 1) insert into events select * from a",
        "with gone as (delete from events returning *) select * from gone",
        "with a as (update events set name = 'x' returning *) select * from a",
        "with a as (insert into events values (1) returning *) select * from a",
        "create table x as select 1",
        "create view x as select 1",
        "create macro f() as 1",
        "drop view events",
        "alter table events add column x int",
        "truncate events",
        "copy events to '/tmp/x.csv'",
        "copy (select 1) to '/tmp/x.parquet'",
        "export database '/tmp/x'",
        "import database '/tmp/x'",
        "attach '/tmp/x.db' as x",
        "detach memory",
        "install httpfs",
        "load httpfs",
        "pragma database_list",
        "set memory_limit = '1TB'",
        "reset threads",
        "use memory",
        "call pragma_version()",
        "checkpoint",
        "vacuum",
        "begin",
        "prepare x as select 1",
        "execute x",
        "pivot orders on channel using sum(paid)",
        "explain delete from events",
        "explain analyze copy events to '/tmp/x.csv'",
        "explain (format json) select 1",
    ],
    "sql_function_refused": [
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/passwd')",
        "select * from read_parquet('s3://a/b')",
        "select * from read_json_auto('http://a/b')",
        "select * from glob('/*')",
        "select * from sniff_csv('/etc/passwd')",
        "select * from duckdb_settings()",
        "select * from query('select 1')",
        "select * from query_table('events')",
        "select * from arrow_scan(1, 2, 3)",
        "select * from python_map_function(1)",
        "select * from main.read_text('/etc/passwd')",
        "select (select content from read_text('/etc/passwd'))",
        "select 1 where exists (from read_blob('x'))",
        "with a as (from read_text('x')) select 1",
        "select current_setting('temp_directory')",
        "select getenv('HOME')",
        "select sleep_ms(100000)",
        "select main.write_log('x')",
        "select list_transform([1], lambda x: sleep_ms(x))",
        "summarize (from read_text('x'))",
        "explain from read_text('x')",
    ],
    "sql_no_such_table": [
        "select * from evnts",
        "from 'x.parquet'",
        "from '/etc/passwd'",
        "from 'https://a/b.csv'",
        "from information_schema.tables",
        "from duckdb_tables",
        "from pg_catalog.pg_class",
        "from memory.main.events",
        "with events2 as (select 1) select * from a.events2",
        "describe 'x.csv'",
        "select (select 1 from sqlite_master)",
        "pivot 'x.csv' on a in (1) using sum(b)",
        "select * from local_variable",
    ],
    "sql_not_allowed": ["show databases", "show all tables"],
    "sql_one_statement": ["select 1; select 2", "select 1; drop view events"],
    "sql_empty": ["", " ;; ", "-- nothing"],
    "sql_wrong": ["selec 1", "select", "select 'open", "select * from (delete from events returning *)"],
    "sql_too_long": ["select " + "1," * LONGEST + "1"],
    "sql_too_deep": ["select * from " + "(select * from " * 3000 + "range(1)" + ")" * 3000],
}


@pytest.mark.parametrize("sql", READS)
def test_reading_is_allowed(sql: str) -> None:
    assert check(sql, TABLES).sql in sql


@pytest.mark.parametrize(("code", "sql"), [(code, sql) for code, each in REFUSED.items() for sql in each])
def test_everything_else_is_refused(code: str, sql: str) -> None:
    local_variable = 1  # noqa: F841 - SQL must not see it
    with pytest.raises(BadInput) as caught:
        check(sql, TABLES)
    assert caught.value.code == code
    assert caught.value.field is not None
    assert caught.value.describe("zh")["message"]
    if code != "sql_wrong":
        assert caught.value.describe("en")["hint"]


@pytest.mark.parametrize(
    ("sql", "place"),
    [
        ("select *\nfrom evnts", "sql:2:6"),
        ("select '中文',\n  sleep_ms(1)", "sql:2:3"),
        ("explain\nselect '中', getenv('x')", "sql:2:13"),
        ("selec 1", "sql:1:1"),
        ("select 1,\nfrom from", "sql:2:6"),
        ("-- 一\nselect 1; select 2", "sql:2:11"),
        ("-- 一\ndrop view x", "sql:2:1"),
    ],
)
def test_the_place_of_what_is_wrong(sql: str, place: str) -> None:
    with pytest.raises(BadInput) as caught:
        check(sql, TABLES)
    assert caught.value.field == place


def test_names_are_proposed_and_files_explained() -> None:
    with pytest.raises(BadInput) as caught:
        check("from orderz", TABLES)
    assert "orders" in str(caught.value)
    with pytest.raises(BadInput) as caught:
        check("from 'orders.csv'", TABLES)
    assert "Import" in str(caught.value)


def test_what_a_query_names() -> None:
    found = check("with events as (select $a) select * from events, orders where x = $b -- $c", TABLES)
    assert found.parameters == {"a", "b"}
    assert found.tables == {"events", "orders"}  # one too many is only furniture
    assert not found.shows
    assert check("show tables", TABLES).shows


HARMLESS = {"error", "gen_random_uuid", "random", "setseed", "uuid", "uuidv4", "uuidv7"}


def test_every_function_of_duckdb_with_side_effects_is_known() -> None:
    """A new release must not bring one that nobody looked at."""
    with duckdb.connect() as engine:
        table = engine.sql(
            "select distinct function_name from duckdb_functions()"
            " where has_side_effects and function_type in ('scalar', 'aggregate', 'macro')"
        ).to_arrow_table()
    assert set(table.column(0).to_pylist()) <= FORBIDDEN | HARMLESS
    assert not TABLE_FUNCTIONS & FORBIDDEN
