"""What is wrong with a query is told in both languages, with the offender and the next step."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest

from tests import facts
from tests.facts import START, Fact
from tidewheel.analyse.sql import wording
from tidewheel.analyse.sql.engine import Engine, Query
from tidewheel.analyse.sql.limits import Limits
from tidewheel.analyse.sql.tables import Lake
from tidewheel.core.errors import BadInput
from tidewheel.core.period import Calendar

WRONG = [
    ("select chanel from events", "没有名为 chanel 的列。", "channel"),
    ("select * from events where channel = \"live\"", "没有名为 live 的列。", "'live'"),
    ("select nothing", "没有名为 nothing 的列：查询没有 FROM。", "DESCRIBE"),
    ("select * exclude (nope) from events", "没有名为 nope 的列。", "name"),
    ("select e.chanel from events e", "e 中没有名为 chanel 的列。", "DESCRIBE"),
    ("select x.channel from events e", "FROM 之后没有名为 x 的表。", "e"),
    ("select channel from events e join events f using (id)", "不止一个表有名为 channel 的列。", "e.channel, f.channel"),
    ("select * from events a, events a", "有两个表都叫 a。", "AS"),
    ("select channel, count(*) from events", "channel 既未分组，也未聚合。", "any_value(channel)"),
    ("select name, count(*) from events group by 1 having value > 3", "value 既未分组，也未聚合。", "GROUP BY"),
    ("select 1 from events where count(*) > 1", "WHERE 与 GROUP BY 中不能使用 count、sum 等聚合。", "HAVING"),
    ("select sum(count(*)) from events", "聚合函数不能嵌套。", "WITH"),
    ("select lenght('a')", "没有名为 lenght 的函数。", "length"),
    ("select substr(1)", "substr 不接受 INTEGER。", "substr(string VARCHAR"),
    ("select channel + 1 from events", "+ 不接受 VARCHAR, INTEGER。", "CAST"),
    ("select time - 'x' from events", "无法确定 - 如何处理 TIMESTAMP WITH TIME ZONE, VARCHAR。", "CAST"),
    ("select channel::int from events", "channel 中的文本 live 无法转换为 INTEGER。", "TRY_CAST(x AS INTEGER)"),
    ("select 'a'::bigint", "文本 a 无法转换为 BIGINT。", "TRY_CAST(x AS BIGINT)"),
    ("select name::timestamp from events", "page_view 不是时间。", "2026-11-21"),
    ("select date '2026-13-01'", "2026-13-01 不是时间。", "2026-11-21"),
    ("select 300::tinyint", "300 超出 TINYINT 的范围。", "BIGINT"),
    ("select 9223372036854775807 + 1", "9223372036854775807 + 1 的结果过大。", "DOUBLE"),
    ("select 1 // 0", "1 // 0 除以了零。", "nullif"),
    ("select * form events", "查询在 events 处无法理解。", "逗号"),
    ("select", "SELECT 之后没有内容。", "SELECT *"),
    ("select 'open", "引号没有闭合。", "单引号"),
    ("from events union select 1", "两侧的列数不同。", "UNION"),
    ("select 1 where 1 in (select 1, 2)", "括号内的查询返回 2 列，应为 1 列。", "列"),
    ("select (from range(3))", "作为单个取值的子查询返回了多行。", "LIMIT 1"),
    ("select {'a': 1}.b", "没有名为 b 的字段。", "a"),
    ("select items.price from events", "items 没有字段 price。", "g.price"),
    ("select date_trunc('foo', time) from events", "时间没有名为 foo 的部分。", "month"),
]  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    made.close()


@pytest.fixture(scope="module")
def lake() -> Lake:
    made = [Fact("page_view", START, "user:u1", 1, {"channel": "live", "value": 3})]
    return Lake(facts.view([made]).snapshot(), Calendar(), lambda _: pa.table({}))


def wrong(engine: Engine, lake: Lake, sql: str) -> BadInput:
    with pytest.raises(BadInput) as caught:
        engine.first_rows(lake, Query(sql), Limits(60, 256, 0, 2), 10)
    assert caught.value.code == "sql_wrong"
    return caught.value


@pytest.mark.parametrize(("sql", "message", "hint"), WRONG)
def test_in_our_words(engine: Engine, lake: Lake, sql: str, message: str, hint: str) -> None:
    error = wrong(engine, lake, sql)
    told = error.describe("zh")
    assert told["message"] == message
    assert hint in told["hint"]
    said = error.describe("en")
    assert said["hint"]
    assert said["message"].isascii()
    assert said["message"].endswith(".")


def test_every_wording_is_needed(engine: Engine, lake: Lake) -> None:
    made = {wrong(engine, lake, sql).message.en for sql, *_ in WRONG}
    assert {message.en for _, message, _ in wording._RULES} <= made


def test_what_is_rare_is_quoted(engine: Engine, lake: Lake) -> None:
    told = wrong(engine, lake, "select error('mine {x}')")
    assert told.describe("zh")["message"] == "SQL 引擎的原话：“mine {x}”"
    assert told.describe("en")["message"] == "The SQL engine says: “mine {x}”"
