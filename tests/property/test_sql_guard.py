"""However a forbidden thing is written into a query, it is refused before anything runs."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tidewheel.analyse.sql.guard import check
from tidewheel.core.errors import BadInput

TABLES = ["events", "orders"]

evil_rows = st.sampled_from(
    ["read_text('/etc/passwd')", "glob('/*')", "query('select 1')", "duckdb_settings()", "'/etc/passwd'", "main.x",
     "READ_CSV('x')", '"read_text"(\'x\')', "read_text(['x'])", "pg_catalog.pg_class", "arrow_scan(1,2,3)"]
)  # fmt: skip
evil_values = st.sampled_from(
    ["sleep_ms(9)", "getenv('x')", "current_setting('x')", "write_log('x')", '"sleep_ms"(9)', "SLEEP_MS (9)",
     "(select max(content) from read_text('x'))", "exists (from 'x.csv')", "list_sum([sleep_ms(1)])"]
)  # fmt: skip
blanks = st.sampled_from([" ", "\n", "\t", " /* a ; b */ ", " -- c\n"])

around_rows = st.sampled_from(
    [
        "select * from {}", "from {}", "with a as (from {}) select 1", "select 1 from events, {}",
        "select * from events e join {} x on true", "select * from (select * from {})", "from events union all from {}",
        "select * from events where 1 in (select 1 from {})", "describe select * from {}", "explain from {}",
        "summarize from {}", "pivot (from {}) on a in (1) using sum(b)", "from events semi join {} y using (name)",
        "select (with b as (from {}) select 1)", "select * from events, lateral (from {})",
    ]
)  # fmt: skip
around_values = st.sampled_from(
    [
        "select {}", "select * from events where {} is null", "select 1 order by {}", "select count(*) filter ({} = 1)",
        "select case when true then {} end", "select 1 group by {}", "select 1 from events having {} = 1",
        "select list_transform([1], lambda x: {})", "select sum(1) over (order by {})", "values ({})",
        "select * from range({})", "select * from events e join orders o on {} = 1", "select 1 limit {}",
        "select struct_pack(a := {})", "select * from events qualify {} = 1", "select * replace ({} as name) from events",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.tuples(around_rows, evil_rows), st.tuples(around_values, evil_values)), blanks, blanks)
def test_nothing_gets_through(parts: tuple[str, str], before: str, after: str) -> None:
    around, evil = parts
    sql = around.format(f"{before}{evil}{after}")
    try:
        check(sql, TABLES)
    except BadInput as error:
        assert error.code.startswith("sql_")  # noqa: PT017 - either way of raising will do
    else:
        raise AssertionError(sql)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="select from(events)*;'\"$-/1,", max_size=60))
def test_any_text_is_checked_or_told_off(sql: str) -> None:
    try:
        check(sql, TABLES)
    except BadInput as error:
        assert error.describe("en")["message"]  # noqa: PT017 - as above
        assert error.describe("zh")["message"]  # noqa: PT017 - as above
